//! engine-speech
fn main() {}
