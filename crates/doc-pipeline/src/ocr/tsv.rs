//! The engine's table of words to words of a page.

use crate::{
    evidence::BoundingBox,
    text::{ABOVE_BASELINE, BELOW_BASELINE, Word},
};

/// Heights of letters in parts of the font size, as in common faces.
const CAPITAL: f32 = 0.72;
const SMALL: f32 = 0.53;
const DESCENT: f32 = 0.2;

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
        let em = self.height / (if high { CAPITAL } else { SMALL } + descent);
        (self.top + self.height - descent * em, em)
    }

    /// Boxes of lone points, dashes and rules say nothing about the size of the print.
    fn is_measurable(&self) -> bool {
        self.text.chars().any(char::is_alphanumeric)
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
                Some(usual) if !row.is_measurable() => {
                    (neighbour_baseline(line, index).unwrap_or(row.top + row.height), usual)
                }
                // A speck or a rule joined to a word makes its box high or low; its line knows better.
                Some(usual) => {
                    let (own, em) = row.measure();
                    let em = if em > 1.5 * usual || em < 0.6 * usual { usual } else { em };
                    let near = neighbour_baseline(line, index).unwrap_or(own);
                    let off = (own - near).abs() / usual.max(1.0);
                    (if (0.2..0.8).contains(&off) { near } else { own }, em)
                }
                None => row.measure(),
            };
            words.push(Word {
                text: row.text.to_owned(),
                bounds: BoundingBox {
                    x0: row.left * scale.0,
                    y0: (baseline - em * above()) * scale.1,
                    x1: (row.left + row.width) * scale.0,
                    y1: (baseline + em * below()) * scale.1,
                },
                confidence: row.confidence,
            });
        }
    }
    words
}

#[allow(clippy::cast_possible_truncation, reason = "a constant of two digits")]
fn above() -> f32 {
    ABOVE_BASELINE as f32
}

#[allow(clippy::cast_possible_truncation, reason = "a constant of two digits")]
fn below() -> f32 {
    BELOW_BASELINE as f32
}

/// Baseline of the nearest other word with letters on the same line.
fn neighbour_baseline(line: &[Row<'_>], index: usize) -> Option<f32> {
    let row = line.get(index)?;
    line.iter()
        .enumerate()
        .filter(|(other, word)| *other != index && word.is_measurable())
        .min_by(|(_, a), (_, b)| (a.left - row.left).abs().total_cmp(&(b.left - row.left).abs()))
        .map(|(_, word)| word.measure().0)
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
}
