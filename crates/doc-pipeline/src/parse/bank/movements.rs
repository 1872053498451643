//! The movements of a statement, from the tables under their headings.

use std::{collections::HashSet, ops::Range};

use chrono::NaiveDate;
use domain::Currency;
use rust_decimal::Decimal;

use super::{
    super::{
        fold::fold,
        label::Label,
        number::Amount,
        table::{Body, Column, Record, Vocabulary, headings, records, vocabulary},
        trail::Spot,
        view::{Row, Token, View, amount_in, join},
    },
    columns,
};

fn words() -> Vocabulary {
    vocabulary(columns::WORDS)
}

fn is_movement_table(columns: &[Column]) -> bool {
    let has = |column: Column| columns.contains(&column);
    let money = has(Column::Amount) || has(Column::Debit) || has(Column::Credit);
    has(Column::Date)
        && money
        && (has(Column::Balance) || has(Column::Description) || has(Column::Debit))
        && !columns.iter().any(|column| matches!(column, Column::KdvRate | Column::UnitPrice))
}

/// Whether the document has a table of movements with balances.
pub(in super::super) fn has_movement_table(rows: &[Row]) -> bool {
    let rows = rows.get(..200.min(rows.len())).unwrap_or_default();
    !headings(rows, &words(), |columns| {
        is_movement_table(columns) && columns.contains(&Column::Balance)
    })
    .is_empty()
}

/// A movement as read, its amount's sign still to be settled by the balances.
#[derive(Debug, Clone)]
pub(super) struct Movement {
    pub(super) date: NaiveDate,
    pub(super) value_date: Option<NaiveDate>,
    pub(super) description: Option<String>,
    pub(super) amount: Decimal,
    /// Whether the document says which way the money went: a sign, a column, a word.
    pub(super) sign_known: bool,
    pub(super) balance: Option<Decimal>,
    pub(super) reference: Option<String>,
    pub(super) currency: Option<Currency>,
    pub(super) spots: Spots,
    /// Which printed table (account, sheet) it stands in.
    pub(super) part: usize,
}

/// Where the parts of a movement stood.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spots {
    pub(super) date: Option<Spot>,
    pub(super) description: Option<Spot>,
    pub(super) amount: Option<Spot>,
    pub(super) balance: Option<Spot>,
    pub(super) reference: Option<Spot>,
}

/// The movements and the rows they took.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) movements: Vec<Movement>,
    /// Rows with a date and an amount of which no movement could be made.
    pub(super) unread: usize,
    rows: HashSet<usize>,
    /// The rows where the tables' headings stand.
    pub(super) starts: Vec<usize>,
    /// The rows of each account: a document may hold several.
    pub(super) parts: Vec<Range<usize>>,
}

impl Table {
    /// Whether a row belongs to a table.
    pub(super) fn holds(&self, row: usize) -> bool {
        self.rows.contains(&row)
    }
}

struct Movements<'a> {
    view: &'a View,
}

