//! Compares alerts with labels: precision per alert kind, recall per label kind.
//!
//! An alert is a hit if its evidence touches a label: a shared entry; the same account and month, or one
//! of which the label's entries make at least 30 %; the same counterparty or account; an overlapping
//! range of numbers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    data::{AccountMonth, Data, Label},
    replay::Alert,
};
use crate::report;

/// Label kinds that an alert of a kind may mean.
const FAMILY: &[(&str, &[&str])] = &[
    ("EXPENSE_SPIKE", &["spike", "large_single", "benford", "round_number", "fake_supplier"]),
    ("LARGE_TRANSACTION", &["large_single", "spike", "timing"]),
    ("UNUSUAL_ACCOUNT", &["unusual_account"]),
    ("CHART_MISMATCH", &["chart_mismatch"]),
    ("BENFORD", &["benford"]),
    ("ROUND_NUMBER", &["round_number"]),
    ("TIMING", &["timing"]),
    ("DUPLICATE", &["duplicate"]),
    ("CIRCULAR", &["circular"]),
    ("NUMBER_GAP", &["number_gap"]),
    ("CASH_SPLIT", &["cash_split"]),
    ("FAKE_SUPPLIER", &["fake_supplier"]),
];

/// Label kind, alert kind, recall of the old system, recall and precision of the plain robust
/// reference, as measured on the public set of simulated ledgers.
const BASELINES: &[(&str, &str, f64, f64, f64)] = &[
    ("spike", "EXPENSE_SPIKE", 0.71, 0.67, 0.63),
    ("large_single", "LARGE_TRANSACTION", 0.81, 0.79, 0.56),
    ("duplicate", "DUPLICATE", 0.04, 0.99, 0.72),
    ("unusual_account", "UNUSUAL_ACCOUNT", 0.96, 1.0, 0.45),
    ("round_number", "ROUND_NUMBER", 0.94, 1.0, 0.40),
    ("number_gap", "NUMBER_GAP", 0.0, 1.0, 1.0),
    ("chart_mismatch", "CHART_MISMATCH", 0.06, 1.0, 1.0),
    ("timing", "TIMING", 0.86, 1.0, 0.83),
    ("cash_split", "CASH_SPLIT", 0.73, 0.80, 1.0),
    ("fake_supplier", "FAKE_SUPPLIER", 0.90, 0.90, 0.38),
    ("benford", "BENFORD", 1.0, 1.0, 0.35),
    ("circular", "CIRCULAR", 1.0, 1.0, 1.0),
];

/// Alerts of a kind: how many, how many right in kind, how many right in any kind.
#[derive(Debug, Clone, Copy, Default)]
struct Hits {
    alerts: usize,
    same: usize,
    any: usize,
}

#[derive(Debug)]
pub(super) struct Score {
    kinds: BTreeMap<&'static str, Hits>,
    /// Per label kind: labels, and those found.
    labels: BTreeMap<String, (usize, usize)>,
    /// Positions of alerts that are wrong, and of labels that were missed.
    wrong: Vec<usize>,
    missed: Vec<usize>,
}

struct Index<'a> {
    by_entry: HashMap<&'a str, BTreeSet<usize>>,
    by_month: HashMap<AccountMonth, BTreeSet<usize>>,
    by_key: HashMap<(&'a str, &'a str), BTreeSet<usize>>,
    ranges: Vec<(&'a str, Range, usize)>,
}

/// Series, first and last number.
type Range = (String, u64, u64);

fn range(text: &str) -> Option<Range> {
    let (first, last) = text.split_once("..")?;
    let number = |text: &str| text.get(7..).and_then(|digits| digits.parse().ok());
    Some((first.get(..7)?.to_owned(), number(first)?, number(last)?))
}

