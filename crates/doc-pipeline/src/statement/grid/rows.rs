//! Rows to movements: the decimals of each column, the signs, and the end of the table.

use std::collections::HashMap;

use domain::{Currency, Severity, round_to_kurus};
use rust_decimal::Decimal;

use super::{
    Cell, Row, Sheet,
    amount::{Decimals, Votes, read as read_amount},
    balances::{ends, signs_by_balances, tied},
    card,
    date::{self, Order},
    header::{self, Column, Columns},
    meta::{self, Meta},
};
use crate::{
    error::ReadError,
    fields::BankTransaction,
    findings::shown,
    parse::fold::compact,
    statement::{
        key::is_reference,
        model::{Draft, Statement},
    },
};

/// Columns that hold money.
const MONEY: [Column; 4] = [Column::Amount, Column::Debit, Column::Credit, Column::Balance];

/// Reads the movements of a sheet below its heading.
pub(super) fn read(
    sheet: &Sheet,
    heading: usize,
    columns: Columns,
    mut meta: Meta,
    draft: &mut Draft,
) -> Result<(), ReadError> {
    let below = sheet.rows.get(heading + 1..).unwrap_or_default();
    let mut columns = columns;
    let order = Order::of(below.iter().map(|row| columns.cell(row, Column::Date)));
    let decimals = Columned::decide(below, &columns, order, sheet.is_1904);
    let mut table = Table {
        order,
        decimals: decimals.chosen,
        is_1904: sheet.is_1904,
        parts: Vec::new(),
        written_currency: None,
        places: HashMap::new(),
    };
    for row in below {
        match table.order.read(columns.cell(row, Column::Date), table.is_1904) {
            Some(day) => {
                draft.count()?;
                table.row(row, &columns, day, &meta);
            }
            None => match header::columns(row) {
                Some(again) => columns = again,
                None => foot(row, &mut meta, &table, &columns),
            },
        }
    }
    if decimals.is_guess {
        let example = shown(&decimals.example);
        draft.findings.add("DECIMAL_SIGN_AMBIGUOUS", Severity::Medium, [("found", example)]);
    }
    table.end(&meta, draft)
}

/// How the money columns write their decimals.
struct Columned {
    chosen: HashMap<Column, Decimals>,
    is_guess: bool,
    example: String,
}

impl Columned {
    /// Each column for itself; one that leaves it open follows the others; where all do, the balances
    /// decide; where there are none, it is the Turkish way and said so.
    fn decide(rows: &[Row], columns: &Columns, order: Order, is_1904: bool) -> Self {
        let mut votes: HashMap<Column, Votes> = HashMap::new();
        let mut example = String::new();
        for row in rows {
            for column in MONEY {
                if let Cell::Text(text) = columns.cell(row, column) {
                    let votes = votes.entry(column).or_default();
                    let before = votes.open;
                    votes.add(text);
                    if votes.open > before && example.is_empty() {
                        example.clone_from(text);
                    }
                }
            }
        }
        let all = votes.values().fold(Votes::default(), |all, own| all.with(*own));
        let mut is_guess = false;
        let common = all.decided().or_else(|| {
            (all.open > 0).then(|| {
                by_balances(rows, columns, order, is_1904).unwrap_or_else(|| {
                    is_guess = true;
                    Decimals::Comma
                })
            })
        });
        let common = common.unwrap_or(Decimals::Comma);
        let chosen = MONEY
            .into_iter()
            .map(|column| {
                let own = votes.get(&column).and_then(|votes| votes.decided());
                (column, own.unwrap_or(common))
            })
            .collect();
        Self { chosen, is_guess, example }
    }
}

/// The reading under which more balances follow from the one before.
fn by_balances(rows: &[Row], columns: &Columns, order: Order, is_1904: bool) -> Option<Decimals> {
    let ties = |decimals: Decimals| {
        let chosen = MONEY.into_iter().map(|column| (column, decimals)).collect();
        let mut table = Table {
            order,
            decimals: chosen,
            is_1904,
            parts: Vec::new(),
            written_currency: None,
            places: HashMap::new(),
        };
        for row in rows {
            if let Some(day) = table.order.read(columns.cell(row, Column::Date), is_1904) {
                table.row(row, columns, day, &Meta::default());
            }
        }
        table.parts.iter().map(|part| tied(&part.statement.movements)).sum::<usize>()
    };
    let (comma, dot) = (ties(Decimals::Comma), ties(Decimals::Dot));
    match comma.cmp(&dot) {
        std::cmp::Ordering::Greater => Some(Decimals::Comma),
        std::cmp::Ordering::Less => Some(Decimals::Dot),
        std::cmp::Ordering::Equal => None,
    }
}

