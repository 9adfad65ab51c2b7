//! Eyes.
fn main() {}
