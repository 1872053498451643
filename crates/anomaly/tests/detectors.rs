//! Each detector finds what it is for, and leaves alone what only looks like it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

mod books;

use anomaly::{
    ChartRule, Direction, EntrySource, Evidence, Finding, Invoice, InvoiceStatus, KdvPart, Kind,
    Kurus, LedgerBuilder, Parameters, Reason, SameAs, examine,
};
use books::{Books, date};
use chrono::{Datelike, NaiveDate};
use domain::{ClientCompanyId, Currency};

fn found(books: &Books, day: &str, kind: Kind) -> Vec<Finding> {
    let report = examine(&books.ledger(), date(day), &Parameters::default());
    report.findings.into_iter().filter(|finding| finding.kind == kind).collect()
}

fn only(books: &Books, day: &str, kind: Kind) -> Finding {
    let mut found = found(books, day, kind);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

fn honest() -> Books {
    Books::honest(11, 30)
}

#[test]
fn honest_books_raise_next_to_nothing() {
    let (mut alerts, mut months) = (Vec::new(), 0);
    for seed in 20..26 {
        let books = Books::honest(seed, 30);
        for month in 1..=12 {
            let end = NaiveDate::from_ymd_opt(2025, month + 1, 1)
                .or_else(|| NaiveDate::from_ymd_opt(2026, 1, 1))
                .and_then(|next| next.pred_opt())
                .unwrap();
            months += 1;
            let mut known = books.clone();
            known.entries.retain(|entry| entry.date <= end);
            let report = examine(&known.ledger(), end, &Parameters::default());
            alerts.extend(report.findings.into_iter().filter(|finding| {
                !matches!(
                    finding.kind,
                    Kind::NewCounterparty | Kind::DormantCounterparty | Kind::UnusualCounterparty
                )
            }));
        }
    }
    let kinds: Vec<(Kind, NaiveDate)> =
        alerts.iter().map(|finding| (finding.kind, finding.date)).collect();
    assert!(alerts.len() * 4 < months, "{} in {months} months: {kinds:?}", alerts.len());
    let exact = [
        Kind::DuplicateEntry,
        Kind::NumberGap,
        Kind::ChartMismatch,
        Kind::CashSplitting,
        Kind::RoundAmounts,
        Kind::UnusualAccount,
        Kind::Timing,
        Kind::KdvPattern,
    ];
    assert!(kinds.iter().all(|(kind, _)| !exact.contains(kind)), "{kinds:?}");
}

#[test]
fn a_document_booked_twice_is_found_in_every_spelling() {
    let day = date("2025-11-05");
    for (number, net, same_as) in [
        ("S172025000640685", 318_162, SameAs::Exact),
        ("S17-2025-640685", 318_162, SameAs::OtherSpelling),
        ("", 318_162, SameAs::NoNumber),
        ("S172025000640685", 318_165, SameAs::NearAmount),
    ] {
        let mut books = honest();
        let first = books.document(day, "9905924461", "153", 318_162, "S172025000640685", false);
        let second = books.document(date("2025-11-20"), "9905924461", "153", net, number, false);
        let finding = only(&books, "2025-11-30", Kind::DuplicateEntry);
        assert_eq!(finding.entries, [first, second]);
        assert!(
            matches!(&finding.reason, Reason::Same { same_as: of, days_apart: 15, .. } if *of == same_as),
            "{:?}",
            finding.reason
        );
    }
}

#[test]
fn corrections_deliveries_and_habits_are_no_duplicates() {
    let day = date("2025-11-05");
    let mut books = honest();
    // Entry, reversal, entry under one number.
    for is_reversal in [false, true, false] {
        books.document(day, "9905924461", "153", 555_555, "S172025000000777", is_reversal);
    }
    // Two equal deliveries with numbers of their own.
    books.document(day, "9905924461", "153", 444_444, "S172025000000801", false);
    books.document(day, "9905924461", "153", 444_444, "S172025000000802", false);
    // Sent without numbers as a habit.
    for day in ["2025-08-04", "2025-09-04", "2025-10-06", "2025-11-04"] {
        books.document(date(day), "1111111114", "770.06", 222_222, "", false);
    }
    books.document(date("2025-11-20"), "1111111114", "770.06", 222_222, "X7", false);
    assert!(found(&books, "2025-11-30", Kind::DuplicateEntry).is_empty());
}

#[test]
fn an_invoice_recorded_twice_is_found_and_a_cancelled_one_is_not() {
    let invoice = |id: &str, number: &str, status, total: i64| Invoice {
        id: id.to_owned(),
        direction: Direction::Purchase,
        status,
        number: Some(number.to_owned()),
        issue_date: date("2025-11-05"),
        due_date: None,
        recorded_on: None,
        total: Kurus(total),
        tax: Kurus(total / 6),
        currency: Currency::TRY,
        kdv: Vec::new(),
        party: None,
    };
    let mut builder = LedgerBuilder::new(ClientCompanyId::new("company"), None);
    let posted = InvoiceStatus::Posted;
    for (new, party) in [
        (invoice("a", "S172025000640685", posted, 120_000), "9905924461"),
        (invoice("b", "s17 2025 640685", posted, 120_001), "9905924461"),
        (invoice("c", "S172025000640685", posted, 120_000), "7312494894"),
        (invoice("d", "S172025000640685", InvoiceStatus::Cancelled, 120_000), "9905924461"),
        (invoice("e", "S172025000640685", posted, 90_000), "9905924461"),
    ] {
        builder.invoice(new, Some(party));
    }
    let report = examine(&builder.build(), date("2025-11-30"), &Parameters::default());
    let duplicates: Vec<&Finding> =
        report.findings.iter().filter(|f| f.kind == Kind::DuplicateInvoice).collect();
    assert_eq!(duplicates.len(), 1, "{duplicates:#?}");
    assert_eq!(duplicates[0].invoices, ["a", "b"]);
}

#[test]
fn missing_numbers_are_one_finding_and_cancelled_ones_none() {
    let mut books = honest();
    for _ in 0..3 {
        books.sale(date("2025-12-29"), "3170621701", 100_000);
    }
    books.skip_numbers(2025, 3);
    books.sale(date("2025-12-30"), "3170621701", 100_000);
    let finding = only(&books, "2025-12-31", Kind::NumberGap);
    let Evidence::NumberRange { first, last } = &finding.evidence else { panic!("{finding:?}") };
    assert_eq!((first.as_str(), last.as_str()), ("ABC2025000000364", "ABC2025000000366"));

    let mut builder = LedgerBuilder::new(ClientCompanyId::new("company"), None);
    for (running, status) in (1..=30)
        .map(|n| (n, if n % 7 == 0 { InvoiceStatus::Cancelled } else { InvoiceStatus::Issued }))
    {
        if running == 12 {
            continue;
        }
        let invoice = Invoice {
            id: format!("i{running}"),
            direction: Direction::Sale,
            status,
            number: Some(format!("XYZ2025{running:09}")),
            issue_date: date("2025-11-05"),
            due_date: None,
            recorded_on: None,
            total: Kurus(1_200),
            tax: Kurus(200),
            currency: Currency::TRY,
            kdv: Vec::new(),
            party: None,
        };
        builder.invoice(invoice, None);
    }
    let report = examine(&builder.build(), date("2025-11-30"), &Parameters::default());
    let gaps: Vec<&Evidence> = report
        .findings
        .iter()
        .filter(|finding| finding.kind == Kind::NumberGap)
        .map(|finding| &finding.evidence)
        .collect();
    let only = Evidence::NumberRange {
        first: "XYZ2025000000012".to_owned(),
        last: "XYZ2025000000012".to_owned(),
    };
    assert_eq!(gaps, [&only]);
}

#[test]
fn a_number_that_comes_late_is_waited_for() {
    // Numbers regularly come two weeks late, across the month's end.
    let mut builder = LedgerBuilder::new(ClientCompanyId::new("company"), None);
    for running in 1..=40_u32 {
        let day = date("2025-09-01") + chrono::Duration::days(i64::from(running) * 2);
        let late = if running % 10 == 5 { 14 } else { 0 };
        let invoice = Invoice {
            id: format!("i{running}"),
            direction: Direction::Sale,
            status: InvoiceStatus::Issued,
            number: Some(format!("XYZ2025{running:09}")),
            issue_date: day,
            due_date: None,
            recorded_on: Some(day + chrono::Duration::days(late)),
            total: Kurus(1_200),
            tax: Kurus(200),
            currency: Currency::TRY,
            kdv: Vec::new(),
            party: None,
        };
        builder.invoice(invoice, None);
    }
    let ledger = builder.build();
    // From the first number on that came in a later month.
    let mut day = date("2025-11-05");
    while day < date("2025-12-15") {
        let report = examine(&ledger, day, &Parameters::default());
        let gaps = report.findings.iter().filter(|finding| finding.kind == Kind::NumberGap).count();
        assert_eq!(gaps, 0, "{day}");
        day = day.succ_opt().unwrap();
    }
}

#[test]
fn the_chart_of_accounts_is_kept() {
    type Case<'a> = (&'a str, &'a [(&'a str, i64, i64)], ChartRule);
    let day = date("2025-11-05");
    let cases: [Case<'_>; 8] = [
        (
            "sale with 191",
            &[("120", 120, 0), ("600", 0, 100), ("191", 0, 20)],
            ChartRule::InputKdvInSale,
        ),
        ("cost to 600", &[("600", 100, 0), ("320", 0, 100)], ChartRule::CostInRevenueAccount),
        ("collection", &[("120", 777, 0), ("102.01", 0, 777)], ChartRule::CollectionSidesSwapped),
        ("unbalanced", &[("770.04", 100, 0), ("320", 0, 99)], ChartRule::Unbalanced),
        ("zero", &[("770.04", 100, 0), ("320", 0, 100), ("191", 0, 0)], ChartRule::ZeroLine),
        ("short", &[("77", 100, 0), ("320", 0, 100)], ChartRule::MalformedAccount),
        ("memorandum", &[("900", 100, 0), ("320", 0, 100)], ChartRule::MemorandumMixed),
        ("both", &[("770.04", 100, 100), ("320", 100, 100)], ChartRule::BothSides),
    ];
    for (name, lines, rule) in cases {
        let mut books = honest();
        books.push(day, EntrySource::Manual, "", "9988776655", lines);
        let finding = only(&books, "2025-11-30", Kind::ChartMismatch);
        assert!(
            matches!(finding.reason, Reason::Chart { rule: r, .. } if r == rule),
            "{name}: {finding:?}"
        );
    }
    // Returns, discounts, exempt and export sales, the year's closing, an overpayment that goes back.
    let mut books = honest();
    let year_end = date("2025-12-31");
    books.push(
        day,
        EntrySource::Manual,
        "I1",
        "9905924461",
        &[("320", 120, 0), ("153", 0, 100), ("191", 0, 20)],
    );
    books.push(
        day,
        EntrySource::Manual,
        "I2",
        "3170621701",
        &[("611", 100, 0), ("391", 20, 0), ("120", 0, 120)],
    );
    books.push(
        day,
        EntrySource::Integration,
        "E1",
        "3170621701",
        &[("120", 100, 0), ("601", 0, 100)],
    );
    books.push(
        day,
        EntrySource::Integration,
        "",
        "3170621702",
        &[("102.01", 500, 0), ("120", 0, 500)],
    );
    books.push(
        day,
        EntrySource::Integration,
        "",
        "3170621702",
        &[("102.01", 500, 0), ("120", 0, 500)],
    );
    books.push(
        date("2025-12-10"),
        EntrySource::Integration,
        "",
        "3170621702",
        &[("120", 500, 0), ("102.01", 0, 500)],
    );
    books.push(year_end, EntrySource::Manual, "KAPANIS", "", &[("600", 100, 0), ("690", 0, 100)]);
    for end in ["2025-11-30", "2025-12-31"] {
        assert_eq!(found(&books, end, Kind::ChartMismatch), [], "{end}");
    }
}

