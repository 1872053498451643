//! Documents as records: what the pipeline read from a file or a portal's UBL.

use doc_pipeline::{
    Finding,
    fields::{AccountStatement, BankStatementFields, InvoiceFields, LineItem, Party},
};
use domain::Currency;
use rust_decimal::Decimal;

use crate::{
    page::SkipReason,
    record::{
        BankAccountIdentity, BankTransactionRecord, Direction, InvoiceLine, InvoiceRecord,
        InvoiceStatus, PartyIdentity,
    },
    values::{self, FieldError},
};

fn party(party: Option<&Party>) -> PartyIdentity {
    party.map_or_else(PartyIdentity::default, |party| PartyIdentity {
        name: party.name.clone(),
        tax_number: party.tax_number.clone(),
        external_id: None,
    })
}

/// An invoice as a record. `content_id` is its id where it has no ETTN.
pub(crate) fn invoice(
    fields: &InvoiceFields,
    direction: Option<Direction>,
    content_id: &str,
) -> Result<InvoiceRecord, FieldError> {
    let ettn = fields.ettn.as_deref().and_then(values::ettn);
    let lines: Result<Vec<_>, _> = fields.line_items.iter().map(line).collect();
    Ok(InvoiceRecord {
        external_id: ettn.clone().unwrap_or_else(|| content_id.to_owned()),
        number: fields.invoice_number.clone(),
        ettn,
        invoice_type: fields.invoice_type.clone(),
        direction,
        status: InvoiceStatus::Issued,
        issue_date: fields.issue_date.ok_or(FieldError::missing("issueDate"))?,
        due_date: fields.due_date,
        currency: fields.currency.ok_or(FieldError::missing("currency"))?,
        exchange_rate: fields.exchange_rate,
        total_amount: fields.total_amount.ok_or(FieldError::missing("totalAmount"))?,
        tax_amount: fields.tax_amount.ok_or(FieldError::missing("taxAmount"))?,
        net_amount: fields.net_amount,
        withholding_amount: fields.withholding_amount,
        supplier: party(fields.supplier.as_ref()),
        customer: party(fields.customer.as_ref()),
        lines: lines?,
        changed_at: None,
        pushed_from: None,
    })
}

fn line(item: &LineItem) -> Result<InvoiceLine, FieldError> {
    let net_amount = item.line_total.ok_or(FieldError::missing("lineItems/lineTotal"))?;
    let (quantity, unit_price) = match (item.quantity, item.unit_price) {
        (Some(quantity), Some(price)) => (quantity, price),
        // A line that is no count of anything (a fee) is one of itself.
        (None, None) => (Decimal::ONE, net_amount),
        (None, Some(_)) => return Err(FieldError::missing("lineItems/quantity")),
        (Some(_), None) => return Err(FieldError::missing("lineItems/unitPrice")),
    };
    Ok(InvoiceLine {
        description: item.description.clone().unwrap_or_default(),
        quantity,
        unit: item.unit.clone(),
        unit_price,
        net_amount,
        kdv_rate: item.vat_rate,
        kdv_amount: item.vat_amount,
    })
}

/// What a statement may leave to the integration's settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct StatementDefaults {
    /// The account of files that name none.
    pub(crate) account: Option<String>,
    /// The currency of files that name none.
    pub(crate) currency: Option<Currency>,
}

/// Findings that say that movements are missing or wrong.
const BROKEN: [&str; 4] =
    ["STATEMENT_BALANCES_DIFFER", "STATEMENT_SUMS_DIFFER", "STATEMENT_GAP", "BALANCE_CHAIN_BROKEN"];

