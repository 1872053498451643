//! Contracts: what stands in the head and in the usual clauses.

mod prose;

use chrono::NaiveDate;

use crate::{
    evidence::Check,
    fields::{ContractFields, ContractParty},
    finding::Finding,
};

use self::prose::Prose;
use super::{
    fold::fold,
    label::{CONTRACT, Label},
    trail::{Nature, Spot, Trail},
    unread,
    view::{Hit, Row, View, join},
};

/// Roles that name a party before a colon.
const ROLES: [&str; 26] = [
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

const TYPES: [(&str, &[&str]); 4] = [
    (
        "lease",
        &[
            "kira sozlesmesi",
            "kira kontrati",
            "lease agreement",
            "kiraya veren",
            "rental agreement",
        ],
    ),
    (
        "employment",
        &["is sozlesmesi", "hizmet akdi", "employment", "belirsiz sureli is", "belirli sureli is"],
    ),
    (
        "purchase",
        &["satis sozlesmesi", "alim satim", "satin alma", "purchase agreement", "sales agreement"],
    ),
    (
        "service",
        &[
            "hizmet sozlesmesi",
            "danismanlik sozlesmesi",
            "bakim sozlesmesi",
            "service agreement",
            "eser sozlesmesi",
            "musavirlik sozlesmesi",
        ],
    ),
];

/// Reads a contract.
pub(super) fn read(rows: Vec<Row>) -> (ContractFields, Trail, Vec<Finding>) {
    let view = View::new(rows, &CONTRACT);
    let mut fields = ContractFields::default();
    let mut trail = view.trail();
    kind(&view, &mut fields);
    parties(&view, &mut fields, &mut trail);
    let mut date = |label: Label, pointer: &str| {
        let (date, spot) = view
            .labelled(label)
            .filter(|hit| hit.colon || hit.opens_cell)
            .find_map(|hit| date_behind(&view, hit))?;
        trail.put(pointer, spot, Nature::Figure);
        Some(date)
    };
    fields.contract_date = date(Label::ContractDate, "/contractDate");
    fields.start_date = date(Label::StartDate, "/startDate");
    fields.end_date = date(Label::EndDate, "/endDate");
    // `… başlangıç tarihi 01.04.2026 olup`: within a sentence the date follows at once.
    for (slot, label, pointer) in [
        (&mut fields.start_date, Label::StartDate, "/startDate"),
        (&mut fields.end_date, Label::EndDate, "/endDate"),
    ] {
        if slot.is_none()
            && let Some((date, spot)) = view.labelled(label).find_map(|hit| date_next(&view, hit))
        {
            *slot = Some(date);
            trail.put(pointer, spot, Nature::Figure);
        }
    }
    if fields.contract_date.is_none() {
        signed_on(&view, &mut fields, &mut trail);
    }
    if fields.contract_date.is_none()
        && let Some((date, spot)) = Prose::new(&view).entered_into()
    {
        fields.contract_date = Some(date);
        trail.put("/contractDate", spot, Nature::Figure);
    }
    if let Some((number, spot)) = view.labelled(Label::ContractNumber).find_map(|hit| {
        view.right(hit).iter().find_map(|stretch| {
            let token = view
                .tokens(stretch)
                .iter()
                .find(|token| token.text.chars().any(|c| c.is_ascii_digit()))?;
            Some((
                token.text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned(),
                Spot::in_row(view.rows.get(stretch.0)?, std::slice::from_ref(token)),
            ))
        })
    }) {
        fields.contract_number = Some(number);
        trail.put("/contractNumber", spot, Nature::Figure);
    }
    value(&view, &mut fields, &mut trail);
    let prose = Prose::new(&view);
    fields.renewal_terms = prose.renewal();
    let (start, end) = prose.term();
    for (slot, found, pointer) in
        [(&mut fields.start_date, start, "/startDate"), (&mut fields.end_date, end, "/endDate")]
    {
        if slot.is_none()
            && let Some((date, spot)) = found
        {
            *slot = Some(date);
            trail.put(pointer, spot, Nature::Figure);
        }
    }
    fields.expiration_date = fields.end_date;
    trail.repeat("/expirationDate", "/endDate");
    if fields.parties.is_empty() {
        for (party, spot) in prose.parties(&ROLES).into_iter().take(10) {
            trail.put(format!("/parties/{}/name", fields.parties.len()), spot, Nature::Words);
            fields.parties.push(party);
        }
    }
    let mut findings = Vec::new();
    let dates = [
        (Label::ContractDate, "Sözleşme tarihi", fields.contract_date, "/contractDate"),
        (Label::StartDate, "Başlangıç tarihi", fields.start_date, "/startDate"),
        (Label::EndDate, "Bitiş tarihi", fields.end_date, "/endDate"),
    ];
    for (label, name, value, _) in dates {
        if value.is_none() {
            unread::date(&view, label, name, |_| true, &mut findings);
        }
    }
    let open = dates.map(|(_, name, value, pointer)| (pointer.to_owned(), name, value));
    unread::open_dates(&trail, open, &mut findings);
    (fields, trail, findings)
}

fn kind(view: &View, fields: &mut ContractFields) {
    let head: String =
        view.rows.iter().take(12).map(|row| fold(&join(&row.tokens))).collect::<Vec<_>>().join(" ");
    let found = TYPES.iter().find(|(_, signs)| signs.iter().any(|sign| head.contains(sign)));
    fields.contract_type = found.map(|(kind, _)| (*kind).to_owned());
}

fn parties(view: &View, fields: &mut ContractFields, trail: &mut Trail) {
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
        let label: String =
            row.tokens.iter().take(colon + 1).map(|token| token.folded.as_str()).collect();
        let recognised = row.recognised;
        let role = ROLES.iter().find(|role| {
            **role == label
                || (recognised
                    && super::fold::within(role, &label, super::fold::allowance(role.len())))
        });
        let value = row.tokens.get(colon + 1..).unwrap_or_default();
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
                join(row.tokens.get(..=colon).unwrap_or_default())
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

fn dates(view: &View, row: &Row, from: usize) -> Option<(NaiveDate, Option<Spot>)> {
    (from..row.tokens.len()).find_map(|at| {
        let (date, used) =
            view.order.read_at(row.tokens.iter().skip(at).map(|token| token.text.as_str()))?;
        Some((date, Spot::in_row(row, row.tokens.get(at..at + used).unwrap_or_default())))
    })
}

fn date_behind(view: &View, hit: &Hit) -> Option<(NaiveDate, Option<Spot>)> {
    dates(view, view.rows.get(hit.row)?, hit.tokens.end)
}

/// A date that follows its label at once, perhaps on the next line.
fn date_next(view: &View, hit: &Hit) -> Option<(NaiveDate, Option<Spot>)> {
    let row = view.rows.get(hit.row)?;
    let (row, from) = if hit.tokens.end < row.tokens.len() {
        (row, hit.tokens.end)
    } else {
        (view.rows.get(hit.row + 1).filter(|next| next.page == row.page)?, 0)
    };
    let words = || row.tokens.iter().skip(from).map(|token| token.text.as_str());
    let (date, used) = view.order.read_at(words())?;
    Some((date, Spot::in_row(row, row.tokens.get(from..from + used).unwrap_or_default())))
}

/// `… 07.04.2026 tarihinde imzalanmış`: the date before a word of signing, when all such agree.
fn signed_on(view: &View, fields: &mut ContractFields, trail: &mut Trail) {
    let mut found: Vec<(NaiveDate, Option<Spot>)> = Vec::new();
    for row in &view.rows {
        let signs = row.tokens.iter().any(|token| {
            token.folded.starts_with("imzalan")
                || token.folded.starts_with("akdedil")
                || token.folded == "signed"
        });
        if signs && let Some(date) = dates(view, row, 0) {
            found.push(date);
        }
    }
    if let Some((date, spot)) = found.first().copied()
        && found.iter().all(|(other, _)| *other == date)
    {
        fields.contract_date = Some(date);
        trail.put("/contractDate", spot, Nature::Figure);
    }
}

/// Labels that name the value of the whole contract, not of a month.
const WHOLE: [&str; 15] = [
    "toplambedeli",
    "sozlesmenintoplambedeli",
    "sozlesmeninbedeli",
    "sozlesmetoplambedeli",
    "toplamsozlesmebedeli",
    "isinbedeli",
    "sozlesmebedeli",
    "sozlesmetutari",
    "toplambedel",
    "satisbedeli",
    "contractvalue",
    "totalcontractvalue",
    "contractprice",
    "totalfee",
    "totalfees",
];

/// The value behind its label, of the whole contract where it is stated, else twelve months' where a
/// month's is stated beside it; clauses that state different sums leave it open. Without a label of its
/// own, the sums that sentences name count.
fn value(view: &View, fields: &mut ContractFields, trail: &mut Trail) {
    let labelled = |alone: bool| {
        let mut found = Vec::new();
        for hit in view.labelled(Label::ContractValue) {
            if alone != (hit.colon || hit.opens_cell) {
                continue;
            }
            let amount = view.right(hit).iter().find_map(|stretch| {
                view.amounts(stretch).into_iter().find(|(amount, _)| amount.money_like)
            });
            if let Some((amount, place)) = amount {
                let row = view.rows.get(place.0);
                let spot = row.and_then(|row| Spot::in_row(row, view.tokens(&place)));
                found.push((amount, spot, WHOLE.contains(&hit.text.as_str())));
            }
        }
        found
    };
    let mut found = labelled(true);
    let others = labelled(false);
    let twelve = rust_decimal::Decimal::from(12);
    // A month's sum under its heading and the year's in a sentence.
    let of_a_year: Vec<_> = others
        .iter()
        .filter(|(year, ..)| {
            found.iter().any(|(own, ..)| own.value.checked_mul(twelve) == Some(year.value))
        })
        .copied()
        .collect();
    if found.is_empty() {
        found = others;
    } else {
        found.extend(of_a_year);
    }
    if found.iter().any(|(.., whole)| *whole) {
        found.retain(|(.., whole)| *whole);
    }
    let values = || found.iter().map(|(amount, ..)| amount.value);
    let (Some(least), Some(most)) = (values().min(), values().max()) else { return };
    let is_year = least.checked_mul(rust_decimal::Decimal::from(12)) == Some(most);
    let agreed = least == most || (is_year && values().all(|own| own == least || own == most));
    if let Some((amount, spot, _)) =
        found.iter().find(|(amount, ..)| amount.value == most).filter(|_| agreed)
    {
        fields.value = Some(amount.value);
        fields.currency =
            amount.currency.or_else(|| found.iter().find_map(|(own, ..)| own.currency));
        trail.put("/value", *spot, Nature::Figure);
    }
}