impl Body for Movements<'_> {
    fn anchors(&self, row: &Row, columns: &[(Column, Token)]) -> bool {
        let of = |wanted: Column| -> Vec<&Token> {
            columns.iter().filter(|(column, _)| *column == wanted).map(|(_, token)| token).collect()
        };
        let dated = self
            .view
            .order
            .read_at(of(Column::Date).iter().map(|token| token.text.as_str()))
            .is_some();
        let paid =
            [Column::Amount, Column::Debit, Column::Credit, Column::Balance].iter().any(|column| {
                of(*column).iter().any(|token| self.view.numbers.read(&token.text).is_some())
            });
        // A torn recognised line may have lost one of the two columns to its neighbour.
        dated
            && (paid
                || row.tokens.iter().any(|token| {
                    self.view.numbers.read(&token.text).is_some_and(|amount| amount.money_like)
                }))
    }

    fn begins(&self, row: &Row, columns: &[(Column, Token)]) -> bool {
        let dates = columns.iter().filter(|(column, _)| *column == Column::Date);
        !row.recognised
            && self.view.order.read_at(dates.map(|(_, token)| token.text.as_str())).is_some()
    }

    fn ends(&self, index: usize) -> bool {
        self.view.hits_of(index).first().is_some_and(|hit| {
            matches!(hit.label, Label::Closing | Label::Iban)
                && hit.tokens.start == 0
                && (hit.colon || hit.label != Label::Iban)
        })
    }

    fn skips(&self, index: usize) -> bool {
        let Some(row) = self.view.rows.get(index) else { return false };
        // `Devreden bakiye` is the first line of many tables.
        let carried = self.view.hits_of(index).first().is_some_and(|hit| {
            matches!(hit.label, Label::Carried | Label::Opening) && hit.opens_cell
        });
        let text = fold(&join(&row.tokens));
        let page_line = text.starts_with("sayfa")
            || text.starts_with("page ")
            || text.starts_with("toplam ")
            || text.starts_with("total ");
        (carried || page_line)
            && row.tokens.first().is_none_or(|token| self.view.order.read(&token.text).is_none())
    }
}

/// More accounts than any bank prints into one file.
const MOST_ACCOUNTS: usize = 64;

/// Reads all movements.
pub(super) fn read(view: &View) -> Table {
    let headings = headings(&view.rows, &words(), is_movement_table);
    let mut table = Table {
        starts: headings.iter().map(|heading| heading.rows.start).collect(),
        ..Table::default()
    };
    let mut part = 0;
    let mut part_start = 0;
    for (number, heading) in headings.iter().enumerate() {
        // A closing balance or another IBAN between two headings makes the second another account.
        let before = number.checked_sub(1).and_then(|i| headings.get(i));
        if let Some(before) = before {
            let between = before.rows.end..heading.rows.start;
            let of = |row: &usize, label: Label| {
                view.hits_of(*row)
                    .first()
                    .is_some_and(|hit| hit.label == label && hit.tokens.start == 0)
            };
            let closed = between.clone().rfind(|row| of(row, Label::Closing)).map(|row| row + 1);
            let opened =
                between.clone().find(|row| of(row, Label::Opening) || of(row, Label::Iban));
            let new_page = view.rows.get(heading.rows.start).map(|row| row.page)
                != view.rows.get(before.rows.start).map(|row| row.page);
            // A head that repeats the IBAN is the same account's next page, whatever else it repeats.
            let another = match other_iban(view, before.rows.clone(), heading.rows.start) {
                Some(other) => other,
                None => closed.is_some() || !new_page,
            };
            if let Some(end) = closed.or(opened).filter(|_| another && part < MOST_ACCOUNTS) {
                table.parts.push(part_start..end);
                part_start = end;
                part += 1;
            }
        }
        let limit = headings.get(number + 1).map_or(view.rows.len(), |next| next.rows.start);
        let rows = view.rows.get(..limit).unwrap_or_default();
        let (records, used) = records(rows, std::slice::from_ref(heading), &Movements { view });
        table.rows.extend(used);
        for record in &records {
            match movement(view, record, part) {
                Some(movement) => table.movements.push(movement),
                None => table.unread += 1,
            }
        }
    }
    table.parts.push(part_start..view.rows.len());
    table
}

/// Whether the head before the second heading names another IBAN than the head before the first;
/// nothing where one of them names none.
fn other_iban(view: &View, first: Range<usize>, second: usize) -> Option<bool> {
    let head = |rows: Range<usize>| {
        rows.rev().find_map(|row| {
            let hit = view.hits_of(row).first().filter(|hit| matches!(hit.label, Label::Iban))?;
            view.right(hit).first().map(|stretch| view.text(stretch))
        })
    };
    let before = head(first.start.saturating_sub(25)..first.start)?;
    let after = head(first.end.max(second.saturating_sub(25))..second)?;
    Some(before != after)
}

