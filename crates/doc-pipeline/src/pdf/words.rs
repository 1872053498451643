//! Glyphs to words: by the gaps between them, whatever order they were painted in.

use std::cmp::Ordering;

use super::glyphs::{Direction, Glyph, PageGlyphs};
use crate::{
    evidence::BoundingBox,
    text::{ABOVE_BASELINE, BELOW_BASELINE, Page, Word},
};

/// Gap, in parts of the font size, that parts two words.
const WORD_GAP: f64 = 0.17;
/// The same between a letter and a digit: a label and the value in the next cell, set tight.
const CLASS_GAP: f64 = 0.12;
/// How far a glyph may reach back over the one before it (kerning, italics).
const OVERLAP: f64 = 0.35;
/// Difference of baselines within one word, in parts of the font size.
const SAME_BASELINE: f64 = 0.1;

/// Part of a word in painting order.
#[derive(Debug, Clone)]
struct Fragment {
    text: String,
    direction: Direction,
    start: f64,
    end: f64,
    baseline: f64,
    em: f64,
    em_along: f64,
}

impl Fragment {
    fn new(glyph: &Glyph) -> Self {
        let mut text = String::new();
        glyph.text.push_to(&mut text);
        Self {
            text,
            direction: glyph.direction,
            start: glyph.start,
            end: glyph.end,
            baseline: glyph.baseline,
            em: glyph.em,
            em_along: glyph.em_along,
        }
    }

    /// Whether a glyph or fragment that begins with `first` goes on with this one.
    fn continued_by(
        &self,
        first: Option<char>,
        start: f64,
        baseline: f64,
        em: f64,
        direction: Direction,
    ) -> bool {
        let gap = start - self.end;
        let changes = match (self.text.chars().next_back(), first) {
            (Some(last), Some(first)) => {
                (last.is_alphabetic() && first.is_ascii_digit())
                    || (last.is_ascii_digit() && first.is_alphabetic())
            }
            _ => false,
        };
        let widest = if changes { CLASS_GAP } else { WORD_GAP };
        let step = self.em_along.min(self.em).max(0.01);
        direction == self.direction
            && (baseline - self.baseline).abs() <= SAME_BASELINE * self.em.max(em)
            && gap <= widest * step
            && gap >= -OVERLAP * step
            // A smaller figure set tight beside a larger one is another word, not its end.
            && em.max(self.em) <= 1.6 * em.min(self.em)
    }
}

/// The page's words, turned so that most of its text is upright.
pub(super) fn page(number: u32, set: &PageGlyphs) -> Page {
    let upright = main_direction(set);
    let size = (set.width, set.height);
    let (width, height) = match upright {
        Direction::Right | Direction::Left => size,
        Direction::Up | Direction::Down => (set.height, set.width),
    };
    let fragments = joined(fragments(&set.glyphs));
    let words = fragments
        .into_iter()
        .map(|fragment| {
            let top = fragment.baseline - f64::from(ABOVE_BASELINE) * fragment.em;
            let bottom = fragment.baseline + f64::from(BELOW_BASELINE) * fragment.em;
            let turn = |corner| upright.upright(fragment.direction.back(corner, size), size);
            let (a, b) = (turn((fragment.start, top)), turn((fragment.end, bottom)));
            Word { text: fragment.text, bounds: bounds(a, b), confidence: 1.0, other: None }
        })
        .collect();
    let (width, height) = (points(width), points(height));
    Page { number, width, height, recognised: false, words, codes: set.codes.clone() }
}

#[allow(clippy::cast_possible_truncation, reason = "points on a page need no more digits")]
pub(super) fn points(value: f64) -> f32 {
    value as f32
}

fn bounds(a: (f64, f64), b: (f64, f64)) -> BoundingBox {
    BoundingBox {
        x0: points(a.0.min(b.0)),
        y0: points(a.1.min(b.1)),
        x1: points(a.0.max(b.0)),
        y1: points(a.1.max(b.1)),
    }
}

fn main_direction(set: &PageGlyphs) -> Direction {
    let count = |direction| set.glyphs.iter().filter(|glyph| glyph.direction == direction).count();
    let right = count(Direction::Right);
    let others = [Direction::Down, Direction::Left, Direction::Up];
    others
        .into_iter()
        .map(|direction| (count(direction), direction))
        .filter(|&(glyphs, _)| glyphs > right)
        .max_by_key(|&(glyphs, _)| glyphs)
        .map_or(Direction::Right, |(_, direction)| direction)
}

/// Runs of adjoining glyphs in painting order.
fn fragments(glyphs: &[Glyph]) -> Vec<Fragment> {
    let mut done: Vec<Fragment> = Vec::new();
    let mut open: Option<Fragment> = None;
    for glyph in glyphs {
        if glyph.text.is_blank() {
            done.extend(open.take());
            continue;
        }
        if let Some(fragment) = open.as_mut()
            && fragment.continued_by(
                Some(glyph.text.first()),
                glyph.start,
                glyph.baseline,
                glyph.em,
                glyph.direction,
            )
        {
            glyph.text.push_to(&mut fragment.text);
            fragment.end = fragment.end.max(glyph.end);
        } else {
            done.extend(open.replace(Fragment::new(glyph)));
        }
    }
    done.extend(open);
    done
}

/// Joins fragments that touch: words painted letter by letter, or part by part in another order.
fn joined(mut fragments: Vec<Fragment>) -> Vec<Fragment> {
    fragments.sort_by(|a, b| {
        (a.direction as u8)
            .cmp(&(b.direction as u8))
            .then_with(|| a.baseline.total_cmp(&b.baseline))
            .then_with(|| a.start.total_cmp(&b.start))
    });
    // Baselines within a rounding error of each other belong to one row, to be read by `start`.
    let mut row_start = 0;
    for index in 1..=fragments.len() {
        let breaks = match (fragments.get(index - 1), fragments.get(index)) {
            (Some(before), Some(next)) => {
                before.direction != next.direction
                    || next.baseline - before.baseline > 0.02 * before.em.min(next.em)
            }
            _ => true,
        };
        if breaks {
            if let Some(row) = fragments.get_mut(row_start..index) {
                row.sort_by(|a, b| a.start.total_cmp(&b.start).then(Ordering::Equal));
            }
            row_start = index;
        }
    }
    let mut done: Vec<Fragment> = Vec::with_capacity(fragments.len());
    for next in fragments {
        if let Some(last) = done.last_mut()
            && last.continued_by(
                next.text.chars().next(),
                next.start,
                next.baseline,
                next.em,
                next.direction,
            )
        {
            last.text.push_str(&next.text);
            last.end = last.end.max(next.end);
        } else {
            done.push(next);
        }
    }
    done
}
