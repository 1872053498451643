//! Accounts and movements of the standard as records.

use domain::Currency;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Ohvps, list};
use crate::{
    error::ConnectorError,
    page::{SkipReason, Warning},
    record::{BankAccountIdentity, BankTransactionRecord, PartyIdentity},
    values::{self, FieldError},
};

/// The largest page of the standard.
pub(super) const PAGE: usize = 100;

/// An account (`HesapTemel`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) reference: String,
    iban: Option<String>,
    holder: Option<String>,
    currency: Currency,
}

impl Ohvps {
    /// The accounts of the consent, in the order of their references.
    pub(super) async fn accounts(
        &self,
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<Account>, ConnectorError> {
        let mut accounts = Vec::new();
        let mut named = 0;
        for number in 1_u32.. {
            let query = [
                ("syfKytSayi", PAGE.to_string()),
                ("syfNo", number.to_string()),
                ("srlmKrtr", "hspRef".to_owned()),
                ("srlmYon", "Y".to_owned()),
            ];
            let entries = match self.get(&["hesaplar"], &query).await? {
                Ok(response) => list(response.into_json())?,
                Err(refusal) => return Err(refusal.into_error("hesaplar")),
            };
            let is_last = entries.len() < PAGE;
            named += entries.len();
            for entry in &entries {
                match account(entry) {
                    Ok(account) => accounts.push(account),
                    Err((reference, reason)) => {
                        warnings.push(Warning::AccountSkipped { external_id: reference, reason });
                    }
                }
            }
            if is_last {
                break;
            }
        }
        if named == 0 {
            return Err(ConnectorError::config(
                "the consent gives no account",
                "Açık bankacılık rızasında hesap yok; rızayı en az bir hesap seçerek yenileyin.",
            ));
        }
        Ok(accounts)
    }
}

fn account(entry: &Value) -> Result<Account, (String, SkipReason)> {
    let basic = entry.get("hspTml").unwrap_or(&Value::Null);
    let reference = values::identifier(basic, "hspRef");
    let reference = reference.map_err(|error| (String::new(), error.reason))?;
    let currency = values::currency(basic, "prBrm").map_err(|e| (reference.clone(), e.reason))?;
    let currency = currency.ok_or_else(|| (reference.clone(), SkipReason::MissingField))?;
    Ok(Account {
        iban: values::text(basic, "hspNo").map(str::to_owned),
        holder: values::text(basic, "hspShb").map(str::to_owned),
        reference,
        currency,
    })
}

/// A movement (`Islem`) of an account.
pub(super) fn movement(
    entry: &Value,
    account: &Account,
) -> Result<BankTransactionRecord, FieldError> {
    let basic = entry.get("islTml").ok_or(FieldError::missing("islTml"))?;
    // The detail is an object in the table and a list in its note.
    let detail = match entry.get("islDty") {
        Some(Value::Array(details)) => details.first().unwrap_or(&Value::Null),
        Some(detail) => detail,
        None => &Value::Null,
    };
    let other = detail.get("krsTrf").unwrap_or(&Value::Null);
    let amount = values::required_decimal(basic, "islTtr")?;
    if amount.is_sign_negative() {
        return Err(FieldError::invalid("islTtr"));
    }
    let amount = match values::text(basic, "brcAlc") {
        Some("A") => amount,
        Some("B") => -amount,
        Some(_) => return Err(FieldError::invalid("brcAlc")),
        None => return Err(FieldError::missing("brcAlc")),
    };
    let currency = values::currency(basic, "prBrm")?.unwrap_or(account.currency);
    let iban: Option<domain::Iban> = account.iban.as_deref().and_then(|iban| iban.parse().ok());
    Ok(BankTransactionRecord {
        external_id: format!("{}:{}", account.reference, values::identifier(basic, "islNo")?),
        account: BankAccountIdentity {
            number: iban.is_none().then(|| account.reference.clone()),
            iban,
            bank_name: None,
            holder: PartyIdentity { name: account.holder.clone(), ..PartyIdentity::default() },
        },
        booking_date: values::required_day(basic, "islGrckZaman")?,
        value_date: None,
        amount,
        currency,
        balance_after: values::decimal(basic, "gnclBky")?,
        description: values::text(detail, "islAcklm").map(str::to_owned),
        reference: values::text(basic, "refNo").map(str::to_owned),
        counterparty: PartyIdentity {
            name: values::text(other, "krsUnvan").map(str::to_owned),
            tax_number: values::tax_number(other, "krsKimlikVrs"),
            external_id: None,
        },
        pushed_from: None,
    })
}

/// The id of a movement that could not be read.
pub(super) fn id_of(entry: &Value, account: &Account) -> Option<String> {
    let id = values::identifier(entry.get("islTml")?, "islNo").ok()?;
    Some(format!("{}:{id}", account.reference))
}
