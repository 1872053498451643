//! What looks suspicious and is not.

use anomaly::EntrySource;
use chrono::Datelike;

use super::{
    Book,
    dice::{Dice, kurus, plus},
};

/// Adds them to a company's books.
pub(super) fn add(book: &mut Book) {
    fixed(book);
    yearly(book);
    projects(book);
    long_terms(book);
    first_uses(book);
    for month in book.first..book.months.len() {
        corrections(book, month);
        deliveries(book, month);
        returns(book, month);
        cash(book, month);
        quiet_days(book, month);
    }
}

/// Rent, retainers in round money, subscriptions of equal amounts with and without a number.
fn fixed(book: &mut Book) {
    let landlord = book.dice.tax_number();
    let adviser = book.dice.chance(0.6).then(|| book.dice.tax_number());
    let lines: Vec<(String, i64, usize, bool)> = (0..book.dice.between(0, 3))
        .map(|_| {
            let amount = kurus(book.dice.from(5_000.0, 150_000.0)) / 10 * 10 + 9;
            (book.dice.tax_number(), amount, book.dice.between(1, 2), book.dice.chance(0.3))
        })
        .collect();
    let begin = book.dice.between(0, 11);
    for month in book.first..book.months.len() {
        let first = book.month(month);
        // The rent rises once a year.
        let level = book.price((month + begin) / 12 * 12 - begin.min((month + begin) / 12 * 12));
        let rent = kurus(book.size * 1_500_000.0 * level) / 10_000 * 10_000;
        let day = plus(first, 1 + book.dice.below(4));
        book.bill(day, &landlord, "770.50", rent.max(10_000), EntrySource::Import, 3);
        if let Some(adviser) = &adviser {
            let fee = kurus(500_000.0 * book.price(month / 6 * 6)) / 50_000 * 50_000;
            let day = book.dice.workday(first, 0.0);
            book.bill(day, adviser, "770.51", fee.max(50_000), EntrySource::Import, 10);
        }
        for (party, amount, times, has_number) in &lines {
            for _ in 0..*times {
                let day = book.dice.workday(first, 0.0);
                let at = book.bill(day, party, "770.52", *amount, EntrySource::Import, 5);
                if !has_number && let Some(entry) = book.entries.get_mut(at) {
                    entry.reference.clear();
                }
            }
        }
    }
}

/// Insurance and licences once a year, heating in winter, stock bought ahead of the season.
fn yearly(book: &mut Book) {
    let insurer = book.dice.tax_number();
    let licence = book.dice.chance(0.6).then(|| book.dice.tax_number());
    let heating = book.dice.chance(0.5).then(|| book.dice.tax_number());
    let (insured, licensed) = (book.dice.between(1, 12), book.dice.between(1, 12));
    let ahead = book.dice.chance(0.3).then(|| book.dice.between(1, 12));
    let supplier = book.streams.first().map(|stream| stream.party.clone());
    for month in book.first..book.months.len() {
        let first = book.month(month);
        let calendar = usize::try_from(first.month()).unwrap_or(1);
        let price = book.price(month);
        if calendar == insured {
            let day = book.dice.workday(first, 0.0);
            let net = book.dice.amount(book.size * 6_000_000.0 * price, 0.1);
            book.bill(day, &insurer, "770.53", net, EntrySource::Import, 20);
        }
        if let Some(licence) = licence.as_ref().filter(|_| calendar == licensed) {
            let day = book.dice.workday(first, 0.0);
            let net = book.dice.amount(book.size * 4_000_000.0 * price, 0.1);
            let account = book.trade.costs.last().copied().unwrap_or("770.01");
            book.bill(day, licence, account, net, EntrySource::Import, 20);
        }
        if let Some(heating) = heating.as_ref().filter(|_| matches!(calendar, 11 | 12 | 1..=3)) {
            let day = book.dice.workday(first, 0.0);
            let cold = if calendar == 1 || calendar == 2 { 2.0 } else { 1.0 };
            let net = book.dice.amount(book.size * 700_000.0 * cold * price, 0.2);
            book.bill(day, heating, "770.54", net, EntrySource::Import, 15);
        }
        if let Some(supplier) = supplier.as_ref().filter(|_| ahead == Some(calendar)) {
            let stock = book.trade.stock;
            for _ in 0..2 {
                let day = book.dice.workday(first, 0.0);
                let net = book.dice.amount(book.trade.middle * 8.0 * price, 0.15);
                book.bill(day, supplier, stock, net, EntrySource::Integration, 45);
            }
        }
    }
}