fn index<'a>(data: &'a Data, labels: &'a [Label]) -> Index<'a> {
    let mut by_entry: HashMap<&str, BTreeSet<usize>> = HashMap::new();
    let mut by_key: HashMap<(&str, &str), BTreeSet<usize>> = HashMap::new();
    let mut ranges = Vec::new();
    let mut totals: HashMap<&AccountMonth, i64> = HashMap::new();
    let mut of_entry: HashMap<&str, Vec<(&AccountMonth, i64)>> = HashMap::new();
    for ((entry, month), amount) in &data.account_months {
        *totals.entry(month).or_default() += amount;
        of_entry.entry(entry).or_default().push((month, *amount));
    }
    let mut by_month: HashMap<AccountMonth, BTreeSet<usize>> = HashMap::new();
    for (at, label) in labels.iter().enumerate() {
        let mut own: HashMap<&AccountMonth, i64> = HashMap::new();
        for entry in label.entries() {
            by_entry.entry(entry).or_default().insert(at);
            for (month, amount) in of_entry.get(entry).into_iter().flatten() {
                *own.entry(month).or_default() += amount;
            }
        }
        for (month, amount) in own {
            if amount * 10 >= totals.get(month).copied().unwrap_or(0) * 3 {
                by_month.entry(month.clone()).or_default().insert(at);
            }
        }
        if label.kind == "number_gap" {
            ranges.extend(range(&label.key).map(|range| (label.company_id.as_str(), range, at)));
        } else if let Some((account, month)) = label.key.split_once('|') {
            let key = (label.company_id.clone(), account.to_owned(), month.to_owned());
            by_month.entry(key).or_default().insert(at);
        }
        by_key.entry((&label.company_id, &label.key)).or_default().insert(at);
    }
    Index { by_entry, by_month, by_key, ranges }
}

fn hits(index: &Index<'_>, alert: &Alert) -> BTreeSet<usize> {
    let company = alert.company.as_str();
    match alert.evidence_type {
        "txns" => alert
            .evidence
            .split_whitespace()
            .filter_map(|entry| index.by_entry.get(entry))
            .flatten()
            .copied()
            .collect(),
        "account_month" => alert
            .evidence
            .split_once('|')
            .and_then(|(account, month)| {
                index.by_month.get(&(company.to_owned(), account.to_owned(), month.to_owned()))
            })
            .cloned()
            .unwrap_or_default(),
        "number_range" => {
            let Some((series, low, high)) = range(&alert.evidence) else { return BTreeSet::new() };
            index
                .ranges
                .iter()
                .filter(|(of, (other, first, last), _)| {
                    *of == company && *other == series && *first <= high && low <= *last
                })
                .map(|(.., at)| *at)
                .collect()
        }
        _ => index.by_key.get(&(company, alert.evidence.as_str())).cloned().unwrap_or_default(),
    }
}

pub(super) fn score(data: &Data, labels: &[Label], alerts: &[Alert]) -> Score {
    let index = index(data, labels);
    let mut kinds: BTreeMap<&'static str, Hits> = BTreeMap::new();
    let mut found = BTreeSet::new();
    let mut wrong = Vec::new();
    for (at, alert) in alerts.iter().enumerate() {
        let hit = hits(&index, alert);
        let family =
            FAMILY.iter().find(|(kind, _)| *kind == alert.kind).map_or(&[][..], |(_, of)| of);
        let is_same = hit
            .iter()
            .filter_map(|at| labels.get(*at))
            .any(|label| family.contains(&label.kind.as_str()));
        let of_kind = kinds.entry(alert.kind).or_default();
        of_kind.alerts += 1;
        of_kind.same += usize::from(is_same);
        of_kind.any += usize::from(!hit.is_empty());
        if !is_same {
            wrong.push(at);
        }
        found.extend(hit);
    }
    let mut by_kind: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for (at, label) in labels.iter().enumerate() {
        let (all, right) = by_kind.entry(label.kind.clone()).or_default();
        *all += 1;
        *right += usize::from(found.contains(&at));
        if !found.contains(&at) {
            missed.push(at);
        }
    }
    Score { kinds, labels: by_kind, wrong, missed }
}

fn share(part: usize, whole: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(whole.max(1)).unwrap_or(u32::MAX))
}

impl Score {
    /// Several scores as one; which alerts and labels were wrong is not kept.
    pub(super) fn sum(scores: impl Iterator<Item = Self>) -> Self {
        let mut sum =
            Self { kinds: BTreeMap::new(), labels: BTreeMap::new(), wrong: vec![], missed: vec![] };
        for score in scores {
            for (kind, hits) in score.kinds {
                let all = sum.kinds.entry(kind).or_default();
                all.alerts += hits.alerts;
                all.same += hits.same;
                all.any += hits.any;
            }
            for (kind, (labels, found)) in score.labels {
                let all = sum.labels.entry(kind).or_default();
                all.0 += labels;
                all.1 += found;
            }
        }
        sum
    }

