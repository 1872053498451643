//! The one place where a triggered rule becomes a Turkish sentence.

use rust_decimal::Decimal;

use crate::score::{Contribution, Measure, Reason};

/// What a rule of the platform says, in a few Turkish words; none for a rule of an office, whose
/// description speaks for it.
pub fn rule_title(code: &str) -> Option<&'static str> {
    Some(match code {
        "INV_DUE_BEFORE_ISSUE" => "vade tarihi düzenleme tarihinden önce",
        "INV_TOTAL_MISMATCH" => "fatura toplamları birbirini tutmuyor",
        "INV_DUPLICATE_NUMBER" => "aynı fatura daha önce kaydedilmiş",
        "INV_MISSING_TAX_NUMBER" => "karşı tarafın vergi numarası yok",
        "DOC_PARSING_FAILED" => "belgenin içeriği çözümlenemedi",
        "VAT_RATE_INCONSISTENCY" => "KDV oranı olağan dışı",
        "AMOUNT_DATE_INCONSISTENCY" => "yüksek tutarlı belgenin tarihi olağan dışı",
        "CHART_MISMATCH" => "hesap kodu işlemin türüne uymuyor",
        "COMP_MANY_HIGH_RISK_DOCS" => "çok sayıda yüksek riskli belge",
        "COMP_HIGH_RISK_RATIO" => "yüksek riskli belgelerin oranı fazla",
        "COMP_FREQUENT_DUPLICATES" => "sık tekrarlanan faturalar",
        "COMP_BENFORDS_LAW_VIOLATION" => "tutarların ilk basamakları beklenen dağılıma uymuyor",
        "COMP_CIRCULAR_TRANSACTIONS" => "firmalar arasında halka biçiminde işlem",
        "COMP_UNUSUAL_VAT_PATTERNS" => "faturaların KDV'si tarihteki oranlara uymuyor",
        "COMP_DATE_MANIPULATION" => "geriye veya ileriye tarihli kayıtlar",
        "COMP_HIGH_FRAUD_PATTERNS" => "birbirinden farklı birçok olağan dışı durum",
        _ => return None,
    })
}

/// The sentence that explains one contribution to an accountant, in Turkish.
pub fn explain(contribution: &Contribution) -> String {
    let what = rule_title(&contribution.code).unwrap_or(&contribution.description);
    let points = number(contribution.points);
    let limited = match &contribution.counted_by {
        Some(other) => format!(", aynı konudaki {other} kuralı sayıldığı için"),
        None if contribution.points == contribution.weight => String::new(),
        None => {
            let weight = number(contribution.weight);
            format!(", toplam 100 ile sınırlı olduğundan {weight} yerine")
        }
    };
    let by = because(contribution).map(|by| format!(", dayanağı {by}")).unwrap_or_default();
    format!("{what} ({}): {points} puan{limited}{by}", contribution.code)
}

fn because(contribution: &Contribution) -> Option<String> {
    Some(match &contribution.reason {
        Reason::Flag { code, .. } if *code != contribution.code => format!("{code} uyarısı"),
        Reason::Measured { what: Measure::HighRiskDocuments, value, above, base, days } => format!(
            "son {days} günde puanlanan {base} belgeden yüksek riskli {value} belge (sınır {above})"
        ),
        Reason::Measured { what: Measure::HighRiskShare, value, above, base, days } => format!(
            "son {days} günde puanlanan {base} belgede yüksek riskli oranı %{} (sınır %{})",
            percent(*value),
            percent(*above)
        ),
        Reason::Measured { what: Measure::RepeatedInvoices, value, above, base, days } => format!(
            "son {days} günün {base} faturasından {value} tanesi daha önceki bir faturanın \
             tekrarı (sınır {above})"
        ),
        Reason::Findings { kinds, count, .. } => {
            format!("{count} bulgu: {}", kinds.join(", "))
        }
        Reason::Expression { source, values } => {
            let values: Vec<String> =
                values.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!("{source} ({})", values.join(", "))
        }
        Reason::Flag { .. }
        | Reason::Feature { .. }
        | Reason::MissingTaxNumber
        | Reason::ParsingFailed => return None,
    })
}

/// A decimal comma, and no zeros that say nothing.
fn number(points: Decimal) -> String {
    points.normalize().to_string().replace('.', ",")
}

fn percent(share: Decimal) -> String {
    number((share * Decimal::ONE_HUNDRED).round_dp(2))
}
