//! What is planted in the last twelve months, with its label.

mod patterns;

use std::collections::HashSet;

use anomaly::EntrySource;
use chrono::{Datelike, NaiveDate};

use super::{
    Book, Planted, Stream,
    dice::{Dice, kurus, number, plus},
};
pub(super) use patterns::rings;
use patterns::{benford, fake_supplier};

/// Plants the n-th thing of its kind; false when the books have no place for it.
type Plant = fn(&mut Book, usize) -> bool;

/// Plants in a company's books; how many of each differs from company to company.
pub(super) fn add(book: &mut Book) {
    let plants: [(Plant, f64); 11] = [
        (spike, 2.0),
        (large, 2.0),
        (duplicate, 4.0),
        (unusual_account, 1.8),
        (number_gap, 1.8),
        (chart_mismatch, 2.5),
        (timing, 0.9),
        (cash_split, 0.7),
        (round_number, 0.6),
        (fake_supplier, 0.5),
        (benford, 0.2),
    ];
    for (plant, mean) in plants {
        let mean = mean * book.dice.from(0.4, 1.6);
        for _ in 0..book.dice.poisson(mean) {
            // What cannot be planted in one month is tried in another.
            for _ in 0..6 {
                let last = book.months.len() - 1;
                let month = book.dice.between((book.first + 4).max(last - 11).min(last), last);
                if plant(book, month) {
                    break;
                }
            }
        }
    }
}

fn label(book: &mut Book, kind: &'static str, key: String, entries: Vec<usize>) -> bool {
    book.labels.push(Planted { kind, key, entries });
    true
}

fn account_month(book: &Book, account: &str, month: usize) -> String {
    format!("{account}|{}", book.month(month).format("%Y-%m"))
}

fn is_taken(book: &Book, key: &str) -> bool {
    book.labels.iter().any(|label| label.key == key)
}

