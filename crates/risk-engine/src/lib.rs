//! Rules, scores and their explanations.
//!
//! Everything here is a function of its arguments: [`RuleSet::load`] takes the rows of `risk_rules`
//! and reports what is wrong with them, [`score_document`] and [`score_company`] take a rule set and
//! plain facts. Points of the contributions add up exactly to the score. [`RuleSet::to_text`] is the
//! form in which a version of an office's rules is stored: scored with it, the stored facts give the
//! same score again. [`next_level`] keeps a company's severity from day to day; [`variables`] are
//! what the expressions of offices may ask for.

pub mod alerts;
mod catalogue;
mod company_facts;
mod condition;
mod config;
mod explanation;
mod expression;
mod facts;
mod level;
mod points;
mod rule;
mod rule_set;
mod score;
mod severity;

pub use catalogue::platform_rules;
pub use company_facts::{
    CompanyFacts, DayCount, FindingFact, LONGEST_WINDOW_DAYS, ScoredDocuments,
};
pub use explanation::{explain, rule_title};
pub use expression::{ExpressionError, ValueType, Variable, variables};
pub use facts::{DocumentFacts, FlagFact, Kind, MissingField};
pub use level::{Hysteresis, Level, next_level};
pub use rule::{Rule, RuleError, RuleProblem, RuleRow, Scope};
pub use rule_set::{Loaded, RuleSet, UnreadableRuleSet};
pub use score::{Contribution, Measure, Reason, RiskScore, score_company, score_document};
pub use severity::{InvalidThresholds, SeverityThresholds};
