//! Honest business of a company: what it buys, sells, pays and closes, month by month.

use std::ops::Range;

use anomaly::EntrySource;
use chrono::{Datelike, Months, NaiveDate};

use super::{
    Book, Stream,
    dice::{Dice, kurus, plus},
    trades::TRADES,
};

/// A company with its suppliers and customers, without entries.
pub(super) fn book(dice: &mut Dice, at: usize, months: &[NaiveDate], price: &[f64]) -> Book {
    let mut own = Dice::new(dice.next());
    let trade = own.one(TRADES).unwrap_or(&TRADES[0]);
    let first = if own.chance(0.4) { months.len() - own.between(5, 20) } else { 0 };
    let letter = |dice: &mut Dice| char::from(b'A' + u8::try_from(dice.below(26)).unwrap_or(0));
    let series: String = (0..3).map(|_| letter(&mut own)).collect();
    let size = (own.from(0.1_f64.ln(), 3.0_f64.ln())).exp();
    let saturdays = if own.chance(0.7) { trade.saturdays } else { 0.0 };
    let mut book = Book {
        id: format!("C{:03}", at + 1),
        vkn: own.tax_number(),
        trade,
        size,
        first,
        months: months.to_vec(),
        price: price.to_vec(),
        series,
        customers: (0..own.between(6, 60)).map(|_| own.tax_number()).collect(),
        streams: Vec::new(),
        saturdays,
        entries: Vec::new(),
        cancelled: Vec::new(),
        labels: Vec::new(),
        dice: own,
    };
    book.streams = streams(&mut book);
    book
}

fn streams(book: &mut Book) -> Vec<Stream> {
    let trade = book.trade;
    let all = (book.first, book.months.len());
    let mut streams = Vec::new();
    let dice = &mut book.dice;
    // Goods: few suppliers have most of it.
    let suppliers = dice.between(3, 12);
    for at in 0..suppliers {
        let weight = 1.0 / f64::from(u32::try_from(at + 1).unwrap_or(1));
        streams.push(Stream {
            account: trade.stock.to_owned(),
            party: dice.tax_number(),
            middle: trade.middle * dice.from(0.5, 2.0),
            sigma: trade.sigma * dice.from(0.5, 1.2),
            per_month: trade.goods * book.size.sqrt() * weight / 2.5,
            is_regular: false,
            tariff: Vec::new(),
            source: EntrySource::Integration,
            season: Some(trade.season),
            runs: all,
            terms: dice.between(0, 60).max(5),
        });
    }
    let ways =
        [EntrySource::Import, EntrySource::Import, EntrySource::Integration, EntrySource::Manual];
    for account in trade.costs {
        let source = dice.one(&ways).copied().unwrap_or(EntrySource::Import);
        for _ in 0..dice.between(1, 4) {
            let per_month = [0.4, 1.0, 1.0, 2.0, 4.0, 8.0];
            let per_month = dice.one(&per_month).copied().unwrap_or(1.0);
            let middle = trade.middle * dice.from(0.05_f64.ln(), 0.8_f64.ln()).exp();
            let is_tariff = dice.chance(0.2);
            let unit = kurus(middle * 0.2);
            streams.push(Stream {
                account: (*account).to_owned(),
                party: dice.tax_number(),
                middle,
                sigma: dice.from(0.05, 0.7),
                per_month,
                is_regular: dice.chance(0.5),
                tariff: if is_tariff { (1..=5).map(|n| n * unit).collect() } else { Vec::new() },
                source,
                season: dice.chance(0.15).then(|| {
                    (u32::try_from(dice.between(1, 12)).unwrap_or(1), dice.from(0.5, 1.5))
                }),
                runs: all,
                terms: dice.between(3, 45),
            });
        }
    }
    streams
}

/// How much of a season a month has: 1 apart from it, up to 1 and the height at the peak.
fn season(month: u32, season: Option<(u32, f64)>) -> f64 {
    let Some((peak, height)) = season else { return 1.0 };
    let away = (month + 12 - peak) % 12;
    let away = f64::from(away.min(12 - away));
    1.0 + height * (1.0 - away / 3.0).max(0.0)
}

