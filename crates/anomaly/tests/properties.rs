//! What holds for every ledger: order, scale, drift and the future change nothing; runs agree.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

mod books;

use std::collections::{BTreeSet, HashMap};

use anomaly::{EntrySource, Finding, Kind, Kurus, Parameters, Report, examine, ring};
use books::{Books, Dice, date, ledger};
use chrono::{Days, NaiveDate};
use domain::ClientCompanyId;

const MONTH_ENDS: [&str; 4] = ["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"];

/// Honest books with one of everything that is to be found.
fn eventful(seed: u64) -> Books {
    let mut books = Books::honest(seed, 30);
    let day = date("2025-12-10");
    let copied = books
        .entries
        .iter()
        .find(|entry| entry.date >= date("2025-12-01") && entry.lines[0].0 == "153")
        .cloned()
        .expect("a bill");
    let lines: Vec<(&str, i64, i64)> =
        copied.lines.iter().map(|(account, d, c)| (account.as_str(), *d, *c)).collect();
    books.push(date("2025-12-28"), EntrySource::Manual, &copied.reference, &copied.party, &lines);
    books.bill(day, "7312494894", "770.04", 8_000_000, EntrySource::Integration);
    for _ in 0..4 {
        books.bill(day, "8179084859", "760.01", 2_500_000, EntrySource::Import);
    }
    books.push(
        day,
        EntrySource::Manual,
        "",
        "",
        &[("131", 9_000_000, 0), ("102.01", 0, 9_000_000)],
    );
    books
}

fn report(books: &Books, day: &str) -> Report {
    examine(&books.ledger(), date(day), &Parameters::default())
}

fn keys(report: &Report, kinds: &[Kind]) -> BTreeSet<(Kind, String)> {
    report
        .findings
        .iter()
        .filter(|finding| kinds.contains(&finding.kind))
        .map(|finding| (finding.kind, finding.fingerprint.to_string()))
        .collect()
}

const STATISTICAL: [Kind; 5] = [
    Kind::ExpenseSpike,
    Kind::LargeEntry,
    Kind::UnusualAccount,
    Kind::SuspiciousSupplier,
    Kind::UnusualCounterparty,
];

#[test]
fn the_same_ledger_in_another_order_gives_the_same_report() {
    for seed in 1..=3 {
        let books = eventful(seed);
        let mut shuffled = books.entries.clone();
        let mut dice = Dice::new(seed + 100);
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, usize::try_from(dice.below(at as u64 + 1)).unwrap());
        }
        for entry in &mut shuffled {
            entry.lines.reverse();
        }
        let straight = report(&books, "2025-12-31");
        let other = examine(&ledger(&shuffled, |a| a), date("2025-12-31"), &Parameters::default());
        assert!(straight.findings.len() >= 4, "{:?}", straight.findings);
        assert_eq!(straight, other, "seed {seed}");
    }
}

#[test]
fn amounts_times_a_constant_give_the_same_statistical_findings() {
    for seed in 1..=3 {
        let books = eventful(seed);
        let straight = keys(&report(&books, "2025-12-31"), &STATISTICAL);
        assert!(straight.len() >= 3, "{straight:?}");
        for factor in [3, 10, 1000] {
            let scaled = ledger(&books.entries, |amount| amount * factor);
            let scaled = examine(&scaled, date("2025-12-31"), &Parameters::default());
            assert_eq!(keys(&scaled, &STATISTICAL), straight, "seed {seed}, times {factor}");
        }
    }
}

#[test]
fn a_common_rise_of_forty_per_cent_raises_no_spikes() {
    let (mut spikes, mut months) = (0, 0);
    for seed in 1..=8 {
        let mut books = Books::honest(seed, 30);
        for entry in books.entries.iter_mut().filter(|entry| entry.date >= date("2025-07-01")) {
            for (_, debit, credit) in &mut entry.lines {
                *debit = *debit * 14 / 10;
                *credit = *credit * 14 / 10;
            }
        }
        for day in ["2025-07-31", "2025-08-31", "2025-09-30", "2025-10-31"] {
            months += 1;
            spikes += report(&books, day)
                .findings
                .iter()
                .filter(|finding| finding.kind == Kind::ExpenseSpike)
                .count();
        }
    }
    assert!(spikes * 10 < months, "{spikes} spikes in {months} company-months");
}

