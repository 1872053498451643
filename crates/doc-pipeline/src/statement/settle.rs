//! Statements to accounts and fields: what belongs together is joined, balances and sums are held
//! against the movements, and what does not tie is said.

use std::fmt::Write;

use domain::{Currency, Severity};
use rust_decimal::Decimal;

use super::{
    chain::chain,
    model::{Draft, Statement},
};
use crate::{
    error::ReadError,
    evidence::{Check, Evidence, EvidenceMap, Source},
    extraction::{Extraction, Fields, RawText},
    fields::{AccountStatement, BankStatementFields},
    findings::Findings,
    message::number,
};

/// More pointers than a person would look at.
const MAX_FAILED: usize = 1000;

/// What was found out about one account.
#[derive(Debug)]
struct Account {
    whole: Statement,
    /// Whether opening + movements = closing; unknown where a balance is missing.
    ties: Option<bool>,
    /// Index of the first movement in the document.
    from: usize,
}

/// Makes the extraction.
pub(super) fn extraction(mut draft: Draft, text: String) -> Result<Extraction, ReadError> {
    let statements = std::mem::take(&mut draft.statements);
    if statements.is_empty() {
        return Err(ReadError::NoStatement(draft.engine.to_owned()));
    }
    let mut findings = std::mem::take(&mut draft.findings);
    let mut accounts = joined(statements, &mut findings);
    for account in &mut accounts {
        account.ties = judge(&account.whole, &mut findings);
    }
    notes(&accounts, &mut findings);
    let mut evidence = EvidenceMap::new();
    let fields = fields(accounts, draft.source, &mut findings, &mut evidence);
    Ok(Extraction {
        media: draft.media,
        fields: Fields::BankStatement(Box::new(fields)),
        evidence,
        findings: findings.into_list(),
        text: RawText { text, engine: draft.engine.to_owned(), confidence: None },
    })
}

/// Statements of one account follow each other: days, or pages of one day. What closes one opens the
/// next; a gap is said, and both stay.
fn joined(statements: Vec<Statement>, findings: &mut Findings) -> Vec<Account> {
    let mut places = std::collections::HashMap::new();
    let mut accounts: Vec<Account> = Vec::new();
    for statement in statements {
        let (name, currency) = statement.account();
        let known = (name.map(str::to_owned), currency);
        let place = *places.entry(known).or_insert(accounts.len());
        match accounts.get_mut(place) {
            Some(account) => join(&mut account.whole, statement, findings),
            None => {
                accounts.push(Account { whole: statement, ties: None, from: 0 });
            }
        }
    }
    let mut from = 0;
    for account in &mut accounts {
        account.from = from;
        from += account.whole.movements.len();
    }
    accounts
}

fn join(whole: &mut Statement, next: Statement, findings: &mut Findings) {
    if let (Some(closing), Some(opening)) = (whole.closing, next.opening)
        && closing != opening
    {
        findings.add(
            "STATEMENT_GAP",
            Severity::High,
            [("expected", number(closing)), ("found", number(opening))],
        );
    }
    // Several reports of sums are each of their own movements only.
    if !whole.movements.is_empty() || !next.movements.is_empty() {
        for (own, more) in whole.stated_sums.iter_mut().zip(next.stated_sums) {
            *own = match (*own, more) {
                (Some(own), Some(more)) => own.checked_add(more),
                _ => None,
            };
        }
    }
    whole.movements.extend(next.movements);
    whole.signs_open |= next.signs_open;
    whole.is_cut |= next.is_cut;
    whole.unread += next.unread;
    whole.pending += next.pending;
    // Without the first opening there is none of the whole.
    whole.closing = next.closing;
    whole.is_closed = next.is_closed;
    whole.start_date = earlier(whole.start_date, next.start_date);
    whole.end_date = whole.end_date.max(next.end_date);
    whole.bank_name = whole.bank_name.take().or(next.bank_name);
    whole.account_holder = whole.account_holder.take().or(next.account_holder);
}

