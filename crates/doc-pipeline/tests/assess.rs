//! Features, flags and score by the platform's table, with its defects mended.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests read files, fail by panicking and say what they skip"
)]

mod einvoice_files;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use doc_pipeline::{
    Assessment, AssessmentContext, Context, Duplicate, Duplicates, Extraction, Fields, Media,
    assess,
    evidence::EvidenceMap,
    extraction::RawText,
    fields::{
        AccountStatement, BankStatementFields, BankTransaction, InvoiceFields, KdvRate, LineItem,
        OtherTax, ReceiptFields,
    },
    finding::Finding,
};
use domain::{Currency, DocumentId, Severity};
use einvoice_files::{decimal, einvoices, reads_with};
use rust_decimal::Decimal;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn extraction(fields: Fields) -> Extraction {
    Extraction {
        media: Media::Pdf,
        fields,
        evidence: EvidenceMap::new(),
        findings: Vec::new(),
        text: RawText { text: String::new(), engine: "pdf-text".to_owned(), confidence: None },
    }
}

fn assessed(fields: Fields, duplicates: Duplicates) -> Assessment {
    assess(&extraction(fields), &AssessmentContext { today: day("2024-06-12"), duplicates })
}

/// `CODE:severity` of each flag.
fn flags(assessment: &Assessment) -> Vec<String> {
    assessment.flags.iter().map(|flag| format!("{}:{}", flag.code, flag.severity)).collect()
}

/// A plain invoice of 100 + 20 % of last Tuesday.
fn plain() -> InvoiceFields {
    InvoiceFields {
        invoice_number: Some("ABC2024000000001".to_owned()),
        issue_date: Some(day("2024-06-11")),
        due_date: Some(day("2024-07-11")),
        total_amount: Some(decimal("120.00")),
        net_amount: Some(decimal("100.00")),
        tax_amount: Some(decimal("20.00")),
        currency: Some(Currency::TRY),
        counterparty_name: Some("X".to_owned()),
        counterparty_tax_number: Some("1234567890".to_owned()),
        line_items: vec![line("100.00", "0.20")],
        ..InvoiceFields::default()
    }
}

fn line(total: &str, rate: &str) -> LineItem {
    LineItem {
        line_total: Some(decimal(total)),
        vat_rate: Some(decimal(rate)),
        ..LineItem::default()
    }
}

fn scaled(fields: &mut InvoiceFields, factor: u32) {
    let factor = Decimal::from(factor);
    for amount in [&mut fields.total_amount, &mut fields.net_amount, &mut fields.tax_amount] {
        *amount = amount.map(|amount| amount * factor);
    }
    for line in &mut fields.line_items {
        line.line_total = line.line_total.map(|amount| amount * factor);
    }
}

type Change = fn(&mut InvoiceFields);

