//! The ranking of unusual entries, below the named findings.
//!
//! Each entry of the window becomes a row of features that compare it with the company's own history;
//! COPOD ([`crate::outlier`]) says how far out the row lies and which feature puts it there. A named
//! finding that concerns the entry goes on top: named kinds are right far more often than a general
//! model, which is blind for duplicates, spikes and holidays. Severity is low: it is a reading list.
//!
//! Minimum history: [`crate::RankingParameters::min_entries`] entries.

use std::collections::HashMap;

use chrono::{Datelike, Weekday};
use domain::{Severity, holiday_on};

use crate::{
    context::Context,
    detect::draft::Draft,
    finding::Kind,
    ledger::PartyNo,
    outlier::{Method, contributions},
    report::{Contribution, Feature, UnusualEntry},
    statistics::{count, median},
};

const FEATURES: [Feature; 8] = [
    Feature::Amount,
    Feature::AmountForParty,
    Feature::AccountPattern,
    Feature::RareAccount,
    Feature::RareParty,
    Feature::PartyWithAccounts,
    Feature::Roundness,
    Feature::QuietDay,
];

/// What a named finding adds for each step of severity: more than all features can.
const NAMED: f64 = 100.0;

type Pattern = u64;

pub(crate) fn rank(context: &Context<'_>, drafts: &[Draft]) -> Vec<UnusualEntry> {
    let parameters = &context.parameters.ranking;
    let rows: Vec<(usize, Pattern)> =
        context.live().map(|(at, entry, _)| (at, pattern(context.lines(entry)))).collect();
    if !parameters.enabled || rows.len() < parameters.min_entries as usize {
        return Vec::new();
    }
    let columns = columns(context, &rows);
    let parts = contributions(&columns, Method::Copod);
    let named = named(drafts);
    let mut ranking: Vec<(f64, usize, usize)> = rows
        .iter()
        .enumerate()
        .filter(|(_, (at, _))| context.facts.get(*at).is_some_and(|facts| facts.is_recent))
        .map(|(row, (at, _))| {
            let own: f64 = parts.iter().filter_map(|column| column.get(row)).sum();
            (own + named_part(&named, *at), row, *at)
        })
        .collect();
    let most = parameters.entries as usize;
    ranking.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
    ranking.truncate(most);
    ranking
        .into_iter()
        .filter_map(|(score, row, at)| {
            let named = named_part(&named, at);
            let mut own: Vec<Contribution> = FEATURES
                .iter()
                .zip(&parts)
                .filter_map(|(feature, column)| {
                    Some(Contribution { feature: *feature, part: *column.get(row)? })
                })
                .chain(
                    (named > 0.0)
                        .then_some(Contribution { feature: Feature::NamedFinding, part: named }),
                )
                .collect();
            own.sort_by(|a, b| b.part.total_cmp(&a.part).then(a.feature.cmp(&b.feature)));
            let entry = context.entries.get(at)?;
            Some(UnusualEntry {
                entry: entry.id.clone(),
                date: entry.date,
                reference: entry.reference.clone(),
                amount: context.facts.get(at)?.gross,
                score,
                contributions: own,
            })
        })
        .collect()
}

/// What a finding adds to the score of each of its entries.
pub(crate) fn weight(severity: Severity, strength: f64) -> f64 {
    let step = match severity {
        Severity::Low => 0.2,
        Severity::Medium => 1.0,
        Severity::High => 2.0,
        Severity::Critical => 3.0,
    };
    NAMED * (step + 0.5 * strength.clamp(0.0, 1.0))
}

fn named(drafts: &[Draft]) -> HashMap<u32, f64> {
    let mut named: HashMap<u32, f64> = HashMap::new();
    for draft in drafts {
        // Digits are an account's fact, not one of its entries.
        if draft.kind == Kind::Benford {
            continue;
        }
        let part = weight(draft.severity, draft.strength);
        for entry in &draft.entries {
            let own = named.entry(*entry).or_default();
            *own = own.max(part);
        }
    }
    named
}

fn named_part(named: &HashMap<u32, f64>, at: usize) -> f64 {
    u32::try_from(at).ok().and_then(|at| named.get(&at)).copied().unwrap_or(0.0)
}

