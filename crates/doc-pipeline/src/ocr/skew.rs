//! How lines of text run, by the sharpness of the rows' ink sums: at one angle on a scanner, at
//! angles that change down the page where a camera looked at it aslant.

use image::GrayImage;

use super::pixels::INK;

/// Largest angle looked for, in degrees to either side.
const WIDEST: f32 = 5.0;
const COARSE: f32 = 0.5;
const FINE: f32 = 0.05;
/// Ink pixels looked at: more do not change the angle.
const SAMPLE: usize = 60_000;

/// Change of the angle from the top of the page to its foot that is looked for, in degrees.
const WIDEST_FAN: f32 = 8.0;
const COARSE_FAN: f32 = 1.0;
/// Ink pixels looked at for it.
const FAN_SAMPLE: usize = 15_000;
/// How much sharper the rows must become for lines to be taken as fanned, in parts.
const SHARPER: f64 = 1.08;
/// A smaller change than this is a scanner's.
const LEAST_FAN: f32 = 0.3;

/// How a page's lines run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lines {
    /// All at one angle: degrees by which the page has to be turned clockwise to be straight.
    Parallel(f32),
    /// At a slope that changes with the row, measured at the middle column.
    Fanned(Fan),
}

/// Slope of the lines: at row 0, and its change for each row; rows are those at the middle column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fan {
    at_top: f32,
    per_row: f32,
    middle: f32,
}

impl Fan {
    /// The row in which a line stands at a column, given its row at the middle column.
    fn row_at(self, x: f32, row: f32) -> f32 {
        (x - self.middle).mul_add(self.per_row.mul_add(row, self.at_top), row)
    }

    /// The row at the middle column of the line through a place.
    fn row_of(self, x: f32, y: f32) -> f32 {
        let away = x - self.middle;
        (y - away * self.at_top) / away.mul_add(self.per_row, 1.0).max(0.1)
    }
}

/// Finds out how the lines of a page run.
pub(super) fn lines(image: &GrayImage) -> Lines {
    let ink = ink(image);
    if ink.len() < 200 {
        return Lines::Parallel(0.0);
    }
    let coarse = best(&ink, 0.0, WIDEST, COARSE);
    let fine = best(&ink, coarse, COARSE, FINE);
    let angle = if fine.abs() >= WIDEST { 0.0 } else { fine };
    fan(&ink, image, angle).map_or(Lines::Parallel(-angle), Lines::Fanned)
}

/// The fan of the lines, where it makes rows clearly sharper than any one angle.
fn fan(ink: &[(f32, f32)], image: &GrayImage, angle: f32) -> Option<Fan> {
    let step = ink.len().div_ceil(FAN_SAMPLE).max(1);
    let sample: Vec<(f32, f32)> = ink.iter().copied().step_by(step).collect();
    let height = super::pixels::length(image.height()).max(1.0);
    let middle = super::pixels::length(image.width()) / 2.0;
    let of = |at_middle: f32, change: f32| {
        let per_row = change.to_radians().tan() / height;
        Fan { at_top: at_middle.to_radians().tan() - per_row * height / 2.0, per_row, middle }
    };
    let worth = |(at_middle, change): (f32, f32)| fanned_sharpness(&sample, of(at_middle, change));
    let around = |centre: (f32, f32), reach: (f32, f32), step: (f32, f32)| {
        let steps = |reach: f32, step: f32| {
            #[allow(clippy::cast_possible_truncation, reason = "a few dozen steps")]
            let count = (reach / step).round() as i16;
            (-count..=count).map(move |index| f32::from(index) * step)
        };
        steps(reach.0, step.0)
            .flat_map(|angle| steps(reach.1, step.1).map(move |change| (angle, change)))
            .map(|(angle, change)| (centre.0 + angle, centre.1 + change))
            .map(|place| (worth(place), place))
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map_or(centre, |(_, place)| place)
    };
    let coarse = around((angle, 0.0), (3.0, WIDEST_FAN), (COARSE, COARSE_FAN));
    let finer = around(coarse, (COARSE, COARSE_FAN), (0.25, 0.25));
    let finest = around(finer, (0.25, 0.25), (0.05, 0.1));
    let is_fanned = finest.1.abs() >= LEAST_FAN && worth(finest) >= SHARPER * worth((angle, 0.0));
    is_fanned.then(|| of(finest.0, finest.1))
}

fn fanned_sharpness(ink: &[(f32, f32)], fan: Fan) -> f64 {
    let mut rows: Vec<u32> = Vec::new();
    for (x, y) in ink {
        count(&mut rows, fan.row_of(*x, *y));
    }
    rows.iter().map(|count| f64::from(*count).powi(2)).sum()
}

