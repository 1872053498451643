//! The engine's table of words to words of a page.

use crate::{
    evidence::BoundingBox,
    text::{ABOVE_BASELINE, BELOW_BASELINE, Word},
};

/// Heights of letters in parts of the font size, as in common faces.
const CAPITAL: f32 = 0.72;
/// Capitals with a mark above them.
const MARKED: f32 = 0.9;
const SMALL: f32 = 0.53;
const DESCENT: f32 = 0.2;
/// How far the size of a word may be from the usual one of its line for its baseline to be believed: a
/// speck or a part of the next line joined to a word makes its box higher.
const BELIEVED: std::ops::Range<f32> = 0.8..1.2;
/// What is believed of an amount whose last digit may be none.
const DOUBTED: f32 = 0.4;
/// Signs that specks and gaps between lines are read as.
const SPECKS: &str = "oO0Iıil1.,;:'-|";

struct Row<'a> {
    /// Block, paragraph and line.
    line: (u32, u32, u32),
    left: f32,
    top: f32,
    width: f32,
    height: f32,
    confidence: f32,
    text: &'a str,
}

impl Row<'_> {
    /// Baseline and font size that the tight box of these letters comes from.
    fn measure(&self) -> (f32, f32) {
        let deep = self.text.contains(|letter| "gjpqyçşğÇŞQ,;()[]{}/|@_µ".contains(letter));
        let high = self.text.contains(|letter: char| {
            letter.is_uppercase()
                || letter.is_ascii_digit()
                || "bdfhklşğtiıjöüâîû()[]{}/|%&₺$€£!?'\"".contains(letter)
        });
        let descent = if deep { DESCENT } else { 0.0 };
        let marked = self.text.contains(|letter| "İÜÖĞÂÎÛ".contains(letter));
        let rise = match (marked, high) {
            (true, _) => MARKED,
            (false, true) => CAPITAL,
            (false, false) => SMALL,
        };
        let em = self.height / (rise + descent);
        (self.top + self.height - descent * em, em)
    }

    /// Boxes of lone points, dashes and rules say nothing about the size of the print.
    fn is_measurable(&self) -> bool {
        self.text.chars().any(char::is_alphanumeric)
    }

    /// Whether this is a baseline to go by, in a line of this usual size.
    fn is_believed(&self, usual: f32) -> bool {
        self.is_measurable() && BELIEVED.contains(&(self.measure().1 / usual.max(1.0)))
    }

    /// Few signs of a wrong size that the engine doubts: nothing that was printed.
    fn is_speck(&self, usual: f32) -> bool {
        let size = self.measure().1 / usual.max(1.0);
        self.is_measurable()
            && self.confidence < 0.9
            && !(0.35..1.7).contains(&size)
            && self.text.chars().count() <= 3
            && self.text.chars().all(|letter| SPECKS.contains(letter))
    }
}

/// Words with their boxes made as high as the font, in points (`scale` is points per pixel across and
/// down).
pub(super) fn words(table: &str, scale: (f32, f32)) -> Vec<Word> {
    let rows: Vec<Row<'_>> = table.lines().filter_map(row).collect();
    let mut words = Vec::with_capacity(rows.len());
    for line in rows.chunk_by(|a, b| a.line == b.line) {
        let mut sizes: Vec<f32> =
            line.iter().filter(|row| row.is_measurable()).map(|row| row.measure().1).collect();
        sizes.sort_by(f32::total_cmp);
        let usual = sizes.get(sizes.len() / 2).copied();
        for (index, row) in line.iter().enumerate() {
            let (baseline, em) = match usual {
                Some(usual) if row.is_speck(usual) => continue,
                Some(usual) if row.is_believed(usual) => row.measure(),
                // The line knows better than a doubtful box.
                Some(usual) => {
                    let (own, em) = row.measure();
                    let near = neighbour_baseline(line, index, usual);
                    let off = near.map_or(0.0, |near| (own - near).abs() / usual.max(1.0));
                    match near {
                        Some(near) if !row.is_measurable() || off < 0.8 => (near, usual),
                        None if !row.is_measurable() => (row.top + row.height, usual),
                        _ => (own, if (0.6..1.5).contains(&(em / usual)) { em } else { usual }),
                    }
                }
                None => row.measure(),
            };
            words.push(Word {
                text: row.text.to_owned(),
                bounds: BoundingBox {
                    x0: row.left * scale.0,
                    y0: (baseline - em * ABOVE_BASELINE) * scale.1,
                    x1: (row.left + row.width) * scale.0,
                    y1: (baseline + em * BELOW_BASELINE) * scale.1,
                },
                confidence: row.confidence,
                other: None,
            });
        }
    }
    words
}