/// A supplier that comes for some months (a building, a campaign) and goes.
fn projects(book: &mut Book) {
    let last = book.months.len();
    for _ in 0..book.dice.poisson(1.0) {
        let begin = book.dice.between(book.first, last - 1);
        let end = (begin + book.dice.between(3, 7)).min(last);
        let party = book.dice.tax_number();
        let Some(account) = book.dice.one(book.trade.costs).copied() else { continue };
        for month in begin..end {
            for _ in 0..book.dice.between(1, 3) {
                let day = book.dice.workday(book.month(month), book.saturdays);
                let net = book.dice.amount(book.trade.middle * 0.8 * book.price(month), 0.4);
                book.bill(day, &party, account, net, EntrySource::Import, 25);
            }
        }
    }
}

/// A new supplier with heavy bills that is paid after three months or more, and keeps delivering.
fn long_terms(book: &mut Book) {
    if !book.dice.chance(0.4) {
        return;
    }
    let last = book.months.len();
    let begin = book.dice.between(book.first, last - 1);
    let party = book.dice.tax_number();
    let terms = book.dice.between(75, 120);
    let stock = book.trade.stock;
    for month in begin..last {
        for _ in 0..book.dice.between(1, 3) {
            let day = book.dice.workday(book.month(month), 0.0);
            let net = book.dice.amount(book.trade.middle * 2.5 * book.price(month), 0.5);
            book.bill(day, &party, stock, net, EntrySource::Integration, terms);
        }
    }
}

/// A vehicle, a first interest, a first fair, a fine by notice: each once, with what documents it.
fn first_uses(book: &mut Book) {
    let last = book.months.len();
    for account in ["254", "642", "760.99", "255", "689.01", "653"] {
        if !book.dice.chance(0.4) {
            continue;
        }
        let month = book.dice.between(book.first, last - 1);
        let day = book.dice.workday(book.month(month), 0.0);
        let price = book.price(month);
        let party = book.dice.tax_number();
        match account {
            "642" => {
                let net = book.dice.amount(30_000.0 * price, 0.5);
                let lines = [("102.01", net, 0), (account, 0, net)];
                book.push(day, EntrySource::Integration, "", "", &lines);
            }
            "689.01" | "653" => {
                let net = book.dice.amount(60_000.0 * price, 0.5);
                let reference = format!("T{}", book.dice.below(1_000_000));
                let lines = [(account, net, 0), ("102.01", 0, net)];
                book.push(day, EntrySource::Manual, &reference, &party, &lines);
            }
            _ => {
                let net = book.dice.amount(book.size * 20_000_000.0 * price, 0.5);
                book.bill(day, &party, account, net, EntrySource::Integration, 30);
            }
        }
    }
}

