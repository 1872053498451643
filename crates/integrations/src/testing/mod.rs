//! For tests and demonstrations: what the ports need in memory, a clock that stands still, and local
//! servers that behave as the sources document (feature `testing`).

mod memory;

pub use memory::{ManualClock, MemoryLedger, MemoryTokens};