#[test]
fn accounts_that_the_chart_does_not_know_are_named() {
    let mut builder = LedgerBuilder::new(ClientCompanyId::new("company"), None);
    builder.account("770.01", true);
    builder.account("102", true);
    builder.account("760", false);
    for (id, account) in [("a", "770.01"), ("b", "770.02"), ("c", "760")] {
        builder.entry(anomaly::NewEntry {
            id,
            date: date("2025-11-05"),
            recorded_on: None,
            source: EntrySource::Import,
            reference: None,
            party: None,
            lines: &[
                anomaly::NewLine { account, debit: Kurus(100), credit: Kurus::ZERO },
                anomaly::NewLine { account: "102", debit: Kurus::ZERO, credit: Kurus(100) },
            ],
        });
    }
    let report = examine(&builder.build(), date("2025-11-30"), &Parameters::default());
    let mut rules: Vec<(String, ChartRule)> = report
        .findings
        .iter()
        .filter_map(|finding| match &finding.reason {
            Reason::Chart { rule, account } => Some((account.clone(), *rule)),
            _ => None,
        })
        .collect();
    rules.sort_unstable();
    assert_eq!(
        rules,
        [
            ("760".to_owned(), ChartRule::InactiveAccount),
            ("770.02".to_owned(), ChartRule::UnknownAccount)
        ]
    );
}

