//! Integrations: their jobs, what is imported from them, what is pushed to them, what is kept for
//! their connectors.

pub mod import;
pub mod jobs;
pub mod operations;
pub mod ports;
pub mod push;
