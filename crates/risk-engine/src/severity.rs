//! From a score to a word.

use domain::Severity;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Scores above these bounds, which are themselves excluded, get the next word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Bounds", into = "Bounds")]
pub struct SeverityThresholds(Bounds);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    medium: Decimal,
    high: Decimal,
    critical: Decimal,
}

/// Bounds that do not ascend within 0..=100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "severity bounds must ascend within 0 and 100: medium {medium}, high {high}, critical {critical}"
)]
pub struct InvalidThresholds {
    /// Bound of medium.
    pub medium: Decimal,
    /// Bound of high.
    pub high: Decimal,
    /// Bound of critical.
    pub critical: Decimal,
}

impl SeverityThresholds {
    /// Takes the bounds in points; `critical` at 100 means that no score is critical.
    ///
    /// # Errors
    /// Bounds that do not ascend within 0..=100.
    pub fn new(
        medium: Decimal,
        high: Decimal,
        critical: Decimal,
    ) -> Result<Self, InvalidThresholds> {
        if Decimal::ZERO <= medium
            && medium <= high
            && high <= critical
            && critical <= Decimal::ONE_HUNDRED
        {
            Ok(Self(Bounds { medium, high, critical }))
        } else {
            Err(InvalidThresholds { medium, high, critical })
        }
    }

    /// The bound above which a score has this severity; 0 for low.
    pub fn bound(&self, severity: Severity) -> Decimal {
        match severity {
            Severity::Low => Decimal::ZERO,
            Severity::Medium => self.0.medium,
            Severity::High => self.0.high,
            Severity::Critical => self.0.critical,
        }
    }

    /// The word for a score.
    pub fn severity(&self, score: Decimal) -> Severity {
        if score > self.0.critical {
            Severity::Critical
        } else if score > self.0.high {
            Severity::High
        } else if score > self.0.medium {
            Severity::Medium
        } else {
            Severity::Low
        }
    }
}

impl Default for SeverityThresholds {
    /// 30 and 65 are the platform's; 90 is ours, as the platform has no critical scores.
    fn default() -> Self {
        Self(Bounds {
            medium: Decimal::from(30),
            high: Decimal::from(65),
            critical: Decimal::from(90),
        })
    }
}

impl TryFrom<Bounds> for SeverityThresholds {
    type Error = InvalidThresholds;

    fn try_from(Bounds { medium, high, critical }: Bounds) -> Result<Self, Self::Error> {
        Self::new(medium, high, critical)
    }
}

impl From<SeverityThresholds> for Bounds {
    fn from(thresholds: SeverityThresholds) -> Self {
        thresholds.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_excluded() {
        let thresholds = SeverityThresholds::default();
        for (score, severity) in [
            ("0", Severity::Low),
            ("30", Severity::Low),
            ("30.01", Severity::Medium),
            ("65", Severity::Medium),
            ("65.01", Severity::High),
            ("90", Severity::High),
            ("90.01", Severity::Critical),
            ("100", Severity::Critical),
        ] {
            assert_eq!(thresholds.severity(score.parse().expect("a number")), severity, "{score}");
        }
    }

    #[test]
    fn bounds_ascend() {
        let new = |m: i64, h: i64, c: i64| SeverityThresholds::new(m.into(), h.into(), c.into());
        assert!(new(0, 0, 100).is_ok());
        for (m, h, c) in [(-1, 50, 90), (60, 50, 90), (30, 95, 90), (30, 65, 101)] {
            assert!(new(m, h, c).is_err(), "{m} {h} {c}");
        }
    }
}