#[test]
fn invoice_flags_follow_the_table() {
    let cases: &[(&str, Change, &[&str])] = &[
        ("plain", |_| {}, &[]),
        ("no number", |f| f.invoice_number = None, &["INVOICE_NUMBER_MISSING:high"]),
        ("no date", |f| f.issue_date = None, &["ISSUE_DATE_MISSING:medium"]),
        (
            "due before issue",
            |f| f.due_date = Some(day("2024-06-10")),
            &["DATE_INCONSISTENCY:high"],
        ),
        (
            "negative",
            |f| {
                scaled(f, 1);
                f.total_amount = Some(decimal("-120.00"));
                f.net_amount = None;
                f.tax_amount = None;
                f.line_items.clear();
            },
            &["NEGATIVE_AMOUNT:high"],
        ),
        (
            "net lines, gross total",
            |f| {
                f.line_items = vec![line("60.00", "0.20"), line("40.00", "0.20")];
            },
            &[],
        ),
        ("gross lines", |f| f.line_items = vec![line("120.00", "0.20")], &[]),
        (
            "lines before a discount",
            |f| {
                f.line_items = vec![line("110.00", "0.20")];
                f.discount_amount = Some(decimal("10.00"));
            },
            &[],
        ),
        (
            "lines that do not add up",
            |f| f.line_items = vec![line("90.00", "0.20")],
            &["AMOUNT_MISMATCH:medium"],
        ),
        (
            "no net amount",
            |f| {
                f.net_amount = None;
                f.line_items = vec![line("90.00", "0.20")];
            },
            &["AMOUNT_MISMATCH:medium"],
        ),
        ("no net amount, tied", |f| f.net_amount = None, &[]),
        (
            "no net amount, lines before a discount",
            |f| {
                f.net_amount = None;
                f.discount_amount = Some(decimal("10.00"));
                f.line_items = vec![line("110.00", "0.20")];
            },
            &[],
        ),
        (
            "no net amount, tevkifat and ÖTV",
            |f| {
                f.net_amount = None;
                f.withholding_amount = Some(decimal("18.00"));
                f.other_taxes = vec![OtherTax {
                    code: "0071".to_owned(),
                    name: None,
                    rate: None,
                    amount: decimal("5.00"),
                }];
                f.total_amount = Some(decimal("107.00"));
            },
            &[],
        ),
        ("a line without total", |f| f.line_items.push(LineItem::default()), &[]),
        ("total off", |f| f.total_amount = Some(decimal("125.00")), &["TOTALS_MISMATCH:medium"]),
        (
            "tevkifat",
            |f| {
                f.withholding_amount = Some(decimal("18.00"));
                f.total_amount = Some(decimal("102.00"));
            },
            &[],
        ),
        (
            "stopaj",
            |f| {
                f.other_taxes = vec![OtherTax {
                    code: "0003".to_owned(),
                    name: None,
                    rate: None,
                    amount: decimal("20.00"),
                }];
                f.total_amount = Some(decimal("100.00"));
            },
            &[],
        ),
        (
            "ÖTV",
            |f| {
                f.other_taxes = vec![OtherTax {
                    code: "0071".to_owned(),
                    name: None,
                    rate: None,
                    amount: decimal("5.00"),
                }];
                f.total_amount = Some(decimal("125.00"));
            },
            &[],
        ),
        (
            "no counterparty",
            |f| {
                f.counterparty_name = None;
                f.counterparty_tax_number = None;
            },
            &["MISSING_COUNTERPARTY_INFO:medium"],
        ),
        ("name only", |f| f.counterparty_tax_number = None, &[]),
        ("a million", |f| scaled(f, 10_000), &["HIGH_AMOUNT:medium"]),
        (
            "a million dollars' worth",
            |f| {
                scaled(f, 300);
                f.currency = Some(Currency::USD);
                f.exchange_rate = Some(decimal("32.50"));
            },
            &["HIGH_AMOUNT:medium"],
        ),
        (
            "dollars without a rate",
            |f| {
                scaled(f, 10_000);
                f.currency = Some(Currency::USD);
            },
            &[],
        ),
        (
            "8 % after the change",
            |f| f.line_items[0].vat_rate = Some(decimal("0.08")),
            &["VAT_RATE_INCONSISTENCY:medium"],
        ),
        (
            "8 % before the change",
            |f| {
                f.issue_date = Some(day("2023-07-07"));
                f.line_items[0].vat_rate = Some(decimal("0.08"));
            },
            &[],
        ),
        (
            "8 % within a week of the change",
            |f| {
                f.issue_date = Some(day("2023-07-14"));
                f.line_items[0].vat_rate = Some(decimal("0.08"));
            },
            &[],
        ),
        (
            "8 % on a return",
            |f| {
                f.invoice_type = Some("IADE".to_owned());
                f.line_items[0].vat_rate = Some(decimal("0.08"));
            },
            &[],
        ),
        (
            "15 %",
            |f| f.line_items[0].vat_rate = Some(decimal("0.15")),
            &["VAT_RATE_INCONSISTENCY:medium"],
        ),
        (
            "18 % in the breakdown",
            |f| {
                f.kdv_breakdown = vec![KdvRate {
                    rate: decimal("0.18"),
                    taxable_amount: None,
                    tax_amount: None,
                    exemption_code: None,
                    exemption_reason: None,
                }];
            },
            &["VAT_RATE_INCONSISTENCY:medium"],
        ),
        (
            "three rates",
            |f| {
                f.line_items =
                    vec![line("50.00", "0.20"), line("30.00", "0.10"), line("20.00", "0.01")];
            },
            &["VAT_RATE_INCONSISTENCY:low"],
        ),
        (
            "0.2 and 0.20 are one rate",
            |f| {
                f.line_items =
                    vec![line("50.00", "0.20"), line("30.00", "0.2"), line("20.00", "0.10")];
            },
            &[],
        ),
        (
            "future, small",
            |f| {
                f.issue_date = Some(day("2024-06-13"));
            },
            &["FUTURE_DATE:medium"],
        ),
        (
            "future, large",
            |f| {
                scaled(f, 1000);
                f.issue_date = Some(day("2024-06-13"));
            },
            &["AMOUNT_DATE_INCONSISTENCY:high"],
        ),
        (
            "old, small",
            |f| {
                f.issue_date = Some(day("2023-06-12"));
                f.line_items.clear();
            },
            &[],
        ),
        (
            "old, large",
            |f| {
                scaled(f, 500);
                f.issue_date = Some(day("2023-06-12"));
                f.line_items.clear();
            },
            &["AMOUNT_DATE_INCONSISTENCY:medium"],
        ),
        (
            "weekend, large",
            |f| {
                scaled(f, 100);
                f.issue_date = Some(day("2024-06-08"));
            },
            &["AMOUNT_DATE_INCONSISTENCY:low"],
        ),
    ];
    for (name, change, expected) in cases {
        let mut fields = plain();
        change(&mut fields);
        let assessment = assessed(Fields::Invoice(Box::new(fields)), Duplicates::default());
        assert_eq!(flags(&assessment), *expected, "{name}");
        assert_eq!(
            assessment.features.is_empty(),
            expected.is_empty(),
            "{name}: {:?}",
            assessment.features
        );
        assert!(assessment.features.values().all(|is_true| *is_true), "{name}");
    }
}