fn middle(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// Entries that carry a label already, so that no two plants share one.
fn labelled(book: &Book) -> HashSet<usize> {
    book.labels.iter().flat_map(|label| label.entries.iter().copied()).collect()
}

/// Two to six bills more lift a cost account's month to 1.6 to 6 times its usual total.
fn spike(book: &mut Book, month: usize) -> bool {
    let streams = book.streams.clone();
    let costs = streams.iter().filter(|stream| stream.account.starts_with('7'));
    let costs: Vec<&Stream> = costs.filter(|stream| stream.season.is_none()).collect();
    let Some(stream) = book.dice.one(&costs).map(|stream| (*stream).clone()) else { return false };
    let key = account_month(book, &stream.account, month);
    if month < book.first + 4 || is_taken(book, &key) {
        return false;
    }
    let total = |book: &Book, month: usize| -> i64 {
        book.bills(&stream.account, month).iter().map(|(_, net)| net).sum()
    };
    let level = book.price(month);
    let earlier: Vec<i64> = (month.saturating_sub(6).max(book.first)..month)
        .map(|month| kurus(number(total(book, month)) * level / book.price(month)))
        .filter(|total| *total > 100)
        .collect();
    let (enough, now) = (earlier.len() >= 4, total(book, month));
    let Some(usual) = middle(earlier).filter(|_| enough) else { return false };
    let factor = book.dice.from(1.6_f64.ln(), 6.0_f64.ln()).exp();
    let extra = factor * number(usual) - number(now);
    if extra < 0.6 * number(usual) {
        return false;
    }
    let bills = book.dice.between(2, 6);
    let weights: Vec<f64> = (0..bills).map(|_| book.dice.from(0.5, 1.5)).collect();
    let all: f64 = weights.iter().sum();
    let mut entries = Vec::new();
    for weight in weights {
        let day = book.dice.workday(book.month(month), book.saturdays);
        let net = kurus(extra * weight / all);
        let at = book.bill(day, &stream.party, &stream.account, net, stream.source, stream.terms);
        entries.push(at);
    }
    label(book, "spike", key, entries)
}

/// One bill of 8 to 35 times the account's median, by a supplier that is known.
fn large(book: &mut Book, month: usize) -> bool {
    let streams = book.streams.clone();
    let Some(stream) = book.dice.one(&streams).cloned() else { return false };
    let key = account_month(book, &stream.account, month);
    let from = month.saturating_sub(12).max(book.first);
    let bills: Vec<i64> = (from..month)
        .flat_map(|month| book.bills(&stream.account, month))
        .map(|(_, net)| net)
        .collect();
    if bills.len() < 8 || is_taken(book, &key) {
        return false;
    }
    let Some(usual) = middle(bills) else { return false };
    let net = kurus(number(usual) * book.dice.from(8.0, 35.0));
    // One of four by a supplier of another account.
    let by = if book.dice.chance(0.25) { book.dice.one(&streams).cloned() } else { None };
    let party = by.map_or(stream.party, |other| other.party);
    let day = book.dice.workday(book.month(month), book.saturdays);
    let at = book.bill(day, &party, &stream.account, net, stream.source, stream.terms);
    label(book, "large_single", key, vec![at])
}

/// The same bill again within twenty days.
fn duplicate(book: &mut Book, month: usize) -> bool {
    let taken = labelled(book);
    let accounts: Vec<String> = book.streams.iter().map(|stream| stream.account.clone()).collect();
    let Some(account) = book.dice.one(&accounts).cloned() else { return false };
    let bills: Vec<(usize, i64)> = book
        .bills(&account, month)
        .into_iter()
        .filter(|(at, _)| !taken.contains(at))
        .filter(|(at, _)| {
            book.entries.get(*at).is_some_and(|entry| {
                !entry.reference.is_empty() && entry.lines.iter().any(|line| line.0 == "320")
            })
        })
        .collect();
    let Some((at, _)) = book.dice.one(&bills).copied() else { return false };
    let Some(original) = book.entries.get(at).cloned() else { return false };
    // A correction has its number three times.
    let same = book
        .entries
        .iter()
        .filter(|entry| entry.reference == original.reference && entry.party == original.party);
    if same.count() > 1 {
        return false;
    }
    let variant = book.dice.below(4);
    let (reference, off) = match variant {
        1 => (other_spelling(&mut book.dice, &original.reference), 0),
        2 => (String::new(), 0),
        3 => (original.reference.clone(), i64::try_from(book.dice.between(1, 3)).unwrap_or(1)),
        _ => (original.reference.clone(), 0),
    };
    let variant = ["exact", "spelling", "no number", "kurus"].get(variant).copied().unwrap_or("");
    let source = if variant == "no number" || book.dice.chance(0.5) {
        EntrySource::Manual
    } else {
        original.source
    };
    let day = plus(original.date, book.dice.below(21));
    // A copy after the last month would never come into the books.
    if book.months.last().is_none_or(|last| day >= super::business::later(*last, 1)) {
        return false;
    }
    let mut lines: Vec<(&str, i64, i64)> =
        original.lines.iter().map(|(account, d, c)| (account.as_str(), *d, *c)).collect();
    if let Some(first) = lines.first_mut() {
        first.1 += off;
    }
    if let Some(last) = lines.last_mut() {
        last.2 += off;
    }
    let copy = book.push(day, source, &reference, &original.party, &lines);
    label(book, "duplicate", variant.to_owned(), vec![at, copy])
}

fn other_spelling(dice: &mut Dice, reference: &str) -> String {
    let split = reference.char_indices().nth(3).map_or(0, |(at, _)| at);
    match dice.below(4) {
        0 => reference.to_lowercase(),
        1 => format!("{} {}", &reference[..split], &reference[split..]),
        2 => format!("{}-{}", &reference[..split], &reference[split..]),
        _ => format!(" {reference}."),
    }
}

/// Money without a document to an account that was never used.
fn unusual_account(book: &mut Book, month: usize) -> bool {
    let accounts = ["131", "136", "231", "331", "659", "679", "681", "689", "770.98", "760.97"];
    let used: HashSet<&str> = book
        .entries
        .iter()
        .flat_map(|entry| &entry.lines)
        .map(|(account, ..)| account.as_str())
        .collect();
    let free: Vec<&str> = accounts.into_iter().filter(|account| !used.contains(account)).collect();
    let Some(account) = book.dice.one(&free).copied() else { return false };
    let day = book.dice.workday(book.month(month), 0.0);
    let paid = book.dice.amount(book.size.sqrt() * 800_000.0 * book.price(month), 0.8);
    let lines = [(account, paid, 0), ("102.01", 0, paid)];
    let at = book.push(day, EntrySource::Manual, "", "", &lines);
    let key = account_month(book, account, month);
    label(book, "unusual_account", key, vec![at])
}

/// One to five numbers in a row that were never booked.
fn number_gap(book: &mut Book, month: usize) -> bool {
    let taken = labelled(book);
    let year = book.month(month).year();
    let mut sales: Vec<(String, usize, NaiveDate)> = book
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.series.is_some() && !entry.is_gone && entry.date.year() == year)
        .map(|(at, entry)| (entry.reference.clone(), at, entry.date))
        .collect();
    sales.sort_unstable();
    let number = |text: &str| text.get(7..).and_then(|digits| digits.parse::<u64>().ok());
    let missing = book.dice.between(1, 5);
    let first = book.month(month);
    let end = super::business::later(first, 1);
    let fits: Vec<usize> = (12..sales.len().saturating_sub(missing + 3))
        .filter(|at| {
            let window = sales.get(at - 1..at + missing + 1).unwrap_or_default();
            let is_whole = window.windows(2).all(|pair| {
                let [a, b] = pair else { return false };
                matches!((number(&a.0), number(&b.0)), (Some(a), Some(b)) if a + 1 == b)
            });
            let gone = window.get(1..=missing).unwrap_or_default();
            is_whole
                && gone
                    .iter()
                    .all(|(_, at, date)| (first..end).contains(date) && !taken.contains(at))
        })
        .collect();
    let Some(at) = book.dice.one(&fits).copied() else { return false };
    let gone: Vec<(String, usize, NaiveDate)> =
        sales.get(at..at + missing).unwrap_or_default().to_vec();
    let (Some(low), Some(high)) = (gone.first(), gone.last()) else { return false };
    let key = format!("{}..{}", low.0, high.0);
    for (_, at, _) in &gone {
        book.drop_entry(*at);
    }
    label(book, "number_gap", key, Vec::new())
}

