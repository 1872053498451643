//! Elements to statements and movements.
//!
//! `CdtDbtInd` is the direction of the entry itself, also of a reversal: `RvslInd` only says that it
//! takes an earlier one back (ISO 20022 message definition report, Ntry/RvslInd).

use chrono::NaiveDate;
use domain::{Currency, Iban, Severity};
use quick_xml::events::BytesStart;
use rust_decimal::Decimal;

use super::{
    movement::{Detail, Entry, Status, batch_differs},
    tag::Tag,
    value,
};
use crate::{
    error::ReadError,
    findings::shown,
    statement::model::{Draft, Statement},
};

/// Payments of one collective booking that are kept.
const MAX_DETAILS: usize = 10_000;

/// What is being put together.
#[derive(Debug, Default)]
pub(super) struct Building {
    statement: Statement,
    balance: Balance,
    interim: Vec<Decimal>,
    opening_is_own: bool,
    /// Day on which the report, else the message, was made.
    made: Option<NaiveDate>,
    entry: Entry,
    details: Vec<Detail>,
}

#[derive(Debug, Default)]
struct Balance {
    kind: Option<BalanceKind>,
    amount: Option<Decimal>,
    currency: Option<Currency>,
    is_debit: bool,
}

#[derive(Debug, Clone, Copy)]
enum BalanceKind {
    Opening,
    Previous,
    Closing,
    Interim,
}

impl Building {
    /// An element begins.
    pub(super) fn start(&mut self, path: &[Tag], element: &BytesStart<'_>) {
        match path {
            [.., Tag::Report] => {
                let _ = std::mem::take(&mut self.statement);
                self.interim.clear();
                self.opening_is_own = false;
            }
            [.., Tag::Bal] => self.balance = Balance::default(),
            [.., Tag::Ntry] => {
                self.entry = Entry::default();
                self.details.clear();
            }
            [.., Tag::TxDtls] if self.details.len() < MAX_DETAILS => {
                self.details.push(Detail::default());
            }
            [.., Tag::Bal, Tag::Amt] => self.balance.currency = currency(element),
            [.., Tag::Ntry, Tag::Amt] => self.entry.currency = currency(element),
            [.., Tag::TxDtls | Tag::TxAmt, Tag::Amt] => {
                if path.contains(&Tag::TxDtls)
                    && let Some(detail) = self.details.last_mut()
                {
                    detail.currency = detail.currency.or_else(|| currency(element));
                }
            }
            _ => {}
        }
    }

    /// An element ends; `text` is what stood in it, without blanks around it.
    pub(super) fn end(
        &mut self,
        path: &[Tag],
        text: &str,
        draft: &mut Draft,
    ) -> Result<(), ReadError> {
        match path {
            [.., Tag::Report] => return self.end_report(draft),
            [.., Tag::Bal] => self.end_balance(),
            [.., Tag::Ntry] => return self.end_entry(draft),
            _ if text.is_empty() => {}
            [.., Tag::Other] => {}
            _ if path.contains(&Tag::TxDtls) => {
                if let Some(detail) = self.details.last_mut() {
                    detail.take(path, text);
                }
            }
            _ if path.contains(&Tag::Ntry) => self.entry.take(path, text),
            [.., Tag::Bal, Tag::Amt] => {
                self.balance.amount = value::amount(text);
                if self.balance.amount.is_none() {
                    let values = [("field", "Bakiye".into()), ("found", shown(text))];
                    draft.findings.add("AMOUNT_UNREADABLE", Severity::High, values);
                }
            }
            [.., Tag::Bal, Tag::CdtDbtInd] => self.balance.is_debit = text == "DBIT",
            [.., Tag::Bal, Tag::Tp, Tag::CdOrPrtry, Tag::Cd | Tag::Prtry]
            | [.., Tag::Bal, Tag::Tp, Tag::Cd] => {
                self.balance.kind = match text {
                    "OPBD" => Some(BalanceKind::Opening),
                    "PRCD" => Some(BalanceKind::Previous),
                    "CLBD" => Some(BalanceKind::Closing),
                    "ITBD" => Some(BalanceKind::Interim),
                    _ => None,
                };
            }
            _ => self.head(path, text),
        }
        Ok(())
    }

