//! Evidence as it is gathered: where each field stood, then which checks it passed.

use std::collections::BTreeMap;

use crate::evidence::{BoundingBox, Check, Evidence, EvidenceMap, Source};

use super::{
    date::reads_two_ways,
    view::{Row, Token, union},
};

/// Where a value stood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    pub(super) page: u32,
    pub(super) bounds: BoundingBox,
    pub(super) confidence: f32,
    pub(super) recognised: bool,
    /// Whether the value is not the letters as they were recognised but what remains of them without
    /// a misread currency sign.
    pub(super) derived: bool,
    /// Whether it is a date whose day and month can be exchanged.
    pub(super) two_ways: bool,
}

impl Spot {
    /// Around some tokens of one page.
    pub(super) fn of<'a>(
        page: u32,
        recognised: bool,
        tokens: impl IntoIterator<Item = &'a Token>,
    ) -> Option<Self> {
        let mut tokens = tokens.into_iter();
        let first = tokens.next()?;
        let start = Self {
            page,
            bounds: first.bounds,
            confidence: first.confidence,
            recognised,
            derived: false,
            two_ways: reads_two_ways(&first.text),
        };
        Some(tokens.fold(start, |spot, token| Self {
            bounds: union(&spot.bounds, &token.bounds),
            confidence: spot.confidence.min(token.confidence),
            two_ways: false,
            ..spot
        }))
    }

    /// Around tokens of a row.
    pub(super) fn in_row(row: &Row, tokens: &[Token]) -> Option<Self> {
        Self::of(row.page, row.recognised, tokens)
    }
}

/// Confidence below which a recognised word of a closed list is to be looked at by a person.
const DOUBTFUL: f32 = 0.95;

/// What kind of value a field holds, for the question of review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// A number, date or code: one wrong digit is a wrong value.
    Figure,
    /// Words: no check confirms a name or a description, whose dots and letters are lost at any
    /// confidence.
    Words,
    /// A word of a closed list (an invoice's type, a means of payment): being on it is a check.
    Listed,
}

/// The evidence of a document under work.
#[derive(Debug, Default)]
pub(super) struct Trail {
    fields: BTreeMap<String, Entry>,
    /// Whether the document leaves open which part of its dates is the day.
    order_open: bool,
}

#[derive(Debug, Clone)]
struct Entry {
    evidence: Evidence,
    nature: Nature,
    recognised: bool,
    /// Whether a check that tells one figure from another confirms the value.
    confirmed: bool,
    /// Whether a person has to look at it, whatever the checks say.
    doubtful: bool,
}

impl Trail {
    /// Notes where a field stood.
    pub(super) fn put(&mut self, pointer: impl Into<String>, spot: Option<Spot>, nature: Nature) {
        let Some(spot) = spot else { return };
        let evidence = Evidence {
            source: match (spot.derived, spot.recognised) {
                (true, _) => Source::Derived,
                (false, true) => Source::Ocr,
                (false, false) => Source::TextLayer,
            },
            page: Some(spot.page),
            bounding_box: Some(spot.bounds),
            confidence: spot.confidence,
            passed: Vec::new(),
            failed: Vec::new(),
            needs_review: false,
        };
        let pointer = pointer.into();
        let is_date = pointer.ends_with("Date") || pointer.ends_with("/date");
        let entry = Entry {
            evidence,
            nature,
            recognised: spot.recognised,
            confirmed: false,
            doubtful: self.order_open && is_date && spot.two_ways,
        };
        self.fields.insert(pointer, entry);
    }

    /// Notes the outcome of a check for a field that has evidence. A check that passed confirms the
    /// value; see [`Trail::agrees`] for those that do not.
    pub(super) fn check(&mut self, pointer: &str, check: Check, passed: bool) {
        self.note(pointer, check, passed, true);
    }

    /// Notes a check that passed without confirming the value: the same misreading could have made it
    /// pass (a quantity of one repeats the price as the total), or it asks for the form alone.
    pub(super) fn agrees(&mut self, pointer: &str, check: Check) {
        self.note(pointer, check, true, false);
    }

