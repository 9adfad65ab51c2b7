//! engine-llm
fn main() {}
