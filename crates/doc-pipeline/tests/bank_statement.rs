//! Bank statements of the project's own fixtures: every movement, tied by its balance.
#![allow(clippy::disallowed_methods, reason = "a test may read files")]

use std::path::{Path, PathBuf};

use doc_pipeline::{Context, KindHint, evidence::Check, extraction::Fields, read_in_process};

mod truth;

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents/digital-tr")
}

#[test]
fn every_own_digital_statement_is_exact() {
    let files: Vec<_> = truth::files(&own())
        .into_iter()
        .filter(|(file, _)| file.to_string_lossy().contains("bank"))
        .collect();
    assert!(!files.is_empty(), "the fixtures are missing");
    for (file, expected) in files {
        let (tally, remarks) = truth::score(&file, &expected).expect("the file is read");
        assert!(remarks.is_empty(), "{}: {remarks:#?}", file.display());
        assert!(tally.total().exact > 100);
    }
}

#[test]
fn the_balance_chain_confirms_movements_and_accounts_are_kept_apart() {
    let bytes = std::fs::read(own().join("tr-bank-00.pdf")).expect("a fixture");
    let read = read_in_process(
        &bytes,
        &Context { hint: Some(KindHint::BankStatement), ..Context::default() },
    )
    .expect("it is read");
    let Fields::BankStatement(fields) = &read.fields else { panic!("not a statement") };
    for index in 0..fields.transactions.len() {
        let evidence = &read.evidence[&format!("/transactions/{index}/amount")];
        assert!(evidence.passed.contains(&Check::BalanceChain), "movement {index}: {evidence:?}");
        assert!(evidence.failed.is_empty());
    }
    assert_eq!((fields.starting_balance, fields.ending_balance), (None, None));
    assert_eq!(fields.statements.len(), 3);
    for (index, account) in fields.statements.iter().enumerate() {
        let evidence = &read.evidence[&format!("/statements/{index}/endingBalance")];
        assert!(evidence.passed.contains(&Check::OpeningPlusMovementsIsClosing));
        let own = fields.transactions.iter().filter(|own| own.account == account.iban).count();
        assert!(account.iban.is_some() && own == account.transaction_count);
    }
    // The file holds three accounts, which is said.
    assert!(read.findings.iter().any(|finding| finding.code == "SEVERAL_ACCOUNTS"));
    assert!(read.findings.iter().all(|finding| finding.code != "BALANCE_CHAIN_BROKEN"));
}