    fn all(&self) -> (Hits, usize, usize) {
        let mut sum = Hits::default();
        for hits in self.kinds.values() {
            sum.alerts += hits.alerts;
            sum.same += hits.same;
            sum.any += hits.any;
        }
        let (labels, found) =
            self.labels.values().fold((0, 0), |(l, f), (labels, found)| (l + labels, f + found));
        (sum, labels, found)
    }

    pub(super) fn json(&self) -> serde_json::Value {
        let (sum, labels, found) = self.all();
        let kinds: serde_json::Map<_, _> = self
            .kinds
            .iter()
            .map(|(kind, hits)| {
                let value = serde_json::json!({
                    "alerts": hits.alerts,
                    "precision": share(hits.same, hits.alerts),
                    "precision_any": share(hits.any, hits.alerts),
                });
                ((*kind).to_owned(), value)
            })
            .collect();
        let recall: serde_json::Map<_, _> = self
            .labels
            .iter()
            .map(|(kind, (all, found))| (kind.clone(), share(*found, *all).into()))
            .collect();
        serde_json::json!({
            "precision": share(sum.same, sum.alerts),
            "precision_any": share(sum.any, sum.alerts),
            "recall": share(found, labels),
            "alert_kinds": kinds,
            "label_kinds": recall,
        })
    }

    /// Prints the table; beside it what was measured on the public set, if these are its ledgers.
    pub(super) fn print(&self, company_months: usize, with_others: bool) {
        let mut table = report::table(&[
            "label kind",
            "labels",
            "recall",
            "alerts",
            "precision",
            "(any kind)",
            if with_others { "old: recall" } else { "" },
            if with_others { "robust: recall" } else { "" },
            if with_others { "robust: precision" } else { "" },
        ]);
        let other = |text: String| if with_others { text } else { String::new() };
        let number = |value: f64| format!("{value:.3}");
        let mut shown = BTreeSet::new();
        for (label, kind, old, recall, precision) in BASELINES {
            let (all, found) = self.labels.get(*label).copied().unwrap_or_default();
            let hits = self.kinds.get(kind).copied().unwrap_or_default();
            shown.insert(*kind);
            table.add_row([
                (*label).to_owned(),
                all.to_string(),
                number(share(found, all)),
                hits.alerts.to_string(),
                number(share(hits.same, hits.alerts)),
                number(share(hits.any, hits.alerts)),
                other(format!("{old:.2}")),
                other(format!("{recall:.2}")),
                other(format!("{precision:.2}")),
            ]);
        }
        for (kind, hits) in self.kinds.iter().filter(|(kind, _)| !shown.contains(*kind)) {
            table.add_row([
                format!("– ({kind})"),
                "0".to_owned(),
                "–".to_owned(),
                hits.alerts.to_string(),
                number(share(hits.same, hits.alerts)),
                number(share(hits.any, hits.alerts)),
            ]);
        }
        let (sum, labels, found) = self.all();
        table.add_row([
            "all".to_owned(),
            labels.to_string(),
            number(share(found, labels)),
            sum.alerts.to_string(),
            number(share(sum.same, sum.alerts)),
            number(share(sum.any, sum.alerts)),
            other("0.445, of .054".to_owned()),
            other("0.928".to_owned()),
            other("0.652".to_owned()),
        ]);
        anstream::println!("{table}");
        anstream::println!(
            "{:.2} alerts per company and month (old 19.5, plain robust reference 2.57; both measured on \
             the public set)",
            share(sum.alerts, company_months)
        );
    }

    pub(super) fn print_errors(&self, alerts: &[Alert], labels: &[Label]) {
        for alert in self.wrong.iter().filter_map(|at| alerts.get(*at)) {
            anstream::println!(
                "wrong {} {} {} {}",
                alert.kind,
                alert.month,
                alert.company,
                alert.evidence
            );
        }
        for label in self.missed.iter().filter_map(|at| labels.get(*at)) {
            let first = label.entries().next().unwrap_or("");
            anstream::println!(
                "missed {} {} {} {} {first}",
                label.kind,
                label.id,
                label.company_id,
                label.key
            );
        }
    }
}
