//! The parties of a contract: behind their roles, or line by line in a form.

use crate::{
    evidence::Check,
    fields::{ContractFields, ContractParty},
};

use super::super::{
    fold,
    invoice::ends_like_a_firm,
    trail::{Nature, Spot, Trail},
    view::{Row, Token, View, join},
};

/// Roles that name a party before a colon.
pub(super) const ROLES: [&str; 26] = [
    "kirayaveren",
    "kiraci",
    "isveren",
    "isci",
    "calisan",
    "yuklenici",
    "altyuklenici",
    "satici",
    "alici",
    "hizmetveren",
    "hizmetalan",
    "musteri",
    "danisman",
    "kefil",
    "taseron",
    "idare",
    "birincitaraf",
    "ikincitaraf",
    "lessor",
    "lessee",
    "employer",
    "employee",
    "seller",
    "buyer",
    "landlord",
    "tenant",
];

/// Reads the parties that have a line of their own.
pub(super) fn read(view: &View, fields: &mut ContractFields, trail: &mut Trail) {
    for row in view.rows.iter().take(60) {
        let colon = row
            .tokens
            .iter()
            .take(5)
            .position(|token| token.text.ends_with(':') || token.text == ":");
        // Without a colon the role has a cell of its own.
        let alone = || {
            let first = row.tokens.first()?.cell;
            row.tokens.iter().rposition(|token| token.cell == first)
        };
        let Some(colon) = colon.or_else(alone).filter(|at| *at < 5) else { continue };
        // `1.2 YÜKLENİCİ:`: the number of the clause is no part of the role.
        let first = row
            .tokens
            .iter()
            .take(colon)
            .take_while(|token| token.folded.chars().all(|c| c.is_ascii_digit()))
            .count();
        let label: String = row
            .tokens
            .get(first..=colon)
            .unwrap_or_default()
            .iter()
            .map(|token| token.folded.as_str())
            .collect();
        let recognised = row.recognised;
        let role = role_in(&label).or_else(|| {
            let allowed = |role: &&&str| {
                recognised && fold::within(role, &label, fold::allowance(role.len()))
            };
            ROLES.iter().find(allowed).map(|role| (*role, About::Name))
        });
        let value = row.tokens.get(colon + 1..).unwrap_or_default();
        // `Kiracının Vergi No`: a line of its own below the party's name.
        if let Some((own, About::Number)) = role {
            number_of(row, own, value, fields, trail);
            continue;
        }
        // Two roles side by side head the signatures.
        let whole: String = value.iter().map(|token| token.folded.as_str()).collect();
        let is_role = ROLES.contains(&whole.as_str());
        if role.is_none() || value.is_empty() || is_role || fields.parties.len() >= 10 {
            continue;
        }
        let base = format!("/parties/{}", fields.parties.len());
        let mut party = ContractParty {
            name: Some(join(value).trim_matches(|c: char| matches!(c, ',' | ' ' | '|')).to_owned()),
            role: Some(
                join(row.tokens.get(first..=colon).unwrap_or_default())
                    .trim_matches(|c: char| matches!(c, ':' | ' '))
                    .to_owned(),
            ),
            tax_number: None,
        };
        if let Some((head, _)) = party.name.as_deref().and_then(|name| name.split_once(" ("))
            && head.chars().any(char::is_alphabetic)
        {
            party.name = Some(head.trim_end_matches([',', ' ']).to_owned());
        }
        // `… A.Ş., Ataşehir/İstanbul`: the address follows the firm.
        if let Some((head, _)) = party.name.as_deref().and_then(|name| name.split_once(','))
            && ends_like_a_firm(head)
        {
            party.name = Some(head.to_owned());
        }
        // A number in the same line belongs to the party.
        if let Some(at) =
            value.iter().position(|token| token.folded.parse::<domain::TaxNumber>().is_ok())
        {
            party.tax_number = value.get(at).map(|token| token.folded.clone());
            trail.put(
                format!("{base}/taxNumber"),
                Spot::in_row(row, value.get(at..=at).unwrap_or_default()),
                Nature::Figure,
            );
            trail.check(&format!("{base}/taxNumber"), Check::TaxNumberDigits, true);
        }
        trail.put(format!("{base}/name"), Spot::in_row(row, value), Nature::Words);
        fields.parties.push(party);
    }
}

/// What a line of a form says about a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Name,
    Number,
}

/// The role that a label names, alone or as `Kiraya Verenin Adı Soyadı` and `Kiracının Vergi No`.
fn role_in(label: &str) -> Option<(&'static str, About)> {
    const NAMES: [&str; 7] =
        ["adisoyadiunvani", "adisoyadi", "adiunvani", "adiveyaunvani", "unvani", "ismi", "adi"];
    const NUMBERS: [&str; 9] = [
        "tckimlikno",
        "tckimliknumarasi",
        "tcno",
        "tckn",
        "vergikimlikno",
        "verginumarasi",
        "vergino",
        "vknno",
        "vkn",
    ];
    if let Some(role) = ROLES.iter().find(|role| **role == label) {
        return Some((role, About::Name));
    }
    let of = |ends: &[&str]| {
        let head = ends.iter().find_map(|end| label.strip_suffix(end))?;
        // With and without the ending of the genitive.
        ROLES.iter().copied().find(|role| {
            head.strip_prefix(*role)
                .is_some_and(|rest| ["", "in", "nin", "un", "nun"].contains(&rest))
        })
    };
    let number = of(&NUMBERS).map(|role| (role, About::Number));
    number.or_else(|| of(&NAMES).map(|role| (role, About::Name)))
}

/// Gives the party of a role the number that a line of the form states for it.
fn number_of(
    row: &Row,
    role: &str,
    value: &[Token],
    fields: &mut ContractFields,
    trail: &mut Trail,
) {
    let own = |party: &ContractParty| {
        let label = party.role.as_deref().map(fold::compact).unwrap_or_default();
        role_in(&label).is_some_and(|(known, _)| known == role)
    };
    let Some(at) = fields.parties.iter().position(own) else { return };
    let Some(token) = value.iter().find(|token| token.folded.parse::<domain::TaxNumber>().is_ok())
    else {
        return;
    };
    if let Some(party) = fields.parties.get_mut(at).filter(|party| party.tax_number.is_none()) {
        party.tax_number = Some(token.folded.clone());
        let pointer = format!("/parties/{at}/taxNumber");
        trail.put(pointer.as_str(), Spot::in_row(row, std::slice::from_ref(token)), Nature::Figure);
        trail.check(&pointer, Check::TaxNumberDigits, true);
    }
}
