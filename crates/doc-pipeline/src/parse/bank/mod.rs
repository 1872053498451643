//! Bank statements.

mod chain;
mod columns;
mod head;
mod movements;

use crate::{fields::BankStatementFields, finding::Finding};

use super::{
    label::{Lexicon, STATEMENT},
    trail::Trail,
    view::{Row, View},
};

pub(super) use movements::has_movement_table;

/// Reads a statement.
pub(super) fn read(rows: Vec<Row>) -> (BankStatementFields, Trail, Vec<Finding>) {
    let view = View::new(rows, &Lexicon::of(STATEMENT));
    let mut fields = BankStatementFields::default();
    let mut trail = Trail::default();
    let mut findings = Vec::new();
    let table = movements::read(&view);
    head::read(&view, &table, &mut fields, &mut trail);
    chain::settle(&view, &table, &mut fields, &mut trail, &mut findings);
    (fields, trail, findings)
}