fn earlier<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Opening + movements = closing, and the stated sums.
fn judge(account: &Statement, findings: &mut Findings) -> Option<bool> {
    // Banks differ in which sum a reversal belongs to.
    let has_reversals = account.movements.iter().any(|movement| movement.reversal);
    for (is_in, stated) in [true, false].into_iter().zip(account.stated_sums) {
        let Some(stated) = stated.filter(|_| !has_reversals) else { continue };
        let own = account.movements.iter().filter(|movement| {
            movement.amount.is_sign_positive() == is_in && !movement.amount.is_zero()
        });
        let Some(sum) = sum(own.map(|movement| movement.amount.abs())) else { continue };
        if sum != stated.abs() {
            findings.add(
                "STATEMENT_SUMS_DIFFER",
                Severity::High,
                [
                    ("direction", if is_in { "alacak" } else { "borç" }.into()),
                    ("expected", number(sum)),
                    ("found", number(stated.abs())),
                ],
            );
        }
    }
    let (opening, closing) = (account.opening?, account.closing?);
    let movements = sum(account.movements.iter().map(|movement| movement.amount))?;
    let expected = opening.checked_add(movements)?;
    let ties = expected == closing;
    if !ties && account.is_closed {
        findings.add(
            "STATEMENT_BALANCES_DIFFER",
            Severity::High,
            [("expected", number(expected)), ("found", number(closing))],
        );
    }
    (ties || account.is_closed).then_some(ties)
}

fn sum(amounts: impl Iterator<Item = Decimal>) -> Option<Decimal> {
    let mut amounts = amounts;
    amounts.try_fold(Decimal::ZERO, Decimal::checked_add)
}

fn notes(accounts: &[Account], findings: &mut Findings) {
    let all = |count: fn(&Statement) -> usize| -> usize {
        accounts.iter().map(|account| count(&account.whole)).sum()
    };
    let unread = all(|account| account.unread);
    if unread > 0 {
        findings.add("MOVEMENTS_UNREADABLE", Severity::High, [("count", unread.into())]);
    }
    let pending = all(|account| account.pending);
    if pending > 0 {
        findings.add("MOVEMENTS_PENDING", Severity::Low, [("count", pending.into())]);
    }
    if accounts.iter().any(|account| account.whole.is_cut) {
        findings.add("FILE_INCOMPLETE", Severity::High, []);
    }
    if accounts.iter().any(has_open_signs) {
        findings.add("MOVEMENT_SIGNS_UNKNOWN", Severity::Medium, []);
    }
    if accounts.len() > 1 {
        findings.add("SEVERAL_ACCOUNTS", Severity::High, []);
    }
    if accounts.iter().any(|account| account.whole.account().0.is_none()) {
        findings.add("ACCOUNT_MISSING", Severity::Medium, []);
    }
    let precise = accounts
        .iter()
        .flat_map(|account| &account.whole.movements)
        .find(|movement| movement.amount.scale() > 2 && movement.amount.normalize().scale() > 2);
    if let Some(movement) = precise {
        findings.add(
            "AMOUNT_PRECISION",
            Severity::Medium,
            [("field", "Hareket tutarı".into()), ("found", number(movement.amount))],
        );
    }
    for account in accounts {
        repeated(account, findings);
    }
}

/// Whether nothing tells money in from money out.
fn has_open_signs(account: &Account) -> bool {
    account.whole.signs_open && account.ties != Some(true)
}

/// Movements with the same reference, day and amount, of which no balance says that all are real.
fn repeated(account: &Account, findings: &mut Findings) {
    let is_confirmed =
        account.ties == Some(true) || account.whole.movements.iter().all(|m| m.balance.is_some());
    if is_confirmed {
        return;
    }
    let mut seen = std::collections::HashSet::new();
    let again = account
        .whole
        .movements
        .iter()
        .filter(|movement| {
            movement.reference.as_deref().is_some_and(|reference| {
                super::key::is_reference(reference)
                    && !seen.insert((movement.date, movement.amount.normalize(), reference))
            })
        })
        .count();
    if again > 0 {
        findings.add("MOVEMENTS_REPEATED", Severity::Medium, [("count", again.into())]);
    }
}

