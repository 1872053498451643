//! The few statistics that the detectors share. All on plain numbers, none on amounts.

/// The median of values, reordering them; none of nothing. Of an even number the mean of the two in
/// the middle.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    let n = values.len();
    if n == 0 {
        return None;
    }
    let (below, upper, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
    if n % 2 == 1 {
        return Some(*upper);
    }
    let upper = *upper;
    below.iter().copied().max_by(f64::total_cmp).map(|lower| f64::midpoint(lower, upper))
}

/// Median and median absolute deviation times 1.4826, which estimates the standard deviation of a
/// normal distribution (Hampel 1974).
pub(crate) fn median_and_spread(values: &[f64]) -> Option<(f64, f64)> {
    let mut copy = values.to_vec();
    let middle = median(&mut copy)?;
    for value in &mut copy {
        *value = (*value - middle).abs();
    }
    median(&mut copy).map(|deviation| (middle, 1.4826 * deviation))
}

/// The value below which a share `q` of sorted values lies, interpolated linearly (type 7 of Hyndman
/// and Fan 1996).
pub(crate) fn quantile_of_sorted(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = q.clamp(0.0, 1.0) * count(last);
    let below = floor(place);
    let (low, high) = (*sorted.get(below)?, *sorted.get((below + 1).min(last))?);
    Some((high - low).mul_add(place - count(below), low))
}

/// The chance of at least `k` events where `mean` are expected (Poisson).
pub(crate) fn poisson_tail(k: u64, mean: f64) -> f64 {
    let mut term = (-mean).exp();
    let mut below = 0.0;
    for i in 0..k {
        below += term;
        term *= mean / count64(i + 1);
    }
    (1.0 - below).clamp(1e-12, 1.0)
}

/// The chance that chi-square with `df` degrees of freedom exceeds `x`, by the cube root approximation
/// (Wilson and Hilferty 1931), good to three digits from 3 degrees on.
pub(crate) fn chi_square_tail(x: f64, df: f64) -> f64 {
    let spread = 2.0 / (9.0 * df);
    normal_tail(((x / df).cbrt() - (1.0 - spread)) / spread.sqrt())
}

/// The chance that a standard normal value exceeds `z` (Abramowitz and Stegun 26.2.17, error below
/// 7.5e-8; far in the tail the asymptotic form).
pub(crate) fn normal_tail(z: f64) -> f64 {
    const B: [f64; 5] =
        [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    if z < 0.0 {
        return 1.0 - normal_tail(-z);
    }
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if z > 6.0 {
        return density / z;
    }
    let t = 1.0 / 0.231_641_9_f64.mul_add(z, 1.0);
    density * B.iter().rev().fold(0.0, |sum, b| (sum + b) * t)
}

/// A count as a number for statistics.
#[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(crate) const fn count(n: usize) -> f64 {
    n as f64
}

/// A count as a number for statistics.
#[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(crate) const fn count64(n: u64) -> f64 {
    n as f64
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the caller gives a place in a slice"
)]
const fn floor(place: f64) -> usize {
    place as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quantiles_are_those_of_the_text_books() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(quantile_of_sorted(&[1.0, 2.0, 3.0, 4.0], 0.25), Some(1.75));
        assert_eq!(quantile_of_sorted(&[7.0], 0.95), Some(7.0));
        let (middle, spread) = median_and_spread(&[1.0, 2.0, 3.0, 4.0, 100.0]).unwrap();
        assert!((middle - 3.0).abs() < 1e-12 && (spread - 1.4826).abs() < 1e-12);
    }

    #[test]
    fn tails_agree_with_tables() {
        assert!((normal_tail(1.959_964) - 0.025).abs() < 1e-6);
        assert!((normal_tail(-1.0) - 0.841_344_7).abs() < 1e-6);
        assert!((chi_square_tail(15.507, 8.0) - 0.05).abs() < 1e-3);
        assert!((chi_square_tail(26.124, 8.0) - 0.001).abs() < 1e-4);
        assert!((poisson_tail(3, 1.0) - 0.080_301).abs() < 1e-6);
        assert!((poisson_tail(0, 2.0) - 1.0).abs() < 1e-12);
    }
}
