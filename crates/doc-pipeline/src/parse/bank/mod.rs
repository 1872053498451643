//! Bank statements.

mod chain;
mod columns;
mod head;
mod movements;

use crate::{fields::BankStatementFields, finding::Finding};

use super::{
    label::{Label, STATEMENT},
    trail::Trail,
    unread,
    view::{Hit, Row, View},
};

pub(super) use movements::has_movement_table;

/// Reads a statement.
pub(super) fn read(rows: Vec<Row>) -> (BankStatementFields, Trail, Vec<Finding>) {
    let view = View::new(rows, &STATEMENT);
    let mut fields = BankStatementFields::default();
    let mut trail = view.trail();
    let mut findings = Vec::new();
    let table = movements::read(&view);
    head::read(&view, &table, &mut fields, &mut trail);
    chain::settle(&view, &table, &mut fields, &mut trail, &mut findings);
    unreadable(&view, &table, &fields, &trail, &mut findings);
    (fields, trail, findings)
}

/// Names what stands on the statement and could not be read, or reads two ways.
fn unreadable(
    view: &View,
    table: &movements::Table,
    fields: &BankStatementFields,
    trail: &Trail,
    findings: &mut Vec<Finding>,
) {
    if fields.statements.is_empty() {
        let outside = |hit: &Hit| !table.holds(hit.row);
        for (label, name, value) in [
            (Label::Opening, "Açılış bakiyesi", fields.starting_balance),
            (Label::Closing, "Kapanış bakiyesi", fields.ending_balance),
        ] {
            if value.is_none() {
                unread::amount(view, label, name, outside, findings);
            }
        }
    }
    let head = [
        ("/startDate".to_owned(), "Dönem başlangıcı", fields.start_date),
        ("/endDate".to_owned(), "Dönem sonu", fields.end_date),
    ];
    let movements = fields.transactions.iter().enumerate().map(|(index, movement)| {
        (format!("/transactions/{index}/date"), "Hareketlerin tarihi", Some(movement.date))
    });
    unread::open_dates(trail, head.into_iter().chain(movements), findings);
}
