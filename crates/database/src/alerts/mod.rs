//! Texts of alerts and notifications, in Turkish, made here and nowhere else.

use domain::Severity;
use risk_engine::{RiskScore, explain};

use crate::documents::storable;

/// An alert about one document, with the notification that goes with a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DocumentAlert {
    pub(crate) severity: Severity,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) notification_title: String,
    pub(crate) notification_message: String,
}

/// The alert that a score calls for: high and critical ones do. The texts name the document and the
/// company that it belongs to.
pub(crate) fn for_document(
    file_name: &str,
    company: Option<&str>,
    risk: &RiskScore,
) -> Option<DocumentAlert> {
    let (rank, title) = match risk.severity {
        Severity::Low | Severity::Medium => return None,
        Severity::High => ("yüksek", "Yüksek riskli belge"),
        Severity::Critical => ("kritik düzeyde", "Kritik riskli belge"),
    };
    let file_name = storable::text(file_name.to_owned());
    let of_company = company.map(|name| format!("{name} firmasının ")).unwrap_or_default();
    let score = risk.score.normalize().to_string().replace('.', ",");
    let reasons: Vec<String> = risk.contributions.iter().map(explain).collect();
    let sentence =
        format!("{of_company}\"{file_name}\" belgesinin risk puanı {rank}: 100 üzerinden {score}.");
    Some(DocumentAlert {
        severity: risk.severity,
        title: storable::at_most(255, &format!("{title}: {file_name}")),
        message: storable::text(format!("{sentence} Nedenleri: {}.", reasons.join("; "))),
        notification_title: storable::at_most(255, &format!("Yeni risk uyarısı: {file_name}")),
        notification_message: sentence,
    })
}

#[cfg(test)]
mod tests {
    use risk_engine::{DocumentFacts, Kind, RuleRow, RuleSet, SeverityThresholds, score_document};

    use super::*;

    fn score(weight: i64) -> RiskScore {
        let mut rule = risk_engine::platform_rules().remove(0);
        rule.weight = weight.into();
        let rules: Vec<RuleRow> = vec![rule];
        let facts = DocumentFacts {
            kind: Kind::Invoice,
            features: ["dateInconsistency".to_owned()].into(),
            has_fields: true,
            ..DocumentFacts::default()
        };
        score_document(&RuleSet::load(&rules, SeverityThresholds::default()).rules, &facts)
    }

    #[test]
    fn names_the_document_the_company_and_the_reason() {
        let alert = for_document("Ocak faturası.pdf", Some("Ege Tekstil A.Ş."), &score(75));
        let alert = alert.expect("75 is high");
        assert_eq!(alert.severity, Severity::High);
        assert_eq!(alert.title, "Yüksek riskli belge: Ocak faturası.pdf");
        assert_eq!(
            alert.message,
            "Ege Tekstil A.Ş. firmasının \"Ocak faturası.pdf\" belgesinin risk puanı yüksek: 100 \
             üzerinden 75. Nedenleri: vade tarihi düzenleme tarihinden önce \
             (INV_DUE_BEFORE_ISSUE): 75 puan."
        );
        assert!(alert.notification_message.contains("Ege Tekstil A.Ş."));
    }

    #[test]
    fn only_high_and_critical_raise_one() {
        for (weight, severity) in [
            (0, None),
            (30, None),
            (65, None),
            (66, Some(Severity::High)),
            (91, Some(Severity::Critical)),
        ] {
            let alert = for_document("a.pdf", None, &score(weight));
            assert_eq!(alert.map(|alert| alert.severity), severity, "{weight}");
        }
    }

    #[test]
    fn a_title_fits_its_column() {
        let alert = for_document(&"ş".repeat(500), None, &score(80)).expect("high");
        assert_eq!(alert.title.chars().count(), 255);
        assert_eq!(alert.notification_title.chars().count(), 255);
    }
}
