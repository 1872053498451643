//! Supplier and customer.

use domain::{Severity, TaxNumber};

use super::{
    findings::{Findings, shown},
    model::{NumberState, PartyRead},
    tree::Node,
    values::clean,
};
use crate::fields::Party;

/// TCKN written for consumers who gave none, and VKN written for foreigners without one.
pub(crate) const COLLECTIVE: [&str; 2] = ["11111111111", "2222222222"];

/// The supplier's role in findings.
pub(super) const SUPPLIER: &str = "Satıcı";

/// Reads a `cac:Party`; `role` is its Turkish name in findings.
pub(super) fn read(
    node: Option<Node<'_, '_>>,
    role: &'static str,
    findings: &mut Findings,
) -> Option<PartyRead> {
    let Some(node) = node else {
        findings.add("PARTY_MISSING", Severity::High, [("party", role.into())]);
        return None;
    };
    let (number, scheme, state) = tax_number(node, role, findings);
    let firm = node.down(&["PartyName"]).and_then(|name| clean(name.word("Name")?));
    let person = person(node);
    let name = if scheme == Some("TCKN") { person.or(firm) } else { firm.or(person) };
    // A consumer without a number may be without a name; anybody else may not.
    if name.is_none() && state != NumberState::Collective {
        findings.add("PARTY_NAME_MISSING", Severity::Medium, [("party", role.into())]);
    }
    let tax_office =
        node.down(&["PartyTaxScheme", "TaxScheme"]).and_then(|scheme| clean(scheme.word("Name")?));
    let address = node.group("PostalAddress").and_then(address);
    Some(PartyRead {
        party: Party { name, tax_number: number, tax_office, address },
        number: state,
    })
}

/// Text identifying a party by `schemeID` VKN or TCKN, never the first of all.
fn tax_number(
    node: Node<'_, '_>,
    role: &'static str,
    findings: &mut Findings,
) -> (Option<String>, Option<&'static str>, NumberState) {
    let mut numbers: Vec<(&'static str, String)> = Vec::new();
    for id in node.groups("PartyIdentification").flat_map(|group| group.values("ID")) {
        let scheme = match id.scheme() {
            Some(scheme) if scheme.eq_ignore_ascii_case("VKN") => "VKN",
            Some(scheme) if scheme.eq_ignore_ascii_case("TCKN") => "TCKN",
            _ => continue,
        };
        let Some(text) = id.text() else { continue };
        let number: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if !numbers.iter().any(|(_, known)| *known == number) {
            numbers.push((scheme, number));
        }
    }
    if numbers.len() > 1 {
        let all: Vec<_> = numbers.iter().take(5).map(|(_, number)| shown(number)).collect();
        findings.add(
            "TAX_NUMBER_AMBIGUOUS",
            Severity::Medium,
            [("party", role.into()), ("found", all.into())],
        );
    }
    let Some((scheme, number)) = numbers.into_iter().next() else {
        findings.add("TAX_NUMBER_MISSING", Severity::Medium, [("party", role.into())]);
        return (None, None, NumberState::Missing);
    };
    if COLLECTIVE.contains(&number.as_str()) {
        // They stand for buyers without a number; whoever issues an invoice has one.
        if role == SUPPLIER {
            let values = [("party", role.into()), ("found", shown(&number))];
            findings.add("TAX_NUMBER_COLLECTIVE", Severity::High, values);
        }
        return (Some(number), Some(scheme), NumberState::Collective);
    }
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let length = if scheme == "VKN" { 10 } else { 11 };
    if !digits || number.len() != length {
        let values = [("party", role.into()), ("found", shown(&number))];
        findings.add("TAX_NUMBER_FORMAT", Severity::Medium, values);
        return (digits.then_some(number), Some(scheme), NumberState::Invalid);
    }
    if number.parse::<TaxNumber>().is_err() {
        let values = [("party", role.into()), ("found", shown(&number))];
        findings.add("TAX_NUMBER_CHECK_DIGITS", Severity::Medium, values);
        return (Some(number), Some(scheme), NumberState::Invalid);
    }
    (Some(number), Some(scheme), NumberState::Valid)
}

fn person(node: Node<'_, '_>) -> Option<String> {
    full_name(node.group("Person")?)
}

/// First, middle and family name of a person.
pub(super) fn full_name(person: Node<'_, '_>) -> Option<String> {
    let parts = ["FirstName", "MiddleName", "FamilyName"];
    let parts: Vec<String> = parts.iter().filter_map(|part| clean(person.word(part)?)).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn address(node: Node<'_, '_>) -> Option<String> {
    let word = |name| clean(node.word(name)?);
    let join = |parts: &[Option<String>], with: &str| {
        let parts: Vec<&str> = parts.iter().filter_map(Option::as_deref).collect();
        (!parts.is_empty()).then(|| parts.join(with))
    };
    let street = join(
        &[
            word("StreetName"),
            word("BuildingName"),
            word("BlockName"),
            word("BuildingNumber").map(|number| format!("No: {number}")),
            word("Room").map(|room| format!("D: {room}")),
        ],
        " ",
    );
    let city = join(&[word("CitySubdivisionName"), word("CityName")], "/");
    let city = join(&[word("PostalZone"), city], " ");
    let country = node.group("Country").and_then(|country| clean(country.word("Name")?));
    join(&[word("District"), street, city, country], ", ")
}
