//! Rules, scores and their explanations.
//!
//! Everything here is a function of its arguments: [`RuleSet::load`] takes the rows of `risk_rules`
//! and reports what is wrong with them, [`score_document`] takes a rule set and plain facts. Points of
//! the contributions add up exactly to the score. Only rules of scope `document` are used so far;
//! those of scope `company` are left to the company score.

mod catalogue;
mod explanation;
mod facts;
mod rule;
mod rule_set;
mod score;
mod severity;

pub use catalogue::platform_rules;
pub use explanation::{explain, rule_title};
pub use facts::{DocumentFacts, FlagFact, Kind, MissingField};
pub use rule::{RuleError, RuleProblem, RuleRow};
pub use rule_set::{Loaded, RuleSet};
pub use score::{Contribution, Reason, RiskScore, score_document};
pub use severity::{InvalidThresholds, SeverityThresholds};
