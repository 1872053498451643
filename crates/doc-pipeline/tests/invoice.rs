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