/// Booked wrong, reversed, booked right, under one number.
fn corrections(book: &mut Book, month: usize) {
    if !book.dice.chance(0.25) {
        return;
    }
    let Some(stream) = book.dice.one(&book.streams.clone()).cloned() else { return };
    let first = book.month(month);
    let day = book.dice.workday(first, 0.0);
    let net = book.dice.amount(stream.middle * book.price(month), 0.4);
    let other = book.dice.one(book.trade.costs).copied().unwrap_or("770.01").to_owned();
    let wrong = book.bill(day, &stream.party, &other, net, EntrySource::Manual, 0);
    let Some(entry) = book.entries.get(wrong).cloned() else { return };
    let later = plus(day, book.dice.below(15));
    let turned: Vec<(&str, i64, i64)> =
        entry.lines.iter().map(|(account, d, c)| (account.as_str(), *c, *d)).collect();
    book.push(later, EntrySource::Manual, &entry.reference, &stream.party, &turned);
    // Half of them were booked on the wrong account, half at the wrong amount.
    let half = book.dice.chance(0.5);
    let right: Vec<(&str, i64, i64)> = entry
        .lines
        .iter()
        .map(|(account, d, c)| {
            if half {
                (account.as_str(), d * 9 / 10, c * 9 / 10)
            } else if *account == other {
                (stream.account.as_str(), *d, *c)
            } else {
                (account.as_str(), *d, *c)
            }
        })
        .collect();
    let balance: i64 = right.iter().map(|(_, d, c)| d - c).sum();
    let right: Vec<(&str, i64, i64)> =
        right.iter().map(|(a, d, c)| (*a, *d, if *c > 0 { c + balance } else { 0 })).collect();
    book.push(later, EntrySource::Manual, &entry.reference, &stream.party, &right);
}

/// Two equal deliveries of a day with two numbers; one bill paid in two instalments.
fn deliveries(book: &mut Book, month: usize) {
    let Some(stream) = book.streams.first().cloned() else { return };
    let day = book.dice.workday(book.month(month), 0.0);
    let net = book.dice.amount(stream.middle * book.price(month), 0.3);
    if book.dice.chance(0.3) {
        for _ in 0..2 {
            book.bill(day, &stream.party, &stream.account, net, stream.source, stream.terms);
        }
    }
    if book.dice.chance(0.3) {
        let bill = book.bill(day, &stream.party, &stream.account, net / 2 * 2, stream.source, 0);
        let owed = book
            .entries
            .get(bill)
            .map_or(0, |entry| entry.lines.iter().map(|(_, _, credit)| credit).sum());
        for (after, part) in [(20, owed / 2), (50, owed - owed / 2)] {
            let lines = [("320", part, 0), ("102.01", 0, part)];
            book.push(plus(day, after), EntrySource::Integration, "", &stream.party, &lines);
        }
    }
}

/// Goods come back and are refunded; a customer pays twice and gets it back; goods go back.
fn returns(book: &mut Book, month: usize) {
    let Some(customer) = book.dice.one(&book.customers.clone()).cloned() else { return };
    let day = book.dice.workday(book.month(month), 0.0);
    let net = book.dice.amount(book.trade.middle * 0.5 * book.price(month), 0.5);
    let rate = i64::from(domain::kdv_rates_on(day).iter().max().copied().unwrap_or(20));
    let (kdv, total) = (net * rate / 100, net + net * rate / 100);
    if book.dice.chance(0.3) {
        let reference = format!("IADE{month}");
        let lines = [("610", net, 0), ("391", kdv, 0), ("120", 0, total)];
        book.push(day, EntrySource::Manual, &reference, &customer, &lines);
        let lines = [("120", total, 0), ("102.01", 0, total)];
        let later = plus(day, book.dice.between(1, 20));
        book.push(later, EntrySource::Integration, "", &customer, &lines);
    }
    if book.dice.chance(0.05) {
        let lines = [("102.01", total, 0), ("120", 0, total)];
        for after in [0, 2] {
            book.push(plus(day, after), EntrySource::Integration, "", &customer, &lines);
        }
        let lines = [("120", total, 0), ("102.01", 0, total)];
        book.push(plus(day, 6), EntrySource::Integration, "", &customer, &lines);
    }
    if book.dice.chance(0.15)
        && let Some(stream) = book.streams.first().cloned()
    {
        let reference = format!("AI{}", book.dice.below(100_000));
        let lines = [("320", total, 0), (stream.account.as_str(), 0, net), ("191", 0, kdv)];
        book.push(day, EntrySource::Manual, &reference, &stream.party, &lines);
    }
}

