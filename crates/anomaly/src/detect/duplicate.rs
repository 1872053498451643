//! The same document booked, or the same invoice recorded, twice.
//!
//! Two entries of one counterparty on the same accounts and sides within
//! [`crate::DuplicateParameters::days`] are the same document if
//! - they carry the same number, in any spelling, and their amounts differ by at most
//!   [`crate::DuplicateParameters::tolerance`] (a kuruş of rounding), or
//! - their amounts are equal, one carries a number and the other none, the unnumbered one was typed in
//!   by hand and this counterparty's documents normally are numbered.
//!
//! Not the same: two different numbers (two equal deliveries, subscriptions); entries that cancel each
//! other, so that a correction (entry, reversal, entry) leaves one; unnumbered documents of a
//! counterparty that habitually sends them so. No history is needed.
//!
//! Source: rule of the trade (three-way match); the number's form is that of the Gelir İdaresi's
//! e-document guides: three characters of series, year, nine digits.

use std::collections::HashMap;

use domain::Severity;
use rustc_hash::FxHashMap;

use super::{Detector, Output, draft::Draft};
use crate::{
    amount::Kurus,
    context::Context,
    document_number::DocumentNumber,
    finding::{Evidence, Kind, NextCheck, Quantity},
    ledger::{AccountNo, EntrySource, InvoiceStatus, PartyNo},
    parameters::{DuplicateParameters, Parameters},
    reason::{Reason, SameAs},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Duplicate;

impl Detector for Duplicate {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.duplicate.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        entries(context, output);
        invoices(context, output);
    }
}

struct Item<'a> {
    at: u32,
    day: i32,
    amount: Kurus,
    number: Option<DocumentNumber<'a>>,
    source: EntrySource,
}

/// Counterparty and the accounts with their sides.
type Pattern = (Option<PartyNo>, Vec<(AccountNo, bool)>);

fn entries(context: &Context<'_>, output: &mut Output) {
    let mut groups: FxHashMap<Pattern, Vec<Item<'_>>> = FxHashMap::default();
    for (at, entry, facts) in context.live() {
        // Payments repeat amounts by nature; a document is what can be booked twice.
        if !facts.shape.is_document() || (entry.party.is_none() && entry.reference.is_none()) {
            continue;
        }
        let mut accounts: Vec<(AccountNo, bool)> = context
            .lines(entry)
            .iter()
            .map(|line| (line.account, line.debit > Kurus::ZERO))
            .collect();
        accounts.dedup();
        let Ok(at) = u32::try_from(at) else { continue };
        groups.entry((entry.party, accounts)).or_default().push(Item {
            at,
            day: facts.day,
            amount: facts.gross,
            number: entry.reference.as_deref().map(DocumentNumber::of),
            source: entry.source,
        });
    }
    for ((party, _), items) in groups {
        let habit = UnnumberedHabit::of(&items);
        let by_amount = ByAmount::of(&items);
        for (place, copy) in items.iter().enumerate() {
            if !context.is_recent(copy.at) {
                continue;
            }
            // Of a price list many documents have one amount: the nearest ones speak for them.
            let original = by_amount
                .near(&items, place, context.parameters.duplicate.tolerance)
                .take(MOST_COMPARED)
                .take_while(|item| copy.day - item.day <= days(&context.parameters.duplicate))
                .filter_map(|item| {
                    same(item, copy, &habit, &context.parameters.duplicate)
                        .map(|same_as| (item, same_as))
                })
                .min_by_key(|(_, same_as)| *same_as);
            if let Some((original, same_as)) = original {
                output.explain(draft(context, party, original, copy, same_as));
            }
        }
    }
}

fn days(parameters: &DuplicateParameters) -> i32 {
    i32::try_from(parameters.days).unwrap_or(i32::MAX)
}

fn same(
    one: &Item<'_>,
    other: &Item<'_>,
    habit: &UnnumberedHabit,
    parameters: &DuplicateParameters,
) -> Option<SameAs> {
    match (&one.number, &other.number) {
        (Some(a), Some(b)) => {
            if !a.is_same_as(b) {
                None
            } else if one.amount == other.amount {
                Some(if a.text() == b.text() { SameAs::Exact } else { SameAs::OtherSpelling })
            } else if (one.amount - other.amount).abs() <= parameters.tolerance {
                Some(SameAs::NearAmount)
            } else {
                None
            }
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            let unnumbered = if one.number.is_none() { one } else { other };
            let is_typed = unnumbered.source == EntrySource::Manual;
            (one.amount == other.amount && is_typed && habit.is_numbered(unnumbered.source))
                .then_some(SameAs::NoNumber)
        }
    }
}

/// With how many earlier documents of about the same amount one is compared.
const MOST_COMPARED: usize = 200;

/// Positions of items in order of amount.
struct ByAmount(Vec<(Kurus, usize)>);

