//! Development tasks: demo, dev, test, migrate, seed, bench, check.
fn main() {}
