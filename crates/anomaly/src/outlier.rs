//! Outlier scores of tables without parameters: ECOD and COPOD.
//!
//! Both ask of every value how rare it and anything further out is among the values of its column, take
//! minus the logarithm of that tail, and add up the columns. The side that counts is that of the
//! column's skewness. ECOD (Li et al. 2022) takes the largest of the tails, COPOD (Li et al. 2020) the
//! larger of the skewed tail and the mean of both. Ported from PyOD (BSD-2-Clause), with which the
//! scores agree.

use crate::statistics::count;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Empirical cumulative distribution based outlier detection.
    Ecod,
    /// Copula based outlier detection.
    Copod,
}

/// What each column adds to the score of each row: `contributions[column][row]`. Columns that are
/// shorter than the first count as if filled with nothing unusual.
pub fn contributions(columns: &[Vec<f64>], method: Method) -> Vec<Vec<f64>> {
    columns.iter().map(|column| column_contributions(column, method)).collect()
}

/// The score of each row: the sum of its contributions.
pub fn scores(columns: &[Vec<f64>], method: Method) -> Vec<f64> {
    let mut scores = vec![0.0; columns.first().map_or(0, Vec::len)];
    for column in contributions(columns, method) {
        for (score, part) in scores.iter_mut().zip(column) {
            *score += part;
        }
    }
    scores
}

fn column_contributions(column: &[f64], method: Method) -> Vec<f64> {
    let n = count(column.len());
    // Adding zero makes one of the two zeros.
    let mut order: Vec<(f64, u32)> = column.iter().map(|value| value + 0.0).zip(0_u32..).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let skewness = skewness(column);
    let mut parts = vec![0.0; column.len()];
    let mut start = 0;
    while start < order.len() {
        let value = order.get(start).map_or(0.0, |(value, _)| *value);
        let same = order
            .get(start..)
            .unwrap_or_default()
            .iter()
            .take_while(|(other, _)| other.total_cmp(&value).is_eq())
            .count()
            .max(1);
        let end = start + same;
        // Shares of the values up to, and from, this one on.
        let left = -(count(end) / n).ln();
        let right = -(count(order.len() - start) / n).ln();
        let skewed = if skewness > 0.0 {
            right
        } else if skewness < 0.0 {
            left
        } else {
            left + right
        };
        let part = match method {
            Method::Ecod => left.max(right).max(skewed),
            Method::Copod => skewed.max(f64::midpoint(left, right)),
        };
        for (_, row) in order.get(start..end).unwrap_or_default() {
            if let Some(slot) = parts.get_mut(*row as usize) {
                *slot = part;
            }
        }
        start = end;
    }
    parts
}

/// The third standardized moment; 0 for a constant column.
fn skewness(column: &[f64]) -> f64 {
    let n = count(column.len());
    let mean = column.iter().sum::<f64>() / n;
    let (mut second, mut third) = (0.0, 0.0);
    for value in column {
        let by = value - mean;
        second += by * by;
        third += by * by * by;
    }
    let (second, third) = (second / n, third / n);
    // The guard of SciPy against nearly constant columns.
    if second <= (f64::EPSILON * mean).powi(2) { 0.0 } else { third / second.powf(1.5) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_far_value_of_a_skewed_column_scores_highest() {
        let column = vec![1.0, 1.0, 1.1, 1.2, 1.3, 9.0];
        for method in [Method::Ecod, Method::Copod] {
            let scores = scores(std::slice::from_ref(&column), method);
            let highest = scores.iter().copied().fold(0.0, f64::max);
            assert!((scores[5] - highest).abs() < 1e-12);
            assert!((scores[5] - 6.0_f64.ln()).abs() < 1e-12);
            assert!((scores[0] - scores[1]).abs() < 1e-12, "ties score alike");
        }
    }

    #[test]
    fn contributions_add_up_and_nothing_gives_nothing() {
        assert!(scores(&[], Method::Ecod).is_empty());
        let columns = vec![vec![1.0, 2.0, 3.0], vec![5.0, 5.0, 5.0]];
        let parts = contributions(&columns, Method::Copod);
        let total = scores(&columns, Method::Copod);
        for row in 0..3 {
            assert!((parts[0][row] + parts[1][row] - total[row]).abs() < 1e-12);
        }
        assert!(parts[1].iter().all(|part| part.abs() < 1e-12));
    }
}