/// One account within the table.
#[derive(Debug, Default)]
struct Part {
    statement: Statement,
    /// Whether any amount says its own direction.
    is_signed: bool,
}

struct Table {
    order: Order,
    decimals: HashMap<Column, Decimals>,
    is_1904: bool,
    parts: Vec<Part>,
    /// The currency behind the amounts.
    written_currency: Option<Currency>,
    /// By the account of a row, where the table has a column for it.
    places: HashMap<String, usize>,
}

impl Table {
    fn money(&self, row: &Row, columns: &Columns, column: Column) -> Money {
        match columns.cell(row, column) {
            Cell::Empty | Cell::Moment(..) => Money::None,
            Cell::Number(number) => Money::Read(round_to_kurus(*number), None),
            Cell::Text(text) => {
                // `1.234,56 (B)` and `1.234,56 A`: borç or alacak.
                let (text, letter) = letter(text);
                let decimals = self.decimals.get(&column).copied().unwrap_or(Decimals::Comma);
                match read_amount(text, decimals) {
                    Some(amount) => Money::Read(amount, letter),
                    None if text.chars().any(|c| c.is_ascii_digit()) => Money::Unreadable,
                    None => Money::None,
                }
            }
        }
    }

    fn row(
        &mut self,
        row: &Row,
        columns: &Columns,
        (date, time): (chrono::NaiveDate, Option<String>),
        meta: &Meta,
    ) {
        let text = |column| {
            let shown = columns.cell(row, column).shown();
            let words: Vec<&str> = shown.split_whitespace().collect();
            (!words.is_empty()).then(|| words.join(" "))
        };
        let account = text(Column::Account);
        let amount = self.amount(row, columns);
        let balance = match self.money(row, columns, Column::Balance) {
            Money::Read(balance, Some(false)) => Some(-balance.abs()),
            Money::Read(balance, _) => Some(balance),
            _ => None,
        };
        if self.written_currency.is_none() {
            self.written_currency =
                [Column::Amount, Column::Balance, Column::Debit, Column::Credit]
                    .into_iter()
                    .find_map(|column| match columns.cell(row, column) {
                        Cell::Text(text) => meta::currency(text),
                        _ => None,
                    });
        }
        let value_date = self.order.read(columns.cell(row, Column::ValueDate), self.is_1904);
        let part = self.part(account.as_deref(), meta);
        let Some((amount, is_signed)) = amount else {
            let text = compact(&text(Column::Description).unwrap_or_default());
            match balance {
                // A row that only carries the balance over.
                Some(balance) if text.contains("devir") || text.contains("devreden") => {
                    part.statement.opening = part.statement.opening.or(Some(balance));
                }
                _ => part.statement.unread += 1,
            }
            return;
        };
        part.is_signed |= is_signed;
        let time = time.or_else(|| match columns.cell(row, Column::Time) {
            Cell::Text(text) => date::time(text),
            Cell::Number(part) if *part < Decimal::ONE => fraction_of_day(*part),
            Cell::Moment(_, time) => time.clone(),
            _ => None,
        });
        let kind = text(Column::Kind);
        part.statement.movements.push(BankTransaction {
            date,
            time,
            value_date: value_date.map(|(day, _)| day),
            description: text(Column::Description).or_else(|| kind.clone()),
            amount,
            currency: text(Column::Currency).and_then(|text| meta::currency(&text)),
            balance,
            reference: text(Column::Reference).filter(|text| is_reference(text)),
            code: kind,
            counterparty_name: text(Column::Counterparty),
            counterparty_account: text(Column::CounterpartyAccount),
            ..BankTransaction::default()
        });
    }

    /// The signed amount of a row, and whether the row itself says the sign.
    fn amount(&self, row: &Row, columns: &Columns) -> Option<(Decimal, bool)> {
        let direction = compact(&columns.cell(row, Column::Direction).shown());
        let of_word = match direction.chars().next() {
            Some('b' | 'd' | 's') => Some(false),
            Some('a' | 'c' | 'h') => Some(true),
            _ => None,
        };
        match self.money(row, columns, Column::Amount) {
            Money::Read(amount, of_letter) => {
                return Some(match of_letter.or(of_word) {
                    Some(true) => (amount.abs(), true),
                    Some(false) => (-amount.abs(), true),
                    None => (amount, amount.is_sign_negative() && !amount.is_zero()),
                });
            }
            Money::Unreadable => return None,
            Money::None => {}
        }
        let side = |column| match self.money(row, columns, column) {
            Money::Read(amount, _) => Ok((!amount.is_zero()).then_some(amount.abs())),
            Money::None => Ok(None),
            Money::Unreadable => Err(()),
        };
        match (side(Column::Debit).ok()?, side(Column::Credit).ok()?) {
            (Some(debit), None) => Some((-debit, true)),
            (None, Some(credit)) => Some((credit, true)),
            // Both or none: nothing that could be told.
            _ => None,
        }
    }

