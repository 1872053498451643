//! The connectors, one folder each.

pub mod file_drop;
pub mod mock;