#[test]
fn what_is_dated_or_recorded_later_changes_nothing() {
    let books = eventful(4);
    for end in MONTH_ENDS {
        let reference = date(end);
        let mut known = books.clone();
        known.entries.retain(|entry| entry.date <= reference);
        let mut with_future = books.clone();
        for entry in &mut with_future.entries {
            entry.recorded_on = (entry.date > reference).then_some(entry.date);
        }
        // A late one too: dated before, recorded after.
        let mut late = with_future.entries[0].clone();
        late.id = "late".to_owned();
        late.date = reference;
        late.recorded_on = reference.checked_add_days(Days::new(5));
        late.lines = vec![("131".to_owned(), 99_000_000, 0), ("102.01".to_owned(), 0, 99_000_000)];
        with_future.entries.push(late);
        let findings = |books: &Books| report(books, end).findings;
        assert_eq!(findings(&known), findings(&with_future), "{end}");
    }
}

#[test]
fn books_that_come_in_at_once_are_judged_by_their_dates() {
    let books = eventful(7);
    let mut loaded = books.clone();
    for entry in &mut loaded.entries {
        entry.recorded_on = Some(date("2025-12-30"));
    }
    loaded.entries.retain(|entry| entry.date <= date("2025-12-31"));
    let mut plain = loaded.clone();
    for entry in &mut plain.entries {
        entry.recorded_on = None;
    }
    assert_eq!(report(&loaded, "2025-12-31"), report(&plain, "2025-12-31"));
}

#[test]
fn tomorrow_knows_todays_findings_again() {
    let books = eventful(5);
    let today = report(&books, "2025-12-30");
    assert_eq!(today, report(&books, "2025-12-30"), "two runs of one day agree");
    let tomorrow = report(&books, "2025-12-31");
    let known = |report: &Report| -> BTreeSet<_> {
        report.findings.iter().map(|finding| finding.fingerprint.clone()).collect()
    };
    // The report window moves on by a day; nothing that it still covers changes its identity.
    let still_covered: BTreeSet<_> = today
        .findings
        .iter()
        .filter(|finding| finding.date >= date("2025-12-05"))
        .map(|finding| finding.fingerprint.clone())
        .collect();
    assert!(!still_covered.is_empty());
    assert!(still_covered.is_subset(&known(&tomorrow)));
}

#[test]
fn findings_are_unique_complete_and_within_their_ranges() {
    for seed in 1..=3 {
        let books = eventful(seed);
        let ids: BTreeSet<&str> = books.entries.iter().map(|entry| entry.id.as_str()).collect();
        for end in MONTH_ENDS {
            let report = report(&books, end);
            let mut seen = BTreeSet::new();
            for finding in &report.findings {
                assert!(seen.insert((finding.kind, finding.fingerprint.clone())), "{finding:?}");
                assert!((0.0..=1.0).contains(&finding.strength), "{finding:?}");
                assert!(finding.entries.iter().all(|id| ids.contains(id.as_str())), "{finding:?}");
                assert!(finding.entries.is_sorted() && finding.date <= date(end), "{finding:?}");
                let text = anomaly::message::text(finding);
                for part in [&text.title, &text.message, &text.next_check] {
                    assert!(part.len() > 10 && !part.contains('{'), "{part}");
                }
                let stored = serde_json::to_string(finding).unwrap();
                assert_eq!(&serde_json::from_str::<Finding>(&stored).unwrap(), finding);
            }
            for entry in &report.unusual_entries {
                let sum: f64 = entry.contributions.iter().map(|part| part.part).sum();
                assert!((sum - entry.score).abs() < 1e-9, "{entry:?}");
            }
            assert!(report.unusual_entries.is_sorted_by(|a, b| a.score >= b.score));
        }
    }
}

