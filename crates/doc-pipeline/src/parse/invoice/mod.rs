//! Invoices: GİB prints, prints of ERP systems, English and European layouts.

mod checks;
mod columns;
pub(super) mod head;
mod lines;
mod naming;
mod parties;
mod totals;

use crate::{
    fields::{InvoiceFields, Party},
    finding::Finding,
    input::Context,
};

use super::{
    label::{INVOICE, Lexicon},
    trail::Trail,
    view::{Row, View},
};

/// Reads an invoice.
pub(super) fn read(rows: Vec<Row>, context: &Context) -> (InvoiceFields, Trail, Vec<Finding>) {
    let view = View::new(rows, &Lexicon::of(INVOICE));
    let mut fields = InvoiceFields::default();
    let mut trail = Trail::default();
    let mut findings = Vec::new();
    let table = lines::read(&view, &mut fields, &mut trail);
    head::read(&view, &table, &mut fields, &mut trail);
    totals::read(&view, &table, &mut fields, &mut trail);
    parties::read(&view, &table, &mut fields, &mut trail);
    lines::mend(&mut fields);
    checks::run(&mut fields, &mut trail, &mut findings);
    counterparty(&mut fields, context, &mut trail);
    (fields, trail, findings)
}

/// The party that is not the client company; the issuer where that is not known.
fn counterparty(fields: &mut InvoiceFields, context: &Context, trail: &mut Trail) {
    let client = context.client_tax_number.as_ref().map(domain::TaxNumber::as_str);
    let is_client = |party: Option<&Party>| {
        client.is_some() && party.and_then(|party| party.tax_number.as_deref()) == client
    };
    let (other, base) = if is_client(fields.supplier.as_ref()) {
        (fields.customer.as_ref(), "/customer")
    } else {
        (fields.supplier.as_ref(), "/supplier")
    };
    if let Some(other) = other {
        let (name, number) = (other.name.clone(), other.tax_number.clone());
        fields.counterparty_name = name;
        fields.counterparty_tax_number = number;
        trail.repeat("/counterpartyName", &format!("{base}/name"));
        trail.repeat("/counterpartyTaxNumber", &format!("{base}/taxNumber"));
    }
}
