//! From what the document says to the platform's fields.

use std::fmt::Write;

use domain::TaxNumber;
use rust_decimal::Decimal;

use super::{
    amount::{fraction, sum},
    judgement::Judgement,
    model::{Document, Line, PartyRead},
    taxes::{self, Taxes},
};
use crate::fields::{InvoiceFields, LineItem, Party};

/// Fields of an invoice. `totalAmount` is PayableAmount and `netAmount` TaxExclusiveAmount, or
/// LineExtensionAmount where that is not stated; `taxAmount` is the sum of the KDV subtotals. Nothing is
/// corrected: what does not add up is a finding.
pub(super) fn invoice(
    document: &Document,
    taxes: Taxes,
    client: Option<&TaxNumber>,
    judgement: &mut Judgement,
) -> InvoiceFields {
    let supplier = document.supplier.as_ref().map(|read| read.party.clone()).filter(is_stated);
    let customer = document.customer.as_ref().map(|read| read.party.clone()).filter(is_stated);
    let counterparty = counterparty(document, client).map(|read| &read.party);
    let discount = document.totals.allowance.or_else(|| {
        let stated = !document.discounts.is_empty();
        stated.then(|| sum(document.discounts.iter().copied())).flatten()
    });
    let only_rate = match taxes.by_rate.as_slice() {
        [only] => Some(only.rate),
        _ => None,
    };
    let line_items = document
        .lines
        .iter()
        .enumerate()
        .map(|(index, line)| line_item(index, line, only_rate, judgement))
        .collect();
    InvoiceFields {
        invoice_number: document.number.clone(),
        issue_date: document.issue_date,
        issue_time: document.issue_time.clone(),
        due_date: document.due_date,
        total_amount: document.totals.payable,
        net_amount: document.totals.tax_exclusive.or(document.totals.lines),
        tax_amount: taxes.kdv,
        tax_inclusive_amount: document.totals.tax_inclusive,
        discount_amount: discount,
        currency: document.currency,
        exchange_rate: document.exchange_rate,
        counterparty_name: counterparty.and_then(|party| party.name.clone()),
        counterparty_tax_number: counterparty.and_then(|party| party.tax_number.clone()),
        line_items,
        ettn: document.ettn.clone(),
        profile: document.profile.clone(),
        invoice_type: document.kind.clone(),
        supplier,
        customer,
        kdv_breakdown: taxes.by_rate,
        withholdings: taxes.withholdings,
        withholding_amount: taxes.withheld,
        other_taxes: taxes.others,
        billing_references: document.billing_references.clone(),
        despatch_references: document.despatch_references.clone(),
        payment_ibans: document.ibans.clone(),
        notes: document.notes.clone(),
        signature_present: document.is_signed,
    }
}

fn is_stated(party: &Party) -> bool {
    *party != Party::default()
}

/// Which parties the client company is.
pub(super) fn client_roles(document: &Document, client: &TaxNumber) -> (bool, bool) {
    let is_client = |read: &Option<PartyRead>| {
        read.as_ref().and_then(|read| read.party.tax_number.as_deref()) == Some(client.as_str())
    };
    (is_client(&document.supplier), is_client(&document.customer))
}

/// The party that is not the client company; the issuer when the client is neither, both, or unknown.
fn counterparty<'d>(document: &'d Document, client: Option<&TaxNumber>) -> Option<&'d PartyRead> {
    match client.map(|client| client_roles(document, client)) {
        Some((true, false)) => document.customer.as_ref(),
        _ => document.supplier.as_ref(),
    }
}

fn line_item(
    index: usize,
    line: &Line,
    only_rate: Option<Decimal>,
    judgement: &mut Judgement,
) -> LineItem {
    let (per_cent, vat_amount) = taxes::of_line(line);
    let stated = per_cent.and_then(fraction);
    if stated.is_none() && only_rate.is_some() {
        judgement.derived(format!("/lineItems/{index}/vatRate"));
    }
    let discount =
        (!line.discounts.is_empty()).then(|| sum(line.discounts.iter().copied())).flatten();
    LineItem {
        description: line.description.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price: line.price,
        line_total: line.total,
        vat_rate: stated.or(only_rate),
        vat_amount,
        discount_amount: discount,
    }
}