#[test]
fn more_and_larger_bills_are_a_spike_and_one_giant_is_a_large_entry() {
    let mut books = honest();
    for net in [1_400_000, 1_900_000, 1_100_000] {
        books.bill(date("2025-11-12"), "8179084859", "760.01", net, EntrySource::Import);
    }
    books.bill(date("2025-11-13"), "7312494894", "770.04", 9_000_000, EntrySource::Import);
    let spike = only(&books, "2025-11-30", Kind::ExpenseSpike);
    assert_eq!(
        spike.evidence,
        Evidence::AccountMonth { account: "760.01".to_owned(), month: date("2025-11-01") }
    );
    assert!(spike.base.is_some() && spike.threshold.is_some());
    let large = only(&books, "2025-11-30", Kind::LargeEntry);
    assert!(
        matches!(&large.reason, Reason::EntryAboveUsual { account, factor } if account == "770.04" && *factor > 10.0)
    );

    // Rent paid five times in a month: the number says it, not the size.
    let mut books = honest();
    for day in ["2025-11-03", "2025-11-05", "2025-11-11", "2025-11-20"] {
        books.bill(date(day), "2720326918", "770.01", 1_500_000, EntrySource::Import);
    }
    only(&books, "2025-11-30", Kind::ExpenseSpike);
}

