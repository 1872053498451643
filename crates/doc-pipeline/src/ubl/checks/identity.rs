//! Versions, code lists, number, ETTN, dates, parties.

use chrono::{Datelike, NaiveDate};
use domain::{Severity, TaxNumber};

use super::super::{
    codes,
    fields::client_roles,
    findings::{Findings, shown},
    judgement::Judgement,
    model::{Document, NumberState, PartyRead},
};
use crate::evidence::Check;

pub(super) fn check(
    document: &Document,
    client: Option<&TaxNumber>,
    findings: &mut Findings,
    judgement: &mut Judgement,
) {
    let version = document.version.as_deref();
    let customization = document.customization.as_deref();
    if version != Some("2.1") || !matches!(customization, Some("TR1.2" | "TR1.2.1")) {
        let found = format!("{} {}", version.unwrap_or("–"), customization.unwrap_or("–"));
        findings.add("UBL_VERSION_UNEXPECTED", Severity::Low, [("found", shown(&found))]);
    }
    if document.is_copy {
        findings.add("COPY_INDICATOR_SET", Severity::Medium, []);
    }
    let profile = document.profile.as_deref().unwrap_or("–");
    if !codes::PROFILES.contains(&profile) {
        findings.add("PROFILE_UNKNOWN", Severity::Low, [("found", shown(profile))]);
    }
    let kind = document.kind.as_deref().unwrap_or("–");
    if !codes::TYPES.contains(&kind) {
        findings.add("INVOICE_TYPE_UNKNOWN", Severity::Low, [("found", shown(kind))]);
    }
    if let Some(number) = document.number.as_deref()
        && !is_number(number)
    {
        findings.add("INVOICE_NUMBER_FORMAT", Severity::Medium, [("found", shown(number))]);
    }
    match document.ettn.as_deref() {
        None => findings.add("ETTN_MISSING", Severity::Medium, []),
        Some(ettn) => {
            let well_formed = is_uuid(ettn);
            judgement.check("/ettn", Check::EttnFormat, well_formed);
            if !well_formed {
                findings.add("ETTN_FORMAT", Severity::Medium, [("found", shown(ettn))]);
            }
        }
    }
    if let Some(date) = document.issue_date.filter(|date| date.year() < 2005) {
        findings.add("ISSUE_DATE_TOO_EARLY", Severity::Medium, [("found", iso(date))]);
    }
    if codes::is_return(document.kind_word()) && document.billing_references.is_empty() {
        findings.add("BILLING_REFERENCE_MISSING", Severity::Low, []);
    }
    if let Some(stated) = document.line_count.as_deref()
        && stated.parse() != Ok(document.lines.len())
    {
        let values = [("expected", shown(stated)), ("found", document.lines.len().into())];
        findings.add("LINE_COUNT_MISMATCH", Severity::Medium, values);
    }
    parties(document, client, findings, judgement);
}

fn parties(
    document: &Document,
    client: Option<&TaxNumber>,
    findings: &mut Findings,
    judgement: &mut Judgement,
) {
    let mut note =
        |read: &Option<PartyRead>, pointer: &str| match read.as_ref().map(|read| read.number) {
            Some(NumberState::Valid) => judgement.check(pointer, Check::TaxNumberDigits, true),
            Some(NumberState::Invalid) => judgement.check(pointer, Check::TaxNumberDigits, false),
            Some(NumberState::Missing | NumberState::Collective) | None => {}
        };
    note(&document.supplier, "/supplier/taxNumber");
    note(&document.customer, "/customer/taxNumber");
    let roles = client.map(|client| client_roles(document, client));
    let counterparty =
        if roles == Some((true, false)) { &document.customer } else { &document.supplier };
    note(counterparty, "/counterpartyTaxNumber");
    match roles {
        Some((false, false)) => findings.add("CLIENT_NOT_A_PARTY", Severity::Medium, []),
        Some((true, true)) => findings.add("CLIENT_IS_BOTH_PARTIES", Severity::Medium, []),
        _ => {}
    }
}

/// A date as a value.
pub(super) fn iso(date: NaiveDate) -> serde_json::Value {
    date.to_string().into()
}

/// Three letters or digits, a year 20xx, nine digits.
fn is_number(number: &str) -> bool {
    let bytes = number.as_bytes();
    let (Some(prefix), Some(digits)) = (bytes.get(..3), bytes.get(3..)) else { return false };
    bytes.len() == 16
        && prefix.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && digits.starts_with(b"20")
        && digits.iter().all(u8::is_ascii_digit)
}

/// RFC 4122 text in any case.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| {
            if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_numbers_and_uuids() {
        assert!(is_number("EAR2024000000001") && is_number("0012020000000010"));
        for wrong in [
            "",
            "EAR",
            "GIB20090000000001",
            "ear2024000000001",
            "EAR1999000000001",
            "ÇAR202400000000",
        ] {
            assert!(!is_number(wrong), "{wrong}");
        }
        assert!(is_uuid("F47AC10B-58CC-4372-A567-0E02B2C3D479"));
        for wrong in
            ["", "F47AC10B58CC4372A5670E02B2C3D479", "F47AC10B-58CC-4372-A567-0E02B2C3D47G"]
        {
            assert!(!is_uuid(wrong), "{wrong}");
        }
    }
}