fn count(rows: &mut Vec<u32>, row: f32) {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rows start far below zero and are shifted above it"
    )]
    let row = (row + 10_000.0).clamp(0.0, 100_000.0) as usize;
    if rows.len() <= row {
        rows.resize(row + 1, 0);
    }
    if let Some(count) = rows.get_mut(row) {
        *count += 1;
    }
}

/// The page with its fanned lines made level; columns keep their places.
pub(super) fn levelled(image: &GrayImage, fan: Fan) -> GrayImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let raw = image.as_raw();
    let last = super::pixels::length(image.height().saturating_sub(1));
    let mut out = vec![255_u8; raw.len()];
    for (y, row) in (0_u16..).zip(out.chunks_exact_mut(width.max(1))) {
        for (x, pixel) in (0_u16..).zip(row) {
            let from = fan.row_at(f32::from(x), f32::from(y));
            if !(0.0..=last).contains(&from) {
                continue;
            }
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "inside the image"
            )]
            let above = from as usize;
            let part = from - from.floor();
            let at = |row: usize| {
                f32::from(
                    raw.get(row.min(height - 1) * width + usize::from(x)).copied().unwrap_or(255),
                )
            };
            let mixed = at(above).mul_add(1.0 - part, at(above + 1) * part);
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a mean of two bytes"
            )]
            let value = mixed.round() as u8;
            *pixel = value;
        }
    }
    GrayImage::from_raw(image.width(), image.height(), out).unwrap_or_default()
}

/// Places of dark pixels whose neighbour below is not: the lower edges of letters, which stand on the
/// baselines.
fn ink(image: &GrayImage) -> Vec<(f32, f32)> {
    let width = image.width().max(1) as usize;
    let raw = image.as_raw();
    let edges = raw.iter().zip(raw.get(width..).unwrap_or_default()).enumerate();
    let places: Vec<usize> = edges
        .filter(|(_, (pixel, below))| **pixel < INK && **below >= INK)
        .map(|(index, _)| index)
        .collect();
    let step = places.len().div_ceil(SAMPLE).max(1);
    #[allow(clippy::cast_precision_loss, reason = "image sides are far below 2^23")]
    let place = |index: usize| ((index % width) as f32, (index / width) as f32);
    places.into_iter().step_by(step).map(place).collect()
}

/// The angle around `middle` whose rows differ most.
fn best(ink: &[(f32, f32)], middle: f32, reach: f32, step: f32) -> f32 {
    #[allow(clippy::cast_possible_truncation, reason = "a few dozen steps")]
    let steps = (reach / step).round() as i16;
    (-steps..=steps)
        .map(|index| middle + f32::from(index) * step)
        .map(|angle| (sharpness(ink, angle), angle))
        // Of equally sharp angles the smallest: a straight page stays untouched.
        .max_by(|(a, one), (b, other)| a.total_cmp(b).then(other.abs().total_cmp(&one.abs())))
        .map_or(0.0, |(_, angle)| angle)
}

fn sharpness(ink: &[(f32, f32)], degrees: f32) -> f64 {
    let slope = degrees.to_radians().tan();
    let mut rows: Vec<u32> = Vec::new();
    for (x, y) in ink {
        count(&mut rows, y - x * slope);
    }
    rows.iter().map(|count| f64::from(*count).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    /// Lines of dashes like words, drawn at a slope that goes from one value at the top to another.
    fn page(top: f32, foot: f32) -> GrayImage {
        let (width, height) = (1200_u32, 1600_u32);
        let mut image = GrayImage::from_pixel(width, height, Luma([255]));
        for line in 2_u16..38 {
            let row = f32::from(line) * 40.0;
            let slope = top + (foot - top) * row / 1600.0;
            for x in 60_u16..1140 {
                if x % 50 < 38 && (x / 50 + line) % 5 != 0 {
                    let y = row + (f32::from(x) - 600.0) * slope;
                    for thick in 0..12 {
                        #[allow(
                            clippy::cast_possible_truncation,
                            clippy::cast_sign_loss,
                            reason = "inside"
                        )]
                        let y = (y as u32 + thick).min(height - 1);
                        image.put_pixel(u32::from(x), y, Luma([0]));
                    }
                }
            }
        }
        image
    }

    #[test]
    fn a_scan_has_one_angle_and_a_photograph_a_fan() {
        let Lines::Parallel(angle) = lines(&page(0.02, 0.02)) else { panic!("parallel lines") };
        assert!((angle + 0.02_f32.atan().to_degrees()).abs() < 0.1, "{angle}");
        let slanted = page(-0.05, 0.01);
        let Lines::Fanned(fan) = lines(&slanted) else { panic!("fanned lines") };
        let Lines::Parallel(angle) = lines(&levelled(&slanted, fan)) else { panic!("level lines") };
        assert!(angle.abs() < 0.1, "{angle}");
    }
}
