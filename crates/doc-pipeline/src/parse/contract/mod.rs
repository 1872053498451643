//! Contracts: what stands in the head and in the usual clauses.

mod parties;
mod prose;

use chrono::NaiveDate;

use crate::{fields::ContractFields, finding::Finding};

use self::{parties::ROLES, prose::Prose};
use super::{
    date::spelled,
    fold::fold,
    label::{CONTRACT, Label},
    trail::{Nature, Spot, Trail},
    unread,
    view::{Hit, Row, View, join},
};

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
            "hizmeti sozlesmesi",
            "hizmetleri sozlesmesi",
            "hizmet alim sozlesmesi",
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
    parties::read(&view, &mut fields, &mut trail);
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
    // `satis sozlesmesi` holds `is sozlesmesi`: a sign begins a word.
    let head = format!(" {head}");
    let begins = |sign: &&str| {
        head.match_indices(*sign)
            .any(|(at, _)| head.get(..at).is_some_and(|own| !own.ends_with(char::is_alphanumeric)))
    };
    let found = TYPES.iter().find(|(_, signs)| signs.iter().any(&begins));
    fields.contract_type = found.map(|(kind, _)| (*kind).to_owned());
}

fn dates(view: &View, row: &Row, from: usize) -> Option<(NaiveDate, Option<Spot>)> {
    (from..row.tokens.len()).find_map(|at| {
        let words = || row.tokens.iter().skip(at).map(|token| token.text.as_str());
        let (date, used) = view.order.read_at(words()).or_else(|| spelled(words()))?;
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
    let (date, used) = view.order.read_at(words()).or_else(|| spelled(words()))?;
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
        // `… tarihinde iki nüsha düzenlenmiştir`
        let of = |head: &str| row.tokens.iter().any(|token| token.folded.starts_with(head));
        let signs = signs || (of("nusha") && (of("duzenlen") || of("tanzim")));
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