fn sale(day: &str, seller: &str, buyer: &str, lira: i64, entry: &str) -> ring::Transfer {
    ring::Transfer {
        date: date(day),
        seller: ClientCompanyId::new(seller),
        buyer: ClientCompanyId::new(buyer),
        amount: Kurus::lira(lira),
        booked_by: anomaly::Direction::Sale,
        entry: entry.to_owned(),
    }
}

fn rings(transfers: &[ring::Transfer], day: NaiveDate) -> Vec<Finding> {
    ring::find_rings(transfers, day, 31, &Parameters::default().ring)
}

#[test]
fn rings_of_two_to_five_companies_are_found_in_any_order() {
    let names = ["a", "b", "c", "d", "e"];
    for length in 2..=5_usize {
        let mut transfers: Vec<ring::Transfer> = (0..length)
            .map(|at| {
                let (seller, buyer) = (names[at], names[(at + 1) % length]);
                let day = format!("2025-05-{:02}", 5 + 3 * at);
                let lira = 100_000 - 4_000 * i64::try_from(at).unwrap();
                sale(&day, seller, buyer, lira, &format!("e{at}"))
            })
            .collect();
        let found = rings(&transfers, date("2025-05-31"));
        assert_eq!(found.len(), length, "one finding for each company");
        assert!(found.iter().all(|finding| finding.fingerprint == found[0].fingerprint));
        transfers.reverse();
        assert_eq!(rings(&transfers, date("2025-05-31")), found);
        assert!(rings(&transfers, date("2025-07-31")).is_empty(), "no news two months later");
        // One link less is no ring.
        transfers.pop();
        assert!(rings(&transfers, date("2025-05-31")).is_empty());
    }
}

#[test]
fn honest_trade_makes_no_rings() {
    let day = date("2025-06-30");
    let unequal =
        [sale("2025-06-02", "a", "b", 100_000, "1"), sale("2025-06-05", "b", "a", 30_000, "2")];
    let slow =
        [sale("2025-05-02", "a", "b", 100_000, "1"), sale("2025-06-20", "b", "a", 100_000, "2")];
    let backwards = [
        sale("2025-06-10", "a", "b", 100_000, "1"),
        sale("2025-06-07", "b", "c", 100_000, "2"),
        sale("2025-06-04", "c", "a", 100_000, "3"),
    ];
    for (what, trade) in [("unequal", &unequal[..]), ("slow", &slow[..])] {
        assert!(rings(trade, day).is_empty(), "{what}");
    }
    // Money that goes round in the other order of time is a ring from where it began.
    assert!(rings(&backwards, day).is_empty());
}

#[test]
fn only_companies_of_the_office_are_in_its_transfers() {
    let mut books = Books::honest(6, 3);
    books.sale(date("2023-09-10"), "4126456600", 1_000_000);
    books.bill(date("2023-09-11"), "4064288971", "153", 1_000_000, EntrySource::Integration);
    let ledger = books.ledger();
    let nobody: HashMap<String, ClientCompanyId> = HashMap::new();
    assert!(ring::transfers(&ledger, &nobody).is_empty());
    let office = HashMap::from([
        ("4126456600".to_owned(), ClientCompanyId::new("buyer")),
        ("4064288971".to_owned(), ClientCompanyId::new("seller")),
    ]);
    let transfers = ring::transfers(&ledger, &office);
    let pairs: Vec<(&str, &str, Kurus)> = transfers
        .iter()
        .map(|transfer| (transfer.seller.as_str(), transfer.buyer.as_str(), transfer.amount))
        .collect();
    assert_eq!(
        pairs,
        [("company", "buyer", Kurus(1_200_000)), ("seller", "company", Kurus(1_200_000))]
    );
}