/// Pointers of all values that are there. A line has one entry that stands for all its values, beside
/// those that were checked or derived.
pub(super) fn pointers(fields: &InvoiceFields, line_checks: &[String]) -> Vec<String> {
    let mut out = Vec::with_capacity(32 + fields.line_items.len() * 2);
    let mut add = |present: bool, pointer: &str| {
        if present {
            out.push(pointer.to_owned());
        }
    };
    add(fields.invoice_number.is_some(), "/invoiceNumber");
    add(fields.issue_date.is_some(), "/issueDate");
    add(fields.issue_time.is_some(), "/issueTime");
    add(fields.due_date.is_some(), "/dueDate");
    add(fields.total_amount.is_some(), "/totalAmount");
    add(fields.net_amount.is_some(), "/netAmount");
    add(fields.tax_amount.is_some(), "/taxAmount");
    add(fields.tax_inclusive_amount.is_some(), "/taxInclusiveAmount");
    add(fields.discount_amount.is_some(), "/discountAmount");
    add(fields.currency.is_some(), "/currency");
    add(fields.exchange_rate.is_some(), "/exchangeRate");
    add(fields.counterparty_name.is_some(), "/counterpartyName");
    add(fields.counterparty_tax_number.is_some(), "/counterpartyTaxNumber");
    add(fields.ettn.is_some(), "/ettn");
    add(fields.profile.is_some(), "/profile");
    add(fields.invoice_type.is_some(), "/invoiceType");
    add(!fields.kdv_breakdown.is_empty(), "/kdvBreakdown");
    add(!fields.withholdings.is_empty(), "/withholdings");
    add(fields.withholding_amount.is_some(), "/withholdingAmount");
    add(!fields.other_taxes.is_empty(), "/otherTaxes");
    add(!fields.billing_references.is_empty(), "/billingReferences");
    add(!fields.despatch_references.is_empty(), "/despatchReferences");
    add(!fields.payment_ibans.is_empty(), "/paymentIbans");
    add(!fields.notes.is_empty(), "/notes");
    for (party, name) in [(&fields.supplier, "supplier"), (&fields.customer, "customer")] {
        if let Some(party) = party {
            add(party.name.is_some(), &format!("/{name}/name"));
            add(party.tax_number.is_some(), &format!("/{name}/taxNumber"));
            add(party.tax_office.is_some(), &format!("/{name}/taxOffice"));
            add(party.address.is_some(), &format!("/{name}/address"));
        }
    }
    for index in 0..fields.line_items.len() {
        out.push(format!("/lineItems/{index}"));
    }
    for index in 0..fields.kdv_breakdown.len() {
        out.push(format!("/kdvBreakdown/{index}/taxAmount"));
    }
    out.extend(line_checks.iter().cloned());
    out
}

/// The document as text, for search and for the platform's text view.
pub(super) fn text(fields: &InvoiceFields) -> String {
    let mut out = String::new();
    let mut row = |label: &str, value: Option<&dyn std::fmt::Display>| {
        if let Some(value) = value {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{label}: {value}");
        }
    };
    macro_rules! rows {
        ($($label:literal => $value:expr),* $(,)?) => {
            $(row($label, $value.as_ref().map(|value| value as &dyn std::fmt::Display));)*
        };
    }
    rows! {
        "Fatura No" => fields.invoice_number,
        "ETTN" => fields.ettn,
        "Senaryo" => fields.profile,
        "Fatura Tipi" => fields.invoice_type,
        "Düzenleme Tarihi" => fields.issue_date,
        "Düzenleme Saati" => fields.issue_time,
        "Vade Tarihi" => fields.due_date,
        "Para Birimi" => fields.currency,
        "Döviz Kuru" => fields.exchange_rate,
    }
    for (party, role) in [(&fields.supplier, "Satıcı"), (&fields.customer, "Alıcı")] {
        let Some(party) = party else { continue };
        row(role, party.name.as_ref().map(|name| name as _));
        row("VKN/TCKN", party.tax_number.as_ref().map(|number| number as _));
        row("Vergi Dairesi", party.tax_office.as_ref().map(|office| office as _));
        row("Adres", party.address.as_ref().map(|address| address as _));
    }
    for (index, line) in fields.line_items.iter().enumerate() {
        let part =
            |value: &Option<Decimal>| value.map(|value| value.to_string()).unwrap_or_default();
        let line = format!(
            "{} {} {} x {} = {}",
            line.description.as_deref().unwrap_or_default(),
            part(&line.quantity),
            line.unit.as_deref().unwrap_or_default(),
            part(&line.unit_price),
            part(&line.line_total),
        );
        row(&format!("Kalem {}", index + 1), Some(&line));
    }
    rows! {
        "Toplam İskonto" => fields.discount_amount,
        "Matrah" => fields.net_amount,
        "Hesaplanan KDV" => fields.tax_amount,
        "Tevkifat" => fields.withholding_amount,
        "Vergiler Dahil Toplam" => fields.tax_inclusive_amount,
        "Ödenecek Tutar" => fields.total_amount,
    }
    for iban in &fields.payment_ibans {
        row("IBAN", Some(iban));
    }
    for note in &fields.notes {
        row("Not", Some(note));
    }
    out
}