/// Bills of the ordinary size, two more than usual, and nobody pays three of them: by age, not before.
#[test]
fn a_surplus_that_nobody_pays_is_a_spike_once_it_is_overdue() {
    let mut books = honest();
    let mut left = Vec::new();
    for (day, net) in [("2025-09-08", 520_000), ("2025-09-15", 610_000), ("2025-09-22", 480_000)] {
        left.push(books.document(date(day), "8179084859", "760.01", net, day, false));
    }
    assert_eq!(found(&books, "2025-09-30", Kind::ExpenseSpike), [], "nothing looks ahead");
    assert_eq!(found(&books, "2025-10-31", Kind::ExpenseSpike), []);
    let finding = only(&books, "2025-11-30", Kind::ExpenseSpike);
    assert_eq!(finding.entries, left);
    assert!(
        matches!(finding.reason, Reason::MonthLeftUnpaid { unpaid: 3, bills: 8, .. }),
        "{finding:?}"
    );
    let text = anomaly::message::text(&finding).message;
    assert!(text.contains("3 tanesi") && text.contains("ödenmedi"), "{text}");
    // Paid in one sum, nothing is left.
    let owed = (520_000 + 610_000 + 480_000) * 6 / 5;
    books.push(
        date("2025-11-20"),
        EntrySource::Integration,
        "",
        "8179084859",
        &[("320", owed, 0), ("102.01", 0, owed)],
    );
    assert_eq!(found(&books, "2025-11-30", Kind::ExpenseSpike), []);
}

/// The first bill of an unknown counterparty is nothing yet; unpaid for two months it is.
#[test]
fn a_giant_of_an_unknown_counterparty_is_found_when_nobody_pays_it() {
    let mut books = honest();
    let giant = books.document(date("2025-09-08"), "1769686521", "770.06", 9_000_000, "N1", false);
    for end in ["2025-09-30", "2025-10-31"] {
        assert_eq!(found(&books, end, Kind::LargeEntry), [], "{end}");
    }
    let finding = only(&books, "2025-11-30", Kind::LargeEntry);
    assert_eq!(finding.entries, [giant]);
    let owed = 9_000_000 * 6 / 5;
    books.push(
        date("2025-10-20"),
        EntrySource::Integration,
        "",
        "1769686521",
        &[("320", owed, 0), ("102.01", 0, owed)],
    );
    assert_eq!(found(&books, "2025-11-30", Kind::LargeEntry), []);
}

