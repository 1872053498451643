//! What kind a document is: from its titles and structure, with the user's hint between plausible
//! kinds only.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "tests read files and fail by panicking"
)]

use std::path::Path;

use doc_pipeline::{Context, DocumentKind, KindHint, read_in_process};

fn kind(name: &str, hint: Option<KindHint>) -> DocumentKind {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/documents/digital-tr")
        .join(name);
    let bytes = std::fs::read(path).expect("a fixture");
    read_in_process(&bytes, &Context { hint, ..Context::default() }).expect("it is read").kind()
}

#[test]
fn a_statement_that_mentions_invoices_stays_a_statement() {
    // Its movements say FATURA ÖDEMESİ.
    assert_eq!(kind("tr-bank-00.pdf", None), DocumentKind::BankStatement);
    assert_eq!(kind("tr-bank-00.pdf", Some(KindHint::BankStatement)), DocumentKind::BankStatement);
    assert_eq!(kind("tr-bank-00.pdf", Some(KindHint::Invoice)), DocumentKind::BankStatement);
}

#[test]
fn a_hint_does_not_overrule_what_the_document_is() {
    assert_eq!(kind("tr-efatura-00.pdf", Some(KindHint::Contract)), DocumentKind::Invoice);
    assert_eq!(kind("tr-contract-04.pdf", Some(KindHint::Invoice)), DocumentKind::Contract);
    assert_eq!(kind("tr-invoice-06.pdf", None), DocumentKind::Invoice);
}