/// A posting on an account or a side that the chart does not allow.
fn chart_mismatch(book: &mut Book, month: usize) -> bool {
    let taken = labelled(book);
    let first = book.month(month);
    let end = super::business::later(first, 1);
    let what = ["sale_191", "cost_600", "purchase_391", "collection", "payment"];
    let Some(what) = book.dice.one(&what).copied() else { return false };
    let has = |entry: &super::Draft, account: &str, is_debit: bool| {
        entry.lines.iter().any(|(of, d, c)| of == account && (if is_debit { *d } else { *c }) > 0)
    };
    let fits: Vec<usize> = book
        .entries
        .iter()
        .enumerate()
        .filter(|(at, entry)| {
            !entry.is_gone && !taken.contains(at) && (first..end).contains(&entry.date)
        })
        .filter(|(_, entry)| match what {
            "sale_191" => has(entry, "391", false) && has(entry, "120", true),
            "cost_600" | "purchase_391" => {
                has(entry, "191", true)
                    && has(entry, "320", false)
                    && (what == "purchase_391" || entry.lines.iter().any(|l| l.0.starts_with('7')))
            }
            "collection" => has(entry, "102.01", true) && has(entry, "120", false),
            _ => has(entry, "320", true) && has(entry, "102.01", false),
        })
        .map(|(at, _)| at)
        .collect();
    let Some(at) = book.dice.one(&fits).copied() else { return false };
    let Some(entry) = book.entries.get_mut(at) else { return false };
    for line in &mut entry.lines {
        match what {
            "sale_191" if line.0 == "391" => "191".clone_into(&mut line.0),
            "purchase_391" if line.0 == "191" => "391".clone_into(&mut line.0),
            "cost_600" if line.0.starts_with('7') => "600".clone_into(&mut line.0),
            "collection" | "payment" => std::mem::swap(&mut line.1, &mut line.2),
            _ => {}
        }
    }
    label(book, "chart_mismatch", what.to_owned(), vec![at])
}