#[test]
fn what_comes_every_year_and_what_was_corrected_is_no_large_entry() {
    let mut books = honest();
    // The licence of each March is in the honest books; a giant that was cancelled and booked anew on
    // another account is a correction.
    let day = date("2025-03-10");
    for (account, is_reversal) in [("153", false), ("153", true), ("770.04", false)] {
        books.document(day, "7312494894", account, 9_000_000, "S172025000000999", is_reversal);
    }
    assert_eq!(found(&books, "2025-03-31", Kind::LargeEntry), []);
}

#[test]
fn an_undocumented_payment_to_a_new_account_is_unusual_and_a_documented_one_is_not() {
    let mut books = honest();
    let day = date("2025-11-05");
    let strange = books.push(
        day,
        EntrySource::Manual,
        "",
        "",
        &[("131", 500_000, 0), ("102.01", 0, 500_000)],
    );
    // First uses that are ordinary: a vehicle with its bill, interest through the bank, provisional tax.
    books.document(day, "9262572455", "254", 90_000_000, "T2025000000001", false);
    books.push(day, EntrySource::Integration, "", "", &[("102.01", 7_000, 0), ("642", 0, 7_000)]);
    books.push(day, EntrySource::Manual, "", "", &[("193", 7_000, 0), ("102.01", 0, 7_000)]);
    let finding = only(&books, "2025-11-30", Kind::UnusualAccount);
    assert_eq!(finding.entries, [strange]);
}

#[test]
fn too_little_history_is_a_result() {
    let mut books = Books::honest(3, 2);
    books.push(
        date("2023-08-20"),
        EntrySource::Manual,
        "",
        "",
        &[("131", 500_000, 0), ("102.01", 0, 500_000)],
    );
    let report = examine(&books.ledger(), date("2023-08-31"), &Parameters::default());
    assert!(report.findings.iter().all(|finding| finding.kind != Kind::UnusualAccount));
    let silent: Vec<Kind> =
        report.too_little_history.iter().filter(|t| t.subject.is_none()).map(|t| t.kind).collect();
    for kind in [Kind::ExpenseSpike, Kind::UnusualAccount, Kind::Timing, Kind::SuspiciousSupplier] {
        assert!(silent.contains(&kind), "{kind} in {silent:?}");
    }
    assert!(report.too_little_history.iter().all(|t| t.have < t.need));
}

#[test]
fn round_bills_of_a_new_consultant_are_found_and_a_retainer_is_not() {
    let mut books = honest();
    for (day, lira) in [
        ("03", 33_000),
        ("06", 53_000),
        ("11", 44_000),
        ("14", 16_000),
        ("20", 24_000),
        ("26", 18_000),
    ] {
        books.document(
            date(&format!("2025-11-{day}")),
            "2579173931",
            "760.01",
            lira * 100,
            "F1",
            false,
        );
    }
    let finding = only(&books, "2025-11-30", Kind::RoundAmounts);
    assert!(
        matches!(&finding.reason, Reason::Round { party, round: 6, of: 6, .. } if party == "2579173931")
    );
    let later = only(&books, "2025-12-20", Kind::RoundAmounts);
    assert_eq!(finding.fingerprint, later.fingerprint);
}

#[test]
fn a_large_typed_payment_on_a_holiday_is_found() {
    let mut books = honest();
    let strange = books.push(
        date("2025-10-29"),
        EntrySource::Manual,
        "",
        "",
        &[("770.04", 5_000_000, 0), ("102.01", 0, 5_000_000)],
    );
    // A small one, a till receipt and a dated accrual are ordinary.
    books.push(
        date("2025-10-29"),
        EntrySource::Manual,
        "",
        "",
        &[("770.04", 10_000, 0), ("102.01", 0, 10_000)],
    );
    books.push(
        date("2025-10-29"),
        EntrySource::Manual,
        "F9",
        "",
        &[("770.04", 9_000_000, 0), ("100", 0, 9_000_000)],
    );
    books.push(
        date("2025-10-29"),
        EntrySource::Manual,
        "",
        "",
        &[("770.04", 9_000_000, 0), ("335", 0, 9_000_000)],
    );
    let finding = only(&books, "2025-10-31", Kind::Timing);
    assert_eq!(finding.entries, [strange]);
}

