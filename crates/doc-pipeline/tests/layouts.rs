//! Generated documents in layouts of their own, read to the last field of their truth.
#![allow(clippy::disallowed_methods, reason = "a test may read files")]

use std::path::Path;

use doc_pipeline::{Context, read_in_process};
use rust_decimal::Decimal;
use serde_json::Value;

/// Notes every value of the truth that was not read so; what the truth does not name is not compared.
fn differences(at: &str, truth: &Value, read: Option<&Value>, out: &mut Vec<String>) {
    let number = |value: &Value| value.to_string().parse::<Decimal>().ok();
    match (truth, read) {
        (Value::Object(truth), Some(Value::Object(read))) => {
            for (key, truth) in truth {
                differences(&format!("{at}/{key}"), truth, read.get(key), out);
            }
        }
        (Value::Array(truth), Some(Value::Array(read))) if truth.len() == read.len() => {
            for (index, (truth, read)) in truth.iter().zip(read).enumerate() {
                differences(&format!("{at}/{index}"), truth, Some(read), out);
            }
        }
        (Value::Number(_), Some(read))
            if number(truth).is_some() && number(truth) == number(read) => {}
        (truth, Some(read)) if truth == read => {}
        (truth, read) => out.push(format!("{at}: {read:?} for {truth}")),
    }
}

#[test]
fn every_layout_is_read_exactly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/layouts");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).expect("the fixtures") {
        let file = entry.expect("an entry").path();
        if file.extension().is_none_or(|extension| extension != "pdf") {
            continue;
        }
        let truth: Value = serde_json::from_slice(
            &std::fs::read(file.with_extension("expected.json")).expect("a truth"),
        )
        .expect("JSON");
        let bytes = std::fs::read(&file).expect("a document");
        let found = read_in_process(&bytes, &Context::default()).expect("it is read");
        assert_eq!(
            Some(found.kind().as_str()),
            truth["documentType"].as_str(),
            "{}",
            file.display()
        );
        let mut wrong = Vec::new();
        differences("", &truth["fields"], Some(&found.fields_json()), &mut wrong);
        assert!(wrong.is_empty(), "{}: {wrong:#?}", file.display());
        let unexplained: Vec<_> =
            found.findings.iter().filter(|finding| finding.code.contains("MISMATCH")).collect();
        assert!(unexplained.is_empty(), "{}: {unexplained:?}", file.display());
        read += 1;
    }
    assert!(read > 0, "no fixture");
}
