//! Scores of companies: windows, thresholds, groups, shadow rules, stored rule sets, levels.
#![allow(clippy::expect_used, reason = "a test panics")]

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::Severity;
use proptest::prelude::*;
use risk_engine::{
    CompanyFacts, DayCount, FindingFact, Hysteresis, Level, RiskScore, RuleProblem, RuleRow,
    RuleSet, ScoredDocuments, SeverityThresholds, explain, next_level, platform_rules,
    score_company,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

const TODAY: &str = "2026-03-31";

fn row(code: &str, weight: i64, config: Value) -> RuleRow {
    RuleRow {
        id: format!("rule-{code}"),
        tenant: None,
        scope: "company".to_owned(),
        code: code.to_owned(),
        description: format!("description of {code}"),
        weight: weight.into(),
        active: true,
        default_severity: "high".to_owned(),
        config,
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn rules(rows: &[RuleRow]) -> RuleSet {
    let loaded = RuleSet::load(rows, SeverityThresholds::default());
    assert_eq!(loaded.errors, []);
    loaded.rules
}

fn codes(score: &RiskScore) -> Vec<&str> {
    score.triggered_codes().collect()
}

fn documents(days_ago: u64, scored: u32, high: u32) -> ScoredDocuments {
    ScoredDocuments { day: day(TODAY) - Days::new(days_ago), scored, high }
}

fn facts() -> CompanyFacts {
    CompanyFacts { day: day(TODAY), ..CompanyFacts::default() }
}

fn finding(kind: &str, severity: Severity) -> FindingFact {
    FindingFact { kind: kind.to_owned(), severity, amount: Some(Decimal::new(123_450, 2)) }
}

#[test]
fn a_threshold_of_zero_is_a_threshold_and_days_are_days() {
    let at = |config: Value, facts: &CompanyFacts| {
        let rules = rules(&[row("COMP_MANY_HIGH_RISK_DOCS", 25, config)]);
        !codes(&score_company(&rules, facts)).is_empty()
    };
    let one = CompanyFacts { documents: vec![documents(10, 1, 1)], ..facts() };
    assert!(at(json!({"threshold": 0}), &one));
    assert!(!at(json!({"threshold": 1}), &one));
    assert!(!at(json!({}), &one), "the platform's default is 5");
    // A window of 10 days holds today and the nine days before it.
    assert!(!at(json!({"threshold": 0, "days": 10}), &one));
    assert!(at(json!({"threshold": 0, "days": 11}), &one));
    let ahead = ScoredDocuments { day: day("2026-04-01"), scored: 9, high: 9 };
    let ahead = CompanyFacts { documents: vec![ahead], ..facts() };
    assert!(!at(json!({"threshold": 0}), &ahead), "the future does not count");
}

#[test]
fn both_parts_of_a_share_are_of_one_window() {
    let rules = rules(&[row("COMP_HIGH_RISK_RATIO", 25, json!({"threshold": 0.3}))]);
    let with = |documents| CompanyFacts { documents, ..facts() };
    let few_and_old = with(vec![documents(5, 6, 2), documents(200, 1_000, 0)]);
    let score = score_company(&rules, &few_and_old);
    assert_eq!(codes(&score), ["COMP_HIGH_RISK_RATIO"], "2 of 6 is more than 0.3");
    let sentence = score.contributions.first().map(explain);
    assert_eq!(
        sentence.as_deref(),
        Some(
            "yüksek riskli belgelerin oranı fazla (COMP_HIGH_RISK_RATIO): 25 puan, dayanağı son 90 \
             günde puanlanan 6 belgede yüksek riskli oranı %33,33 (sınır %30)"
        )
    );
    let one_of_one = with(vec![documents(5, 1, 1)]);
    assert!(codes(&score_company(&rules, &one_of_one)).is_empty(), "too few to speak of a share");
}

#[test]
fn repeated_invoices_count_within_their_window() {
    let rules = rules(&platform_rules());
    let at = |days_ago, count| DayCount { day: day(TODAY) - Days::new(days_ago), count };
    let with = |repeated_invoices| CompanyFacts { repeated_invoices, ..facts() };
    let score = score_company(&rules, &with(vec![at(3, 2), at(80, 2), at(100, 90)]));
    assert_eq!(codes(&score), ["COMP_FREQUENT_DUPLICATES"]);
    assert!(codes(&score_company(&rules, &with(vec![at(3, 3), at(100, 90)]))).is_empty());
}

#[test]
fn findings_trigger_the_rules_that_name_them() {
    let rows = [
        row("COMP_BENFORDS_LAW_VIOLATION", 5, json!({})),
        row("COMP_CIRCULAR_TRANSACTIONS", 20, json!({"minSeverity": "high"})),
        row("COMP_DATE_MANIPULATION", 10, json!({"threshold": 1})),
        row("COMP_UNUSUAL_VAT_PATTERNS", 10, json!({})),
        row("COMP_HIGH_FRAUD_PATTERNS", 30, json!({"threshold": 1})),
    ];
    let rules = rules(&rows);
    let with = |findings| score_company(&rules, &CompanyFacts { findings, ..facts() });
    assert_eq!(
        codes(&with(vec![finding("BENFORD", Severity::Low)])),
        ["COMP_BENFORDS_LAW_VIOLATION"]
    );
    assert!(codes(&with(vec![finding("RING", Severity::Medium)])).is_empty());
    let many = with(vec![
        finding("BACK_DATING", Severity::Medium),
        finding("FUTURE_DATING", Severity::High),
        finding("RING", Severity::High),
    ]);
    assert_eq!(
        codes(&many),
        ["COMP_HIGH_FRAUD_PATTERNS", "COMP_CIRCULAR_TRANSACTIONS", "COMP_DATE_MANIPULATION"]
    );
}

#[test]
fn rules_that_ask_nearly_the_same_count_once() {
    let rows = [
        row("COMP_MANY_HIGH_RISK_DOCS", 25, json!({"threshold": 0})),
        row("COMP_HIGH_RISK_RATIO", 20, json!({"threshold": 0})),
        row("OWN", 10, json!({"expression": "highRiskDocuments90 > 0"})),
        row("OWN_IN_GROUP", 9, json!({"expression": "true", "group": "high-risk-documents"})),
    ];
    let facts = CompanyFacts { documents: vec![documents(1, 10, 10)], ..facts() };
    let score = score_company(&rules(&rows), &facts);
    let given: Vec<_> = score
        .contributions
        .iter()
        .map(|one| (one.code.as_str(), one.points, one.counted_by.as_deref()))
        .collect();
    assert_eq!(
        given,
        [
            ("COMP_MANY_HIGH_RISK_DOCS", 25.into(), None),
            ("COMP_HIGH_RISK_RATIO", 0.into(), Some("COMP_MANY_HIGH_RISK_DOCS")),
            ("OWN", 10.into(), None),
            ("OWN_IN_GROUP", 0.into(), Some("COMP_MANY_HIGH_RISK_DOCS")),
        ]
    );
    assert_eq!(score.score, Decimal::from(35));
}

#[test]
fn a_shadow_rule_is_recorded_and_gives_nothing() {
    let rows = [
        row("LOUD", 10, json!({"expression": "findingCount > 0"})),
        row("QUIET", 90, json!({"expression": "findingCount > 0", "shadow": true})),
    ];
    let facts = CompanyFacts { findings: vec![finding("RING", Severity::High)], ..facts() };
    let score = score_company(&rules(&rows), &facts);
    assert_eq!((score.score, codes(&score)), (10.into(), vec!["LOUD"]));
    let shadow: Vec<_> = score.shadow.iter().map(|one| (one.code.as_str(), one.points)).collect();
    assert_eq!(shadow, [("QUIET", Decimal::ZERO)]);
}

#[test]
fn wrong_settings_are_named_with_their_key() {
    let problem = |code: &str, config: Value| {
        let loaded = RuleSet::load(&[row(code, 10, config)], SeverityThresholds::default());
        assert_eq!(loaded.rules.rules().len(), 0, "left out");
        loaded.errors.into_iter().map(|error| (error.key, error.problem)).collect::<Vec<_>>()
    };
    assert_eq!(
        problem("COMP_MANY_HIGH_RISK_DOCS", json!({"treshold": 3, "days": 0, "shadow": 1})),
        [
            ("config.shadow".to_owned(), RuleProblem::WrongType { expected: "true or false" }),
            (
                "config.days".to_owned(),
                RuleProblem::OutOfRange { found: 0.into(), min: 1.into(), max: 365.into() }
            ),
            ("config.treshold".to_owned(), RuleProblem::UnknownKey),
        ]
    );
    assert_eq!(
        problem("COMP_MANY_HIGH_RISK_DOCS", json!({"threshold": 1.5})),
        [("config.threshold".to_owned(), RuleProblem::WrongType { expected: "a whole number" })]
    );
    assert_eq!(problem("MY_RULE", json!({})), [("code".to_owned(), RuleProblem::UnknownCode)]);
}

#[test]
fn a_stored_rule_set_gives_the_same_bytes_again() {
    let mut rows = platform_rules();
    rows.push(row(
        "OWN",
        12,
        json!({"expression": "highRiskShare90 >= 0.25 && \"RING\" in findingKinds"}),
    ));
    rows.push(row("QUIET", 50, json!({"expression": "true", "shadow": true})));
    let rules = rules(&rows);
    let stored = rules.to_text();
    let again = RuleSet::from_text(&stored).expect("reads its own text");
    assert_eq!(again, rules);
    assert_eq!(again.to_text(), stored);

    let facts = CompanyFacts {
        documents: vec![documents(1, 10, 7)],
        findings: vec![finding("RING", Severity::High)],
        ..facts()
    };
    let facts_text = serde_json::to_string(&facts).expect("plain data");
    let result = serde_json::to_string(&score_company(&rules, &facts)).expect("plain data");
    let replayed: CompanyFacts = serde_json::from_str(&facts_text).expect("its own text");
    assert_eq!(replayed, facts);
    let replayed = score_company(&again, &replayed);
    assert_eq!(serde_json::to_string(&replayed).expect("plain data"), result);
    let read: RiskScore = serde_json::from_str(&result).expect("its own text");
    assert_eq!(read, replayed);
    assert!(RuleSet::from_text("{\"rules\": 1}").is_err());
}

#[test]
fn a_severity_is_kept_until_two_calm_days() {
    use Severity::{Critical, High, Medium};
    let thresholds = SeverityThresholds::default();
    let first = day(TODAY);
    let mut level: Option<Level> = None;
    let mut seen = Vec::new();
    for (number, score) in [70, 64, 66, 59, 61, 59, 58, 40, 95, 80, 80].into_iter().enumerate() {
        let today = first + Days::new(number as u64);
        let next =
            next_level(level.as_ref(), score.into(), &thresholds, &Hysteresis::default(), today);
        // Scoring the same day again from the same past gives the same.
        let again =
            next_level(level.as_ref(), score.into(), &thresholds, &Hysteresis::default(), today);
        assert_eq!(next, again);
        seen.push((score, next.severity, (next.since - first).num_days()));
        level = Some(next);
    }
    assert_eq!(
        seen,
        [
            (70, High, 0),
            (64, High, 0),
            (66, High, 0),
            (59, High, 0),
            (61, High, 0),
            (59, High, 0),
            (58, Medium, 6),
            (40, Medium, 6),
            (95, Critical, 8),
            (80, Critical, 8),
            (80, High, 8),
        ]
    );
}

proptest! {
    #[test]
    fn points_add_up_also_with_groups_and_shadow(
        rules_of in prop::collection::vec((0_i64..=10_000, 0_u8..4, any::<bool>(), any::<bool>()), 0..30),
    ) {
        let rows: Vec<RuleRow> = rules_of
            .iter()
            .enumerate()
            .map(|(n, (weight, group, shadow, holds))| RuleRow {
                weight: Decimal::new(*weight, 2),
                ..row(&format!("RULE_{n:02}"), 0, json!({
                    "expression": holds.to_string(), "group": format!("g{group}"), "shadow": shadow,
                }))
            })
            .collect();
        let score = score_company(&rules(&rows), &facts());
        prop_assert_eq!(score.contributions.iter().map(|one| one.points).sum::<Decimal>(), score.score);
        prop_assert!(score.score <= Decimal::ONE_HUNDRED);
        for group in 0..4 {
            let most = rules_of.iter().filter(|(_, g, shadow, holds)| *g == group && !shadow && *holds)
                .map(|(weight, ..)| Decimal::new(*weight, 2)).max().unwrap_or_default();
            let given: Decimal = score.contributions.iter()
                .filter(|one| {
                    let n: usize = one.code[5..].parse().expect("a number");
                    rules_of[n].1 == group
                })
                .map(|one| one.points).sum();
            prop_assert!(given <= most);
        }
    }
}
