//! The connectors, one folder each.

pub mod file_drop;
pub mod gocardless;
pub mod mikro;
pub mod mock;
pub mod nilvera;
pub mod ohvps;
pub mod parasut;
