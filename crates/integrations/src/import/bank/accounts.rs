//! Which ledger account a bank account is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::Iban;
use domain::books::{
    AccountPlan, BookBankAccount, LedgerAccount, NewBankAccount, NewLedgerAccount,
};

use super::banks;
use crate::import::company::Companies;
use crate::import::{Reason, short};
use crate::record::BankAccountIdentity;

/// Tekdüzen Hesap Planı: 102 Bankalar.
const BANKS_ACCOUNT: &str = "102";

/// Where a movement of an account is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Booked {
    pub(super) company: String,
    pub(super) ledger_account: String,
}

/// Accounts by IBAN, and the suspense account.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    by_iban: HashMap<String, Result<Booked, Reason>>,
    pub(super) suspense: String,
}

impl Accounts {
    pub(super) fn of(&self, iban: &Iban) -> Result<&Booked, Reason> {
        match self.by_iban.get(iban.as_str()) {
            Some(Ok(booked)) => Ok(booked),
            Some(Err(reason)) => Err(*reason),
            None => Err(Reason::AccountUnknown),
        }
    }
}

pub(super) struct Office<'a> {
    pub(super) bank_accounts: &'a [BookBankAccount],
    pub(super) ledger_accounts: &'a [LedgerAccount],
    pub(super) suspense_code: &'a str,
}

/// Sees to the accounts of a page: `wanted` are those that moved.
pub(super) fn prepare(
    wanted: &BTreeMap<String, (Iban, BankAccountIdentity)>,
    office: &Office<'_>,
    companies: &mut Companies,
    new_id: &mut (dyn FnMut() -> String + Send),
) -> (Accounts, AccountPlan) {
    let mut plan = AccountPlan::default();
    let mut accounts = Accounts::default();
    let mut codes: BTreeSet<String> =
        office.ledger_accounts.iter().map(|account| account.code.clone()).collect();
    for (iban, identity) in wanted.values() {
        let here: Vec<_> =
            office.bank_accounts.iter().filter(|known| known.iban == iban.as_str()).collect();
        if here.iter().any(|account| account.served_elsewhere) {
            accounts.by_iban.insert(iban.as_str().to_owned(), Err(Reason::AccountServed));
            continue;
        }
        let booked = owner(iban, identity, &here, companies, new_id, &mut plan).map(|company| {
            let known = here.iter().find_map(|account| account.ledger_account_id.clone());
            // Known from a source that is gone: its movements come from here from now on.
            if let Some(ledger_account) = &known
                && !here.iter().any(|account| account.served_by_us)
            {
                plan.assignments.push((iban.clone(), ledger_account.clone()));
            }
            let ledger_account = known.unwrap_or_else(|| {
                let account = ledger_account(iban, &codes, new_id());
                codes.insert(account.code.clone());
                plan.assignments.push((iban.clone(), account.id.clone()));
                let id = account.id.clone();
                plan.ledger_accounts.push(account);
                id
            });
            Booked { company, ledger_account }
        });
        accounts.by_iban.insert(iban.as_str().to_owned(), booked);
    }
    plan.companies = companies.take_new();
    let suspense =
        office.ledger_accounts.iter().find(|account| account.code == office.suspense_code);
    accounts.suspense = suspense.map_or_else(
        || {
            let id = new_id();
            // Made with the first movement that needs it, not with an idle look.
            if !wanted.is_empty() {
                plan.ledger_accounts.push(NewLedgerAccount {
                    id: id.clone(),
                    code: office.suspense_code.to_owned(),
                    name: "Banka hareketleri geçici hesabı".to_owned(),
                    kind: kind_of(office.suspense_code),
                });
            }
            id
        },
        |account| account.id.clone(),
    );
    (accounts, plan)
}

/// The company that has the IBAN; else the holder's, by its number; else the integration's own.
fn owner(
    iban: &Iban,
    identity: &BankAccountIdentity,
    here: &[&BookBankAccount],
    companies: &mut Companies,
    new_id: &mut (dyn FnMut() -> String + Send),
    plan: &mut AccountPlan,
) -> Result<String, Reason> {
    let owners: BTreeSet<&str> =
        here.iter().filter_map(|account| account.client_company_id.as_deref()).collect();
    match owners.len() {
        0 => {
            let company = companies.resolve(&identity.holder, new_id).map_err(|reason| {
                if reason == Reason::CompanyUnknown { Reason::AccountUnknown } else { reason }
            })?;
            // The IBAN says whose account it is, where the office knows it; here it does not, and an
            // account of another holder is nobody's to guess.
            if company.names_another {
                return Err(Reason::AccountUnknown);
            }
            let company = company.id;
            plan.bank_accounts.push(NewBankAccount {
                id: new_id(),
                client_company_id: company.clone(),
                bank_name: short(identity.bank_name.as_deref(), 255)
                    .unwrap_or_else(|| banks::name(iban)),
                iban: iban.clone(),
                currency: "TRY".to_owned(),
            });
            Ok(company)
        }
        1 if here.iter().all(|account| account.currency.as_deref() == Some("TRY")) => {
            Ok(owners.into_iter().next().unwrap_or_default().to_owned())
        }
        1 => Err(Reason::AccountCurrency),
        _ => Err(Reason::AccountAmbiguous),
    }
}

/// A sub-account of 102 by bank, then by number: `102.0064.001`. `taken` are all codes that begin
/// with 102.
fn ledger_account(iban: &Iban, taken: &BTreeSet<String>, id: String) -> NewLedgerAccount {
    // Five digits, the first of which is always zero.
    let bank = banks::code(iban).and_then(|code| code.get(1..)).unwrap_or("9999");
    let free = (1_u32..).map(|n| format!("{BANKS_ACCOUNT}.{bank}.{n:03}"));
    let code = free.into_iter().find(|code| !taken.contains(code)).unwrap_or_default();
    let digits = iban.as_str();
    let last = digits.get(digits.len().saturating_sub(4)..).unwrap_or_default();
    NewLedgerAccount { id, code, name: format!("{} - {last}", banks::name(iban)), kind: "asset" }
}

/// What an account is by the class of its code (Tekdüzen Hesap Planı).
fn kind_of(code: &str) -> &'static str {
    match code.as_bytes().first() {
        Some(b'3' | b'4') => "liability",
        Some(b'5') => "equity",
        Some(b'6') => "income",
        Some(b'7') => "expense",
        _ => "asset",
    }
}
