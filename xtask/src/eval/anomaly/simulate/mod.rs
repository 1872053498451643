//! Ledgers made up from a seed, with what is planted in them as labels: for figures on books that the
//! detectors were not designed with.
//!
//! Nothing here comes from the detectors or from the shared set of ledgers. Offices have 20 to 30
//! companies of eight trades, of very different size, with 30 months of books or (two of five) with 5
//! to 20. Seed by seed the last month, the inflation (0.5 to 4 % a month), the mix of trades and the
//! rates of what is planted differ.
//!
//! Honest, never labelled: seasons by trade, wage and rent steps, steps of growth, tariffs, fixed
//! subscriptions, round retainers, yearly insurances and licences, heating, stock bought ahead of the
//! season each year, projects that begin and end with a supplier of their own, suppliers on long terms,
//! corrections (entry, reversal, entry), two equal deliveries of a day, instalments, returns, refunds,
//! paying twice and getting it back, exempt sales, cancelled numbers, late posting, Saturday and
//! holiday work, cash wages and small cash, first use of ordinary accounts with a bill, trade between
//! companies of the office ([`business`], [`look_alikes`]).
//!
//! Planted, in the last twelve months ([`plants`]): the twelve kinds of the shared set, each in several
//! shapes; where a plant would be indistinguishable from honest business by construction (a spike below
//! 1.6 times the month) it is not planted.

mod business;
mod dice;
mod look_alikes;
mod plants;
mod trades;

use std::collections::HashMap;

use anomaly::{EntrySource, Kurus};
use chrono::{Months, NaiveDate};

use super::data::{Company, Data, Entry, Label};
use dice::Dice;
use trades::Trade;

/// Months that are made up.
const MONTHS: usize = 30;

/// An entry before it has its id.
#[derive(Debug, Clone)]
struct Draft {
    date: NaiveDate,
    source: EntrySource,
    reference: String,
    party: String,
    lines: Vec<(String, i64, i64)>,
    /// The entry that pays it or collects it.
    follow: Option<usize>,
    /// Sales get their numbers by series when all are there.
    series: Option<String>,
    is_gone: bool,
}

/// A stream of bills of one supplier on one account.
#[derive(Debug, Clone)]
struct Stream {
    account: String,
    party: String,
    middle: f64,
    sigma: f64,
    per_month: f64,
    /// The same number of bills each month.
    is_regular: bool,
    /// Amounts of a list instead of any.
    tariff: Vec<i64>,
    source: EntrySource,
    /// Peak month and height of its season.
    season: Option<(u32, f64)>,
    /// Months in which it runs.
    runs: (usize, usize),
    terms: usize,
}

/// A company whose books are being made up.
#[derive(Debug)]
struct Book {
    dice: Dice,
    id: String,
    vkn: String,
    trade: &'static Trade,
    /// In lira of the first month, a bill of usual size.
    size: f64,
    /// The first month with books.
    first: usize,
    months: Vec<NaiveDate>,
    /// Price level of each month; 1 at the beginning.
    price: Vec<f64>,
    series: String,
    customers: Vec<String>,
    streams: Vec<Stream>,
    saturdays: f64,
    entries: Vec<Draft>,
    cancelled: Vec<(String, NaiveDate)>,
    labels: Vec<Planted>,
}

#[derive(Debug)]
struct Planted {
    kind: &'static str,
    key: String,
    entries: Vec<usize>,
}

/// The ledgers of one office.
pub(super) fn data(seed: u64) -> Data {
    let mut dice = Dice::new(seed);
    let ends = ["2024-12-01", "2025-06-01", "2025-09-01", "2026-03-01"];
    let end: NaiveDate = dice.one(&ends).and_then(|day| day.parse().ok()).unwrap_or(NaiveDate::MIN);
    let back = u32::try_from(MONTHS - 1).unwrap_or(0);
    let start = end.checked_sub_months(Months::new(back)).unwrap_or(end);
    let months: Vec<NaiveDate> = (0..)
        .take(MONTHS)
        .filter_map(|month| start.checked_add_months(Months::new(month)))
        .collect();
    let inflation = dice.from(0.005, 0.04);
    let mut level = 1.0;
    let price: Vec<f64> = months
        .iter()
        .map(|_| {
            level *= 1.0 + inflation * dice.from(0.3, 1.7);
            level
        })
        .collect();
    let mut books: Vec<Book> = (0..dice.between(20, 30))
        .map(|at| business::book(&mut dice, at, &months, &price))
        .collect();
    for book in &mut books {
        business::fill(book);
        look_alikes::add(book);
    }
    look_alikes::trade_within(&mut dice, &mut books);
    let rings = plants::rings(&mut dice, &mut books);
    for book in &mut books {
        book.number_sales();
        plants::add(book);
    }
    finish(books, rings)
}

