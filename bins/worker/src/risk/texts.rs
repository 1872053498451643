//! Turkish texts of company alerts. Every one names the company and the thing.

use domain::Severity;
use risk_engine::{RiskScore, explain};

/// What an alert says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AlertText {
    pub(super) title: String,
    pub(super) message: String,
}

/// The score of a company is high.
pub(super) fn score(company: &str, level: Severity, risk: &RiskScore) -> AlertText {
    let rank = match level {
        Severity::Critical => "kritik düzeyde",
        _ => "yüksek",
    };
    let score = risk.score.normalize().to_string().replace('.', ",");
    let reasons: Vec<String> = risk.contributions.iter().map(explain).collect();
    let reasons = if reasons.is_empty() {
        String::new()
    } else {
        format!(" Nedenleri: {}.", reasons.join("; "))
    };
    AlertText {
        title: format!("Firmanın risk puanı {rank}: {company}"),
        message: format!("{company} firmasının risk puanı {rank}: 100 üzerinden {score}.{reasons}"),
    }
}

/// Something stands out in the company's books.
pub(super) fn finding(company: &str, text: &anomaly::message::Text, names: &str) -> AlertText {
    AlertText {
        title: format!("{}: {company}", text.title),
        message: format!("{company}: {}{names} {}", text.message, text.next_check)
            .trim()
            .to_owned(),
    }
}

/// The day's others.
pub(super) fn list(company: &str, titles: &[String]) -> AlertText {
    let items: Vec<String> =
        titles.iter().enumerate().map(|(at, title)| format!("{}) {title}", at + 1)).collect();
    AlertText {
        title: format!("{} bulgu daha: {company}", titles.len()),
        message: format!(
            "{company} firmasında bugün ayrı uyarı açılmayan {} bulgu daha var: {}",
            titles.len(),
            items.join(" ")
        ),
    }
}