#[test]
fn cash_below_the_limit_and_together_above_is_found() {
    let mut books = honest();
    for (day, kurus) in [("24", 2_816_862), ("25", 2_855_183), ("26", 2_839_315)] {
        books.push(
            date(&format!("2025-11-{day}")),
            EntrySource::Manual,
            "",
            "2571423256",
            &[("320", kurus, 0), ("100", 0, kurus)],
        );
    }
    let finding = only(&books, "2025-11-30", Kind::CashSplitting);
    assert_eq!(finding.entries.len(), 3);
    assert_eq!(finding.audience, anomaly::Audience::Narrow);
    // Each above the limit is a breach, and no splitting; two on different days are two payments.
    let mut books = honest();
    for (day, kurus) in [("03", 2_500_000), ("04", 2_500_000), ("20", 9_000_000)] {
        books.push(
            date(&format!("2025-11-{day}")),
            EntrySource::Manual,
            "",
            "2571423256",
            &[("320", kurus, 0), ("100", 0, kurus)],
        );
    }
    assert_eq!(found(&books, "2025-11-30", Kind::CashSplitting), []);
}

#[test]
fn a_new_supplier_that_nobody_pays_is_found_by_age() {
    let mut books = honest();
    let bills: Vec<String> =
        [("2025-09-03", 9_123_456), ("2025-09-15", 11_654_321), ("2025-10-02", 8_192_837)]
            .into_iter()
            .map(|(day, net)| books.document(date(day), "1769686521", "153", net, "N1", false))
            .collect();
    assert_eq!(found(&books, "2025-09-30", Kind::SuspiciousSupplier), [], "too young");
    let finding = only(&books, "2025-11-15", Kind::SuspiciousSupplier);
    assert_eq!(finding.entries, bills);
    // Paid once, it is a supplier.
    books.push(
        date("2025-10-20"),
        EntrySource::Integration,
        "",
        "1769686521",
        &[("320", 1_000, 0), ("102.01", 0, 1_000)],
    );
    assert_eq!(found(&books, "2025-11-15", Kind::SuspiciousSupplier), []);
}

#[test]
fn invented_digits_are_found_and_honest_prices_are_not() {
    let mut books = honest();
    let mut dice = books::Dice::new(9);
    let mut day = date("2025-01-02");
    while day < date("2025-12-01") {
        let lead = 5 + dice.below(5);
        let power = 10_i64.pow(u32::try_from(3 + dice.below(3)).unwrap());
        let net = i64::try_from(lead).unwrap() * power + i64::try_from(dice.below(999)).unwrap();
        books.bill(day, "7522022322", "770.02", net, EntrySource::Import);
        day += chrono::Duration::days(2);
    }
    let finding = only(&books, "2025-11-30", Kind::Benford);
    assert_eq!(finding.evidence, Evidence::Account { account: "770.02".to_owned() });
    assert_eq!(finding.severity, domain::Severity::Low);
}

