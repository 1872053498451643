//! How well the ranking of unusual entries puts the labelled ones first.

use std::collections::{HashMap, HashSet};

use chrono::{Months, NaiveDate};

use super::{
    data::{Data, Label},
    replay::Outcome,
};

#[derive(Debug)]
pub(super) struct Ranking {
    entries: usize,
    labelled: usize,
    average_precision: f64,
    model_alone: f64,
    first_hundred: f64,
}

/// Entries dated in the replayed months; invented digits are an account's fact and left out.
pub(super) fn score(
    data: &Data,
    labels: &[Label],
    outcome: &Outcome,
    from: NaiveDate,
    to: NaiveDate,
) -> Ranking {
    let end = to.checked_add_months(Months::new(1)).unwrap_or(to);
    let digits: HashSet<&str> =
        labels.iter().filter(|label| label.kind == "benford").flat_map(Label::entries).collect();
    let wanted: HashSet<&str> =
        labels.iter().filter(|label| label.kind != "benford").flat_map(Label::entries).collect();
    let mut named: HashMap<&str, f64> = HashMap::new();
    for alert in &outcome.alerts {
        for entry in &alert.entries {
            let weight = named.entry(entry).or_default();
            *weight = weight.max(alert.weight);
        }
    }
    let mut rows = Vec::new();
    let mut model_rows = Vec::new();
    for entry in data.companies.iter().flat_map(|company| &company.entries) {
        let id = entry.id.as_str();
        if entry.date < from || entry.date >= end || (digits.contains(id) && !wanted.contains(id)) {
            continue;
        }
        let model = outcome.model.get(id).copied().unwrap_or(0.0);
        rows.push((model + named.get(id).copied().unwrap_or(0.0), wanted.contains(id)));
        model_rows.push((model, wanted.contains(id)));
    }
    let average_precision = average_precision(&mut rows);
    let first: Vec<bool> = rows.iter().take(100).map(|(_, is_wanted)| *is_wanted).collect();
    Ranking {
        entries: rows.len(),
        labelled: rows.iter().filter(|(_, is_wanted)| *is_wanted).count(),
        average_precision,
        model_alone: self::average_precision(&mut model_rows),
        first_hundred: ratio(first.iter().filter(|hit| **hit).count(), first.len()),
    }
}

/// Average precision, equal scores taken together; sorts the rows by falling score.
pub(in crate::eval) fn average_precision(rows: &mut [(f64, bool)]) -> f64 {
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all = rows.iter().filter(|(_, is_wanted)| *is_wanted).count();
    let (mut seen, mut found, mut sum) = (0, 0, 0.0);
    for group in rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let hits = group.iter().filter(|(_, is_wanted)| *is_wanted).count();
        seen += group.len();
        found += hits;
        sum += ratio(found, seen) * ratio(hits, all);
    }
    sum
}

fn ratio(part: usize, whole: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(whole.max(1)).unwrap_or(u32::MAX))
}

impl Ranking {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "entries": self.entries,
            "labelled": self.labelled,
            "average_precision": self.average_precision,
            "average_precision_model_alone": self.model_alone,
            "precision_at_100": self.first_hundred,
        })
    }

    pub(super) fn print(&self) {
        anstream::println!(
            "ranking of {} entries, {} labelled: average precision {:.3} (COPOD alone {:.3}; robust \
             reference .736, best PyOD model .294), precision of the first hundred {:.2}",
            self.entries,
            self.labelled,
            self.average_precision,
            self.model_alone,
            self.first_hundred,
        );
    }
}
