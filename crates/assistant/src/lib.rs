//! The composition root: configuration in, a running assistant out.
