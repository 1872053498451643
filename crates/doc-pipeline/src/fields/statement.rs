//! Fields of bank statements.

use chrono::NaiveDate;
use domain::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::exact;

/// One movement of an account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BankTransaction {
    /// Booking date.
    pub date: NaiveDate,
    /// Time of the movement `HH:MM` or `HH:MM:SS`, local, when stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Valör, when stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_date: Option<NaiveDate>,
    /// Text as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Signed: money in is positive.
    #[serde(with = "exact::number")]
    pub amount: Decimal,
    /// Currency of the amount, where it is not the document's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Balance after the movement, when stated.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub balance: Option<Decimal>,
    /// The bank's own reference, when stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// IBAN (else number) of the account that moved, where a document holds several accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The bank's code or word for the kind of movement as written (`NTRF`, `PMNT/RCDT`, `EFT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Whether the movement takes an earlier one back (MT940 RC and RD, CAMT `RvslInd`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reversal: bool,
    /// Who paid or was paid, when the file says so in a field of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_name: Option<String>,
    /// IBAN (else number) of the other account, when the file says so in a field of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_account: Option<String>,
    /// The single payments of a collective booking, when the file lists them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<TransactionDetail>,
    /// By what the same movement is known again in another file of the account: equal for the same
    /// movement in overlapping files, different for two movements that merely look alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// One payment of a collective booking.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionDetail {
    /// Signed like the booking, when stated.
    #[serde(default, with = "exact::option", skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// Text as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Reference of the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Who paid or was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_name: Option<String>,
    /// IBAN (else number) of the other account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_account: Option<String>,
}

/// One account of a document that holds several.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccountStatement {
    /// Account number as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number: Option<String>,
    /// IBAN without blanks; whether its check digits agree stands in the evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
    /// Currency of the account, where the document says so for each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// First day of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<NaiveDate>,
    /// Last day of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<NaiveDate>,
    /// Opening balance; `null` when the account's statement does not say.
    #[serde(with = "exact::option")]
    pub starting_balance: Option<Decimal>,
    /// Closing balance; `null` when the account's statement does not say.
    #[serde(with = "exact::option")]
    pub ending_balance: Option<Decimal>,
    /// How many of the movements are this account's; they follow each other in its order.
    pub transaction_count: usize,
}

/// A bank statement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BankStatementFields {
    /// Account number as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number: Option<String>,
    /// IBAN without blanks; whether its check digits agree stands in the evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
    /// Name of the bank as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_name: Option<String>,
    /// Holder of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_holder: Option<String>,
    /// Currency of all amounts; absent where the accounts of a document have different ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// First day of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<NaiveDate>,
    /// Last day of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<NaiveDate>,
    /// Opening balance; `null` when the statement does not say or holds several accounts.
    #[serde(with = "exact::option")]
    pub starting_balance: Option<Decimal>,
    /// Closing balance; `null` when the statement does not say or holds several accounts.
    #[serde(with = "exact::option")]
    pub ending_balance: Option<Decimal>,
    /// Movements in the order of the document.
    pub transactions: Vec<BankTransaction>,
    /// The accounts, where the document holds more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<AccountStatement>,
}

impl BankStatementFields {
    /// Whether neither the document nor any of its accounts states a balance.
    #[must_use]
    pub fn states_no_balance(&self) -> bool {
        let none = |opening: Option<Decimal>, closing: Option<Decimal>| {
            opening.is_none() && closing.is_none()
        };
        none(self.starting_balance, self.ending_balance)
            && self
                .statements
                .iter()
                .all(|account| none(account.starting_balance, account.ending_balance))
    }
}