#[test]
fn duplicates_are_told_by_key() {
    let other = || Some(Duplicate { document_id: DocumentId::new("other") });
    let cases = [
        (
            Duplicates { number: other(), ..Duplicates::default() },
            "DUPLICATE_INVOICE_NUMBER:high",
            "duplicateInvoiceNumber",
        ),
        (
            Duplicates { ettn: other(), ..Duplicates::default() },
            "DUPLICATE_ETTN:high",
            "duplicateDocument",
        ),
        (
            Duplicates { content: other(), ..Duplicates::default() },
            "DUPLICATE_CONTENT:high",
            "duplicateDocument",
        ),
    ];
    for (duplicates, flag, feature) in cases {
        let assessment = assessed(Fields::Invoice(Box::new(plain())), duplicates);
        assert_eq!(flags(&assessment), [flag]);
        assert!(assessment.features.contains_key(feature), "{flag}");
        assert_eq!(assessment.flags[0].value, Some("other".into()));
        assert_eq!(assessment.flag_score, 30);
    }
}

#[test]
fn the_score_counts_and_is_capped() {
    let cases: &[(Change, u8)] = &[
        (|_| {}, 0),
        (|f| f.issue_date = None, 15),
        (
            |f| {
                f.invoice_number = None;
                f.issue_date = None;
            },
            45,
        ),
    ];
    for (change, score) in cases {
        let mut fields = plain();
        change(&mut fields);
        assert_eq!(
            assessed(Fields::Invoice(Box::new(fields)), Duplicates::default()).flag_score,
            *score
        );
    }
    let other = Some(Duplicate { document_id: DocumentId::new("other") });
    let all = Duplicates { content: other.clone(), ettn: other.clone(), number: other };
    let fields = InvoiceFields { total_amount: Some(decimal("-1")), ..InvoiceFields::default() };
    assert_eq!(assessed(Fields::Invoice(Box::new(fields)), all).flag_score, 100);
}

