//! Scores of documents: what triggers which rule, and what must hold for any rules and facts.
#![allow(clippy::expect_used, reason = "a test panics")]

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Severity, TenantId};
use proptest::prelude::*;
use risk_engine::{
    DocumentFacts, FlagFact, Kind, MissingField, Reason, RiskScore, RuleProblem, RuleRow, RuleSet,
    Scope, SeverityThresholds, explain, platform_rules, score_document,
};
use rust_decimal::Decimal;
use serde_json::json;

fn row(code: &str, weight: i64) -> RuleRow {
    RuleRow {
        id: format!("rule-{code}"),
        tenant: None,
        scope: "document".to_owned(),
        code: code.to_owned(),
        description: format!("description of {code}"),
        weight: weight.into(),
        active: true,
        default_severity: "high".to_owned(),
        config: json!({}),
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn of_office(mut row: RuleRow) -> RuleRow {
    row.tenant = Some(TenantId::new("office"));
    row.id = format!("office-{}", row.code);
    row
}

fn facts(features: &[&str], flags: &[(&str, Severity)]) -> DocumentFacts {
    DocumentFacts {
        kind: Kind::Invoice,
        features: features.iter().map(|&name| name.to_owned()).collect(),
        flags: flags
            .iter()
            .map(|&(code, severity)| FlagFact { code: code.to_owned(), severity })
            .collect(),
        has_fields: true,
        ..DocumentFacts::default()
    }
}

fn score(rows: &[RuleRow], facts: &DocumentFacts) -> RiskScore {
    let loaded = RuleSet::load(rows, SeverityThresholds::default());
    assert_eq!(loaded.errors, []);
    score_document(&loaded.rules, facts)
}

fn codes(score: &RiskScore) -> Vec<&str> {
    score.triggered_codes().collect()
}

#[test]
fn a_clean_document_scores_nothing() {
    let score = score(&platform_rules(), &facts(&[], &[]));
    assert_eq!(
        (score.score, score.severity, codes(&score).len()),
        (Decimal::ZERO, Severity::Low, 0)
    );
}

#[test]
fn each_rule_means_what_its_name_says() {
    let extra =
        ["VAT_RATE_INCONSISTENCY", "AMOUNT_DATE_INCONSISTENCY", "CHART_MISMATCH", "HIGH_AMOUNT"];
    let mut rows = platform_rules();
    rows.extend(extra.iter().map(|code| row(code, 10)));
    for (feature, code) in [
        ("dateInconsistency", "INV_DUE_BEFORE_ISSUE"),
        ("amountMismatch", "INV_TOTAL_MISMATCH"),
        ("duplicateInvoiceNumber", "INV_DUPLICATE_NUMBER"),
        ("vatRateInconsistency", "VAT_RATE_INCONSISTENCY"),
        ("amountDateInconsistency", "AMOUNT_DATE_INCONSISTENCY"),
        ("chartMismatch", "CHART_MISMATCH"),
    ] {
        assert_eq!(codes(&score(&rows, &facts(&[feature], &[]))), [code], "{feature}");
    }
    let by_flag = facts(&["highAmount"], &[("HIGH_AMOUNT", Severity::Medium)]);
    assert_eq!(codes(&score(&rows, &by_flag)), ["HIGH_AMOUNT"]);

    // D26: missing fields of another kind are no missing tax number; a duplicate hides none.
    let mut missing = facts(&["hasMissingFields"], &[("ISSUE_DATE_MISSING", Severity::Medium)]);
    missing.missing.insert(MissingField::IssueDate);
    assert!(codes(&score(&rows, &missing)).is_empty());
    missing.missing.insert(MissingField::TaxNumber);
    missing
        .flags
        .push(FlagFact { code: "DUPLICATE_INVOICE_NUMBER".to_owned(), severity: Severity::High });
    assert_eq!(codes(&score(&rows, &missing)), ["INV_DUPLICATE_NUMBER", "INV_MISSING_TAX_NUMBER"]);
    missing.kind = Kind::BankStatement;
    assert_eq!(codes(&score(&rows, &missing)), ["INV_DUPLICATE_NUMBER"]);

    // D27: only what could not be parsed.
    let unparsed = DocumentFacts::default();
    assert_eq!(codes(&score(&rows, &unparsed)), ["DOC_PARSING_FAILED"]);
    let partly = DocumentFacts { has_fields: true, ..DocumentFacts::default() };
    assert!(codes(&score(&rows, &partly)).is_empty());
    let despatch_note = DocumentFacts { recognised: true, ..DocumentFacts::default() };
    assert!(codes(&score(&rows, &despatch_note)).is_empty());
    let failed =
        DocumentFacts { kind: Kind::Invoice, read_failed: true, ..DocumentFacts::default() };
    assert_eq!(codes(&score(&rows, &failed)), ["DOC_PARSING_FAILED"]);
}

#[test]
fn flags_decide_and_a_shared_feature_does_not() {
    let high = Severity::High;
    for (feature, flag, expected) in [
        ("dateInconsistency", "DATE_INCONSISTENCY", Some("INV_DUE_BEFORE_ISSUE")),
        ("dateInconsistency", "FUTURE_DATE", None),
        ("amountMismatch", "AMOUNT_MISMATCH", Some("INV_TOTAL_MISMATCH")),
        ("amountMismatch", "TOTALS_MISMATCH", Some("INV_TOTAL_MISMATCH")),
        ("duplicateInvoiceNumber", "DUPLICATE_INVOICE_NUMBER", Some("INV_DUPLICATE_NUMBER")),
        ("duplicateDocument", "DUPLICATE_ETTN", Some("INV_DUPLICATE_NUMBER")),
        ("duplicateDocument", "DUPLICATE_CONTENT", None),
    ] {
        let score = score(&platform_rules(), &facts(&[feature], &[(flag, high)]));
        assert_eq!(codes(&score), Vec::from_iter(expected), "{flag}");
    }
}

#[test]
fn a_setting_asks_for_a_serious_enough_flag() {
    let mut rule = row("AMOUNT_DATE_INCONSISTENCY", 20);
    rule.config = json!({"minSeverity": "medium"});
    let facts =
        |severity| facts(&["amountDateInconsistency"], &[("AMOUNT_DATE_INCONSISTENCY", severity)]);
    assert!(codes(&score(&[rule.clone()], &facts(Severity::Low))).is_empty());
    let score = score(&[rule], &facts(Severity::Medium));
    let reason =
        Reason::Flag { code: "AMOUNT_DATE_INCONSISTENCY".to_owned(), severity: Severity::Medium };
    assert_eq!(score.contributions.first().map(|first| &first.reason), Some(&reason));
}

#[test]
fn an_office_overrides_also_with_off() {
    let global = row("INV_TOTAL_MISMATCH", 30);
    let facts = facts(&["amountMismatch"], &[]);
    let heavier = of_office(row("INV_TOTAL_MISMATCH", 80));
    for rows in [[global.clone(), heavier.clone()], [heavier.clone(), global.clone()]] {
        assert_eq!(score(&rows, &facts).score, Decimal::from(80));
    }
    let off = RuleRow { active: false, ..heavier };
    assert!(codes(&score(&[global.clone(), off], &facts)).is_empty());
    let global_off = RuleRow { active: false, ..global.clone() };
    assert!(codes(&score(std::slice::from_ref(&global_off), &facts)).is_empty());
    let on_again = of_office(global);
    assert_eq!(codes(&score(&[global_off, on_again], &facts)), ["INV_TOTAL_MISMATCH"]);
}

#[test]
fn of_two_global_rules_the_newest_counts_and_the_other_is_named() {
    let old = row("INV_TOTAL_MISMATCH", 30);
    let new = RuleRow {
        id: "another".to_owned(),
        weight: 40.into(),
        updated_at: old.updated_at + TimeDelta::seconds(1),
        ..old.clone()
    };
    for rows in [[old.clone(), new.clone()], [new, old]] {
        let loaded = RuleSet::load(&rows, SeverityThresholds::default());
        let scored = score_document(&loaded.rules, &facts(&["amountMismatch"], &[]));
        assert_eq!(scored.score, Decimal::from(40));
        let [error] = loaded.errors.as_slice() else { panic!("one error: {:?}", loaded.errors) };
        assert_eq!(error.id, "rule-INV_TOTAL_MISMATCH");
        assert_eq!(error.problem, RuleProblem::Superseded { newer: "another".to_owned() });
    }
}

#[test]
fn a_wrong_rule_is_named_with_its_key_and_the_others_go_on() {
    let wrong = |code: &str, change: fn(&mut RuleRow)| {
        let mut row = row(code, 10);
        change(&mut row);
        row
    };
    let rows = [
        row("INV_DUE_BEFORE_ISSUE", 30),
        wrong("A", |r| r.weight = Decimal::from(101)),
        wrong("B", |r| r.weight = Decimal::new(-1, 2)),
        wrong("C", |r| r.weight = Decimal::new(1005, 3)),
        wrong("D", |r| r.default_severity = "urgent".to_owned()),
        wrong("E", |r| r.config = json!({"treshold": 3})),
        wrong("F", |r| r.config = json!({"minSeverity": 3})),
        wrong("G", |r| r.config = json!({"minSeverity": "hihg"})),
        wrong("H", |r| r.config = json!([])),
        wrong("I", |r| r.scope = "documents".to_owned()),
        wrong("INV_MISSING_TAX_NUMBER", |r| r.config = json!({"minSeverity": "high"})),
        wrong("NEW_COUNTERPARTY", |_| {}),
        wrong("COMP_ANY", |r| r.scope = "company".to_owned()),
    ];
    let loaded = RuleSet::load(&rows, SeverityThresholds::default());
    assert_eq!(loaded.rules.codes(Scope::Document).collect::<Vec<_>>(), ["INV_DUE_BEFORE_ISSUE"]);
    let named: BTreeSet<_> =
        loaded.errors.iter().map(|e| (e.code.as_str(), e.key.as_str())).collect();
    assert_eq!(
        named,
        BTreeSet::from([
            ("A", "weight"),
            ("B", "weight"),
            ("C", "weight"),
            ("D", "default_severity"),
            ("E", "config.treshold"),
            ("F", "config.minSeverity"),
            ("G", "config.minSeverity"),
            ("H", "config"),
            ("I", "scope"),
            ("COMP_ANY", "code"),
            ("INV_MISSING_TAX_NUMBER", "config.minSeverity"),
            ("NEW_COUNTERPARTY", "code"),
        ])
    );
    let text = loaded.errors.iter().find(|e| e.code == "G").map(ToString::to_string);
    assert_eq!(
        text.as_deref(),
        Some(
            r#"risk rule G (rule-G), config.minSeverity: "hihg" is not one of low, medium, high, critical"#
        )
    );
}

#[test]
fn a_slip_in_an_override_does_not_switch_a_check_off() {
    let global = row("INV_TOTAL_MISMATCH", 30);
    let slip = RuleRow { config: json!({"x": 1}), ..of_office(row("INV_TOTAL_MISMATCH", 5)) };
    let loaded = RuleSet::load(&[slip.clone(), global.clone()], SeverityThresholds::default());
    let scored = score_document(&loaded.rules, &facts(&["amountMismatch"], &[]));
    assert_eq!((scored.score, loaded.errors.len()), (Decimal::from(30), 1));
    // Off stays off, whatever else is wrong with it.
    let off = RuleRow { active: false, ..slip };
    let loaded = RuleSet::load(&[off, global], SeverityThresholds::default());
    assert_eq!(loaded.rules.codes(Scope::Document).count(), 0);
}

#[test]
fn the_platform_rules_are_valid_and_complete() {
    let loaded = RuleSet::load(&platform_rules(), SeverityThresholds::default());
    assert_eq!(loaded.errors, []);
    assert_eq!(loaded.rules.codes(Scope::Document).count(), 5);
    assert_eq!(platform_rules().len(), 8);
}

#[test]
fn explanations_are_turkish_and_exact() {
    let rows = [row("INV_TOTAL_MISMATCH", 90), row("INV_DUE_BEFORE_ISSUE", 60)];
    let score = score(
        &rows,
        &facts(
            &["amountMismatch", "dateInconsistency"],
            &[("AMOUNT_MISMATCH", Severity::Medium), ("DATE_INCONSISTENCY", Severity::High)],
        ),
    );
    let sentences: Vec<_> = score.contributions.iter().map(explain).collect();
    assert_eq!(
        sentences,
        [
            "fatura toplamları birbirini tutmuyor (INV_TOTAL_MISMATCH): 60 puan, toplam 100 ile \
             sınırlı olduğundan 90 yerine, dayanağı AMOUNT_MISMATCH uyarısı",
            "vade tarihi düzenleme tarihinden önce (INV_DUE_BEFORE_ISSUE): 40 puan, toplam 100 ile \
             sınırlı olduğundan 60 yerine, dayanağı DATE_INCONSISTENCY uyarısı",
        ]
    );
}

proptest! {
    #[test]
    fn points_add_up_to_the_score_in_any_order(
        weights in prop::collection::vec(0_i64..=10_000, 0..40),
        triggered in prop::collection::vec(any::<bool>(), 40),
        seed in any::<u64>(),
    ) {
        let mut rows: Vec<RuleRow> = weights
            .iter()
            .enumerate()
            .map(|(n, &weight)| RuleRow { weight: Decimal::new(weight, 2), ..row(&format!("RULE_{n:02}"), 0) })
            .collect();
        let mut facts = facts(&[], &[]);
        facts.flags = rows
            .iter()
            .zip(&triggered)
            .filter(|&(_, &on)| on)
            .map(|(row, _)| FlagFact { code: row.code.clone(), severity: Severity::Low })
            .collect();
        let sum: Decimal = weights.iter().zip(&triggered).filter(|&(_, &on)| on).map(|(&w, _)| Decimal::new(w, 2)).sum();

        let first = score(&rows, &facts);
        prop_assert_eq!(first.score, sum.min(Decimal::ONE_HUNDRED));
        prop_assert_eq!(first.contributions.iter().map(|c| c.points).sum::<Decimal>(), first.score);
        for contribution in &first.contributions {
            prop_assert!(contribution.points >= Decimal::ZERO && contribution.points <= contribution.weight);
            prop_assert!(contribution.points.scale() <= 2);
        }
        prop_assert_eq!(first.contributions.len(), facts.flags.len());

        // Any order of rows and flags gives the same.
        let turn = |len: usize| if len == 0 { 0 } else { usize::try_from(seed % len as u64).expect("small") };
        let (by_rows, by_flags) = (turn(rows.len()), turn(facts.flags.len()));
        rows.rotate_left(by_rows);
        rows.reverse();
        facts.flags.rotate_left(by_flags);
        prop_assert_eq!(score(&rows, &facts), first);
    }

    #[test]
    fn any_settings_are_taken_or_reported(key in ".{0,12}", text in ".{0,8}", number in any::<i32>()) {
        for config in [json!({key.clone(): text.clone()}), json!({key: number}), json!(text), json!(number)] {
            let rows = [RuleRow { config, ..row("INV_TOTAL_MISMATCH", 10) }];
            let loaded = RuleSet::load(&rows, SeverityThresholds::default());
            prop_assert_eq!(loaded.rules.codes(Scope::Document).count() == 1, loaded.errors.is_empty());
        }
    }
}
