//! One entry (`Ntry`) with its payments (`TxDtls`) to a movement.

use chrono::NaiveDate;
use domain::Currency;
use rust_decimal::Decimal;

use super::{tag::Tag, value};
use crate::{
    fields::{BankTransaction, TransactionDetail},
    statement::key::is_reference,
};

#[derive(Debug, Default)]
pub(super) struct Entry {
    amount: Option<Decimal>,
    pub(super) currency: Option<Currency>,
    is_in: Option<bool>,
    pub(super) booked: Option<NaiveDate>,
    time: Option<String>,
    pub(super) valued: Option<NaiveDate>,
    pub(super) status: Status,
    is_reversal: bool,
    own_reference: Option<String>,
    bank_reference: Option<String>,
    code: String,
    proprietary: Option<String>,
    text: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    #[default]
    Booked,
    /// PDNG, FUTR and INFO: not booked.
    NotBooked,
}

#[derive(Debug, Default)]
pub(super) struct Detail {
    amount: Option<Decimal>,
    transaction_amount: Option<Decimal>,
    pub(super) currency: Option<Currency>,
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

fn is_in(text: &str) -> Option<bool> {
    match text {
        "CRDT" => Some(true),
        "DBIT" => Some(false),
        _ => None,
    }
}

impl Entry {
    pub(super) fn take(&mut self, path: &[Tag], text: &str) {
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

    pub(super) fn movement(
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
    pub(super) fn take(&mut self, path: &[Tag], text: &str) {
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

/// Whether the payments of a collective booking, all with amounts in its currency, make another sum.
pub(super) fn batch_differs(movement: &BankTransaction, details: &[Detail]) -> bool {
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
