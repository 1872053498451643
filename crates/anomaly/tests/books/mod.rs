//! Invented books of a small trading company: honest business with everything that looks suspicious and
//! is not. Seeded, no clock, no outside data.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::expect_used, reason = "invented books that cannot be made are a broken test")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "small numbers that are chosen here"
)]

use anomaly::{EntrySource, Kurus, Ledger, LedgerBuilder, NewEntry, NewLine};
use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use domain::ClientCompanyId;

/// An entry with its lines, before it goes into a ledger.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) date: NaiveDate,
    pub(crate) recorded_on: Option<NaiveDate>,
    pub(crate) source: EntrySource,
    pub(crate) reference: String,
    pub(crate) party: String,
    pub(crate) lines: Vec<(String, i64, i64)>,
}

/// Numbers in no order (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Between 0 and 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Normal, by twelve uniforms.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    /// Log-normal kuruş around a middle.
    pub(crate) fn amount(&mut self, middle: f64, sigma: f64) -> i64 {
        (middle * (sigma * self.normal()).exp()).round().max(100.0) as i64
    }
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// The books from July 2023 to the end of a month.
#[derive(Debug, Clone)]
pub(crate) struct Books {
    pub(crate) entries: Vec<Entry>,
    dice: Dice,
    numbers: std::collections::HashMap<i32, u32>,
}

const SUPPLIERS: [&str; 6] =
    ["4286684602", "9905924461", "7312494894", "9195642551", "8179084859", "2483814195"];

impl Books {
    /// Honest books: goods, sales, costs, retainers, subscriptions, yearly licences, corrections,
    /// returns and refunds, cash wages, monthly closing. Prices rise by 2.5 % a month.
    pub(crate) fn honest(seed: u64, months: u32) -> Self {
        let mut books = Self {
            entries: Vec::new(),
            dice: Dice::new(seed),
            numbers: std::collections::HashMap::new(),
        };
        let start = date("2023-07-01");
        for month in 0..months {
            let first = start.checked_add_months(Months::new(month)).expect("a month");
            books.month(first, month);
        }
        books
    }

    fn month(&mut self, first: NaiveDate, number: u32) {
        let price = 1.025_f64.powi(i32::try_from(number).expect("small"));
        for _ in 0..25 {
            let day = self.workday(first);
            let net = self.dice.amount(800_000.0 * price, 0.8);
            let supplier = SUPPLIERS[self.dice.below(6) as usize];
            self.bill(day, supplier, "153", net, EntrySource::Integration);
        }
        for _ in 0..30 {
            let day = self.workday(first);
            let net = self.dice.amount(1_200_000.0 * price, 0.8);
            let customer = format!("31706217{:02}", self.dice.below(30));
            self.sale(day, &customer, net);
        }
        // Costs of one supplier each, so many a month.
        for (account, supplier, middle, bills) in [
            ("770.04", "7312494894", 150_000.0, 4),
            ("760.01", "8179084859", 200_000.0, 5),
            ("770.06", "5641563142", 90_000.0, 3),
            ("770.01", "2720326918", 900_000.0, 1),
        ] {
            for _ in 0..bills {
                let day = self.workday(first);
                let spread = if bills == 1 { 0.1 } else { 0.5 };
                let net = self.dice.amount(middle * price, spread);
                self.bill(day, supplier, account, net, EntrySource::Import);
            }
        }
        // A retainer in round money with a step each half year, and a subscription of equal amounts.
        let step = i64::from(number / 6) * 100_000;
        let day = self.workday(first);
        self.bill(day, "4450993240", "770.05", 600_000 + step, EntrySource::Import);
        let day = self.workday(first);
        self.bill(day, "7430428945", "770.03", 97_667, EntrySource::Import);
        // A correction: the wrong entry, its reversal, the right one, all under one number.
        if number % 3 == 1 {
            let day = self.workday(first);
            let net = self.dice.amount(500_000.0 * price, 0.5);
            let reference = self.reference("S01", day);
            for (account, is_reversal) in [("153", false), ("153", true), ("770.04", false)] {
                self.document(day, SUPPLIERS[0], account, net, &reference, is_reversal);
            }
        }
        // A return with its refund.
        if number.is_multiple_of(2) {
            let day = self.workday(first);
            let net = self.dice.amount(100_000.0 * price, 0.4);
            let (kdv, customer) = (net / 5, "3170621777");
            self.push(
                day,
                EntrySource::Manual,
                &format!("I{number}"),
                customer,
                &[("610", net, 0), ("391", kdv, 0), ("120", 0, net + kdv)],
            );
            let later = day.checked_add_days(Days::new(3)).expect("a day");
            self.push(
                later,
                EntrySource::Integration,
                "",
                customer,
                &[("120", net + kdv, 0), ("102.01", 0, net + kdv)],
            );
        }
        // A licence each March, an insurance each September.
        if first.month() == 3 {
            let day = self.workday(first);
            let net = (4_000_000.0 * price) as i64;
            self.bill(day, "1634341971", "770.08", net, EntrySource::Import);
        }
        // Cash wages close to the limit, with tax withheld.
        for _ in 0..3 {
            let day = self.workday(first);
            let paid = 2_000_000 + i64::try_from(self.dice.below(800_000)).expect("small");
            let reference = format!("GP{}", self.entries.len());
            self.push(
                day,
                EntrySource::Manual,
                &reference,
                "4402965652",
                &[("740.02", paid + 200_000, 0), ("100", 0, paid), ("360", 0, 200_000)],
            );
        }
        // Typed payments without document, on ordinary days.
        for _ in 0..2 {
            let day = self.workday(first);
            let paid = self.dice.amount(100_000.0 * price, 0.6);
            self.push(
                day,
                EntrySource::Manual,
                "",
                "",
                &[("770.04", paid, 0), ("102.01", 0, paid)],
            );
        }
        // The set-off of KDV on the last day, whatever day that is.
        let last = first
            .checked_add_months(Months::new(1))
            .and_then(|next| next.pred_opt())
            .expect("a day");
        self.push(
            last,
            EntrySource::Manual,
            &format!("KDV{number}"),
            "",
            &[("391", 5_000_000, 0), ("191", 0, 3_000_000), ("360", 0, 2_000_000)],
        );
    }

