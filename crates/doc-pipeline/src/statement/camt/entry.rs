//! Elements to statements and movements.
//!
//! `CdtDbtInd` is the direction of the entry itself, also of a reversal: `RvslInd` only says that it
//! takes an earlier one back (ISO 20022 message definition report, Ntry/RvslInd).

use chrono::NaiveDate;
use domain::{Currency, Iban, Severity};
use quick_xml::events::BytesStart;
use rust_decimal::Decimal;

use super::{tag::Tag, value};
use crate::{
    error::ReadError,
    fields::{BankTransaction, TransactionDetail},
    findings::shown,
    statement::{
        key::is_reference,
        model::{Draft, Statement},
    },
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

#[derive(Debug, Default)]
struct Entry {
    amount: Option<Decimal>,
    currency: Option<Currency>,
    is_in: Option<bool>,
    booked: Option<NaiveDate>,
    time: Option<String>,
    valued: Option<NaiveDate>,
    status: Status,
    is_reversal: bool,
    own_reference: Option<String>,
    bank_reference: Option<String>,
    code: String,
    proprietary: Option<String>,
    text: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Status {
    #[default]
    Booked,
    /// PDNG, FUTR and INFO: not booked.
    NotBooked,
}

#[derive(Debug, Default)]
struct Detail {
    amount: Option<Decimal>,
    transaction_amount: Option<Decimal>,
    currency: Option<Currency>,
    is_in: Option<bool>,
    reference: Option<String>,
    end_to_end: Option<String>,
    transaction: Option<String>,
    structured: Option<String>,
    text: String,
    more: Option<String>,
    debtor: Option<String>,
    creditor: Option<String>,
    debtor_account: Option<String>,
    creditor_account: Option<String>,
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

/// Whether the payments of a collective booking, all with amounts in its currency, make another sum.
fn batch_differs(movement: &BankTransaction, details: &[Detail]) -> bool {
    let amounts: Option<Vec<Decimal>> =
        movement.details.iter().map(|detail| detail.amount).collect();
    let foreign = details.iter().any(|detail| {
        detail.currency.is_some()
            && movement.currency.is_some()
            && detail.currency != movement.currency
    });
    match amounts {
        Some(amounts) if amounts.len() > 1 && !foreign => amounts
            .into_iter()
            .try_fold(Decimal::ZERO, Decimal::checked_add)
            .is_some_and(|sum| sum != movement.amount),
        _ => false,
    }
}

fn currency(element: &BytesStart<'_>) -> Option<Currency> {
    let attribute = element.attributes().with_checks(false).flatten().find(|attribute| {
        let name: &str = attribute.key.as_ref();
        name == "Ccy"
    })?;
    attribute.value.parse().ok()
}

fn is_in(text: &str) -> Option<bool> {
    match text {
        "CRDT" => Some(true),
        "DBIT" => Some(false),
        _ => None,
    }
}

impl Entry {
    fn take(&mut self, path: &[Tag], text: &str) {
        match path {
            [.., Tag::Ntry, Tag::Amt] => self.amount = value::amount(text),
            [.., Tag::Ntry, Tag::CdtDbtInd] => self.is_in = is_in(text),
            [.., Tag::Ntry, Tag::Sts] | [.., Tag::Ntry, Tag::Sts, Tag::Cd | Tag::Prtry] => {
                self.status = match text {
                    "PDNG" | "FUTR" | "INFO" => Status::NotBooked,
                    _ => Status::Booked,
                };
            }
            [.., Tag::BookgDt, Tag::Dt] => self.booked = value::day(text),
            [.., Tag::BookgDt, Tag::DtTm] => {
                self.booked = value::day(text);
                self.time = value::time(text);
            }
            [.., Tag::ValDt, Tag::Dt | Tag::DtTm] => self.valued = value::day(text),
            [.., Tag::RvslInd] => self.is_reversal = matches!(text, "true" | "1"),
            [.., Tag::Ntry, Tag::NtryRef] => self.own_reference = Some(text.to_owned()),
            [.., Tag::Ntry, Tag::AcctSvcrRef] => self.bank_reference = Some(text.to_owned()),
            [.., Tag::BkTxCd, Tag::Domn, Tag::Cd]
            | [.., Tag::Domn, Tag::Fmly, Tag::Cd | Tag::SubFmlyCd] => {
                // Banks write three short parts.
                let parts = [self.code.as_str(), text];
                let joined = if self.code.is_empty() { text.to_owned() } else { parts.join("/") };
                self.code = joined.chars().take(64).collect();
            }
            [.., Tag::BkTxCd, Tag::Prtry] | [.., Tag::BkTxCd, Tag::Prtry, Tag::Cd] => {
                self.proprietary = Some(text.to_owned());
            }
            [.., Tag::AddtlNtryInf] => self.text = Some(text.to_owned()),
            _ => {}
        }
    }

    fn movement(
        &self,
        details: &[Detail],
        account: Option<Currency>,
        made: Option<NaiveDate>,
    ) -> Option<BankTransaction> {
        let amount = self.amount?;
        let is_in = self.is_in?;
        let date = self.booked.or(self.valued).or(made)?;
        let first = details.first();
        let only = first.filter(|_| details.len() == 1);
        let reference = [
            self.bank_reference.as_ref(),
            only.and_then(|detail| detail.reference.as_ref()),
            only.and_then(|detail| detail.end_to_end.as_ref()),
            only.and_then(|detail| detail.transaction.as_ref()),
            self.own_reference.as_ref(),
        ]
        .into_iter()
        .flatten()
        .find(|text| is_reference(text))
        .cloned();
        let description = only
            .and_then(Detail::description)
            .or_else(|| self.text.clone())
            .or_else(|| first.and_then(Detail::description));
        let code =
            if self.code.is_empty() { self.proprietary.clone() } else { Some(self.code.clone()) };
        let batch = if details.len() > 1 { details } else { &[] };
        let (counterparty_name, counterparty_account) =
            only.map(|detail| detail.counterparty(is_in)).unwrap_or_default();
        Some(BankTransaction {
            date,
            time: self.time.clone(),
            value_date: self.valued,
            description,
            amount: if is_in { amount } else { -amount },
            currency: self.currency.filter(|own| account.is_some_and(|account| account != *own)),
            reference,
            code,
            reversal: self.is_reversal,
            counterparty_name,
            counterparty_account,
            details: batch.iter().map(|detail| detail.payment(is_in)).collect(),
            ..BankTransaction::default()
        })
    }
}

impl Detail {
    fn take(&mut self, path: &[Tag], text: &str) {
        let slot = match path {
            [.., Tag::TxDtls, Tag::Amt] => {
                self.amount = value::amount(text);
                return;
            }
            [.., Tag::TxAmt, Tag::Amt] => {
                self.transaction_amount = value::amount(text);
                return;
            }
            [.., Tag::TxDtls, Tag::CdtDbtInd] => {
                self.is_in = is_in(text);
                return;
            }
            [.., Tag::RmtInf, Tag::Ustrd] => {
                if !self.text.is_empty() {
                    self.text.push(' ');
                }
                self.text.push_str(text);
                return;
            }
            [.., Tag::AcctSvcrRef] => &mut self.reference,
            [.., Tag::EndToEndId] => &mut self.end_to_end,
            [.., Tag::TxId] => &mut self.transaction,
            [.., Tag::Ref] if path.contains(&Tag::RmtInf) => &mut self.structured,
            [.., Tag::AddtlTxInf] => &mut self.more,
            [.., Tag::DbtrAcct, Tag::Id, Tag::Iban]
            | [.., Tag::DbtrAcct, Tag::Id, Tag::Othr, Tag::Id] => &mut self.debtor_account,
            [.., Tag::CdtrAcct, Tag::Id, Tag::Iban]
            | [.., Tag::CdtrAcct, Tag::Id, Tag::Othr, Tag::Id] => &mut self.creditor_account,
            // Within a party since version 08 (`Dbtr/Pty/Nm`), direct before.
            [.., Tag::Dbtr, Tag::Nm] | [.., Tag::Dbtr, _, Tag::Nm] => &mut self.debtor,
            [.., Tag::Cdtr, Tag::Nm] | [.., Tag::Cdtr, _, Tag::Nm] => &mut self.creditor,
            _ => return,
        };
        if slot.is_none() {
            *slot = Some(text.to_owned());
        }
    }

    fn description(&self) -> Option<String> {
        if !self.text.is_empty() {
            return Some(self.text.clone());
        }
        self.more.clone().or_else(|| self.structured.clone())
    }

    /// Who paid where money came in, who was paid where it went out.
    fn counterparty(&self, is_in: bool) -> (Option<String>, Option<String>) {
        if is_in {
            (self.debtor.clone(), self.debtor_account.clone())
        } else {
            (self.creditor.clone(), self.creditor_account.clone())
        }
    }

    fn payment(&self, is_in: bool) -> TransactionDetail {
        let is_in = self.is_in.unwrap_or(is_in);
        let amount = self.amount.or(self.transaction_amount);
        let (counterparty_name, counterparty_account) = self.counterparty(is_in);
        TransactionDetail {
            amount: amount.map(|amount| if is_in { amount } else { -amount }),
            description: self.description(),
            reference: [&self.reference, &self.end_to_end, &self.transaction]
                .into_iter()
                .flatten()
                .find(|text| is_reference(text))
                .cloned(),
            counterparty_name,
            counterparty_account,
        }
    }
}
