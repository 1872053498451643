//! Ruled lines of tables: removed before recognition, which reads them as letters and gives up on the
//! cells between them.

use image::GrayImage;

/// Darkness from which a pixel may belong to a rule; tables are often ruled in light grey.
const RULE: u8 = 235;
/// Lengths of rules in letter heights: across, and down (where `|`, brackets and the stems of large
/// print run).
const LONG_ACROSS: u32 = 6;
const LONG_DOWN: u32 = 3;
/// Least lengths in pixels, where letters are small or unknown.
const LEAST_ACROSS: u32 = 100;
const LEAST_DOWN: u32 = 50;
/// Letter height taken where the page has too few letters to tell.
const USUAL_LETTER: u32 = 24;
/// Part of a letter's height that a rule may be thick; thicker bars are shapes or filled cells.
const THICK: u32 = 3;

/// Paints the rules of a straightened page white. `letter` is the usual height of its letters.
///
/// A rule is a dark run much longer than a letter, on a few rows only. Where something stands on it
/// (a letter that touches it), the pixels of both are kept.
pub(super) fn remove(image: &mut GrayImage, letter: Option<u32>) {
    let letter = letter.unwrap_or(USUAL_LETTER).max(8);
    let thick = (letter / THICK).clamp(3, 12) as usize;
    let (width, height) = (image.width() as usize, image.height() as usize);
    if width < 3 || height < 3 {
        return;
    }
    let dark: Vec<bool> = image.as_raw().iter().map(|value| *value < RULE).collect();
    let across = Lines { dark: &dark, count: height, length: width, step: 1, stride: width };
    let down = Lines { dark: &dark, count: width, length: height, step: width, stride: 1 };
    let mut erase = vec![false; dark.len()];
    across.mark((LONG_ACROSS * letter).max(LEAST_ACROSS) as usize, thick, &mut erase);
    down.mark((LONG_DOWN * letter).max(LEAST_DOWN) as usize, thick, &mut erase);
    for (pixel, erase) in image.iter_mut().zip(erase) {
        if erase {
            *pixel = 255;
        }
    }
}

/// The rows of an image, or its columns.
struct Lines<'a> {
    dark: &'a [bool],
    /// Rows, and pixels of a row.
    count: usize,
    length: usize,
    /// Distance in the raster of neighbours in a row, and of rows.
    step: usize,
    stride: usize,
}

impl Lines<'_> {
    fn is_dark(&self, line: usize, at: usize) -> bool {
        line < self.count
            && at < self.length
            && self.dark.get(line * self.stride + at * self.step).copied().unwrap_or(false)
    }

    /// Marks the pixels of runs of at least `long` pixels that are at most `thick` deep.
    fn mark(&self, long: usize, thick: usize, erase: &mut [bool]) {
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for line in 0..self.count {
            let mut start = None;
            for at in 0..=self.length {
                match (start, self.is_dark(line, at)) {
                    (None, true) => start = Some(at),
                    (Some(from), false) => {
                        if at - from >= long {
                            runs.push((line, from, at));
                        }
                        start = None;
                    }
                    _ => {}
                }
            }
        }
        for (line, from, to) in runs {
            self.mark_run(line, from..to, thick, erase);
        }
    }

    fn mark_run(&self, line: usize, run: std::ops::Range<usize>, thick: usize, erase: &mut [bool]) {
        // How deep the dark is at each place of the run, to either side of it.
        let depth = |at: usize, back: bool| {
            (1..=thick + 1)
                .take_while(|away| {
                    let other = if back { line.checked_sub(*away) } else { Some(line + away) };
                    other.is_some_and(|other| self.is_dark(other, at))
                })
                .count()
        };
        let depths: Vec<(usize, usize)> =
            run.clone().map(|at| (depth(at, true), depth(at, false))).collect();
        let thin = depths.iter().filter(|(back, on)| back + on < thick).count();
        // Letters stand on a small part of a rule; a filled cell is deep everywhere.
        if thin * 2 < depths.len() {
            return;
        }
        for (at, (back, on)) in run.zip(depths) {
            if back + on >= thick {
                continue;
            }
            // The soft edges of the rule go with it.
            for other in line.saturating_sub(back)..=line + on {
                if let Some(erase) = erase.get_mut(other * self.stride + at * self.step) {
                    *erase = true;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    const PAPER: Luma<u8> = Luma([255]);

    fn filled(image: &mut GrayImage, x: std::ops::Range<u32>, y: std::ops::Range<u32>, value: u8) {
        for y in y {
            for x in x.clone() {
                image.put_pixel(x, y, Luma([value]));
            }
        }
    }

    #[test]
    fn a_grid_goes_and_what_it_holds_stays() {
        let mut image = GrayImage::from_pixel(600, 300, PAPER);
        for y in [20, 80, 140] {
            filled(&mut image, 10..590, y..y + 2, 170);
        }
        for x in [10, 200, 588] {
            filled(&mut image, x..x + 2, 20..142, 60);
        }
        let ruled = image.clone();
        // A letter in a cell, one that stands on a rule, a filled cell.
        filled(&mut image, 100..104, 40..60, 0);
        filled(&mut image, 300..304, 62..80, 0);
        filled(&mut image, 10..590, 200..240, 0);
        remove(&mut image, Some(20));
        for y in 40..60 {
            assert_eq!(image.get_pixel(101, y).0, [0]);
        }
        for y in 62..82 {
            assert!(image.get_pixel(301, y).0[0] < 255, "row {y} of the letter on the rule");
        }
        assert_eq!(image.get_pixel(300, 220).0, [0]);
        let mut empty = ruled;
        remove(&mut empty, Some(20));
        let left = empty.pixels().filter(|pixel| **pixel != PAPER).count();
        // Where rules cross both are deep.
        assert!(left < 60, "{left} dark pixels are left of the grid");
    }
}