/// The movements of a statement as records, known again by the keys that the pipeline gives them.
///
/// A statement whose balances do not add up gives none: booked in part it would be wrong in silence.
pub(crate) fn transactions(
    fields: &BankStatementFields,
    findings: &[Finding],
    defaults: &StatementDefaults,
) -> Result<Vec<BankTransactionRecord>, FieldError> {
    if findings.iter().any(|finding| BROKEN.contains(&finding.code.as_str())) {
        return Err(FieldError { field: "balance", reason: SkipReason::BrokenBalance });
    }
    let whole =
        fields.iban.as_deref().or(fields.account_number.as_deref()).or(defaults.account.as_deref());
    fields
        .transactions
        .iter()
        .map(|movement| {
            let account = movement.account.as_deref().or(whole);
            let account = account.ok_or(FieldError::missing("account"))?;
            let currency = movement
                .currency
                .or_else(|| currency_of(fields, account))
                .or(fields.currency)
                .or(defaults.currency)
                .ok_or(FieldError::missing("currency"))?;
            let key = movement.key.as_deref().ok_or(FieldError::missing("key"))?;
            // An account is a text of a file: too long a one does not become part of an id.
            let short: String = account.chars().take(40).collect();
            Ok(BankTransactionRecord {
                external_id: format!("{short}:{key}"),
                account: identity(account, fields),
                booking_date: movement.date,
                value_date: movement.value_date,
                amount: movement.amount,
                currency,
                balance_after: movement.balance,
                description: movement.description.clone(),
                reference: movement.reference.clone(),
                counterparty: PartyIdentity {
                    name: movement.counterparty_name.clone(),
                    ..PartyIdentity::default()
                },
                pushed_from: None,
            })
        })
        .collect()
}

/// The currency that the document states for one of its accounts.
fn currency_of(fields: &BankStatementFields, account: &str) -> Option<Currency> {
    let is_it = |one: &AccountStatement| {
        one.iban.as_deref() == Some(account) || one.account_number.as_deref() == Some(account)
    };
    fields.statements.iter().find(|one| is_it(one)).and_then(|one| one.currency)
}

fn identity(account: &str, fields: &BankStatementFields) -> BankAccountIdentity {
    let iban = account.parse().ok();
    BankAccountIdentity {
        number: if iban.is_some() {
            fields.account_number.clone()
        } else {
            Some(account.to_owned())
        },
        iban,
        bank_name: fields.bank_name.clone(),
        holder: PartyIdentity { name: fields.account_holder.clone(), ..PartyIdentity::default() },
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use doc_pipeline::{Context, Fields, fields::BankTransaction, read_in_process};

    use super::*;

    /// What the pipeline reads of a CSV with these rows.
    fn csv(rows: &str) -> (BankStatementFields, Vec<Finding>) {
        let text = format!("IBAN;TR330006100519786457841326\nTarih;Açıklama;Tutar;Bakiye\n{rows}");
        let read = read_in_process(text.as_bytes(), &Context::default()).expect("a statement");
        match read.fields {
            Fields::BankStatement(fields) => (*fields, read.findings),
            other => panic!("{:?}", other.kind()),
        }
    }

    fn lira() -> StatementDefaults {
        StatementDefaults { account: None, currency: Some(Currency::TRY) }
    }

    fn ids(rows: &str) -> Vec<String> {
        let (fields, findings) = csv(rows);
        let records = transactions(&fields, &findings, &lira()).expect("records");
        records.into_iter().map(|record| record.external_id).collect()
    }

    #[test]
    fn an_overlapping_file_adds_only_what_is_new() {
        let first = ids(
            "01.03.2026;Masraf;-5,00;95,00\n01.03.2026;Masraf;-5,00;90,00\n02.03.2026;Havale;100,00;190,00\n",
        );
        let second = ids("02.03.2026;HAVALE;100,00;190,00\n03.03.2026;Faiz;1,00;191,00\n");
        let unique: std::collections::HashSet<_> = first.iter().collect();
        assert_eq!(unique.len(), 3, "{first:?}");
        assert_eq!(second[0], first[2]);
        assert!(!first.contains(&second[1]));
    }

    #[test]
    fn an_account_and_a_currency_are_named_by_the_file_or_by_the_settings_or_refused() {
        let fields = BankStatementFields {
            transactions: vec![BankTransaction {
                date: NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day"),
                amount: Decimal::ONE,
                key: Some("k".to_owned()),
                ..BankTransaction::default()
            }],
            ..BankStatementFields::default()
        };
        let none = StatementDefaults::default();
        assert_eq!(transactions(&fields, &[], &none), Err(FieldError::missing("account")));
        let account = Some("1234-5678".to_owned());
        let only = StatementDefaults { account: account.clone(), currency: None };
        assert_eq!(transactions(&fields, &[], &only), Err(FieldError::missing("currency")));
        let both = StatementDefaults { account, currency: Some(Currency::EUR) };
        let records = transactions(&fields, &[], &both).expect("named");
        assert_eq!(records[0].account.number.as_deref(), Some("1234-5678"));
        assert_eq!((records[0].account.iban.as_ref(), records[0].currency), (None, Currency::EUR));
    }
}
