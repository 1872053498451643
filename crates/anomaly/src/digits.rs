//! Leading digits of amounts: Benford's law, its deviations, and what a smooth distribution of the same
//! middle and width would give.
//!
//! Nigrini, Benford's Law (2012): first digit d has the share log10(1 + 1/d), first two digits dd
//! log10(1 + 1/dd); the mean absolute deviation (MAD) over the digits measures the distance. Its
//! expectation in a true sample of n is the mean of sqrt(2 p (1 - p) / (pi n)); what is left after
//! subtracting it is the excess MAD (Barney and Schulzke 2016).

use crate::{
    amount::Kurus,
    statistics::{chi_square_tail, count, normal_tail},
};

/// Counts of the first digits and of the first two digits of amounts.
#[derive(Debug, Clone)]
pub struct Digits {
    first: [u64; 9],
    first_two: [u64; 90],
    n: u64,
}

impl Default for Digits {
    fn default() -> Self {
        Self { first: [0; 9], first_two: [0; 90], n: 0 }
    }
}

impl FromIterator<Kurus> for Digits {
    fn from_iter<I: IntoIterator<Item = Kurus>>(amounts: I) -> Self {
        let mut digits = Self::default();
        for amount in amounts {
            digits.add(amount);
        }
        digits
    }
}

impl Digits {
    /// Counts an amount without its sign; nothing has no digits and is left out.
    pub fn add(&mut self, amount: Kurus) {
        let mut lead = amount.0.unsigned_abs();
        while lead >= 100 {
            lead /= 10;
        }
        // 0,05 leads with 5 and 50.
        if lead < 10 {
            lead *= 10;
        }
        let (Ok(first), Ok(two)) = (usize::try_from(lead / 10), usize::try_from(lead)) else {
            return;
        };
        if first == 0 {
            return;
        }
        if let (Some(one), Some(both)) =
            (self.first.get_mut(first - 1), self.first_two.get_mut(two - 10))
        {
            *one += 1;
            *both += 1;
            self.n += 1;
        }
    }

    /// How many amounts were counted.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Shares of the first digits 1 to 9.
    pub fn first_shares(&self) -> [f64; 9] {
        self.first.map(|n| self.share(n))
    }

    /// Shares of the first two digits 10 to 99.
    pub fn first_two_shares(&self) -> [f64; 90] {
        self.first_two.map(|n| self.share(n))
    }

    /// Mean absolute deviation of the first digits from Benford's law.
    pub fn first_mad(&self) -> f64 {
        mad(&self.first_shares(), &first_law())
    }

    /// Mean absolute deviation of the first two digits from Benford's law.
    pub fn first_two_mad(&self) -> f64 {
        mad(&self.first_two_shares(), &first_two_law())
    }

    /// What the MAD of the first digits exceeds its expectation by, against given shares.
    pub(crate) fn first_excess(&self, law: &[f64; 9]) -> f64 {
        mad(&self.first_shares(), law) - expected_mad(law, self.n)
    }

    /// The chance that a sample from the given shares deviates as much (chi-square, 8 degrees).
    pub(crate) fn first_chance(&self, law: &[f64; 9]) -> f64 {
        let n = crate::statistics::count64(self.n);
        let x: f64 = self
            .first_shares()
            .iter()
            .zip(law)
            .map(|(share, law)| n * (share - law).powi(2) / law.max(1e-9))
            .sum();
        chi_square_tail(x, 8.0)
    }

    fn share(&self, n: u64) -> f64 {
        crate::statistics::count64(n) / crate::statistics::count64(self.n.max(1))
    }
}

/// Benford's shares of the first digits.
pub fn first_law() -> [f64; 9] {
    std::array::from_fn(|at| (1.0 + 1.0 / count(at + 1)).log10())
}

/// Benford's shares of the first two digits.
pub fn first_two_law() -> [f64; 90] {
    std::array::from_fn(|at| (1.0 + 1.0 / count(at + 10)).log10())
}

/// The shares of first digits that a log-normal distribution gives, by middle and width of the decimal
/// logarithms.
pub(crate) fn first_of_log_normal(middle: f64, width: f64) -> [f64; 9] {
    let below = |x: f64| 1.0 - normal_tail((x - middle) / width.max(0.01));
    std::array::from_fn(|at| {
        let (low, high) = (count(at + 1).log10(), count(at + 2).log10());
        (-9..24_i32)
            .map(|power| below(high + f64::from(power)) - below(low + f64::from(power)))
            .sum()
    })
}

fn mad<const N: usize>(shares: &[f64; N], law: &[f64; N]) -> f64 {
    shares.iter().zip(law).map(|(share, law)| (share - law).abs()).sum::<f64>() / count(N)
}

fn expected_mad(law: &[f64], n: u64) -> f64 {
    let n = crate::statistics::count64(n.max(1));
    law.iter().map(|p| (2.0 * p * (1.0 - p) / (std::f64::consts::PI * n)).sqrt()).sum::<f64>()
        / count(law.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_leading_digits_without_sign() {
        let digits: Digits =
            [Kurus(123), Kurus(-9_900), Kurus(10), Kurus(9), Kurus(0)].into_iter().collect();
        assert_eq!(digits.n(), 4);
        assert!((digits.first_shares()[0] - 0.5).abs() < 1e-12);
        assert!((digits.first_two_shares()[80] - 0.25).abs() < 1e-12);
        assert!((digits.first_two_shares()[89] - 0.25).abs() < 1e-12);
    }

    #[test]
    fn the_laws_add_up_to_one() {
        assert!((first_law().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((first_two_law().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for (middle, width) in [(5.0, 0.35), (4.2, 1.0), (6.9, 0.1)] {
            let law = first_of_log_normal(middle, width);
            assert!((law.iter().sum::<f64>() - 1.0).abs() < 1e-5, "{law:?}");
        }
    }

    #[test]
    fn a_wide_log_normal_follows_benford() {
        assert!(mad(&first_of_log_normal(5.3, 2.0), &first_law()) < 1e-4);
        assert!(mad(&first_of_log_normal(5.3, 0.3), &first_law()) > 0.02);
    }
}
