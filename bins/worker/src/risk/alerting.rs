//! From findings and a score to the rows that are written: which alerts are raised, which grow worse,
//! and what is only remembered.

use std::collections::{BTreeMap, HashMap, HashSet};

use anomaly::{Audience, Evidence, Finding, Kind, message};
use chrono::NaiveDate;
use database::{
    new_id,
    risk::{Completion, Context, FindingRow, NewAlert, WorseAlert},
};
use domain::{ClientCompanyId, Severity};
use risk_engine::{
    Level, RiskScore,
    alerts::{Candidate, Fate, Policy, plan},
};
use rust_decimal::Decimal;

use super::{
    books::Chart,
    texts::{self, AlertText},
};

/// `risk_alerts.type` of an alert about a score.
pub(crate) const SCORE: &str = "RISK_THRESHOLD_EXCEEDED";
/// Longest title.
const TITLE: usize = 255;
/// Findings that a list names.
const LISTED: usize = 50;

/// Something that may become an alert.
pub(crate) struct Subject {
    candidate: Candidate,
    alert_type: &'static str,
    text: AlertText,
    detail: String,
}

impl Subject {
    /// Company, kind and fingerprint, by which its memory is asked for.
    pub(crate) fn key(&self) -> (&str, &str, &str) {
        (self.candidate.company.as_str(), &self.candidate.kind, &self.candidate.fingerprint)
    }
}

/// Findings as subjects, each once. `company` gives the name of a company.
pub(crate) fn of_findings(
    findings: &[Finding],
    chart: &Chart,
    company: impl Fn(&ClientCompanyId) -> String,
) -> Vec<Subject> {
    let names: HashMap<&str, &str> =
        chart.values().map(|account| (account.code.as_str(), account.name.as_str())).collect();
    let mut seen = HashSet::new();
    findings
        .iter()
        .filter(|one| seen.insert((&one.company, one.kind, &one.fingerprint)))
        .map(|finding| {
            let (family, account) = family(&finding.evidence);
            let named = account.and_then(|code| names.get(code).map(|name| (code, *name)));
            let named = named.map(|(code, name)| format!(" ({code}: {name})")).unwrap_or_default();
            let text = message::text(finding);
            Subject {
                candidate: Candidate {
                    company: finding.company.clone(),
                    kind: finding.kind.as_str().to_owned(),
                    fingerprint: finding.fingerprint.as_str().to_owned(),
                    evidence: finding.evidence_digest.as_str().to_owned(),
                    family: family.to_owned(),
                    severity: finding.severity,
                    narrow: finding.audience == Audience::Narrow,
                    limited: true,
                    amount: finding.at_stake.map(Decimal::from),
                },
                alert_type: alert_type(finding.kind, finding.audience),
                text: texts::finding(&company(&finding.company), &text, &named),
                // Plain data with text keys cannot fail to be written.
                detail: serde_json::to_string(finding).unwrap_or_default(),
            }
        })
        .collect()
}

/// The company's score as a subject, while it is alarming: one episode is one alert.
pub(crate) fn of_score(
    company: &ClientCompanyId,
    name: &str,
    level: &Level,
    risk: &RiskScore,
) -> Option<Subject> {
    level.is_alarming().then(|| Subject {
        candidate: Candidate {
            company: company.clone(),
            kind: SCORE.to_owned(),
            fingerprint: format!("since:{}", level.since),
            evidence: level.since.to_string(),
            family: String::new(),
            severity: level.severity,
            narrow: false,
            limited: false,
            amount: None,
        },
        alert_type: SCORE,
        text: texts::score(name, level.severity, risk),
        detail: serde_json::to_string(risk).unwrap_or_default(),
    })
}

