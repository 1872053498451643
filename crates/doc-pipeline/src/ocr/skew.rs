//! The angle at which lines of text run, by the sharpness of the rows' ink sums.

use image::GrayImage;

use super::pixels::INK;

/// Largest angle looked for, in degrees to either side.
const WIDEST: f32 = 5.0;
const COARSE: f32 = 0.5;
const FINE: f32 = 0.05;
/// Ink pixels looked at: more do not change the angle.
const SAMPLE: usize = 60_000;

/// Degrees by which the page has to be turned clockwise to be straight.
pub(super) fn correction(image: &GrayImage) -> f32 {
    let ink = ink(image);
    if ink.len() < 200 {
        return 0.0;
    }
    let coarse = best(&ink, 0.0, WIDEST, COARSE);
    let fine = best(&ink, coarse, COARSE, FINE);
    if fine.abs() >= WIDEST { 0.0 } else { -fine }
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
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rows start far below zero and are shifted above it"
        )]
        let row = (y - x * slope + 10_000.0).max(0.0) as usize;
        if rows.len() <= row {
            rows.resize(row + 1, 0);
        }
        if let Some(count) = rows.get_mut(row) {
            *count += 1;
        }
    }
    rows.iter().map(|count| f64::from(*count).powi(2)).sum()
}
