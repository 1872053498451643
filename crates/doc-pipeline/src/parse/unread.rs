//! Findings instead of silence: what stands behind a label and could not be read, and dates that read
//! two ways.

use chrono::NaiveDate;
use domain::Severity;

use crate::{finding::Finding, message::finding};

use super::{
    date::exchanged,
    label::Label,
    trail::Trail,
    view::{Hit, Stretch, View},
};

/// Letters of an unreadable value that are shown.
const SHOWN: usize = 40;

/// Adds a finding for each date that was read one way and can be read the other, by its pointer and
/// its name for people. Of many (the movements of a statement) the first stands for all.
pub(super) fn open_dates(
    trail: &Trail,
    dates: impl IntoIterator<Item = (String, &'static str, Option<NaiveDate>)>,
    findings: &mut Vec<Finding>,
) {
    let mut named: Vec<&'static str> = Vec::new();
    for (pointer, field, date) in dates {
        if !trail.is_doubtful(&pointer) || named.contains(&field) {
            continue;
        }
        let Some((date, other)) = date.and_then(|date| Some((date, exchanged(date)?))) else {
            continue;
        };
        named.push(field);
        findings.push(finding(
            "DATE_AMBIGUOUS",
            Severity::Medium,
            [
                ("field", field.into()),
                ("found", date.to_string().into()),
                ("other", other.to_string().into()),
            ],
        ));
    }
}

/// Adds a finding where a label of a date has something with digits behind it that is no date.
pub(super) fn date(
    view: &View,
    label: Label,
    field: &'static str,
    outside: impl Fn(&Hit) -> bool,
    findings: &mut Vec<Finding>,
) {
    // `30 gün` behind `Vade` is a term and no date.
    let text = behind(view, label, 4, outside, |stretch| {
        (stretch.1.clone()).any(|at| {
            let words = view.tokens(&(stretch.0, at..stretch.1.end));
            view.order.read_at(words.iter().map(|token| token.text.as_str())).is_some()
        })
    });
    add(text, "DATE_UNREADABLE", field, findings);
}

/// Adds a finding where a label of an amount has something with digits behind it that is no amount.
pub(super) fn amount(
    view: &View,
    label: Label,
    field: &'static str,
    outside: impl Fn(&Hit) -> bool,
    findings: &mut Vec<Finding>,
) {
    let text = behind(view, label, 2, outside, |stretch| !view.amounts(stretch).is_empty())
        // A rate alone says nothing about an amount.
        .filter(|text| !text.contains('%'));
    add(text, "AMOUNT_UNREADABLE", field, findings);
}

fn add(text: Option<String>, code: &'static str, field: &'static str, findings: &mut Vec<Finding>) {
    if let Some(text) = text {
        let shown: String = text.chars().take(SHOWN).collect();
        findings.push(finding(
            code,
            Severity::Medium,
            [("field", field.into()), ("found", shown.into())],
        ));
    }
}

/// The text behind the first such label that holds some digits and cannot be read; none where one of
/// them can.
fn behind(
    view: &View,
    label: Label,
    least_digits: usize,
    outside: impl Fn(&Hit) -> bool,
    is_read: impl Fn(&Stretch) -> bool,
) -> Option<String> {
    let mut unread = None;
    for hit in view.labelled(label).filter(|hit| outside(hit)) {
        // Without a colon or a column between, the words go on and are no value.
        let stretches = view.right(hit);
        let Some(stretch) = stretches.first() else { continue };
        if is_read(stretch) {
            return None;
        }
        let tokens = view.tokens(stretch);
        let Some(first) = tokens.first() else { continue };
        let apart = view
            .rows
            .get(hit.row)
            .and_then(|row| row.tokens.get(hit.tokens.end.saturating_sub(1)))
            .is_some_and(|last| last.cell != first.cell);
        if !hit.colon && !apart {
            continue;
        }
        let mine = tokens.iter().take_while(|token| token.cell == first.cell).count();
        let text = view.text(&(stretch.0, stretch.1.start..stretch.1.start + mine));
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
        if unread.is_none() && digits >= least_digits && letters <= digits + 9 {
            unread = Some(text);
        }
    }
    unread
}