/// A large hand-made payment on a holiday, or on a Sunday where nobody works at week-ends.
fn timing(book: &mut Book, month: usize) -> bool {
    let first = book.month(month);
    let is_sunday = book.saturdays < 0.1 && book.dice.chance(0.2);
    let days: Vec<NaiveDate> = (0..super::dice::days_of(first))
        .map(|at| plus(first, at))
        .filter(|day| {
            if is_sunday {
                day.weekday() == chrono::Weekday::Sun
            } else {
                domain::holiday_on(*day).is_some_and(|holiday| !holiday.is_half)
            }
        })
        .collect();
    let Some(day) = book.dice.one(&days).copied() else { return false };
    let account = book.trade.costs.first().copied().unwrap_or("770.01");
    let typed: Vec<i64> = book
        .entries
        .iter()
        .filter(|entry| entry.source == EntrySource::Manual && entry.party.is_empty())
        .filter(|entry| entry.lines.iter().any(|line| line.0 == "102.01" && line.2 > 0))
        .filter_map(|entry| entry.lines.iter().find(|line| line.0 == account).map(|line| line.1))
        .collect();
    let Some(usual) = middle(typed) else { return false };
    let paid = kurus(number(usual) * book.dice.from(6.0, 30.0) * book.price(month).sqrt());
    let lines = [(account, paid, 0), ("102.01", 0, paid)];
    let at = book.push(day, EntrySource::Manual, "", "", &lines);
    label(book, "timing", day.to_string(), vec![at])
}

/// Three to six cash payments below the limit to one party within three days, together above it.
fn cash_split(book: &mut Book, month: usize) -> bool {
    let known = book.dice.one(&book.streams.clone()).map(|stream| stream.party.clone());
    let party = if book.dice.chance(0.5) { known } else { None };
    let party = party.unwrap_or_else(|| book.dice.tax_number());
    let account = book.trade.costs.last().copied().unwrap_or("770.01");
    let day = book.dice.workday(book.month(month), 0.0);
    let limit = i64::from(domain::bank_payment_limit_on(day)) * 100;
    let against = if book.dice.chance(0.5) { "320" } else { account };
    let mut entries = Vec::new();
    for _ in 0..book.dice.between(3, 6) {
        let paid = kurus(number(limit) * book.dice.from(0.55, 0.99));
        let day = plus(day, book.dice.below(3));
        let lines = [(against, paid, 0), ("100", 0, paid)];
        entries.push(book.push(day, EntrySource::Manual, "", &party, &lines));
    }
    label(book, "cash_split", party, entries)
}

/// Five to twelve round bills of a new consultant within two months.
fn round_number(book: &mut Book, month: usize) -> bool {
    let party = book.dice.tax_number();
    let first = book.month(month);
    let unit = [50_000, 100_000, 250_000, 500_000];
    let unit = book.dice.one(&unit).copied().unwrap_or(100_000);
    let account = if book.dice.chance(0.5) { "770.51" } else { "770.55" };
    let mut entries = Vec::new();
    for _ in 0..book.dice.between(5, 12) {
        let day = plus(first, book.dice.below(55));
        if book.month_of(day) >= book.months.len() || day >= super::business::later(first, 2) {
            continue;
        }
        let pieces = i64::try_from(book.dice.between(1, 30)).unwrap_or(1);
        let terms = book.dice.between(0, 1) * 10;
        entries.push(book.bill(day, &party, account, unit * pieces, EntrySource::Import, terms));
    }
    // Of the last month only a half is in the books.
    if month + 1 >= book.months.len() {
        let end = super::business::later(first, 1);
        let gone: Vec<usize> = entries
            .iter()
            .copied()
            .filter(|at| book.entries.get(*at).is_some_and(|entry| entry.date >= end))
            .collect();
        for at in gone {
            book.drop_entry(at);
        }
    }
    label(book, "round_number", party, entries)
}