/// Accounts with their sides, as one number. Equal patterns give equal numbers; that two different
/// ones do is improbable and would only blur the ranking.
fn pattern(lines: &[crate::ledger::Line]) -> Pattern {
    let mut last = None;
    lines.iter().fold(0xcbf2_9ce4_8422_2325, |hash, line| {
        let own = (line.account, line.debit > line.credit);
        if last.replace(own) == Some(own) {
            return hash;
        }
        let value = u64::from(line.account.0) << 1 | u64::from(own.1);
        (hash ^ value).wrapping_mul(0x0100_0000_01b3).rotate_left(17)
    })
}

fn columns(context: &Context<'_>, rows: &[(usize, Pattern)]) -> Vec<Vec<f64>> {
    let n = count(rows.len());
    let mut by_pattern: HashMap<Pattern, Vec<f64>> = HashMap::new();
    let mut by_party: HashMap<(PartyNo, Pattern), Vec<f64>> = HashMap::new();
    let mut parties: HashMap<PartyNo, usize> = HashMap::new();
    let mut accounts = vec![0_usize; context.ledger.accounts().len()];
    let mut days = [0_usize; 7];
    let logs: Vec<f64> = rows
        .iter()
        .map(|(at, _)| {
            context.facts.get(*at).map_or(0.0, |facts| facts.gross.as_f64().max(1.0).ln())
        })
        .collect();
    for ((at, pattern), log) in rows.iter().zip(&logs) {
        let Some(entry) = context.entries.get(*at) else { continue };
        by_pattern.entry(*pattern).or_default().push(*log);
        if let Some(party) = entry.party {
            *parties.entry(party).or_default() += 1;
            by_party.entry((party, *pattern)).or_default().push(*log);
        }
        for line in context.lines(entry) {
            if let Some(uses) = accounts.get_mut(line.account.0 as usize) {
                *uses += 1;
            }
        }
        if let Some(uses) = days.get_mut(entry.date.weekday().num_days_from_monday() as usize) {
            *uses += 1;
        }
    }
    let middle_of = |logs: &[f64]| median(&mut logs.to_vec()).unwrap_or(0.0);
    let pattern_middles: HashMap<Pattern, (f64, usize)> =
        by_pattern.iter().map(|(key, logs)| (*key, (middle_of(logs), logs.len()))).collect();
    let party_middles: HashMap<(PartyNo, Pattern), (f64, usize)> =
        by_party.iter().map(|(key, logs)| (*key, (middle_of(logs), logs.len()))).collect();

    let mut columns = vec![Vec::with_capacity(rows.len()); FEATURES.len()];
    for ((at, pattern), log) in rows.iter().zip(&logs) {
        let Some(entry) = context.entries.get(*at) else { continue };
        let (middle, uses) = pattern_middles.get(pattern).copied().unwrap_or((*log, 1));
        let rarest = context
            .lines(entry)
            .iter()
            .filter_map(|line| accounts.get(line.account.0 as usize))
            .min()
            .copied()
            .unwrap_or(1);
        let (own_middle, own_uses) = entry
            .party
            .and_then(|party| party_middles.get(&(party, *pattern)))
            .copied()
            .unwrap_or((middle, uses));
        let party_uses =
            entry.party.and_then(|party| parties.get(&party)).copied().unwrap_or(rows.len());
        let weekday = entry.date.weekday().num_days_from_monday() as usize;
        let is_off = holiday_on(entry.date).is_some_and(|holiday| !holiday.is_half);
        let day_uses = if is_off || entry.date.weekday() == Weekday::Sun {
            1
        } else {
            days.get(weekday).copied().unwrap_or(1)
        };
        let rarity = |uses: usize| -(count(uses.max(1)) / n).ln();
        let values = [
            log - middle,
            log - own_middle,
            rarity(uses),
            rarity(rarest),
            rarity(party_uses),
            rarity(own_uses),
            f64::from(trailing_zeros(context.facts.get(*at).map_or(1, |facts| facts.gross.0))),
            rarity(day_uses),
        ];
        for (column, value) in columns.iter_mut().zip(values) {
            column.push(value);
        }
    }
    columns
}

fn trailing_zeros(mut kurus: i64) -> u32 {
    let mut zeros = 0;
    while kurus != 0 && kurus % 10 == 0 {
        kurus /= 10;
        zeros += 1;
    }
    zeros
}
