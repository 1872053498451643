//! What offices may write as a condition, and what is said of the rest.
#![allow(clippy::expect_used, reason = "a test panics")]

use chrono::{DateTime, Utc};
use domain::Severity;
use proptest::prelude::*;
use risk_engine::{
    DocumentFacts, FlagFact, Kind, Reason, RuleProblem, RuleRow, RuleSet, Scope,
    SeverityThresholds, score_document, variables,
};
use rust_decimal::Decimal;
use serde_json::json;

fn row(expression: &str) -> RuleRow {
    RuleRow {
        id: "r".to_owned(),
        tenant: None,
        scope: "document".to_owned(),
        code: "OWN".to_owned(),
        description: "own".to_owned(),
        weight: 10.into(),
        active: true,
        default_severity: "low".to_owned(),
        config: json!({"expression": expression}),
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn facts() -> DocumentFacts {
    DocumentFacts {
        kind: Kind::Invoice,
        flags: vec![FlagFact { code: "HIGH_AMOUNT".to_owned(), severity: Severity::High }],
        total_amount: Some(Decimal::new(100_000_010, 2)),
        currency: Some("TRY".to_owned()),
        has_fields: true,
        ..DocumentFacts::default()
    }
}

fn holds(expression: &str) -> bool {
    let loaded = RuleSet::load(&[row(expression)], SeverityThresholds::default());
    assert_eq!(loaded.errors, [], "{expression}");
    !score_document(&loaded.rules, &facts()).contributions.is_empty()
}

fn error(expression: &str) -> String {
    let loaded = RuleSet::load(&[row(expression)], SeverityThresholds::default());
    match loaded.errors.as_slice() {
        [error] if error.key == "config.expression" => match &error.problem {
            RuleProblem::Expression(error) => error.to_string(),
            other => panic!("{other:?}"),
        },
        other => panic!("{expression}: {other:?}"),
    }
}

#[test]
fn conditions_mean_what_they_say() {
    for (expression, expected) in [
        ("true", true),
        ("kind == \"invoice\"", true),
        ("kind != 'invoice'", false),
        ("totalAmount > 1000000.09", true),
        ("totalAmount > 1000000.10", false),
        ("totalAmount >= 1000000.1 && currency == \"TRY\"", true),
        ("totalAmount * 3 == 3000000.30", true),
        ("totalAmount / 4 < 250000.03 && -totalAmount < 0", true),
        ("\"HIGH_AMOUNT\" in flags || taxAmount > 0", true),
        ("!(\"HIGH_AMOUNT\" in flags)", false),
        ("currency in [\"EUR\", \"USD\"]", false),
        ("flagCount in [1, 2]", true),
        ("(hasTotalAmount ? totalAmount : 0) > 5", true),
        ("missing == features", true),
        ("1 + 2 * 3 == 7 && flagCount - highFlagCount == 0", true),
    ] {
        assert_eq!(holds(expression), expected, "{expression}");
    }
}

#[test]
fn an_error_points_at_the_place() {
    for (expression, expected) in [
        (
            "totalAmuont > 5",
            "line 1, column 1: no variable \"totalAmuont\"; there are kind, flags,",
        ),
        ("true &&\n  kind > 5", "line 2, column 3: must be a number, and is a text"),
        ("flagCount", "line 1, column 1: must be true or false, and is a number"),
        ("currency == 'ş' && kind == 5", "line 1, column 28: must be a text, and is a number"),
        ("\"x\" in kind", "line 1, column 8: must be a list of texts, and is a text"),
        ("totalAmount / taxAmount > 1", "line 1, column 15: must be a number that is written here"),
        ("totalAmount / 0 > 1", "line 1, column 15: must be a number that is written here"),
        ("totalAmount > 0.12345678901234567", "line 1, column 15: a number may have at most 15"),
        ("kind == null", "line 1, column 9: neither null nor bytes are values"),
        ("kind in []", "line 1, column 9: an empty list contains nothing"),
        ("kind in [\"a\", 1]", "line 1, column 9: a list holds texts or numbers, not both"),
    ] {
        let found = error(expression);
        assert!(found.starts_with(expected), "{expression}: {found}");
    }
}

#[test]
fn nothing_but_the_variables_can_be_reached() {
    for (expression, expected) in [
        ("now() > 1", "there are no functions"),
        ("kind.matches(\"(a+)+$\")", "there are no functions"),
        ("size(flags) > 1", "there are no functions"),
        ("flags.exists(f, f == \"A\")", "loops over lists are not allowed"),
        ("flags.map(f, f) == flags", "loops over lists are not allowed"),
        ("kind.length > 1", "no value has parts"),
        ("{\"a\": 1} == {\"a\": 1}", "only true, false, numbers"),
        ("flags[0] == \"A\"", "there are no functions"),
        ("kind + \"x\" == \"y\"", "must be a number, and is a text"),
        ("tr ue", ""),
        ("(", ""),
    ] {
        let found = error(expression);
        assert!(found.contains(expected), "{expression}: {found}");
    }
    for opening in ["(", "[", "!", "-", "true ? ", "{1:", "f(", "a[", "a{b:", "- - !("] {
        assert!(error(&opening.repeat(140)).starts_with("line 1"), "{opening}");
        // What is just allowed does not exhaust the stack either.
        let _ =
            error(&opening.repeat(40 / opening.matches(['(', '[', '{', '?', '!', '-']).count()));
    }
    for hidden in ["\")))\" == \"", "'\\''", "\"\"\"", "true // )\n", "\"\n"] {
        assert!(error(&format!("{hidden}{}", "(".repeat(300))).starts_with("line "), "{hidden}");
    }
    let _ = error(&"!(--".repeat(8));
    let _ = error(&"a.".repeat(490));
    let _ = error(&format!("1{}", " + 1".repeat(240)));
    let _ = error(&format!("1{}", " < 1".repeat(240)));
    assert!(
        error(&format!("true{}", " || true".repeat(200))).contains("more than 1000 characters")
    );
}

#[test]
fn what_is_too_large_stays_at_the_bound() {
    assert!(holds(&format!("totalAmount{} > 5", " * totalAmount".repeat(20))));
    assert!(holds(&format!("-totalAmount{} < 5", " * totalAmount".repeat(20))));
    assert!(holds("9223372036854775807 + totalAmount > 0"));
}

#[test]
fn a_reason_shows_what_was_read() {
    let loaded = RuleSet::load(
        &[row("flagCount > 0 && totalAmount > 5 && flagCount < 9")],
        SeverityThresholds::default(),
    );
    let score = score_document(&loaded.rules, &facts());
    let reason = score.contributions.first().map(|one| &one.reason);
    let Some(Reason::Expression { values, .. }) = reason else { panic!("{reason:?}") };
    let values: Vec<(&str, &str)> =
        values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(values, [("flagCount", "1"), ("totalAmount", "1000000.1")]);
}

#[test]
fn every_variable_is_documented_once() {
    for scope in [Scope::Document, Scope::Company] {
        let variables = variables(scope);
        let mut names: Vec<&str> = variables.iter().map(|one| one.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), variables.len());
        assert!(variables.iter().all(|one| !one.meaning.is_empty()));
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "[a-zA-Z0-9 ()!&|<>=+*/.,\"'\\[\\]{}?:ğş-]{0,80}") {
        let loaded = RuleSet::load(&[row(&text)], SeverityThresholds::default());
        let _ = score_document(&loaded.rules, &facts());
    }
}
