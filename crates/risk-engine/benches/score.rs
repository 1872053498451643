//! How long a document's score takes by 40 rules, half of them offices' expressions.
//!
//! `cargo bench -p risk-engine`. One core; the rules are loaded before, as an office's are.

use std::hint::black_box;

use chrono::{DateTime, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use domain::Severity;
use risk_engine::{
    DocumentFacts, FlagFact, Kind, Loaded, MissingField, RuleRow, RuleSet, Scope,
    SeverityThresholds, platform_rules, score_document,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Rules altogether.
const RULES: usize = 40;
/// Those that an office wrote.
const EXPRESSIONS: usize = 20;

fn row(code: String, config: Value) -> RuleRow {
    RuleRow {
        id: code.clone(),
        tenant: None,
        scope: Scope::Document.as_str().to_owned(),
        description: format!("description of {code}"),
        code,
        weight: 5.into(),
        active: true,
        default_severity: "medium".to_owned(),
        config,
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn rules() -> RuleSet {
    let mut rows = platform_rules();
    rows.retain(|row| row.scope == Scope::Document.as_str());
    for number in 0..EXPRESSIONS {
        let expression = format!(
            "kind == \"invoice\" && totalAmount > {number}000.50 && (taxAmount * 5 < totalAmount || \
             \"HIGH_AMOUNT\" in flags)"
        );
        rows.push(row(format!("OFFICE_{number}"), json!({ "expression": expression })));
    }
    // Any other code asks for the flag of its name.
    for number in rows.len()..RULES {
        rows.push(row(format!("FLAG_{number}"), json!({})));
    }
    let Loaded { rules, errors } = RuleSet::load(&rows, SeverityThresholds::default());
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(rules.rules().len(), RULES);
    rules
}

fn bench(criterion: &mut Criterion) {
    let rules = rules();
    let flag = |code: &str| FlagFact { code: code.to_owned(), severity: Severity::High };
    let facts = DocumentFacts {
        kind: Kind::Invoice,
        flags: ["DATE_INCONSISTENCY", "TOTALS_MISMATCH", "HIGH_AMOUNT", "FLAG_39"].map(flag).into(),
        features: ["dateInconsistency", "amountMismatch"].map(str::to_owned).into(),
        missing: [MissingField::TaxNumber].into(),
        has_fields: true,
        total_amount: Some(Decimal::new(1_205_000, 2)),
        tax_amount: Some(Decimal::new(200_833, 2)),
        currency: Some("TRY".to_owned()),
        ..DocumentFacts::default()
    };
    criterion.bench_function("score a document by 40 rules", |bencher| {
        bencher.iter(|| score_document(black_box(&rules), black_box(&facts)));
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
