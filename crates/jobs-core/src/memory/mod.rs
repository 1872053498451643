//! Stores that keep everything in memory: for tests, and for trying the engine without a database.

mod clock;
mod jobs;
mod periodic;

pub use jobs::{MemoryJob, MemoryStore, NewJob};
pub use periodic::MemoryPeriodicStore;
