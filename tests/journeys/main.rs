//! Whole journeys, on real models and real sound.

mod bad_input;
mod hear;
mod listen;
mod say;