fn fields(
    accounts: Vec<Account>,
    source: Source,
    findings: &mut Findings,
    evidence: &mut EvidenceMap,
) -> BankStatementFields {
    let several = accounts.len() > 1;
    let mut out = BankStatementFields::default();
    let first_currency = accounts.first().and_then(|account| account.whole.currency);
    let currency =
        first_currency.filter(|own| accounts.iter().all(|a| a.whole.currency == Some(*own)));
    out.currency = currency;
    let lira_assumed = accounts.iter().any(|account| account.whole.is_lira_assumed);
    note(evidence, "/transactions", source, &[]);
    if accounts.iter().any(|account| has_open_signs(account) || account.whole.is_cut)
        && let Some(known) = evidence.get_mut("/transactions")
    {
        known.needs_review = true;
    }
    let mut failed = 0;
    out.transactions.reserve_exact(accounts.iter().map(|own| own.whole.movements.len()).sum());
    for (place, account) in accounts.into_iter().enumerate() {
        let Account { whole, ties, from } = account;
        let base = if several { format!("/statements/{place}") } else { String::new() };
        put_evidence(evidence, &base, source, &whole, ties);
        let count = whole.movements.len();
        let name = whole.account().0.map(str::to_owned);
        out.bank_name = out.bank_name.take().or(whole.bank_name);
        out.account_holder = out.account_holder.take().or(whole.account_holder);
        out.start_date = earlier(out.start_date, whole.start_date);
        out.end_date = out.end_date.max(whole.end_date);
        let broken = chain(&whole.movements, whole.opening);
        if !broken.is_empty() {
            let lines: Vec<serde_json::Value> =
                broken.iter().take(10).map(|index| (from + index + 1).into()).collect();
            findings.add(
                "BALANCE_CHAIN_BROKEN",
                Severity::High,
                [("count", broken.len().into()), ("lines", lines.into())],
            );
        }
        for index in broken {
            failed += 1;
            if failed <= MAX_FAILED {
                let pointer = format!("/transactions/{}/amount", from + index);
                note(evidence, &pointer, source, &[(Check::BalanceChain, false)]);
            }
        }
        for mut movement in whole.movements {
            movement.account = if several { name.clone() } else { None };
            if movement.currency.is_none() && currency.is_none() {
                movement.currency = whole.currency;
            }
            movement.currency = movement.currency.filter(|own| Some(*own) != currency);
            out.transactions.push(movement);
        }
        if several {
            out.statements.push(AccountStatement {
                account_number: whole.account_number,
                iban: whole.iban,
                currency: whole.currency,
                start_date: whole.start_date,
                end_date: whole.end_date,
                starting_balance: whole.opening,
                ending_balance: whole.closing,
                transaction_count: count,
            });
        } else {
            out.account_number = whole.account_number;
            out.iban = whole.iban;
            out.starting_balance = whole.opening;
            out.ending_balance = whole.closing;
        }
    }
    if out.bank_name.is_some() {
        note(evidence, "/bankName", source, &[]);
    }
    if out.account_holder.is_some() {
        note(evidence, "/accountHolder", source, &[]);
    }
    if out.currency.is_some() {
        note(evidence, "/currency", if lira_assumed { Source::Derived } else { source }, &[]);
    }
    out
}

fn put_evidence(
    evidence: &mut EvidenceMap,
    base: &str,
    source: Source,
    whole: &Statement,
    ties: Option<bool>,
) {
    let mut put = |present: bool, key: &str, checks: &[(Check, bool)]| {
        if present {
            note(evidence, &format!("{base}/{key}"), source, checks);
        }
    };
    put(whole.iban.is_some(), "iban", &[(Check::IbanDigits, true)]);
    put(whole.account_number.is_some(), "accountNumber", &[]);
    let tied = ties.map(|passed| (Check::OpeningPlusMovementsIsClosing, passed));
    put(whole.opening.is_some(), "startingBalance", tied.as_slice());
    put(whole.closing.is_some(), "endingBalance", tied.as_slice());
    put(whole.start_date.is_some(), "startDate", &[]);
    put(whole.end_date.is_some(), "endDate", &[]);
}

fn note(evidence: &mut EvidenceMap, pointer: &str, source: Source, checks: &[(Check, bool)]) {
    let of = |wanted: bool| {
        checks.iter().filter(|(_, passed)| *passed == wanted).map(|(check, _)| *check).collect()
    };
    let failed: Vec<Check> = of(false);
    let entry = Evidence {
        source,
        page: None,
        bounding_box: None,
        confidence: 1.0,
        passed: of(true),
        needs_review: !failed.is_empty(),
        failed,
    };
    evidence.insert(pointer.to_owned(), entry);
}

/// The movements as text, for search and for the platform's text view.
pub(super) fn listing(draft: &Draft) -> String {
    let mut out = String::new();
    for statement in &draft.statements {
        let currency = statement.currency.map(|code: Currency| code.as_str().to_owned());
        let currency = currency.unwrap_or_default();
        let (name, _) = statement.account();
        // Writing to a string cannot fail.
        let _ = writeln!(out, "Hesap: {} {currency}", name.unwrap_or("–"));
        let balances = [("Açılış", statement.opening), ("Kapanış", statement.closing)];
        for movement in &statement.movements {
            let text = movement.description.as_deref().unwrap_or_default();
            let reference = movement.reference.as_deref().unwrap_or_default();
            let party = movement.counterparty_name.as_deref().unwrap_or_default();
            let _ = write!(out, "{} {} {text}", movement.date, movement.amount);
            for more in [party, reference].into_iter().filter(|more| !more.is_empty()) {
                let _ = write!(out, " {more}");
            }
            out.push('\n');
        }
        for (label, balance) in balances {
            if let Some(balance) = balance {
                let _ = writeln!(out, "{label}: {balance}");
            }
        }
    }
    out
}