/// Writes all months.
pub(super) fn fill(book: &mut Book) {
    let (first, end) = (book.first, book.months.len());
    open(book);
    // A quarter of the companies grow by a step.
    let growth = book
        .dice
        .chance(0.25)
        .then(|| (book.dice.between(first, end - 1), book.dice.from(1.2, 1.8)));
    let wage = book.size * 3_000_000.0;
    let depreciation = book.size * 900_000.0;
    for month in first..end {
        let grown = growth.filter(|(since, _)| month >= *since).map_or(1.0, |(_, by)| by);
        purchases(book, month, grown);
        sales(book, month, grown);
        every_month(book, month, wage * grown, depreciation);
    }
}

fn open(book: &mut Book) {
    let day = book.month(book.first);
    let amount = |share: f64| kurus(book.size * share * 10_000_000.0);
    let parts = [amount(0.1), amount(0.4), amount(0.8), amount(1.0)];
    let lines = [
        ("100", parts[0], 0),
        ("102.01", parts[1], 0),
        ("153", parts[2], 0),
        ("255", parts[3], 0),
        ("500", 0, parts.iter().sum()),
    ];
    book.push(day, EntrySource::Manual, "ACILIS", "", &lines);
}

fn purchases(book: &mut Book, month: usize, grown: f64) {
    let first = book.month(month);
    let price = book.price(month);
    for stream in book.streams.clone() {
        if !(stream.runs.0..stream.runs.1).contains(&month) {
            continue;
        }
        let mean = stream.per_month * season(first.month(), stream.season) * grown;
        let bills = if stream.is_regular { whole(mean) } else { book.dice.poisson(mean) };
        for _ in 0..bills {
            let day = book.dice.workday(first, book.saturdays);
            let net = match book.dice.one(&stream.tariff) {
                // A list changes once a year.
                Some(listed) => {
                    let level = book.price(month / 12 * 12);
                    kurus(super::dice::number(*listed) * level / 1000.0) * 1000
                }
                None => book.dice.amount(stream.middle * price, stream.sigma),
            };
            book.bill(day, &stream.party, &stream.account, net, stream.source, stream.terms);
        }
    }
}

fn whole(mean: f64) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few bills")]
    let whole = mean.round().max(0.0) as usize;
    whole
}

fn sales(book: &mut Book, month: usize, grown: f64) {
    let first = book.month(month);
    let trade = book.trade;
    let price = book.price(month);
    let busy = season(first.month(), Some(trade.season)) * grown;
    let rates = domain::kdv_rates_on(first);
    let high = i64::from(rates.iter().max().copied().unwrap_or(20));
    let low = i64::from(rates.iter().copied().find(|rate| (8..=10).contains(rate)).unwrap_or(10));
    if trade.cash < 1.0 {
        let mean = trade.sales * book.size.sqrt() * busy * (1.0 - trade.cash);
        for _ in 0..book.dice.poisson(mean) {
            let day = book.dice.workday(first, book.saturdays);
            let Some(customer) = book.dice.one(&book.customers.clone()).cloned() else { continue };
            let net = book.dice.amount(trade.middle * 1.3 * price, trade.sigma);
            let rate = if book.dice.chance(0.04) {
                0
            } else if book.dice.chance(trade.low_rate) {
                low
            } else {
                high
            };
            let terms = book.dice.between(5, 50);
            book.sale(day, &customer, net, rate, terms);
        }
    }
    if trade.cash > 0.0 {
        // The day's takings, by card and cash, from the till's report.
        for at in 0..super::dice::days_of(first) {
            let day = plus(first, at);
            if day.weekday() == chrono::Weekday::Sun && trade.cash < 1.0 {
                continue;
            }
            let net = book.dice.amount(trade.middle * 2.0 * book.size * price * busy, 0.3);
            let kdv = net * low / 100;
            let cash = (net + kdv) / 5;
            let lines =
                [("100", cash, 0), ("108", net + kdv - cash, 0), ("600", 0, net), ("391", 0, kdv)];
            book.push(day, EntrySource::Import, &format!("Z{at}-{month}"), "", &lines);
        }
    }
}

