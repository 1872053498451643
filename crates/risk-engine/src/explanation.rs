//! The one place where a triggered rule becomes a Turkish sentence.

use crate::score::{Contribution, Reason};

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
        _ => return None,
    })
}

/// The sentence that explains one contribution to an accountant, in Turkish.
pub fn explain(contribution: &Contribution) -> String {
    let what = rule_title(&contribution.code).unwrap_or(&contribution.description);
    let points = number(contribution.points);
    let limited = if contribution.points == contribution.weight {
        String::new()
    } else {
        let weight = number(contribution.weight);
        format!(", toplam 100 ile sınırlı olduğundan {weight} yerine")
    };
    let by = match &contribution.reason {
        Reason::Flag { code, .. } if *code != contribution.code => {
            format!(", dayanağı {code} uyarısı")
        }
        _ => String::new(),
    };
    format!("{what} ({}): {points} puan{limited}{by}", contribution.code)
}

/// A decimal comma, and no zeros that say nothing.
fn number(points: rust_decimal::Decimal) -> String {
    points.normalize().to_string().replace('.', ",")
}
