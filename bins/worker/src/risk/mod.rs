//! Risk of companies: from rows to the engines' plain data, and from what they find to what is
//! written. No I/O here.

pub(crate) mod alerting;
pub(crate) mod books;
pub(crate) mod facts;
mod texts;
pub(crate) mod unusual;
