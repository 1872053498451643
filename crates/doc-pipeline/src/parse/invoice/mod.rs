//! Invoices: GİB prints, prints of ERP systems, English and European layouts.

mod block;
mod by_code;
mod checks;
pub(super) mod columns;
pub(super) mod head;
pub(super) mod lines;
mod mended;
mod naming;
pub(super) mod parties;
mod rebuilt;
mod totals;

pub(super) use naming::ends_like_a_firm;

use domain::Severity;

use self::naming::is_title;
use crate::{
    fields::{InvoiceFields, Party},
    finding::Finding,
    input::Context,
    message::finding,
};

use super::{
    code::Code,
    fold::compact,
    in_words,
    label::{INVOICE, Label},
    trail::Trail,
    unread,
    view::{Hit, Row, View},
};

/// Reads an invoice.
pub(super) fn read(
    rows: Vec<Row>,
    code: Option<&Code>,
    context: &Context,
) -> (InvoiceFields, Trail, Vec<Finding>) {
    let view = View::new(rows, &INVOICE);
    let mut fields = InvoiceFields::default();
    let mut trail = view.trail();
    let mut findings = Vec::new();
    let table = lines::read(&view, &mut fields, &mut trail);
    head::read(&view, &table, &mut fields, &mut trail);
    let charges = totals::read(&view, &table, &mut fields, &mut trail, &mut findings);
    parties::read(&view, &table, &mut fields, &mut trail);
    lines::mend(&mut fields);
    if let Some(code) = code {
        by_code::apply(code, &mut fields, &mut trail, &mut findings);
    }
    rebuilt::read(&view, &mut fields, &mut trail);
    mended::run(&mut fields, &mut trail);
    checks::run(&mut fields, in_words::stated(&view), &charges, &mut trail, &mut findings);
    counterparty(&mut fields, context, &mut trail);
    unreadable(&view, &table, &fields, &trail, &mut findings);
    if let Some(title) = offer(&view) {
        trail.doubt("/totalAmount");
        let title: String = title.chars().take(40).collect();
        findings.push(finding("OFFER_NOT_INVOICE", Severity::High, [("found", title.into())]));
    }
    (fields, trail, findings)
}

/// The title of a document that offers and does not bill: a proforma invoice, a quotation. By law only
/// an invoice, or what replaces it, is booked (VUK 229).
fn offer(view: &View) -> Option<String> {
    let cells = view
        .rows
        .iter()
        .take(20)
        .flat_map(|row| row.tokens.chunk_by(|a, b| a.cell == b.cell).map(super::view::join));
    cells.into_iter().find(|cell| {
        let folded = compact(cell);
        let is_offer = ["proforma", "teklif", "quotation", "quote", "estimate"]
            .iter()
            .any(|word| folded.starts_with(word));
        is_offer && is_title(cell)
    })
}

/// Names what stands on the document and could not be read, or reads two ways.
fn unreadable(
    view: &View,
    table: &lines::Table,
    fields: &InvoiceFields,
    trail: &Trail,
    findings: &mut Vec<Finding>,
) {
    let outside = |hit: &Hit| !table.holds(hit.row);
    let dates = [
        (Label::IssueDate, "Düzenleme tarihi", fields.issue_date, "/issueDate"),
        (Label::DueDate, "Vade tarihi", fields.due_date, "/dueDate"),
    ];
    for (label, name, value, _) in dates {
        if value.is_none() {
            unread::date(view, label, name, outside, findings);
        }
    }
    let open = dates.map(|(_, name, value, pointer)| (pointer.to_owned(), name, value));
    unread::open_dates(trail, open, findings);
    for (label, name, value) in [
        (Label::Payable, "Ödenecek tutar", fields.total_amount),
        (Label::Net, "Vergiler hariç tutar", fields.net_amount),
        (Label::Kdv, "KDV tutarı", fields.tax_amount),
    ] {
        if value.is_none() {
            unread::amount(view, label, name, outside, findings);
        }
    }
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