    /// Account and period.
    fn head(&mut self, path: &[Tag], text: &str) {
        let statement = &mut self.statement;
        match path {
            [.., Tag::Report, Tag::Acct, Tag::Id, Tag::Iban] => match text.parse::<Iban>() {
                Ok(iban) => statement.iban = Some(iban.as_str().to_owned()),
                Err(_) => statement.account_number = Some(text.to_owned()),
            },
            [.., Tag::Report, Tag::Acct, Tag::Id, Tag::Othr, Tag::Id]
            | [.., Tag::Report, Tag::Acct, Tag::Id, Tag::Othr] => {
                statement.account_number = Some(text.to_owned());
            }
            [.., Tag::CreDtTm] => self.made = value::day(text).or(self.made),
            [.., Tag::Report, Tag::Acct, Tag::Ccy] => statement.currency = text.parse().ok(),
            [.., Tag::Acct, Tag::Ownr, Tag::Nm] => {
                statement.account_holder = Some(text.to_owned());
            }
            [.., Tag::Acct, Tag::Svcr, Tag::FinInstnId, Tag::Nm] => {
                statement.bank_name = Some(text.to_owned());
            }
            [.., Tag::Report, Tag::FrToDt, Tag::FrDtTm] => statement.start_date = value::day(text),
            [.., Tag::Report, Tag::FrToDt, Tag::ToDtTm] => statement.end_date = value::day(text),
            _ => {}
        }
    }

    fn end_balance(&mut self) {
        let balance = std::mem::take(&mut self.balance);
        let (Some(kind), Some(amount)) = (balance.kind, balance.amount) else { return };
        let amount = if balance.is_debit { -amount } else { amount };
        let statement = &mut self.statement;
        statement.currency = statement.currency.or(balance.currency);
        match kind {
            BalanceKind::Opening => {
                statement.opening = Some(amount);
                self.opening_is_own = true;
            }
            BalanceKind::Previous if !self.opening_is_own => statement.opening = Some(amount),
            BalanceKind::Previous => {}
            BalanceKind::Closing => {
                statement.closing = Some(amount);
                statement.is_closed = true;
            }
            BalanceKind::Interim => self.interim.push(amount),
        }
    }

    fn end_report(&mut self, draft: &mut Draft) -> Result<(), ReadError> {
        let mut statement = std::mem::take(&mut self.statement);
        // Pages of a statement, and reports within the day, open and close with interim balances.
        let mut interim = std::mem::take(&mut self.interim).into_iter();
        if statement.opening.is_none() && interim.len() + usize::from(statement.is_closed) > 1 {
            statement.opening = interim.next();
        }
        if statement.closing.is_none() {
            statement.closing = interim.next_back();
        }
        draft.push(statement)
    }

    fn end_entry(&mut self, draft: &mut Draft) -> Result<(), ReadError> {
        let entry = std::mem::take(&mut self.entry);
        for _ in 0..self.details.len().max(1) {
            draft.count()?;
        }
        if entry.status == Status::NotBooked {
            self.statement.pending += 1;
            return Ok(());
        }
        let details = std::mem::take(&mut self.details);
        if entry.booked.is_none() && entry.valued.is_none() && self.made.is_some() {
            let line = [("line", (self.statement.movements.len() + 1).into())];
            draft.findings.add("MOVEMENT_DATE_ASSUMED", Severity::Medium, line);
        }
        match entry.movement(&details, self.statement.currency, self.made) {
            Some(movement) => {
                if batch_differs(&movement, &details) {
                    let line = self.statement.movements.len() + 1;
                    draft.findings.add(
                        "BATCH_SUM_DIFFERS",
                        Severity::Medium,
                        [("line", line.into())],
                    );
                }
                self.statement.currency = self.statement.currency.or(entry.currency);
                self.statement.movements.push(movement);
            }
            None => self.statement.unread += 1,
        }
        self.details = details;
        self.details.clear();
        Ok(())
    }
}

fn currency(element: &BytesStart<'_>) -> Option<Currency> {
    let attribute = element.attributes().with_checks(false).flatten().find(|attribute| {
        let name: &str = attribute.key.as_ref();
        name == "Ccy"
    })?;
    attribute.value.parse().ok()
}