/// Day labourers with tax withheld, close to the limit; one honest cash payment at a time.
fn cash(book: &mut Book, month: usize) {
    let first = book.month(month);
    if book.saturdays > 0.5 && book.size > 0.5 {
        let worker = format!("4{}", book.id.bytes().map(u64::from).sum::<u64>() * 10_000_019);
        for _ in 0..book.dice.between(0, 4) {
            let day = book.dice.workday(first, 1.0);
            let limit = i64::from(domain::bank_payment_limit_on(day)) * 100;
            let paid = kurus(super::dice::number(limit) * book.dice.from(0.5, 0.95));
            let reference = format!("GP{}", book.dice.below(100_000));
            let lines = [("740.02", paid + paid / 9, 0), ("100", 0, paid), ("360", 0, paid / 9)];
            book.push(day, EntrySource::Manual, &reference, &worker, &lines);
        }
    }
    if book.dice.chance(0.4)
        && let Some(stream) = book.dice.one(&book.streams.clone()).cloned()
    {
        let day = book.dice.workday(first, book.saturdays);
        let limit = i64::from(domain::bank_payment_limit_on(day)) * 100;
        let paid = kurus(super::dice::number(limit) * book.dice.from(0.3, 0.99));
        let lines = [("320", paid, 0), ("100", 0, paid)];
        book.push(day, EntrySource::Manual, "", &stream.party, &lines);
    }
}

/// Work on days that others have free, by trades that have it.
fn quiet_days(book: &mut Book, month: usize) {
    let first = book.month(month);
    for at in 0..super::dice::days_of(first) {
        let day = plus(first, at);
        let is_holiday = domain::holiday_on(day).is_some_and(|holiday| !holiday.is_half);
        if is_holiday && book.saturdays > 0.5 && book.dice.chance(0.3) {
            let account = book.trade.costs.first().copied().unwrap_or("770.01");
            let paid = book.dice.amount(80_000.0 * book.size * book.price(month), 0.5);
            let lines = [(account, paid, 0), ("102.01", 0, paid)];
            book.push(day, EntrySource::Manual, "", "", &lines);
        }
    }
}

/// Trade between companies of the office: both ways, of unequal or slow amounts.
pub(super) fn trade_within(dice: &mut Dice, books: &mut [Book]) {
    for _ in 0..books.len() {
        let (one, other) = (dice.below(books.len()), dice.below(books.len()));
        if one == other {
            continue;
        }
        let Some(last) = books.first().map(|book| book.months.len()) else { return };
        let since = [one, other]
            .iter()
            .filter_map(|at| books.get(*at).map(|book| book.first))
            .max()
            .unwrap_or(0);
        for month in since..last {
            if dice.chance(0.4) {
                sell(dice, books, (one, other), month, 1.0);
            }
            if dice.chance(0.15) {
                sell(dice, books, (other, one), month, 0.3);
            }
        }
    }
}

fn sell(dice: &mut Dice, books: &mut [Book], pair: (usize, usize), month: usize, part: f64) {
    let (Some(seller), Some(buyer)) = (books.get(pair.0), books.get(pair.1)) else { return };
    let day = dice.workday(seller.month(month), 0.0);
    let middle = seller.trade.middle * seller.price(month) * part;
    let (from, to, stock) = (seller.vkn.clone(), buyer.vkn.clone(), buyer.trade.stock);
    let net = dice.amount(middle, 0.9);
    let rate = i64::from(domain::kdv_rates_on(day).iter().max().copied().unwrap_or(20));
    if let Some(seller) = books.get_mut(pair.0) {
        seller.sale(day, &to, net, rate, 30);
    }
    if let Some(buyer) = books.get_mut(pair.1) {
        buyer.bill(day, &from, stock, net, EntrySource::Integration, 30);
    }
}