/// Gives the entries their ids, in order of date and otherwise in none.
fn finish(books: Vec<Book>, rings: Vec<(String, Vec<(usize, usize)>)>) -> Data {
    let mut companies = Vec::new();
    let mut labels: Vec<Label> = Vec::new();
    let mut ids: Vec<HashMap<usize, String>> = Vec::new();
    for mut book in books {
        // What is paid after the last month is not booked yet.
        let end = business::later(book.month(book.months.len() - 1), 1);
        let mut order: Vec<(NaiveDate, u64, usize)> = book
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| !entry.is_gone && entry.date < end)
            .map(|(at, entry)| (entry.date, at))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|(date, at)| (date, book.dice.next(), at))
            .collect();
        order.sort_unstable();
        let own: HashMap<usize, String> = order
            .iter()
            .enumerate()
            .map(|(place, (.., at))| (*at, format!("{}-{:06}", book.id, place + 1)))
            .collect();
        let entries = order
            .iter()
            .filter_map(|(.., at)| {
                let draft = book.entries.get(*at)?;
                Some(Entry {
                    id: own.get(at)?.clone(),
                    date: draft.date,
                    source: draft.source,
                    reference: draft.reference.clone(),
                    party: draft.party.clone(),
                    lines: draft
                        .lines
                        .iter()
                        .map(|(account, d, c)| (account.clone(), Kurus(*d), Kurus(*c)))
                        .collect(),
                })
            })
            .collect();
        for planted in &book.labels {
            let entries = planted.entries.iter().filter_map(|at| own.get(at).cloned());
            labels.push(Label::new(
                format!("L{:04}", labels.len() + 1),
                &book.id,
                planted.kind,
                &planted.key,
                &entries.collect::<Vec<_>>(),
            ));
        }
        companies.push(Company { id: book.id, vkn: book.vkn, entries, cancelled: book.cancelled });
        ids.push(own);
    }
    for (key, entries) in rings {
        let of = entries.first().and_then(|(company, _)| companies.get(*company));
        let own: Vec<String> = entries
            .iter()
            .filter_map(|(company, at)| ids.get(*company)?.get(at).cloned())
            .collect();
        if let Some(company) = of {
            let id = format!("L{:04}", labels.len() + 1);
            labels.push(Label::new(id, &company.id, "circular", &key, &own));
        }
    }
    Data::of(companies, labels)
}

impl Book {
    fn price(&self, month: usize) -> f64 {
        self.price.get(month).copied().unwrap_or(1.0)
    }

    fn month(&self, month: usize) -> NaiveDate {
        self.months.get(month).copied().unwrap_or(NaiveDate::MIN)
    }

    fn month_of(&self, day: NaiveDate) -> usize {
        self.months.partition_point(|first| *first <= day).saturating_sub(1)
    }

    fn push(
        &mut self,
        date: NaiveDate,
        source: EntrySource,
        reference: &str,
        party: &str,
        lines: &[(&str, i64, i64)],
    ) -> usize {
        self.entries.push(Draft {
            date,
            source,
            reference: reference.to_owned(),
            party: party.to_owned(),
            lines: lines.iter().map(|(account, d, c)| ((*account).to_owned(), *d, *c)).collect(),
            follow: None,
            series: None,
            is_gone: false,
        });
        self.entries.len() - 1
    }

    /// A number as a supplier writes it: most are electronic ones.
    fn bill_number(&mut self, party: &str, day: NaiveDate) -> String {
        let year = chrono::Datelike::year(&day);
        let kind = party.bytes().map(usize::from).sum::<usize>();
        let running = self.dice.below(900_000_000);
        match kind % 5 {
            0 => format!("{}", running / 1_000 + 1),
            1 => format!("B-{}", running / 10_000 + 1),
            _ => {
                let letter = char::from(b'A' + u8::try_from(kind % 23).unwrap_or(0));
                format!("{letter}{:02}{year}{running:09}", kind % 89)
            }
        }
    }

