//! Contracts: parties, type, and values that are left open where clauses differ.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::path::Path;

use doc_pipeline::{Context, extraction::Fields, read_in_process};

mod truth;

#[test]
fn parties_and_type_are_read_and_differing_sums_left_open() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents/digital-tr");
    let file = folder.join("tr-contract-04.pdf");
    let (_, remarks) =
        truth::score(&file, &folder.join("tr-contract-04.expected.json")).expect("it is read");
    assert!(remarks.is_empty(), "{remarks:#?}");
    let read = read_in_process(&std::fs::read(&file).expect("a fixture"), &Context::default())
        .expect("it is read");
    let Fields::Contract(fields) = read.fields else { panic!("not a contract") };
    assert_eq!(fields.contract_type.as_deref(), Some("lease"));
    // Four clauses state four rents and four days of signing: none of them is the contract's.
    assert_eq!((fields.value, fields.contract_date), (None, None));
    let roles: Vec<_> = fields.parties.iter().filter_map(|party| party.role.as_deref()).collect();
    assert_eq!(roles, ["KİRAYA VEREN", "KİRACI"]);
}