/// Wages, rent, bank, the set-off of KDV, taxes, depreciation, closing: by the calendar.
fn every_month(book: &mut Book, month: usize, wage: f64, depreciation: f64) {
    let first = book.month(month);
    let last = plus(first, super::dice::days_of(first) - 1);
    // Wages step in January and July.
    let step = book.price(month / 6 * 6);
    let gross = kurus(wage * step);
    let (tax, insurance) = (gross / 7, gross / 4);
    let net = gross - tax - insurance;
    let lines = [("770.20", gross, 0), ("335", 0, net), ("360", 0, tax), ("361", 0, insurance)];
    book.push(last, EntrySource::Manual, &format!("BORDRO{month}"), "", &lines);
    let paid = plus(last, book.dice.between(1, 5));
    book.push(paid, EntrySource::Integration, "", "", &[("335", net, 0), ("102.01", 0, net)]);
    let due = plus(last, 26);
    let lines = [("360", tax, 0), ("361", insurance, 0), ("102.01", 0, tax + insurance)];
    book.push(due, EntrySource::Manual, "", "", &lines);
    for _ in 0..book.dice.between(1, 6) {
        let day = book.dice.workday(first, 0.0);
        let fee = book.dice.amount(4_000.0 * book.price(month), 0.8);
        book.push(day, EntrySource::Integration, "", "", &[("780.01", fee, 0), ("102.01", 0, fee)]);
    }
    // Small things paid from the till by receipt, and typed payments without a document.
    for _ in 0..book.dice.poisson(4.0) {
        let day = book.dice.workday(first, book.saturdays);
        let paid = book.dice.amount(40_000.0 * book.price(month), 0.6);
        let reference = format!("F{}", book.dice.below(100_000));
        book.push(
            day,
            EntrySource::Manual,
            &reference,
            "",
            &[("770.90", paid, 0), ("100", 0, paid)],
        );
    }
    let shown = book.trade.costs.first().copied().unwrap_or("770.01");
    for _ in 0..book.dice.poisson(1.5) {
        let day = book.dice.workday(first, book.saturdays);
        let paid = book.dice.amount(120_000.0 * book.size * book.price(month), 0.6);
        book.push(day, EntrySource::Manual, "", "", &[(shown, paid, 0), ("102.01", 0, paid)]);
    }
    let (output, input) = sums(book, first..last.succ_opt().unwrap_or(last));
    if output > 0 || input > 0 {
        let lines = if output > input {
            vec![("391", output, 0), ("191", 0, input), ("360", 0, output - input)]
        } else {
            vec![("391", output, 0), ("190", input - output, 0), ("191", 0, input)]
        };
        let lines: Vec<_> = lines.into_iter().filter(|(_, d, c)| d + c > 0).collect();
        book.push(last, EntrySource::Manual, &format!("KDV{month}"), "", &lines);
    }
    if matches!(first.month(), 2 | 5 | 8 | 11) {
        let tax = kurus(book.size * 400_000.0 * book.price(month));
        let day = plus(first, 16);
        book.push(day, EntrySource::Manual, "GECICI", "", &[("193", tax, 0), ("360", 0, tax)]);
        let day = plus(first, 16);
        book.push(day, EntrySource::Manual, "", "", &[("360", tax, 0), ("102.01", 0, tax)]);
    }
    if first.month() == 12 {
        let year = kurus(depreciation * book.price(month));
        book.push(
            last,
            EntrySource::Manual,
            "AMORTISMAN",
            "",
            &[("770.30", year, 0), ("257", 0, year)],
        );
        let revenue = kurus(book.size * 50_000_000.0);
        let lines = [("600", revenue, 0), ("690", 0, revenue)];
        book.push(last, EntrySource::Manual, "KAPANIS", "", &lines);
    }
}

/// KDV of the month's sales and purchases.
fn sums(book: &Book, days: Range<NaiveDate>) -> (i64, i64) {
    let of = |account: &str, side: fn(&(String, i64, i64)) -> i64| -> i64 {
        book.entries
            .iter()
            .filter(|entry| days.contains(&entry.date))
            .flat_map(|entry| &entry.lines)
            .filter(|line| line.0 == account)
            .map(side)
            .sum()
    };
    (of("391", |line| line.2), of("191", |line| line.1))
}

/// The first day of the month so many months later.
pub(super) fn later(first: NaiveDate, months: u32) -> NaiveDate {
    first.checked_add_months(Months::new(months)).unwrap_or(first)
}
