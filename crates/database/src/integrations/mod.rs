//! Integrations: their jobs, what is imported from them, and what is pushed to them.

pub mod import;
pub mod jobs;
