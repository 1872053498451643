//! From the weights of triggered rules to points that add up to the score.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::rule::Rule;

/// What one triggered rule gives.
pub(crate) struct Share {
    pub(crate) points: Decimal,
    /// The rule of the same group that counts instead.
    pub(crate) counted_by: Option<String>,
}

/// The shares of the rules, which come the heaviest first: of each group only the heaviest counts, and
/// more than 100 together are scaled to exactly 100 in steps of 0.01.
pub(crate) fn points(rules: &[&Rule]) -> Vec<Share> {
    let mut heaviest: BTreeMap<&str, &str> = BTreeMap::new();
    let counted_by: Vec<Option<&str>> = rules
        .iter()
        .map(|rule| {
            let group = rule.group.as_deref()?;
            let first: &str = heaviest.entry(group).or_insert(&rule.code);
            (first != rule.code).then_some(first)
        })
        .collect();
    let weights: Vec<Decimal> = rules
        .iter()
        .zip(&counted_by)
        .map(|(rule, by)| if by.is_some() { Decimal::ZERO } else { rule.weight })
        .collect();
    within_100(&weights)
        .into_iter()
        .zip(counted_by)
        .map(|(points, by)| Share { points, counted_by: by.map(str::to_owned) })
        .collect()
}

/// The weights as they are, or scaled so that they sum to exactly 100 (largest remainder; the weights
/// come sorted, so equal remainders go to the heaviest).
fn within_100(weights: &[Decimal]) -> Vec<Decimal> {
    let sum: Decimal = weights.iter().sum();
    if sum <= Decimal::ONE_HUNDRED {
        return weights.to_vec();
    }
    let step = Decimal::new(1, 2);
    let exact: Vec<Decimal> =
        weights.iter().map(|weight| weight * Decimal::ONE_HUNDRED / sum).collect();
    let mut points: Vec<Decimal> = exact.iter().map(|exact| exact.trunc_with_scale(2)).collect();
    let mut by_remainder: Vec<usize> = (0..points.len()).collect();
    let remainder = |at: &usize| {
        exact.get(*at).copied().unwrap_or_default() - points.get(*at).copied().unwrap_or_default()
    };
    by_remainder.sort_by_key(|at| std::cmp::Reverse(remainder(at)));
    let mut left = Decimal::ONE_HUNDRED - points.iter().sum::<Decimal>();
    for at in by_remainder {
        if left <= Decimal::ZERO {
            break;
        }
        if let Some(points) = points.get_mut(at) {
            *points += step;
            left -= step;
        }
    }
    points
}
