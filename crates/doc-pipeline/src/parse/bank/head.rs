//! Account, holder, period and balances of a statement.

use std::ops::Range;

use chrono::NaiveDate;
use domain::Iban;
use rust_decimal::Decimal;

use crate::{
    evidence::Check,
    fields::{AccountStatement, BankStatementFields},
};

use super::{
    super::{
        fold::fold,
        label::Label,
        number::currency,
        trail::{Nature, Spot, Trail},
        view::{Hit, Stretch, View, join},
    },
    movements::Table,
};

/// Reads the head: of the document, and of each account where it holds several.
pub(super) fn read(
    view: &View,
    table: &Table,
    fields: &mut BankStatementFields,
    trail: &mut Trail,
) {
    let all = 0..view.rows.len();
    if table.parts.len() == 1 {
        fields.iban = iban(view, &all, "", trail).or_else(|| {
            let (iban, spot) = super::super::invoice::head::ibans(view).into_iter().next()?;
            trail.put("/iban", spot, Nature::Figure);
            trail.check("/iban", Check::IbanDigits, true);
            Some(iban)
        });
        fields.account_number = account_number(view, table, &all, "", trail)
            .or_else(|| iban_as_account(fields.iban.as_deref(), "", trail));
        (fields.starting_balance, fields.ending_balance) = balances(view, table, &all, "", trail);
    } else {
        fields.statements = accounts(view, table, trail);
    }
    let name = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    if let Some((holder, spot)) = words_behind(view, table, Label::Holder, &all, name)
        .or_else(|| words_behind(view, table, Label::Customer, &all, name))
    {
        fields.account_holder = Some(holder);
        trail.put("/accountHolder", spot, Nature::Words);
    }
    bank(view, table, fields, trail);
    (fields.start_date, fields.end_date) = period(view, table, &all, "", trail);
    fields.currency = view
        .labelled(Label::CurrencyOf)
        .find_map(|hit| {
            view.right(hit).iter().find_map(|stretch| {
                view.tokens(stretch).iter().find_map(|token| currency(&token.text))
            })
        })
        .or_else(|| {
            view.hits
                .iter()
                .filter(|hit| matches!(hit.label, Label::Opening | Label::Closing))
                .find_map(|hit| {
                    view.right(hit).iter().find_map(|stretch| {
                        view.amounts(stretch).iter().find_map(|(amount, _)| amount.currency)
                    })
                })
        })
        .or_else(|| table.movements.iter().find_map(|movement| movement.currency))
        .or_else(|| {
            view.rows
                .iter()
                .take(40)
                .flat_map(|row| &row.tokens)
                .find_map(|token| currency(&token.text))
        });
}

/// The accounts of a document that holds several, each from its own rows.
fn accounts(view: &View, table: &Table, trail: &mut Trail) -> Vec<AccountStatement> {
    table
        .parts
        .iter()
        .enumerate()
        .map(|(part, rows)| {
            let base = format!("/statements/{part}");
            let (start_date, end_date) = period(view, table, rows, &base, trail);
            let (starting_balance, ending_balance) = balances(view, table, rows, &base, trail);
            let iban = iban(view, rows, &base, trail);
            AccountStatement {
                account_number: account_number(view, table, rows, &base, trail)
                    .or_else(|| iban_as_account(iban.as_deref(), &base, trail)),
                iban,
                currency: None,
                start_date,
                end_date,
                starting_balance,
                ending_balance,
                transaction_count: table
                    .movements
                    .iter()
                    .filter(|movement| movement.part == part)
                    .count(),
            }
        })
        .collect()
}

fn account_number(
    view: &View,
    table: &Table,
    rows: &Range<usize>,
    base: &str,
    trail: &mut Trail,
) -> Option<String> {
    let (account, spot) = words_behind(view, table, Label::AccountNumber, rows, |text| {
        text.chars().filter(char::is_ascii_digit).count() >= 4
    })?;
    trail.put(format!("{base}/accountNumber"), spot, Nature::Figure);
    Some(account)
}