    /// A day of the month from Monday to Friday that is no holiday.
    pub(crate) fn workday(&mut self, first: NaiveDate) -> NaiveDate {
        loop {
            let day =
                first.checked_add_days(Days::new(self.dice.below(28))).expect("a day of the month");
            let is_off = matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
                || domain::holiday_on(day).is_some();
            if !is_off {
                return day;
            }
        }
    }

    pub(crate) fn reference(&mut self, series: &str, day: NaiveDate) -> String {
        let running = self.dice.below(999_999_999);
        format!("{series}{}{running:09}", day.year())
    }

    /// A bill with 20 % KDV, paid 20 days later.
    pub(crate) fn bill(
        &mut self,
        day: NaiveDate,
        party: &str,
        account: &str,
        net: i64,
        source: EntrySource,
    ) {
        let reference = self.reference("S01", day);
        let kdv = net / 5;
        self.push(
            day,
            source,
            &reference,
            party,
            &[(account, net, 0), ("191", kdv, 0), ("320", 0, net + kdv)],
        );
        let later = day.checked_add_days(Days::new(20)).expect("a day");
        self.push(
            later,
            EntrySource::Integration,
            "",
            party,
            &[("320", net + kdv, 0), ("102.01", 0, net + kdv)],
        );
    }

    /// A typed bill or its reversal, unpaid.
    pub(crate) fn document(
        &mut self,
        day: NaiveDate,
        party: &str,
        account: &str,
        net: i64,
        reference: &str,
        is_reversal: bool,
    ) -> String {
        let kdv = net / 5;
        let lines = [(account, net, 0), ("191", kdv, 0), ("320", 0, net + kdv)];
        let lines = if is_reversal { lines.map(|(a, d, c)| (a, c, d)) } else { lines };
        self.push(day, EntrySource::Manual, reference, party, &lines)
    }

    /// A sale with the next number of the year.
    pub(crate) fn sale(&mut self, day: NaiveDate, party: &str, net: i64) -> String {
        let running = self.numbers.entry(day.year()).or_default();
        *running += 1;
        let reference = format!("ABC{}{running:09}", day.year());
        let kdv = net / 5;
        self.push(
            day,
            EntrySource::Integration,
            &reference,
            party,
            &[("120", net + kdv, 0), ("600", 0, net), ("391", 0, kdv)],
        )
    }

    /// Leaves numbers out of the series of a year.
    pub(crate) fn skip_numbers(&mut self, year: i32, numbers: u32) {
        *self.numbers.entry(year).or_default() += numbers;
    }

    pub(crate) fn push(
        &mut self,
        date: NaiveDate,
        source: EntrySource,
        reference: &str,
        party: &str,
        lines: &[(&str, i64, i64)],
    ) -> String {
        let id = format!("entry-{:06}", self.entries.len());
        self.entries.push(Entry {
            id: id.clone(),
            date,
            recorded_on: None,
            source,
            reference: reference.to_owned(),
            party: party.to_owned(),
            lines: lines.iter().map(|(account, d, c)| ((*account).to_owned(), *d, *c)).collect(),
        });
        id
    }

    pub(crate) fn ledger(&self) -> Ledger {
        ledger(&self.entries, |amount| amount)
    }
}

/// A ledger of entries in the given order, each amount changed.
pub(crate) fn ledger(entries: &[Entry], change: impl Fn(i64) -> i64) -> Ledger {
    let mut builder = LedgerBuilder::new(ClientCompanyId::new("company"), Some("7469179581"));
    for entry in entries {
        let lines: Vec<NewLine<'_>> = entry
            .lines
            .iter()
            .map(|(account, debit, credit)| NewLine {
                account,
                debit: Kurus(change(*debit)),
                credit: Kurus(change(*credit)),
            })
            .collect();
        builder.entry(NewEntry {
            id: &entry.id,
            date: entry.date,
            recorded_on: entry.recorded_on,
            source: entry.source,
            reference: Some(&entry.reference),
            party: Some(&entry.party),
            lines: &lines,
        });
    }
    builder.build()
}