#[test]
fn bank_statement_flags_follow_the_table() {
    type Change = fn(&mut BankStatementFields);
    let movement = |amount: &str| BankTransaction {
        date: day("2024-06-03"),
        amount: decimal(amount),
        ..BankTransaction::default()
    };
    let plain = BankStatementFields {
        currency: Some(Currency::TRY),
        starting_balance: Some(decimal("100.00")),
        ending_balance: Some(decimal("150.00")),
        transactions: vec![movement("80.00"), movement("-30.00")],
        ..BankStatementFields::default()
    };
    let cases: &[(&str, Change, &[&str])] = &[
        ("plain", |_| {}, &[]),
        (
            "no balances",
            |f| {
                f.starting_balance = None;
                f.ending_balance = None;
            },
            &["MISSING_BALANCE_INFO:medium"],
        ),
        (
            "the balances of several accounts",
            |f| {
                f.starting_balance = None;
                f.ending_balance = None;
                f.statements = vec![AccountStatement {
                    starting_balance: Some(decimal("10.00")),
                    ..AccountStatement::default()
                }];
            },
            &[],
        ),
        ("one balance", |f| f.starting_balance = None, &[]),
        (
            "into the red",
            |f| {
                f.transactions[1].amount = decimal("-200.00");
                f.ending_balance = Some(decimal("-20.00"));
            },
            &["NEGATIVE_BALANCE:high"],
        ),
        (
            "large movements",
            |f| {
                f.transactions[0].amount = decimal("200000.00");
                f.transactions[1].amount = decimal("-199950.00");
            },
            &["HIGH_AMOUNT:medium"],
        ),
        (
            "large movements in dollars",
            |f| {
                f.currency = Some(Currency::USD);
                f.transactions[0].amount = decimal("200000.00");
                f.transactions[1].amount = decimal("-199950.00");
            },
            &[],
        ),
        (
            "a movement is missing",
            |f| {
                f.transactions.pop();
            },
            &["BALANCE_CHAIN_BROKEN:high"],
        ),
    ];
    for (name, change, expected) in cases {
        let mut fields = plain.clone();
        change(&mut fields);
        let assessment = assessed(Fields::BankStatement(Box::new(fields)), Duplicates::default());
        assert_eq!(flags(&assessment), *expected, "{name}");
    }
    // The movements of several accounts lead to no common balance.
    let mut fields = plain.clone();
    fields.transactions.pop();
    let mut several = extraction(Fields::BankStatement(Box::new(fields)));
    several.findings.push(Finding {
        code: "SEVERAL_ACCOUNTS".to_owned(),
        severity: Severity::Low,
        message: String::new(),
        values: BTreeMap::new(),
    });
    let context = AssessmentContext { today: day("2024-06-12"), duplicates: Duplicates::default() };
    assert_eq!(flags(&assess(&several, &context)), Vec::<String>::new());

    let mut fields = plain;
    fields.transactions[0].amount = decimal("200000.00");
    let assessment = assessed(Fields::BankStatement(Box::new(fields)), Duplicates::default());
    assert_eq!(assessment.flags[0].value, Some(1.into()), "the value is how many");
}

#[test]
fn receipt_flags_are_few() {
    let cases = [
        (Some("45.50"), Some("2024-06-11"), &[] as &[&str]),
        (None, Some("2024-06-11"), &["MISSING_AMOUNT:medium"]),
        (Some("-1"), None, &["NEGATIVE_AMOUNT:high", "MISSING_DATE:medium"]),
        (Some("45.50"), Some("2025-06-11"), &["FUTURE_DATE:medium"]),
    ];
    for (amount, date, expected) in cases {
        let fields = ReceiptFields {
            amount: amount.map(decimal),
            date: date.map(day),
            ..ReceiptFields::default()
        };
        let assessment = assessed(Fields::Receipt(Box::new(fields)), Duplicates::default());
        assert_eq!(flags(&assessment), expected);
    }
}

#[test]
fn amounts_at_the_end_of_their_range_do_not_overflow() {
    let mut fields = plain();
    fields.total_amount = Some(Decimal::MAX);
    fields.net_amount = Some(Decimal::MAX);
    fields.tax_amount = Some(Decimal::MAX);
    fields.exchange_rate = Some(Decimal::MAX);
    fields.currency = Some(Currency::EUR);
    fields.line_items = vec![line("79228162514264337593543950335", "0.20"); 3];
    let _ = assessed(Fields::Invoice(Box::new(fields)), Duplicates::default());
}

#[test]
fn correct_documents_raise_no_arithmetic_flag() {
    for name in [
        "tevkifat-brut-diyalekt",
        "tevkifat-net-diyalekt",
        "esmm",
        "emustahsil",
        "ihrac-kayitli-701",
        "kamu-satis",
    ] {
        let read = reads_with(&einvoices(&format!("synthetic/{name}.xml")), &Context::default());
        let context =
            AssessmentContext { today: day("2026-02-01"), duplicates: Duplicates::default() };
        let assessment = assess(&read, &context);
        assert!(
            !assessment.features.contains_key("amountMismatch"),
            "{name}: {:?}",
            flags(&assessment)
        );
    }
    let wrong = reads_with(&einvoices("synthetic/gecersiz-toplam.xml"), &Context::default());
    let context = AssessmentContext { today: day("2026-02-01"), duplicates: Duplicates::default() };
    let assessment = assess(&wrong, &context);
    let flag =
        assessment.flags.iter().find(|flag| flag.code == "TOTALS_MISMATCH").expect("the flag");
    assert_eq!(flag.value.as_ref().map(ToString::to_string).as_deref(), Some("10.00"));
}
