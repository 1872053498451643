//! What shows only over many entries: a supplier's run of bills, the digits of amounts, rings between
//! companies.

use std::collections::HashSet;

use anomaly::EntrySource;

use super::super::{
    Book,
    dice::{Dice, kurus, number, plus},
};
use super::{is_taken, label, labelled};

/// Three to seven heavy bills of a new supplier within two months, never paid.
pub(super) fn fake_supplier(book: &mut Book, month: usize) -> bool {
    let first = book.month(month);
    // It takes the two months, and as much again before anybody may wonder.
    if month + 4 >= book.months.len() || month < book.first + 4 {
        return false;
    }
    let bought: i64 = book
        .entries
        .iter()
        .filter(|entry| entry.date >= first && entry.date < super::super::business::later(first, 2))
        .flat_map(|entry| &entry.lines)
        .filter(|line| line.0 == "320")
        .map(|line| line.2)
        .sum();
    let party = book.dice.tax_number();
    let bills = book.dice.between(3, 7);
    let sum = number(bought) * book.dice.from(0.12, 0.5);
    let each = sum / f64::from(u32::try_from(bills).unwrap_or(3));
    let usual = if book.dice.chance(0.4) { EntrySource::Integration } else { EntrySource::Import };
    let source = if book.dice.chance(0.3) { EntrySource::Manual } else { usual };
    let account = book.trade.stock;
    let mut entries = Vec::new();
    for _ in 0..bills {
        let day = plus(first, book.dice.below(56));
        let net = kurus(each * book.dice.from(0.7, 1.3));
        entries.push(book.bill(day, &party, account, net, source, 0));
    }
    label(book, "fake_supplier", party, entries)
}

/// A year's bills of an account whose leading digits are invented.
pub(super) fn benford(book: &mut Book, _: usize) -> bool {
    let accounts: HashSet<String> =
        book.streams.iter().map(|stream| stream.account.clone()).collect();
    let mut accounts: Vec<String> = accounts.into_iter().collect();
    accounts.sort_unstable();
    let last = book.months.len();
    if book.first + 14 > last {
        return false;
    }
    let taken = labelled(book);
    let of_year = |book: &Book, account: &str| -> Vec<(usize, i64)> {
        (last - 12..last)
            .flat_map(|month| book.bills(account, month))
            .filter(|(at, _)| !taken.contains(at))
            // Bills: the other lines are made to fit.
            .filter(|(at, _)| {
                book.entries
                    .get(*at)
                    .is_some_and(|entry| entry.lines.iter().any(|line| line.0 == "320"))
            })
            .collect()
    };
    let fits: Vec<String> = accounts
        .into_iter()
        .filter(|account| {
            let mut nets: Vec<i64> = of_year(book, account).iter().map(|(_, net)| *net).collect();
            nets.sort_unstable();
            let at = |share: usize| nets.get(nets.len() * share / 20).copied().unwrap_or(1);
            nets.len() >= 120 && at(19) >= 12 * at(1)
        })
        .filter(|account| !is_taken(book, account))
        .collect();
    let Some(account) = book.dice.one(&fits).cloned() else { return false };
    let mut entries = Vec::new();
    for (at, net) in of_year(book, &account) {
        let digits = net.checked_ilog10().unwrap_or(2);
        let power = 10_i64.pow(digits);
        let lead = book.dice.from(5.0, 10.0);
        let invented = kurus(lead * number(power));
        let Some(entry) = book.entries.get_mut(at) else { continue };
        let follow = entry.follow;
        let old = entry.lines.iter().map(|line| line.2).sum::<i64>();
        let kdv = entry.lines.iter().find(|line| line.0 == "191").map_or(0, |line| line.1);
        let kdv =
            if net > 0 && kdv > 0 { invented * ((kdv * 100 + net / 2) / net) / 100 } else { 0 };
        for line in &mut entry.lines {
            if line.0 == account {
                line.1 = invented;
            } else if line.0 == "191" {
                line.1 = kdv;
            } else if line.2 > 0 {
                line.2 = invented + kdv;
            }
        }
        let new = invented + kdv;
        if let Some(payment) = follow.and_then(|at| book.entries.get_mut(at)) {
            for line in &mut payment.lines {
                line.1 = if line.1 == old { new } else { line.1 };
                line.2 = if line.2 == old { new } else { line.2 };
            }
        }
        entries.push(at);
    }
    label(book, "benford", account, entries)
}

/// A sells to B, B to C, and so on back to A, within days, at amounts within a tenth.
pub(in super::super) fn rings(
    dice: &mut Dice,
    books: &mut [Book],
) -> Vec<(String, Vec<(usize, usize)>)> {
    let mut rings = Vec::new();
    for _ in 0..dice.between(3, 7) {
        let length = dice.between(2, 5).min(books.len());
        let mut order: Vec<usize> = (0..books.len()).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at + 1));
        }
        order.truncate(length);
        let Some(last) = books.first().map(|book| book.months.len()) else { return rings };
        let since = order.iter().filter_map(|at| books.get(*at)).map(|book| book.first).max();
        let earliest = since.unwrap_or(0).max(last - 12);
        if earliest + 1 >= last {
            continue;
        }
        let month = dice.between(earliest, last - 2);
        let Some(first) = books.first().map(|book| book.month(month)) else { return rings };
        let mut day = plus(first, dice.below(20));
        let mut net = dice.amount(30_000_000.0, 0.7).max(2_000_000);
        let mut entries = Vec::new();
        for at in 0..length {
            let (Some(from), Some(to)) = (order.get(at), order.get((at + 1) % length)) else {
                continue;
            };
            let rate = i64::from(domain::kdv_rates_on(day).iter().max().copied().unwrap_or(20));
            let (Some(seller), Some(buyer)) =
                (books.get(*from).map(|b| b.vkn.clone()), books.get(*to).map(|b| b.vkn.clone()))
            else {
                continue;
            };
            if let Some(book) = books.get_mut(*from) {
                entries.push((*from, book.sale(day, &buyer, net, rate, 10)));
            }
            if let Some(book) = books.get_mut(*to) {
                let stock = book.trade.stock;
                let booked = plus(day, dice.below(3));
                let way = EntrySource::Integration;
                entries.push((*to, book.bill(booked, &seller, stock, net, way, 10)));
            }
            day = plus(day, dice.between(1, 6));
            net = kurus(number(net) * dice.from(0.9, 1.06));
        }
        let key = order
            .iter()
            .filter_map(|at| books.get(*at).map(|book| book.id.clone()))
            .collect::<Vec<_>>()
            .join(">");
        rings.push((key, entries));
    }
    rings
}
