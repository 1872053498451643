//! `worker process` as a user types it: no database, no settings.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use std::fs;

use serde_json::Value;
use support::{Finished, Worker, command, demo};

fn process(arguments: &[&str]) -> Finished {
    let mut command = command();
    command.arg("process").args(arguments);
    Worker::start(command).wait()
}

fn reports(finished: &Finished) -> Vec<Value> {
    let output: Value = serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|error| panic!("{error}: {finished:?}"));
    let schema = |text| serde_json::from_str::<Value>(text).unwrap();
    let fields = schema(include_str!("../../../docs/schemas/document-fields.schema.json"));
    let published = schema(include_str!("../../../docs/schemas/process-output.schema.json"));
    let id = fields["$id"].as_str().unwrap().to_owned();
    let registry = jsonschema::Registry::new().add(id, fields).unwrap().prepare().unwrap();
    let validator = jsonschema::options().with_registry(&registry).build(&published).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&output).map(|e| e.to_string()).collect();
    assert!(wrong.is_empty(), "not as published: {wrong:?}");
    serde_json::from_value(output).unwrap()
}

#[test]
fn every_file_has_its_report_with_every_key() {
    let folder = tempfile::tempdir().unwrap();
    for name in
        ["cinar-satis-efatura.xml", "gunes-alis-earsiv.pdf", "defne-bozuk.pdf", "lale-kilitli.pdf"]
    {
        fs::write(folder.path().join(name), demo(name)).unwrap();
    }
    fs::write(folder.path().join("empty.xml"), "").unwrap();
    fs::write(folder.path().join("noise.bin"), [0_u8, 159, 146, 150, 7, 7, 7]).unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let files = [
        path("cinar-satis-efatura.xml"),
        path("gunes-alis-earsiv.pdf"),
        path("defne-bozuk.pdf"),
        path("lale-kilitli.pdf"),
        path("empty.xml"),
        path("noise.bin"),
        path("missing.pdf"),
        path("."),
    ];
    let mut arguments = vec!["--json"];
    arguments.extend(files.iter().map(String::as_str));
    let finished = process(&arguments);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let reports = reports(&finished);
    assert_eq!(reports.len(), files.len());
    for (file, report) in files.iter().zip(&reports) {
        assert_eq!(report["file"], file.as_str());
        for key in [
            "documentType",
            "fields",
            "findings",
            "flags",
            "features",
            "riskScore",
            "ruleScore",
            "error",
        ] {
            assert!(report.get(key).is_some(), "{key} of {file}");
        }
    }
    assert_eq!(reports[0]["documentType"], "invoice");
    assert_eq!(reports[0]["fields"]["invoiceNumber"], "CNR2026000000184");
    assert_eq!(reports[0]["fields"]["totalAmount"].to_string(), "148050.00");
    assert_eq!(reports[0]["error"], Value::Null);
    assert_eq!(reports[1]["documentType"], "invoice");
    let codes: Vec<_> =
        reports.iter().map(|r| r["error"]["code"].as_str().unwrap_or("-")).collect();
    assert_eq!(
        codes,
        [
            "-",
            "-",
            "corrupt",
            "encrypted",
            "empty",
            "unsupported",
            "file_not_found",
            "is_a_directory"
        ]
    );
    for report in &reports[2..] {
        assert!(
            report["error"]["message"].as_str().is_some_and(|text| text.len() > 10),
            "{report}"
        );
        assert_eq!(report["fields"], Value::Null);
    }
}

#[test]
fn good_files_end_well_and_a_person_sees_the_main_facts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fatura.xml");
    fs::write(&file, demo("cinar-satis-efatura.xml")).unwrap();
    let finished = process(&[file.to_str().unwrap(), "--client-tax-number", "8451720691"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    for text in ["type: invoice", "CNR2026000000184", "148050.00", "ÇINAR YAPI MALZEMELERİ A.Ş."]
    {
        assert!(finished.stdout.contains(text), "{text} is not in {}", finished.stdout);
    }
    assert!(!finished.stdout.contains('\u{1b}'), "colours in a pipe");
}

#[test]
fn wrong_arguments_and_settings_end_with_2() {
    assert_eq!(process(&[]).code, Some(2));
    assert_eq!(process(&["a.xml", "--client-tax-number", "123"]).code, Some(2));
    let finished = process(&["a.xml", "--document-max-pages", "0", "--ocr-provider", "stub"]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    for name in ["DOCUMENT_MAX_PAGES", "OCR_PROVIDER"] {
        assert!(finished.stderr.contains(name), "{finished:?}");
    }
}

#[test]
fn many_hostile_files_end_no_process() {
    let folder = tempfile::tempdir().unwrap();
    let whole = demo("defne-hesap-ozeti-mart.pdf");
    let xml = demo("cinar-satis-efatura.xml");
    let files: Vec<String> = (0..12)
        .map(|n| {
            let (source, ending) = if n % 2 == 0 { (&whole, "pdf") } else { (&xml, "xml") };
            let mut bytes = source.clone();
            // Cut and spoilt at places that differ from file to file.
            bytes.truncate(bytes.len() * (n + 1) / 13);
            let at = bytes.len() * 2 / 3;
            bytes[at..].iter_mut().step_by(97).for_each(|byte| *byte ^= 0x5a);
            let path = folder.path().join(format!("{n}.{ending}"));
            fs::write(&path, bytes).unwrap();
            path.to_str().unwrap().to_owned()
        })
        .collect();
    let mut arguments = vec!["--json"];
    arguments.extend(files.iter().map(String::as_str));
    let finished = process(&arguments);
    assert!(matches!(finished.code, Some(0 | 1)), "{finished:?}");
    assert_eq!(reports(&finished).len(), files.len());
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
}