    /// A bill with KDV, paid after `terms` days; 0: never.
    fn bill(
        &mut self,
        day: NaiveDate,
        party: &str,
        account: &str,
        net: i64,
        source: EntrySource,
        terms: usize,
    ) -> usize {
        let reference = self.bill_number(party, day);
        let rate = i64::from(domain::kdv_rates_on(day).iter().max().copied().unwrap_or(20));
        let kdv = net * rate / 100;
        let lines = [(account, net, 0), ("191", kdv, 0), ("320", 0, net + kdv)];
        let at = self.push(day, source, &reference, party, &lines);
        if terms > 0 {
            let from_cash = net + kdv < 200_000 && self.dice.chance(0.1);
            let money = if from_cash { "100" } else { "102.01" };
            let paid = dice::plus(day, terms + self.dice.below(6));
            let lines = [("320", net + kdv, 0), (money, 0, net + kdv)];
            let payment = self.push(paid, EntrySource::Integration, "", party, &lines);
            self.follow(at, payment);
        }
        at
    }

    /// A sale on account, collected later; its number comes with [`Self::number_sales`].
    fn sale(&mut self, day: NaiveDate, party: &str, net: i64, rate: i64, terms: usize) -> usize {
        let kdv = net * rate / 100;
        let mut lines = vec![("120", net + kdv, 0)];
        lines.push((if rate == 0 { "601" } else { "600" }, 0, net));
        if kdv > 0 {
            lines.push(("391", 0, kdv));
        }
        let at = self.push(day, EntrySource::Integration, "", party, &lines);
        let series = self.series.clone();
        if let Some(entry) = self.entries.get_mut(at) {
            entry.series = Some(series);
        }
        if terms > 0 {
            let paid = dice::plus(day, terms + self.dice.below(20));
            let lines = [("102.01", net + kdv, 0), ("120", 0, net + kdv)];
            let collection = self.push(paid, EntrySource::Integration, "", party, &lines);
            self.follow(at, collection);
        }
        at
    }

    fn follow(&mut self, at: usize, by: usize) {
        if let Some(entry) = self.entries.get_mut(at) {
            entry.follow = Some(by);
        }
    }

    /// Takes an entry, and what pays it, out of the books.
    fn drop_entry(&mut self, at: usize) {
        let follow = self.entries.get(at).and_then(|entry| entry.follow);
        for gone in [Some(at), follow].into_iter().flatten() {
            if let Some(entry) = self.entries.get_mut(gone) {
                entry.is_gone = true;
            }
        }
    }

    /// Numbers the sales of each series and year by date; a few are posted some days later than their
    /// number says, and a few numbers are cancelled.
    fn number_sales(&mut self) {
        let mut sales: Vec<(NaiveDate, usize)> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.series.is_some())
            .map(|(at, entry)| (entry.date, at))
            .collect();
        sales.sort_unstable();
        let is_late = self.dice.chance(0.3);
        let mut next: HashMap<(String, i32), u32> = HashMap::new();
        for (date, at) in sales {
            let Some(series) = self.entries.get(at).and_then(|entry| entry.series.clone()) else {
                continue;
            };
            let year = chrono::Datelike::year(&date);
            let running = next.entry((series.clone(), year)).or_default();
            *running += 1;
            let text = format!("{series}{year}{running:09}");
            if self.dice.chance(0.006) {
                self.drop_entry(at);
                self.cancelled.push((text, dice::plus(date, self.dice.below(4))));
                continue;
            }
            let late = if is_late && self.dice.chance(0.01) { self.dice.between(1, 4) } else { 0 };
            if let Some(entry) = self.entries.get_mut(at) {
                entry.reference = text;
                entry.date = dice::plus(date, late);
            }
        }
    }

    /// Bills on cost and stock accounts of a month that stand in the books.
    fn bills(&self, account: &str, month: usize) -> Vec<(usize, i64)> {
        let first = self.month(month);
        let end = first.checked_add_months(Months::new(1)).unwrap_or(first);
        self.entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| !entry.is_gone && entry.date >= first && entry.date < end)
            .filter_map(|(at, entry)| {
                let (_, net, _) = entry.lines.iter().find(|(of, d, _)| of == account && *d > 0)?;
                Some((at, *net))
            })
            .collect()
    }
}
