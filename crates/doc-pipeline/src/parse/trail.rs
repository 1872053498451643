//! Evidence as it is gathered: where each field stood, then which checks it passed.

use std::collections::BTreeMap;

use crate::evidence::{BoundingBox, Check, Evidence, EvidenceMap, Source};

use super::view::{Row, Token, union};

/// Where a value stood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    pub(super) page: u32,
    pub(super) bounds: BoundingBox,
    pub(super) confidence: f32,
    pub(super) recognised: bool,
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
        let start = Self { page, bounds: first.bounds, confidence: first.confidence, recognised };
        Some(tokens.fold(start, |spot, token| Self {
            bounds: union(&spot.bounds, &token.bounds),
            confidence: spot.confidence.min(token.confidence),
            ..spot
        }))
    }

    /// Around tokens of a row.
    pub(super) fn in_row(row: &Row, tokens: &[Token]) -> Option<Self> {
        Self::of(row.page, row.recognised, tokens)
    }
}

/// Confidence below which recognised words are to be looked at by a person.
const DOUBTFUL: f32 = 0.7;

/// What kind of value a field holds, for the question of review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// A number, date or code: one wrong digit is a wrong value.
    Figure,
    /// Words.
    Words,
}

/// The evidence of a document under work.
#[derive(Debug, Default)]
pub(super) struct Trail {
    fields: BTreeMap<String, (Evidence, Nature)>,
}

impl Trail {
    /// Notes where a field stood.
    pub(super) fn put(&mut self, pointer: impl Into<String>, spot: Option<Spot>, nature: Nature) {
        let Some(spot) = spot else { return };
        let evidence = Evidence {
            source: if spot.recognised { Source::Ocr } else { Source::TextLayer },
            page: Some(spot.page),
            bounding_box: Some(spot.bounds),
            confidence: spot.confidence,
            passed: Vec::new(),
            failed: Vec::new(),
            needs_review: false,
        };
        self.fields.insert(pointer.into(), (evidence, nature));
    }

    /// Notes the outcome of a check for a field that has evidence.
    pub(super) fn check(&mut self, pointer: &str, check: Check, passed: bool) {
        let Some((evidence, _)) = self.fields.get_mut(pointer) else { return };
        let list = if passed { &mut evidence.passed } else { &mut evidence.failed };
        if !list.contains(&check) {
            list.push(check);
        }
    }

    /// Whether the field was recognised from pixels.
    pub(super) fn is_recognised(&self, pointer: &str) -> bool {
        self.fields.get(pointer).is_some_and(|(evidence, _)| evidence.source == Source::Ocr)
    }

    /// Decides what needs a person and gives the evidence.
    pub(super) fn finish(self) -> EvidenceMap {
        let mut map = EvidenceMap::new();
        for (pointer, (mut evidence, nature)) in self.fields {
            // The form of an ETTN says nothing of its digits.
            let confirmed = evidence.passed.iter().any(|check| *check != Check::EttnFormat);
            let unsure = match nature {
                Nature::Figure => !confirmed,
                Nature::Words => evidence.confidence < DOUBTFUL,
            };
            evidence.needs_review =
                !evidence.failed.is_empty() || (evidence.source == Source::Ocr && unsure);
            map.insert(pointer, evidence);
        }
        map
    }
}
