//! The rules that the platform is seeded with.

use chrono::{DateTime, Utc};
use domain::Severity;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::rule::RuleRow;

/// The eight global rules of the platform's own seed, same codes, weights and settings. `id` is
/// empty: the writer makes it.
pub fn platform_rules() -> Vec<RuleRow> {
    let rule = |scope: &str,
                code: &str,
                description: &str,
                weight: i64,
                severity: Severity,
                config: Value| RuleRow {
        id: String::new(),
        tenant: None,
        scope: scope.to_owned(),
        code: code.to_owned(),
        description: description.to_owned(),
        weight: Decimal::from(weight),
        active: true,
        default_severity: severity.as_str().to_owned(),
        config,
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    };
    let (high, medium) = (Severity::High, Severity::Medium);
    vec![
        rule(
            "document",
            "INV_DUE_BEFORE_ISSUE",
            "Vade tarihi düzenleme tarihinden önce",
            30,
            high,
            json!({}),
        ),
        rule(
            "document",
            "INV_TOTAL_MISMATCH",
            "Fatura toplamları birbirini tutmuyor",
            30,
            high,
            json!({}),
        ),
        rule(
            "document",
            "INV_DUPLICATE_NUMBER",
            "Aynı düzenleyenin aynı numaralı faturası daha önce kaydedilmiş",
            30,
            high,
            json!({}),
        ),
        rule(
            "document",
            "INV_MISSING_TAX_NUMBER",
            "Karşı tarafın vergi numarası yok",
            15,
            medium,
            json!({}),
        ),
        rule(
            "document",
            "DOC_PARSING_FAILED",
            "Belgenin içeriği çözümlenemedi",
            15,
            medium,
            json!({}),
        ),
        rule(
            "company",
            "COMP_MANY_HIGH_RISK_DOCS",
            "Çok sayıda yüksek riskli belge",
            25,
            high,
            json!({"threshold": 5, "days": 90}),
        ),
        rule(
            "company",
            "COMP_HIGH_RISK_RATIO",
            "Yüksek riskli belgelerin oranı fazla",
            25,
            high,
            json!({"threshold": 0.3}),
        ),
        rule(
            "company",
            "COMP_FREQUENT_DUPLICATES",
            "Sık tekrarlanan faturalar",
            30,
            high,
            json!({"threshold": 3, "days": 90}),
        ),
    ]
}