/// An account that is named by its IBAN alone is known by it.
fn iban_as_account(iban: Option<&str>, base: &str, trail: &mut Trail) -> Option<String> {
    let iban = iban?.to_owned();
    trail.repeat(&format!("{base}/accountNumber"), &format!("{base}/iban"));
    Some(iban)
}

fn balances(
    view: &View,
    table: &Table,
    rows: &Range<usize>,
    base: &str,
    trail: &mut Trail,
) -> (Option<Decimal>, Option<Decimal>) {
    let mut read = |label: Label, key: &str| {
        let (value, spot) = balance(view, table, label, rows)?;
        trail.put(format!("{base}/{key}"), spot, Nature::Figure);
        Some(value)
    };
    (read(Label::Opening, "startingBalance"), read(Label::Closing, "endingBalance"))
}

fn iban(view: &View, rows: &Range<usize>, base: &str, trail: &mut Trail) -> Option<String> {
    let pointer = format!("{base}/iban");
    for hit in view.labelled(Label::Iban).filter(|hit| rows.contains(&hit.row)) {
        for stretch in view.right(hit).iter().chain(view.below(hit).iter()) {
            let Some(row) = view.rows.get(stretch.0) else { continue };
            let mut joined = String::new();
            let mut taken = 0;
            for token in view.tokens(stretch) {
                let letters: String =
                    token.text.chars().filter(char::is_ascii_alphanumeric).collect();
                if letters.is_empty()
                    || (!joined.is_empty()
                        && !letters.bytes().any(|b| b.is_ascii_digit() || row.recognised))
                {
                    break;
                }
                joined.push_str(&letters);
                taken += 1;
                if joined.len() >= 26 {
                    break;
                }
            }
            if row.recognised && joined.starts_with("TR") {
                let tail: String = joined
                    .chars()
                    .skip(2)
                    .map(|c| match c {
                        'O' | 'o' | 'Q' => '0',
                        'I' | 'l' => '1',
                        'S' | 's' => '5',
                        'B' => '8',
                        'Z' => '2',
                        other => other,
                    })
                    .collect();
                joined = format!("TR{tail}");
            }
            let shaped = joined.len() >= 15
                && joined.len() <= 34
                && joined.bytes().take(2).all(|b| b.is_ascii_uppercase());
            if shaped {
                let valid = joined.parse::<Iban>().is_ok();
                trail.put(
                    pointer.as_str(),
                    Spot::in_row(row, view.tokens(stretch).get(..taken).unwrap_or_default()),
                    Nature::Figure,
                );
                trail.check(&pointer, Check::IbanDigits, valid);
                return Some(joined);
            }
        }
    }
    None
}

fn words_behind(
    view: &View,
    table: &Table,
    label: Label,
    rows: &Range<usize>,
    fits: impl Fn(&str) -> bool,
) -> Option<(String, Option<Spot>)> {
    let read = |stretch: &Stretch| {
        let tokens = view.tokens(stretch);
        let cell = tokens.first()?.cell;
        let count = tokens.iter().take_while(|token| token.cell == cell).count();
        let mine = tokens.get(..count)?;
        let text = join(mine);
        let text = text.trim_matches(|c: char| matches!(c, ':' | ' ' | '|'));
        fits(text).then(|| {
            (text.to_owned(), view.rows.get(stretch.0).and_then(|row| Spot::in_row(row, mine)))
        })
    };
    view.labelled(label)
        .filter(|hit| {
            rows.contains(&hit.row)
                && !table.holds(hit.row)
                && !table.starts.contains(&hit.row)
                && (hit.opens_cell || hit.colon)
        })
        .find_map(|hit| {
            let right = view.right(hit);
            right
                .iter()
                .find_map(&read)
                .or_else(|| if right.is_empty() { read(&view.below(hit)?) } else { None })
        })
}