/// Of honest log-normal accounts of 100 to 5000 amounts, at most one in a hundred is called invented.
#[test]
fn honest_log_normal_accounts_keep_benford_quiet() {
    let (mut alarms, mut samples) = (0, 0);
    for seed in 0..50 {
        for (n, sigma) in [(100, 0.8), (100, 1.2), (250, 0.8), (500, 1.2), (5000, 0.8)] {
            // The largest ones take their time; a few of them do.
            if n > 1000 && seed >= 4 {
                continue;
            }
            let mut dice = books::Dice::new(1_000 * seed + n);
            let mut builder = LedgerBuilder::new(ClientCompanyId::new("company"), None);
            let middle = 10_f64.powf(4.0 + 2.0 * dice.share());
            for at in 0..n {
                let net = dice.amount(middle, sigma);
                builder.entry(anomaly::NewEntry {
                    id: &format!("e{at}"),
                    date: date("2025-01-05")
                        + chrono::Duration::days(i64::try_from(at % 330).unwrap()),
                    recorded_on: None,
                    source: EntrySource::Import,
                    reference: Some(&format!("r{at}")),
                    party: Some("7522022322"),
                    lines: &[
                        anomaly::NewLine {
                            account: "770.02",
                            debit: Kurus(net),
                            credit: Kurus::ZERO,
                        },
                        anomaly::NewLine { account: "320", debit: Kurus::ZERO, credit: Kurus(net) },
                    ],
                });
            }
            let report = examine(&builder.build(), date("2025-11-30"), &Parameters::default());
            samples += 1;
            alarms += report.findings.iter().filter(|f| f.kind == Kind::Benford).count();
        }
    }
    assert!(alarms * 100 <= samples, "{alarms} of {samples}");
}

#[test]
fn kdv_that_no_rate_explains_is_found() {
    let mut builder = LedgerBuilder::new(ClientCompanyId::new("company"), None);
    let part = |rate, net, kdv| KdvPart { rate, net: Kurus(net), kdv: Kurus(kdv) };
    let cases = [
        ("right", vec![part(2000, 10_000, 2_000), part(100, 10_000, 100)], 2_100, false),
        ("old rate", vec![part(1800, 10_000, 1_800)], 1_800, true),
        ("too much", vec![part(1000, 100_000, 20_000)], 20_000, true),
        ("tevkifat leaves less", vec![part(2000, 10_000, 200)], 200, false),
        ("whole, a mix", vec![], 1_337, false),
        ("whole, above", vec![], 5_000, true),
    ];
    for (id, kdv, tax, _) in &cases {
        let net: i64 = if kdv.is_empty() { 10_000 } else { kdv.iter().map(|p| p.net.0).sum() };
        let invoice = Invoice {
            id: (*id).to_owned(),
            direction: Direction::Purchase,
            status: InvoiceStatus::Posted,
            number: None,
            issue_date: date("2025-11-05"),
            due_date: None,
            recorded_on: None,
            total: Kurus(net + tax),
            tax: Kurus(*tax),
            currency: Currency::TRY,
            kdv: kdv.clone(),
            party: None,
        };
        builder.invoice(invoice, Some("9905924461"));
    }
    let report = examine(&builder.build(), date("2025-11-30"), &Parameters::default());
    for (id, .., is_broken) in cases {
        let is_found = report
            .findings
            .iter()
            .any(|finding| finding.kind == Kind::KdvPattern && finding.invoices == [id]);
        assert_eq!(is_found, is_broken, "{id}");
    }
}

#[test]
fn late_recordings_and_future_dates_are_found_and_a_load_is_not() {
    let mut books = honest();
    for entry in &mut books.entries {
        entry.recorded_on = Some(entry.date);
    }
    let late = books.document(date("2025-06-10"), "9905924461", "153", 100_000, "L1", false);
    books.entries.last_mut().unwrap().recorded_on = Some(date("2025-11-10"));
    let finding = only(&books, "2025-11-30", Kind::BackDating);
    assert_eq!(finding.entries, [late]);
    let ahead = books.document(date("2026-02-10"), "9905924461", "153", 100_000, "L2", false);
    books.entries.last_mut().unwrap().recorded_on = Some(date("2025-11-10"));
    let finding = only(&books, "2025-11-30", Kind::FutureDating);
    assert_eq!(finding.entries, [ahead]);
    // The books of a new client come in on one day.
    for entry in &mut books.entries {
        entry.recorded_on = Some(date("2025-11-20"));
    }
    assert_eq!(found(&books, "2025-11-30", Kind::BackDating), []);
}

#[test]
fn a_heavy_new_counterparty_is_a_hint() {
    let mut books = honest();
    books.bill(date("2025-11-12"), "0341321868", "153", 60_000_000, EntrySource::Integration);
    let finding = only(&books, "2025-11-30", Kind::NewCounterparty);
    assert_eq!(finding.severity, domain::Severity::Low);
    assert_eq!(finding.date.month(), 11);
}