/// What is written for the subjects, besides the score itself. `company` gives the name of a company.
pub(crate) fn decide(
    subjects: Vec<Subject>,
    context: &Context,
    policy: Policy,
    day: NaiveDate,
    company: impl Fn(&ClientCompanyId) -> String,
) -> Completion {
    let candidates: Vec<Candidate> = subjects.iter().map(|one| one.candidate.clone()).collect();
    let known = |one: &Candidate| context.known(one.company.as_str(), &one.kind, &one.fingerprint);
    let fates = plan(&candidates, known, &context.mutings, &context.alerted_today, policy, day);
    let mut completion = Completion::default();
    let mut listed: BTreeMap<ClientCompanyId, Vec<(usize, Severity)>> = BTreeMap::new();
    for (subject, fate) in subjects.into_iter().zip(fates) {
        let Subject { candidate, alert_type, text, detail } = subject;
        let mut alert = None;
        match &fate {
            Fate::Alert => {
                let new = new_alert(&candidate, alert_type, &text);
                alert = Some(new.id.clone());
                completion.new_alerts.push(new);
            }
            Fate::Worse { alert } => completion.worse_alerts.push(WorseAlert {
                id: alert.clone(),
                severity: candidate.severity,
                title: at_most(TITLE, &text.title),
                message: text.message.clone(),
            }),
            Fate::List => listed
                .entry(candidate.company.clone())
                .or_default()
                .push((completion.findings.len(), candidate.severity)),
            Fate::SeenAgain | Fate::Closed | Fate::Muted | Fate::Recorded => {}
        }
        let was_listed = matches!(fate, Fate::SeenAgain)
            && known(&candidate).and_then(|known| known.alert).is_some_and(|alert| !alert.is_own);
        completion.findings.push(FindingRow {
            company: candidate.company.into_string(),
            kind: candidate.kind,
            fingerprint: candidate.fingerprint,
            evidence: candidate.evidence,
            family: candidate.family,
            severity: candidate.severity,
            narrow: candidate.narrow,
            state: if was_listed { Fate::List.as_str() } else { fate.as_str() },
            alert,
            detail,
            message: text.message,
        });
    }
    for (id, mut others) in listed {
        others.sort_by_key(|(at, severity)| (std::cmp::Reverse(*severity), *at));
        let worst = others.first().map_or(Severity::Low, |(_, severity)| *severity);
        let name = company(&id);
        let messages: Vec<String> = others
            .iter()
            .take(LISTED)
            .filter_map(|(at, _)| completion.findings.get(*at))
            .map(|finding| finding.message.clone())
            .collect();
        let mut text = texts::list(&name, &messages);
        if others.len() > messages.len() {
            text.title = format!("{} bulgu daha: {name}", others.len());
        }
        let candidate = Candidate {
            company: id,
            kind: String::new(),
            fingerprint: String::new(),
            evidence: String::new(),
            family: String::new(),
            severity: worst,
            narrow: false,
            limited: false,
            amount: None,
        };
        let alert = new_alert(&candidate, "ANOMALY_DETECTED", &text);
        for (at, _) in others {
            if let Some(finding) = completion.findings.get_mut(at) {
                finding.alert = Some(alert.id.clone());
            }
        }
        completion.new_alerts.push(alert);
    }
    completion
}

fn new_alert(candidate: &Candidate, alert_type: &'static str, text: &AlertText) -> NewAlert {
    NewAlert {
        id: new_id(),
        notification: new_id(),
        company: candidate.company.as_str().to_owned(),
        kind: alert_type,
        title: at_most(TITLE, &text.title),
        message: text.message.clone(),
        severity: candidate.severity,
        narrow: candidate.narrow,
        notification_title: at_most(TITLE, &format!("Yeni risk uyarısı: {}", text.title)),
        notification_message: text.message.clone(),
    }
}

/// The platform's type of an alert: its pages filter and explain by it.
const fn alert_type(kind: Kind, audience: Audience) -> &'static str {
    match (audience, kind) {
        (Audience::Narrow, _) => "MASAK_THRESHOLD",
        (_, Kind::DuplicateInvoice) => "INVOICE_DUPLICATE",
        (_, Kind::NewCounterparty | Kind::DormantCounterparty | Kind::UnusualCounterparty) => {
            "UNUSUAL_COUNTERPARTY"
        }
        (_, Kind::ChartMismatch) => "CHART_MISMATCH",
        _ => "ANOMALY_DETECTED",
    }
}

/// What a finding can be muted by, and the account among it.
fn family(evidence: &Evidence) -> (&str, Option<&str>) {
    match evidence {
        Evidence::AccountMonth { account, .. } | Evidence::Account { account } => {
            (account, Some(account))
        }
        Evidence::Counterparty { party, .. } => (party, None),
        Evidence::Entries { .. } | Evidence::Invoices { .. } | Evidence::NumberRange { .. } => {
            ("", None)
        }
    }
}

fn at_most(limit: usize, text: &str) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(limit.saturating_sub(1)).collect();
    short.push('…');
    short
}
