//! Words that two recognitions read with different digits: the reading that the document's own
//! arithmetic confirms is taken.

use crate::{evidence::EvidenceMap, finding::Finding, input::Context, text::Page};

use super::{Parsed, read_pages};

/// Disputed words that are tried. A page with more of them is unreadable, not disputed.
const MOST: usize = 24;
/// Pages of a document whose disputes are tried: each trial reads the document again.
const MOST_PAGES: usize = 12;

/// Reads the document with each disputed word as either recognition read it, one after the other, and
/// keeps what more checks confirm. Ties keep the first reading.
pub(super) fn settle(pages: &[Page], context: &Context) -> Parsed {
    let parsed = read_pages(pages, context);
    let disputed: Vec<(usize, usize)> = pages
        .iter()
        .enumerate()
        .flat_map(|(page, content)| {
            let words = content.words.iter().enumerate();
            words.filter(|(_, word)| word.other.is_some()).map(move |(word, _)| (page, word))
        })
        .collect();
    if disputed.is_empty() || disputed.len() > MOST || pages.len() > MOST_PAGES {
        return parsed;
    }
    let mut pages = pages.to_vec();
    let mut best = parsed;
    let mut worth = Worth::of(&best);
    let exchange = |pages: &mut [Page], (page, word): (usize, usize)| {
        let word = pages.get_mut(page).and_then(|page| page.words.get_mut(word));
        if let Some(word) = word
            && let Some(other) = word.other.as_mut()
        {
            std::mem::swap(&mut word.text, other);
        }
    };
    for place in disputed {
        exchange(&mut pages, place);
        let trial = read_pages(&pages, context);
        let trial_worth = Worth::of(&trial);
        if trial_worth > worth {
            (best, worth) = (trial, trial_worth);
        } else {
            exchange(&mut pages, place);
        }
    }
    best
}

/// How well a reading holds together: nothing broken first, then much confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Worth {
    unbroken: std::cmp::Reverse<usize>,
    confirmed: usize,
}

impl Worth {
    fn of(parsed: &Parsed) -> Self {
        Self {
            unbroken: std::cmp::Reverse(broken(&parsed.evidence, &parsed.findings)),
            confirmed: parsed
                .evidence
                .values()
                .filter(|known| !known.passed.is_empty() && !known.needs_review)
                .count(),
        }
    }
}

fn broken(evidence: &EvidenceMap, findings: &[Finding]) -> usize {
    let told = findings.iter().filter(|finding| {
        finding.code.ends_with("MISMATCH")
            || matches!(
                finding.code.as_str(),
                "BALANCE_CHAIN_BROKEN" | "STATEMENT_BALANCES_DIFFER" | "TAX_NUMBER_CHECK_DIGITS"
            )
    });
    told.count() + evidence.values().filter(|known| !known.failed.is_empty()).count()
}