/// Baseline of the nearest other word on the same line that is one to go by.
fn neighbour_baseline(line: &[Row<'_>], index: usize, usual: f32) -> Option<f32> {
    let row = line.get(index)?;
    line.iter()
        .enumerate()
        .filter(|(other, word)| *other != index && word.is_believed(usual))
        .min_by(|(_, a), (_, b)| (a.left - row.left).abs().total_cmp(&(b.left - row.left).abs()))
        .map(|(_, word)| word.measure().0)
}

/// Whether the last digit of an amount may be the sign ₺, which the engine does not know and reads as
/// a one: `72.815,641` was `72.815,64₺`.
fn may_end_in_lira(text: &str) -> bool {
    let Some((whole, cents)) = text.rsplit_once(',') else { return false };
    let whole = whole.trim_start_matches(['-', '+', '(']);
    let mut groups = whole.split('.');
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && digits(first))
        && groups.all(|group| group.len() == 3 && digits(group))
        && cents.len() == 3
        && digits(cents)
        && cents.ends_with('1')
}

/// One word; other levels of the table and ruled lines read as letters are left out.
fn row(line: &str) -> Option<Row<'_>> {
    let mut columns = line.splitn(12, '\t');
    if columns.next()? != "5" {
        return None;
    }
    let _page = columns.next()?;
    let line = (
        columns.next()?.parse().ok()?,
        columns.next()?.parse().ok()?,
        columns.next()?.parse().ok()?,
    );
    let _word = columns.next()?;
    let mut number = || columns.next()?.parse::<f32>().ok().filter(|number| number.is_finite());
    let (left, top, width, height) = (number()?, number()?, number()?, number()?);
    let confidence = (number()? / 100.0).clamp(0.0, 1.0);
    let text = columns.next()?.trim();
    let confidence = if may_end_in_lira(text) { confidence.min(DOUBTED) } else { confidence };
    let text = text.trim_matches(|letter: char| matches!(letter, '|' | '¦' | '_') || letter == '—');
    if text.is_empty() || width <= 0.0 || height <= 0.0 {
        return None;
    }
    Some(Row { line, left, top, width, height, confidence, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_line_share_top_and_bottom() {
        let table = "level\tpage\n\
            5\t1\t1\t1\t1\t1\t100\t200\t80\t27\t96.5\tFatura\n\
            5\t1\t1\t1\t1\t2\t190\t207\t50\t20\t90\tnur\n\
            5\t1\t1\t1\t1\t3\t250\t216\t20\t3\t80\t-\n\
            5\t1\t1\t1\t1\t4\t300\t200\t4\t200\t5\t|\n";
        let words = words(table, (0.24, 0.24));
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["Fatura", "nur", "-"]);
        for word in &words {
            assert!((word.bounds.y1 - words[0].bounds.y1).abs() < 0.3, "{word:?}");
            assert!((word.bounds.y0 - words[0].bounds.y0).abs() < 0.6, "{word:?}");
        }
        assert!((words[0].confidence - 0.965).abs() < 1e-6);
    }
    #[test]
    fn a_speck_between_lines_and_a_stretched_box_tear_no_line_apart() {
        let table = "5\t1\t1\t8\t1\t1\t112\t375\t117\t18\t96.6\t01/06/2025\n\
            5\t1\t1\t8\t1\t2\t293\t375\t117\t18\t95.3\t01/06/2025\n\
            5\t1\t1\t8\t1\t3\t433\t368\t18\t36\t68.7\to\n\
            5\t1\t1\t8\t1\t4\t460\t372\t258\t27\t91.3\tBEDEL\n\
            5\t1\t1\t8\t1\t5\t770\t397\t2\t2\t58.9\to\n\
            5\t1\t1\t8\t1\t6\t1108\t375\t103\t18\t91.6\t31.779,53\n";
        let words = words(table, (1.0, 1.0));
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["01/06/2025", "01/06/2025", "BEDEL", "31.779,53"]);
        for word in &words {
            assert!((word.bounds.y1 - words[0].bounds.y1).abs() < 4.0, "{word:?}");
        }
    }

    #[test]
    fn a_third_decimal_one_is_doubted() {
        for text in ["72.815,641", "5,251", "-1.072.815,641"] {
            assert!(may_end_in_lira(text), "{text}");
        }
        for text in ["72.815,64", "72.815,642", "1.234", "72815,641", ",641"] {
            assert!(!may_end_in_lira(text), "{text}");
        }
    }
}