fn amount_of(view: &View, record: &Record, column: Column) -> Option<(Amount, Option<Spot>)> {
    let tokens = record.tokens(column);
    (0..tokens.len()).find_map(|at| {
        let (amount, range) = amount_in(tokens, at, view.numbers)?;
        let amount = amount.as_money(record.recognised);
        let tokens = tokens.get(range).unwrap_or_default();
        let spot = Spot::of(record.page, record.recognised, tokens)
            .map(|spot| Spot { derived: amount.mended, ..spot });
        Some((amount, spot))
    })
}

/// The letter of the direction (B, A; D, C) behind the last digit of a column, or beside it: some banks
/// print it instead of a sign, or in a column of its own without a gap.
fn letter_behind(tokens: &[Token]) -> String {
    let last = tokens.iter().rev().find(|token| !token.text.is_empty());
    let letter = last.map(|token| {
        let digits = token.text.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
        fold(token.text.get(digits..).unwrap_or_default().trim_matches(['(', ')', '-', '.']))
    });
    letter.filter(|letter| matches!(letter.as_str(), "a" | "b" | "c" | "d")).unwrap_or_default()
}

fn movement(view: &View, record: &Record, part: usize) -> Option<Movement> {
    let date_tokens = record.tokens(Column::Date);
    let (date, used) = view.order.read_at(date_tokens.iter().map(|token| token.text.as_str()))?;
    let value_tokens = record.tokens(Column::ValueDate);
    let value_date = view
        .order
        .read_at(value_tokens.iter().map(|token| token.text.as_str()))
        .map(|(date, _)| date);
    let plain = amount_of(view, record, Column::Amount);
    let debit =
        amount_of(view, record, Column::Debit).filter(|(amount, _)| !amount.value.is_zero());
    let credit =
        amount_of(view, record, Column::Credit).filter(|(amount, _)| !amount.value.is_zero());
    let mut direction = fold(&record.text(Column::Direction));
    if direction.is_empty() {
        direction = letter_behind(record.tokens(Column::Amount));
    }
    let (found, sign_known, spot) = match (plain, debit, credit) {
        (Some((amount, spot)), ..) => match direction.chars().next() {
            Some('b' | 'd') => (Amount { value: -amount.value.abs(), ..amount }, true, spot),
            Some('a' | 'c') => (Amount { value: amount.value.abs(), ..amount }, true, spot),
            _ => (amount, amount.signed, spot),
        },
        (None, Some((amount, spot)), None) => {
            (Amount { value: -amount.value.abs(), ..amount }, true, spot)
        }
        (None, None, Some((amount, spot))) => {
            (Amount { value: amount.value.abs(), ..amount }, true, spot)
        }
        // Both or none: nothing that could be told.
        _ => return None,
    };
    let balance =
        amount_of(view, record, Column::Balance).map(|(amount, spot)| {
            match letter_behind(record.tokens(Column::Balance)).as_str() {
                "b" | "d" => (Amount { value: -amount.value.abs(), ..amount }, spot),
                _ => (amount, spot),
            }
        });
    // What stands behind a date in its narrow column is the description's head.
    let mut words: Vec<&Token> = date_tokens
        .iter()
        .skip(used)
        .filter(|token| token.folded.chars().any(char::is_alphabetic))
        .collect();
    words.extend(record.tokens(Column::Description));
    let description = words.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
    let reference = record.text(Column::Reference);
    Some(Movement {
        date,
        value_date,
        description: (!description.is_empty()).then_some(description),
        amount: found.value,
        sign_known,
        balance: balance.map(|(amount, _)| amount.value),
        reference: (!reference.is_empty()).then_some(reference),
        currency: found.currency,
        spots: Spots {
            date: Spot::of(
                record.page,
                record.recognised,
                date_tokens.get(..used).unwrap_or_default(),
            ),
            description: Spot::of(record.page, record.recognised, words.iter().copied()),
            amount: spot,
            balance: balance.and_then(|(_, spot)| spot),
            reference: Spot::of(record.page, record.recognised, record.tokens(Column::Reference)),
        },
        part,
    })
}