    fn note(&mut self, pointer: &str, check: Check, passed: bool, confirms: bool) {
        let Some(entry) = self.fields.get_mut(pointer) else { return };
        let list = if passed { &mut entry.evidence.passed } else { &mut entry.evidence.failed };
        if !list.contains(&check) {
            list.push(check);
        }
        entry.confirmed |= passed && confirms;
    }

    /// Notes that the value is the QR code's: exact, whatever stood in its place.
    pub(super) fn by_code(&mut self, pointer: &str) {
        let place = self.fields.get(pointer).map(|entry| &entry.evidence);
        let evidence = Evidence {
            source: Source::QrCode,
            page: place.and_then(|place| place.page),
            bounding_box: place.and_then(|place| place.bounding_box),
            confidence: 1.0,
            passed: vec![Check::QrCode],
            failed: Vec::new(),
            needs_review: false,
        };
        let entry = Entry {
            evidence,
            nature: Nature::Figure,
            recognised: false,
            confirmed: true,
            doubtful: false,
        };
        self.fields.insert(pointer.to_owned(), entry);
    }

    /// Notes that the value is not what was recognised but what other values lead to.
    pub(super) fn derived(&mut self, pointer: &str) {
        if let Some(entry) = self.fields.get_mut(pointer) {
            entry.evidence.source = Source::Derived;
        }
    }

    /// Forgets all fields below a pointer.
    pub(super) fn forget(&mut self, base: &str) {
        self.fields.retain(|pointer, _| !pointer.starts_with(base));
    }

    /// To be called first for a document that does not show which part of its dates is the day: the
    /// dates that can be read both ways are for a person.
    pub(super) fn leave_date_order_open(&mut self) {
        self.order_open = true;
    }

    /// Marks a value for a person, whatever the checks say.
    pub(super) fn doubt(&mut self, pointer: &str) {
        if let Some(entry) = self.fields.get_mut(pointer) {
            entry.doubtful = true;
        }
    }

    /// Whether a value was marked by [`Trail::doubt`] or as a date that reads both ways.
    pub(super) fn is_doubtful(&self, pointer: &str) -> bool {
        self.fields.get(pointer).is_some_and(|entry| entry.doubtful)
    }

    /// Whether the field was recognised from pixels.
    pub(super) fn is_recognised(&self, pointer: &str) -> bool {
        self.fields.get(pointer).is_some_and(|entry| entry.recognised)
    }

    /// Whether a check confirmed the field and none failed.
    pub(super) fn is_confirmed(&self, pointer: &str) -> bool {
        self.fields
            .get(pointer)
            .is_some_and(|entry| entry.confirmed && entry.evidence.failed.is_empty())
    }

    /// Whether the field passed a check.
    pub(super) fn has_passed(&self, pointer: &str, check: Check) -> bool {
        self.fields.get(pointer).is_some_and(|entry| entry.evidence.passed.contains(&check))
    }

    /// Gives a field the evidence of another that it repeats.
    pub(super) fn repeat(&mut self, pointer: &str, of: &str) {
        if let Some(entry) = self.fields.get(of).cloned() {
            self.fields.insert(pointer.to_owned(), entry);
        }
    }

    /// Decides what needs a person and gives the evidence: a failed check always does; a recognised
    /// value does unless a check confirms it, or it is a word of a closed list read with confidence.
    pub(super) fn finish(self) -> EvidenceMap {
        let mut map = EvidenceMap::new();
        for (pointer, entry) in self.fields {
            let mut evidence = entry.evidence;
            let unsure = match entry.nature {
                Nature::Figure | Nature::Words => !entry.confirmed,
                Nature::Listed => evidence.confidence < DOUBTFUL,
            };
            evidence.needs_review =
                entry.doubtful || !evidence.failed.is_empty() || (entry.recognised && unsure);
            map.insert(pointer, evidence);
        }
        map
    }
}
