//! Doubles and fixtures for tests; never part of a shipped program.