impl ByAmount {
    fn of(items: &[Item<'_>]) -> Self {
        let mut order: Vec<(Kurus, usize)> =
            items.iter().enumerate().map(|(at, item)| (item.amount, at)).collect();
        order.sort_unstable();
        Self(order)
    }

    /// Items before `place` whose amount is at most `tolerance` away, latest first.
    fn near<'i, 'a>(
        &self,
        items: &'i [Item<'a>],
        place: usize,
        tolerance: Kurus,
    ) -> impl Iterator<Item = &'i Item<'a>> + use<'i, 'a> {
        let amount = items.get(place).map_or(Kurus::ZERO, |item| item.amount);
        let first = self.0.partition_point(|(other, _)| *other < amount - tolerance);
        let mut places: Vec<usize> = self
            .0
            .iter()
            .skip(first)
            .take_while(|(other, _)| *other <= amount + tolerance)
            .map(|(_, at)| *at)
            .filter(|at| *at < place)
            .collect();
        places.sort_unstable_by(|a, b| b.cmp(a));
        places.into_iter().filter_map(|at| items.get(at))
    }
}

/// How often a counterparty's documents come without a number, by source.
struct UnnumberedHabit {
    unnumbered: [usize; 3],
}

impl UnnumberedHabit {
    fn of(items: &[Item<'_>]) -> Self {
        let mut unnumbered = [0; 3];
        for item in items.iter().filter(|item| item.number.is_none()) {
            if let Some(slot) = unnumbered.get_mut(item.source as usize) {
                *slot += 1;
            }
        }
        Self { unnumbered }
    }

    /// One unnumbered document of a source is the exception; three are the habit.
    fn is_numbered(&self, source: EntrySource) -> bool {
        self.unnumbered.get(source as usize).is_some_and(|n| *n < 3)
    }
}

fn draft(
    context: &Context<'_>,
    party: Option<PartyNo>,
    original: &Item<'_>,
    copy: &Item<'_>,
    same_as: SameAs,
) -> Draft {
    let mut ids: Vec<String> =
        [original.at, copy.at].iter().filter_map(|at| context.id(*at)).map(str::to_owned).collect();
    ids.sort_unstable();
    let (severity, strength) = match same_as {
        SameAs::Exact => (Severity::High, 1.0),
        SameAs::OtherSpelling => (Severity::High, 0.9),
        SameAs::NearAmount => (Severity::High, 0.8),
        SameAs::NoNumber => (Severity::Medium, 0.6),
    };
    Draft {
        kind: Kind::DuplicateEntry,
        severity,
        strength,
        evidence: Evidence::Entries { ids },
        entries: vec![original.at, copy.at],
        invoices: Vec::new(),
        date: context.date(copy.at),
        observed: Quantity::Amount(copy.amount),
        base: None,
        threshold: None,
        at_stake: Some(copy.amount),
        reason: Reason::Same {
            same_as,
            days_apart: i64::from(copy.day - original.day),
            party: party.map(|party| context.ledger.party(party).to_owned()),
            reference: original
                .number
                .as_ref()
                .or(copy.number.as_ref())
                .map(|number| number.text().to_owned()),
        },
        next_check: NextCheck::CompareDocuments,
    }
}

/// Two records of one invoice: same direction, counterparty and number, amounts within the tolerance.
/// However far apart: a number is given once.
fn invoices(context: &Context<'_>, output: &mut Output) {
    let mut seen: HashMap<_, Vec<usize>> = HashMap::new();
    let all = context.ledger.invoices();
    for (at, invoice) in all.iter().enumerate() {
        if matches!(invoice.status, InvoiceStatus::Draft | InvoiceStatus::Cancelled)
            || invoice.issue_date > context.reference
        {
            continue;
        }
        let Some(number) = invoice.number.as_deref().map(DocumentNumber::of) else { continue };
        let key =
            (invoice.direction, invoice.party, invoice.currency.as_str().to_owned(), number.key());
        let same = seen.entry(key).or_default();
        let original = same.iter().filter_map(|at| all.get(*at)).find(|other| {
            (other.total - invoice.total).abs() <= context.parameters.duplicate.tolerance
        });
        let is_recent = context.is_news(invoice.issue_date, invoice.recorded_on);
        if let Some(original) = original
            && is_recent
        {
            let same_as = if original.total != invoice.total {
                SameAs::NearAmount
            } else if original.number == invoice.number {
                SameAs::Exact
            } else {
                SameAs::OtherSpelling
            };
            let mut ids = vec![original.id.clone(), invoice.id.clone()];
            ids.sort_unstable();
            output.push(Draft {
                kind: Kind::DuplicateInvoice,
                severity: Severity::High,
                strength: 1.0,
                evidence: Evidence::Invoices { ids: ids.clone() },
                entries: Vec::new(),
                invoices: ids,
                date: invoice.issue_date,
                observed: Quantity::Amount(invoice.total),
                base: None,
                threshold: None,
                at_stake: Some(invoice.total),
                reason: Reason::Same {
                    same_as,
                    days_apart: (invoice.issue_date - original.issue_date).num_days(),
                    party: invoice.party.map(|party| context.ledger.party(party).to_owned()),
                    reference: original.number.clone(),
                },
                next_check: NextCheck::CompareDocuments,
            });
        }
        same.push(at);
    }
}
