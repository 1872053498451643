//! Invoices of the project's own fixtures, exact to the last field, and other people's with measured
//! aims.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests read files, fail by panicking and say what they skip"
)]

use std::path::{Path, PathBuf};

use doc_pipeline::{Context, KindHint, extraction::Fields, fields::InvoiceFields, read_in_process};

mod truth;

fn own(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents").join(folder)
}

#[test]
fn every_own_digital_invoice_is_exact() {
    let files: Vec<_> = truth::files(&own("digital-tr"))
        .into_iter()
        .filter(|(file, _)| {
            file.to_string_lossy().contains("fatura") || file.to_string_lossy().contains("invoice")
        })
        .collect();
    assert!(!files.is_empty(), "the fixtures are missing");
    for (file, expected) in files {
        let (tally, remarks) = truth::score(&file, &expected).expect("the file is read");
        assert!(remarks.is_empty(), "{}: {remarks:#?}", file.display());
        assert!(tally.total().exact > 20);
    }
}

fn read(name: &str, context: &Context) -> InvoiceFields {
    let bytes = std::fs::read(own("digital-tr").join(name)).expect("a fixture");
    match read_in_process(&bytes, context).expect("the file is read").fields {
        Fields::Invoice(fields) => *fields,
        other => panic!("not an invoice: {other:?}"),
    }
}

#[test]
fn the_counterparty_is_whoever_the_client_is_not() {
    let unknown = read("tr-invoice-06.pdf", &Context::default());
    let supplier = unknown.supplier.clone().expect("a supplier");
    let customer = unknown.customer.clone().expect("a customer");
    assert_eq!(unknown.counterparty_name, supplier.name);
    let client = supplier.tax_number.as_deref().and_then(|number| number.parse().ok());
    let sold =
        read("tr-invoice-06.pdf", &Context { client_tax_number: client, ..Context::default() });
    assert_eq!(sold.counterparty_tax_number, customer.tax_number);
    assert_eq!(sold.counterparty_name, customer.name);
}

#[test]
fn checks_confirm_the_amounts_of_a_sound_invoice() {
    let bytes = std::fs::read(own("digital-tr").join("tr-efatura-00.pdf")).expect("a fixture");
    let read =
        read_in_process(&bytes, &Context { hint: Some(KindHint::Invoice), ..Context::default() })
            .expect("it is read");
    assert!(
        read.findings.iter().all(|finding| !finding.code.ends_with("MISMATCH")),
        "{:?}",
        read.findings
    );
    for pointer in [
        "/netAmount",
        "/totalAmount",
        "/taxAmount",
        "/lineItems/0/lineTotal",
        "/supplier/taxNumber",
    ] {
        let evidence =
            read.evidence.get(pointer).unwrap_or_else(|| panic!("no evidence of {pointer}"));
        assert!(
            !evidence.passed.is_empty() && evidence.failed.is_empty(),
            "{pointer}: {evidence:?}"
        );
        assert!(evidence.bounding_box.is_some() && !evidence.needs_review);
    }
}

#[test]
fn an_english_invoice_is_exact() {
    let bytes = std::fs::read(own("digital-en").join("en-invoice-00.pdf")).expect("a fixture");
    let read = read_in_process(&bytes, &Context::default()).expect("it is read");
    assert!(read.findings.is_empty(), "{:?}", read.findings);
    let fields = serde_json::to_value(&read.fields).expect("fields are JSON");
    let expected = r#"{
        "invoiceNumber": "BW-2026-00418", "issueDate": "2026-03-17", "dueDate": "2026-04-16",
        "currency": "EUR", "netAmount": 1850.00, "taxAmount": 370.00, "totalAmount": 2220.00,
        "kdvBreakdown": [{"rate": 0.2, "taxAmount": 370.00}],
        "paymentIbans": ["GB33BUKB20201555555555"],
        "counterpartyName": "Brightwater Instruments Ltd",
        "supplier": {"name": "Brightwater Instruments Ltd",
            "address": "14 Harbour Row, Bristol BS1 4QD, United Kingdom"},
        "customer": {"name": "Palmiye Makina Sanayi A.S.",
            "address": "Organize Sanayi Bolgesi 5. Cadde No 12 Bursa, Turkey"},
        "lineItems": [
            {"description": "Pressure transmitter PT-40, stainless, 4-20 mA", "quantity": 6,
                "unitPrice": 214.50, "lineTotal": 1287.00, "vatRate": 0.2},
            {"description": "Calibration certificate, five points per unit, with serial numbers engraved",
                "quantity": 6, "unitPrice": 45.00, "lineTotal": 270.00, "vatRate": 0.2},
            {"description": "Mounting bracket, adjustable", "quantity": 12, "unitPrice": 18.25,
                "lineTotal": 219.00, "vatRate": 0.2},
            {"description": "Carriage and insurance", "quantity": 1, "unitPrice": 74.00,
                "lineTotal": 74.00, "vatRate": 0.2}
        ]
    }"#;
    let expected: serde_json::Value = serde_json::from_str(expected).expect("JSON");
    assert_eq!(fields.get("fields"), Some(&expected));
}

#[test]
fn other_peoples_invoices_without_templates() {
    let Some(root) = std::env::var_os("FIXTURES_DIR") else {
        eprintln!("SKIPPED: FIXTURES_DIR is not set, other people's invoices are not read");
        return;
    };
    let files = truth::files(&Path::new(&root).join("documents/digital"));
    assert!(!files.is_empty(), "FIXTURES_DIR holds no documents/digital");
    let mut sum = truth::Tally::default();
    for (file, expected) in files {
        let (tally, remarks) = truth::score(&file, &expected).expect("the file is read");
        eprintln!("{}: {} {remarks:?}", file.display(), tally.line());
        sum.add(&tally);
    }
    let total = sum.total();
    let all = total.exact + total.wrong + total.missing;
    assert!(total.exact * 100 >= all * 90, "{}", sum.line());
}
