//! Flags of bank statements.

use domain::Severity;
use rust_decimal::Decimal;

use super::{flags::Flags, in_lira, sum};
use crate::{
    evidence::Check, extraction::Extraction, fields::BankStatementFields, message::number,
};

const HIGH: i64 = 100_000;

pub(super) fn flag(fields: &BankStatementFields, extraction: &Extraction, flags: &mut Flags) {
    if fields.states_no_balance() {
        flags.raise("hasMissingFields", "MISSING_BALANCE_INFO", Severity::Medium, None);
    }
    let ends = std::iter::once((fields.starting_balance, fields.ending_balance)).chain(
        fields.statements.iter().map(|account| (account.starting_balance, account.ending_balance)),
    );
    let into_red = ends
        .filter_map(|(opening, closing)| opening.zip(closing))
        .find(|(opening, closing)| *opening > Decimal::ZERO && *closing < Decimal::ZERO);
    if let Some((_, closing)) = into_red {
        flags.raise("negativeBalance", "NEGATIVE_BALANCE", Severity::High, Some(number(closing)));
    }
    let high = fields
        .transactions
        .iter()
        .filter_map(|transaction| {
            let currency = transaction.currency.or(fields.currency);
            in_lira(transaction.amount.abs(), currency, None)
        })
        .filter(|amount| *amount > Decimal::from(HIGH))
        .count();
    if high > 0 {
        flags.raise("highAmount", "HIGH_AMOUNT.transactions", Severity::Medium, Some(high.into()));
    }
    if let Some(value) = broken_chain(fields, extraction) {
        flags.raise("balanceChainBroken", "BALANCE_CHAIN_BROKEN", Severity::High, value);
    }
}

/// Movements of several accounts do not lead from one opening to one closing balance: the reader's
/// checks hold each account on its own, by its evidence.
fn holds_several_accounts(extraction: &Extraction) -> bool {
    extraction.findings.iter().any(|finding| finding.code == "SEVERAL_ACCOUNTS")
}

/// Whether movements and balances disagree; the inner value is the difference of the whole statement.
#[expect(clippy::option_option, reason = "broken or not, and by how much if that is known")]
fn broken_chain(
    fields: &BankStatementFields,
    extraction: &Extraction,
) -> Option<Option<serde_json::Value>> {
    let is_one_account = fields.statements.is_empty() && !holds_several_accounts(extraction);
    let difference = is_one_account
        .then(|| whole_difference(fields))
        .flatten()
        .filter(|difference| !difference.is_zero());
    let step_failed = extraction.evidence.values().any(|known| {
        known.failed.contains(&Check::BalanceChain)
            || known.failed.contains(&Check::OpeningPlusMovementsIsClosing)
    });
    (difference.is_some() || step_failed).then(|| difference.map(number))
}

fn whole_difference(fields: &BankStatementFields) -> Option<Decimal> {
    let (opening, closing) = (fields.starting_balance?, fields.ending_balance?);
    let movements = sum(fields.transactions.iter().map(|transaction| transaction.amount))?;
    Some(opening.checked_add(movements)?.checked_sub(closing)?.abs())
}