fn bank(view: &View, table: &Table, fields: &mut BankStatementFields, trail: &mut Trail) {
    let first_table = table.starts.first().copied().unwrap_or(view.rows.len()).min(30);
    for row in view.rows.iter().take(first_table) {
        for cell in row.tokens.chunk_by(|a, b| a.cell == b.cell) {
            let text = join(cell);
            let folded = fold(&text);
            let is_bank = folded.split(' ').any(|word| {
                word.starts_with("bankasi")
                    || word == "bank"
                    || word == "katilim"
                    || word.ends_with("bank")
            });
            if is_bank && !folded.contains(':') && text.chars().count() < 90 {
                // A title may stand in the same cell.
                let end = ["hesap", "ekstre", "account"]
                    .iter()
                    .filter_map(|word| cell.iter().position(|token| token.folded.starts_with(word)))
                    .min()
                    .unwrap_or(cell.len());
                let mine = cell.get(..end.max(1)).unwrap_or(cell);
                trail.put("/bankName", Spot::in_row(row, mine), Nature::Words);
                fields.bank_name = Some(join(mine));
                return;
            }
        }
    }
}

fn dates_in(view: &View, stretch: &Stretch) -> Vec<(NaiveDate, Option<Spot>)> {
    let tokens = view.tokens(stretch);
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some((date, used)) =
            view.order.read_at(tokens.iter().skip(at).map(|token| token.text.as_str()))
        else {
            // `01.03.2026-31.03.2026` as one word
            if let Some(token) = tokens.get(at)
                && let Some((a, b)) = token.text.split_once(['-', '–'])
                && let (Some(a), Some(b)) = (view.order.read(a), view.order.read(b))
            {
                let spot = view
                    .rows
                    .get(stretch.0)
                    .and_then(|row| Spot::in_row(row, std::slice::from_ref(token)));
                out.extend([(a, spot), (b, spot)]);
            }
            at += 1;
            continue;
        };
        out.push((
            date,
            view.rows
                .get(stretch.0)
                .and_then(|row| Spot::in_row(row, tokens.get(at..at + used).unwrap_or_default())),
        ));
        at += used.max(1);
    }
    out
}

fn period(
    view: &View,
    table: &Table,
    rows: &Range<usize>,
    base: &str,
    trail: &mut Trail,
) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let outside = |hit: &&Hit| rows.contains(&hit.row) && !table.holds(hit.row);
    let both = view.labelled(Label::Period).filter(outside).find_map(|hit| {
        let right = view.right(hit);
        let dates =
            right.first().map(|stretch| dates_in(view, stretch)).filter(|dates| dates.len() >= 2);
        dates.or_else(|| {
            view.below(hit).map(|stretch| dates_in(view, &stretch)).filter(|dates| dates.len() >= 2)
        })
    });
    let single = |label| {
        view.labelled(label).filter(outside).find_map(|hit| {
            view.right(hit).first().and_then(|stretch| dates_in(view, stretch).into_iter().next())
        })
    };
    let (start, end) = match both.as_deref() {
        Some([start, end, ..]) => (Some(*start), Some(*end)),
        _ => (single(Label::PeriodStart), single(Label::PeriodEnd)),
    };
    let mut put = |found: Option<(NaiveDate, Option<Spot>)>, key: &str| {
        let (date, spot) = found?;
        trail.put(format!("{base}/{key}"), spot, Nature::Figure);
        Some(date)
    };
    (put(start, "startDate"), put(end, "endDate"))
}

/// The opening (first) or closing (last) balance of one account's rows.
pub(super) fn balance(
    view: &View,
    table: &Table,
    label: Label,
    part: &Range<usize>,
) -> Option<(Decimal, Option<Spot>)> {
    let read = |hit: &Hit| {
        view.right(hit).iter().chain(view.below(hit).iter()).find_map(|stretch| {
            let (amount, place) =
                view.amounts(stretch).into_iter().rfind(|(amount, _)| amount.money_like)?;
            let row = view.rows.get(place.0)?;
            let amount = amount.as_money(row.recognised);
            let spot = Spot::in_row(row, view.tokens(&place))
                .map(|spot| Spot { derived: amount.mended, ..spot });
            Some((amount.value, spot))
        })
    };
    let inside = |hit: &&Hit| {
        part.contains(&hit.row) && !table.holds(hit.row) && (hit.opens_cell || hit.colon)
    };
    let mut found: Vec<_> = view.labelled(label).filter(inside).filter_map(read).collect();
    if label == Label::Closing {
        found.pop()
    } else {
        (!found.is_empty()).then(|| found.swap_remove(0))
    }
}
