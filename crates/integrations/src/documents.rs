//! Documents as records: what the pipeline read from a file or a portal's UBL.

use std::collections::HashMap;

use doc_pipeline::fields::{BankStatementFields, BankTransaction, InvoiceFields, LineItem, Party};
use domain::Currency;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

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

/// The movements of a statement as records.
///
/// A statement whose balances do not add up gives none: booked in part it would be wrong in silence.
pub(crate) fn transactions(
    fields: &BankStatementFields,
    defaults: &StatementDefaults,
) -> Result<Vec<BankTransactionRecord>, FieldError> {
    check_balances(fields)?;
    let currency = fields.currency.or(defaults.currency).ok_or(FieldError::missing("currency"))?;
    let whole =
        fields.iban.as_deref().or(fields.account_number.as_deref()).or(defaults.account.as_deref());
    let mut ids = Identities::default();
    fields
        .transactions
        .iter()
        .map(|movement| {
            let account = movement.account.as_deref().or(whole);
            let account = account.ok_or(FieldError::missing("account"))?;
            Ok(BankTransactionRecord {
                external_id: ids.of(account, movement),
                account: identity(account, fields),
                booking_date: movement.date,
                value_date: movement.value_date,
                amount: movement.amount,
                currency,
                balance_after: movement.balance,
                description: movement.description.clone(),
                reference: movement.reference.clone(),
                counterparty: PartyIdentity::default(),
            })
        })
        .collect()
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
        holder: PartyIdentity { name: fields.account_holder.clone(), ..Default::default() },
    }
}

fn check_balances(fields: &BankStatementFields) -> Result<(), FieldError> {
    let broken = FieldError { field: "balance", reason: SkipReason::BrokenBalance };
    let adds_up =
        |opening: Option<Decimal>, closing: Option<Decimal>, moved: &[BankTransaction]| {
            let (Some(opening), Some(closing)) = (opening, closing) else { return true };
            let sum = moved.iter().try_fold(opening, |sum, one| sum.checked_add(one.amount));
            sum == Some(closing)
        };
    if fields.statements.is_empty() {
        let moved = &fields.transactions;
        return adds_up(fields.starting_balance, fields.ending_balance, moved)
            .then_some(())
            .ok_or(broken);
    }
    let mut rest = fields.transactions.as_slice();
    for account in &fields.statements {
        let (own, others) = rest.split_at_checked(account.transaction_count).ok_or(broken)?;
        if !adds_up(account.starting_balance, account.ending_balance, own) {
            return Err(broken);
        }
        rest = others;
    }
    Ok(())
}

/// Ids of movements whose source gives none that can be trusted alone: a bank's reference may stand on
/// two movements (a transfer and its fee), and some banks use it again. The same movement in another
/// file of an overlapping period gets the same id; two equal movements of one day get two.
#[derive(Debug, Default)]
struct Identities {
    seen: HashMap<String, u32>,
}

impl Identities {
    fn of(&mut self, account: &str, movement: &BankTransaction) -> String {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        };
        part(account);
        part(&movement.date.to_string());
        part(&movement.amount.normalize().to_string());
        if let Some(reference) = &movement.reference {
            part(reference);
        } else {
            part(&movement.balance.map(|b| b.normalize().to_string()).unwrap_or_default());
            part(&normal(movement.description.as_deref().unwrap_or_default()));
        }
        let digest = hex::encode(&hash.finalize()[..16]);
        let ordinal = self.seen.entry(digest.clone()).or_insert(0);
        *ordinal += 1;
        // An account number is a line of a file: too long a one does not become part of an id.
        let account: String = account.chars().take(40).collect();
        if *ordinal == 1 {
            format!("{account}:{digest}")
        } else {
            format!("{account}:{digest}:{ordinal}")
        }
    }
}

/// Text without what exports change from time to time: case and blanks.
fn normal(text: &str) -> String {
    text.split_whitespace().map(str::to_uppercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn movement(day: u32, amount: i64, reference: Option<&str>, text: &str) -> BankTransaction {
        BankTransaction {
            date: NaiveDate::from_ymd_opt(2026, 3, day).expect("a day"),
            value_date: None,
            description: Some(text.to_owned()),
            amount: Decimal::new(amount, 2),
            balance: None,
            reference: reference.map(str::to_owned),
            account: None,
        }
    }

    fn statement(transactions: Vec<BankTransaction>) -> BankStatementFields {
        BankStatementFields {
            iban: Some("TR330006100519786457841326".to_owned()),
            currency: Some(Currency::TRY),
            transactions,
            ..Default::default()
        }
    }

    fn ids(fields: &BankStatementFields) -> Vec<String> {
        let records = transactions(fields, &StatementDefaults::default()).expect("a statement");
        records.into_iter().map(|record| record.external_id).collect()
    }

    #[test]
    fn equal_movements_of_a_day_are_two_and_a_second_file_adds_none() {
        let first = ids(&statement(vec![
            movement(1, -500, None, "Masraf"),
            movement(1, -500, None, "Masraf"),
            movement(2, 10_000, Some("R1"), "Havale"),
            movement(2, -200, Some("R1"), "Havale masrafı"),
        ]));
        let unique: std::collections::HashSet<_> = first.iter().collect();
        assert_eq!(unique.len(), 4, "{first:?}");
        let overlapping = ids(&statement(vec![
            movement(2, 10_000, Some("R1"), "HAVALE "),
            movement(2, -200, Some("R1"), "Havale  masrafı"),
            movement(3, 1, None, "Faiz"),
        ]));
        assert_eq!(overlapping[..2], first[2..]);
        assert!(!first.contains(&overlapping[2]));
    }

    #[test]
    fn a_statement_that_does_not_add_up_gives_nothing() {
        let mut fields = statement(vec![movement(1, 500, None, "a"), movement(1, -200, None, "b")]);
        fields.starting_balance = Some(Decimal::new(1_000, 2));
        fields.ending_balance = Some(Decimal::new(1_300, 2));
        assert_eq!(ids(&fields).len(), 2);
        fields.ending_balance = Some(Decimal::new(1_301, 2));
        let error = transactions(&fields, &StatementDefaults::default()).expect_err("broken");
        assert_eq!(error.reason, SkipReason::BrokenBalance);
    }

    #[test]
    fn an_account_is_named_by_the_file_or_by_the_settings_or_refused() {
        let mut fields = statement(vec![movement(1, 500, None, "a")]);
        fields.iban = None;
        let nothing = StatementDefaults::default();
        assert_eq!(transactions(&fields, &nothing), Err(FieldError::missing("account")));
        let account = Some("1234-5678".to_owned());
        let records =
            transactions(&fields, &StatementDefaults { account, currency: None }).expect("named");
        assert_eq!(records[0].account.number.as_deref(), Some("1234-5678"));
        assert_eq!(records[0].account.iban, None);
    }
}
