//! The worker of AI Muhasebi.
fn main() {}