    fn part(&mut self, account: Option<&str>, meta: &Meta) -> &mut Part {
        let name = account.unwrap_or_default();
        let known = self.places.get(name).copied();
        let place = known.unwrap_or_else(|| {
            let mut part = Part::default();
            match meta::iban(name) {
                Some(iban) => part.statement.iban = Some(iban),
                None if !name.is_empty() => {
                    part.statement.account_number = Some(name.to_owned());
                }
                None => {
                    part.statement.iban.clone_from(&meta.iban);
                    part.statement.account_number.clone_from(&meta.account_number);
                }
            }
            self.places.insert(name.to_owned(), self.parts.len());
            self.parts.push(part);
            self.parts.len() - 1
        });
        // The place was just made or is of an earlier row.
        let last = self.parts.len().saturating_sub(1);
        #[expect(clippy::indexing_slicing, reason = "the place is within the list by construction")]
        &mut self.parts[place.min(last)]
    }

    fn end(mut self, meta: &Meta, draft: &mut Draft) -> Result<(), ReadError> {
        if self.parts.is_empty() {
            // A heading without movements is an account without movements.
            self.part(None, meta);
        }
        let is_only = self.parts.len() == 1;
        for part in self.parts {
            let mut statement = part.statement;
            statement.account_holder.clone_from(&meta.holder);
            statement.bank_name.clone_from(&meta.bank);
            statement.currency =
                only_currency(&statement.movements).or(self.written_currency).or(meta.currency);
            if statement.currency.is_none() && meta.is_turkish {
                statement.currency = Some(Currency::TRY);
                statement.is_lira_assumed = true;
            }
            if is_only {
                statement.start_date = meta.start;
                statement.end_date = meta.end;
                statement.opening = statement.opening.or(meta.opening);
                statement.closing = statement.closing.or(meta.closing);
                statement.is_closed = meta.opening.is_some() && meta.closing.is_some();
            }
            if !part.is_signed && !meta.is_card {
                signs_by_balances(&mut statement.movements);
            }
            if meta.is_card {
                card::settle_signs(&mut statement.movements);
            } else {
                ends(&mut statement);
            }
            draft.push(statement)?;
        }
        Ok(())
    }
}

/// The amount of a cell.
#[derive(Debug, Clone, Copy)]
enum Money {
    None,
    Unreadable,
    /// With the direction that a letter behind it says.
    Read(Decimal, Option<bool>),
}

fn letter(text: &str) -> (&str, Option<bool>) {
    let trimmed = text.trim_end_matches([')', ']']);
    for (suffix, direction) in [("A", true), ("B", false)] {
        if let Some(rest) = trimmed.strip_suffix(suffix) {
            let rest = rest.trim_end_matches(['(', '[']).trim_end();
            if rest.ends_with(|c: char| c.is_ascii_digit()) {
                return (rest, Some(direction));
            }
        }
    }
    (text, None)
}

fn fraction_of_day(part: Decimal) -> Option<String> {
    use rust_decimal::prelude::ToPrimitive;
    let minutes = (part * Decimal::from(1440)).round().to_u64()?;
    (minutes > 0 && minutes < 1440).then(|| format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

fn only_currency(movements: &[BankTransaction]) -> Option<Currency> {
    let first = movements.first()?.currency?;
    movements.iter().all(|movement| movement.currency == Some(first)).then_some(first)
}

/// What stands below the movements: balances, and the bank's name.
fn foot(row: &Row, meta: &mut Meta, table: &Table, columns: &Columns) {
    let below = meta::read(std::slice::from_ref(row));
    meta.bank = meta.bank.take().or(below.bank);
    meta.iban = meta.iban.take().or(below.iban);
    meta.opening = meta.opening.or(below.opening);
    meta.closing = meta.closing.or(below.closing);
    // "Devreden bakiye" in the column of the descriptions, its amount in that of the balances.
    let text = compact(&columns.cell(row, Column::Description).shown());
    if let Money::Read(balance, _) = table.money(row, columns, Column::Balance) {
        if text.contains("devreden") || text.contains("acilisbakiye") {
            meta.opening = meta.opening.or(Some(balance));
        } else if text.contains("kapanisbakiye") || text.contains("sonbakiye") {
            meta.closing = meta.closing.or(Some(balance));
        }
    }
}
