//! Every code has a Turkish sentence that says what to do.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "tests read files and fail by panicking"
)]

use std::{collections::BTreeSet, path::Path};

use doc_pipeline::{Limit, Media, ReadError, message};

/// Words that a sentence for accountants must not hold: English, and names of the machinery.
const TECHNICAL: [&str; 26] = [
    " the ", " is ", " not ", " of ", " and ", "error", "invalid", "missing", "mismatch", "null",
    "none", "json", "utf", "entity", "doctype", "schema", "element", "parse", "process", "memory",
    "cpu", "timeout", "panic", "(s)", "::", "_",
];

/// Words of the platform, of printed documents and of the environment that look like codes.
const NO_CODES: [&str; 5] =
    ["BANK_STATEMENT", "ILAC_TIBBICIHAZ", "OMP_THREAD_LIMIT", "SGK_PRIM", "TESSDATA_PREFIX"];

fn assert_turkish(code: &str, sentence: &str) {
    let plain = regex::Regex::new(r"\{[a-z_]+\}")
        .expect("a pattern")
        .replace_all(sentence, "X")
        .to_lowercase();
    for word in TECHNICAL {
        assert!(!plain.contains(word), "{code}: {word:?} in {sentence}");
    }
    assert!(sentence.ends_with('.'), "{code}: {sentence}");
    assert!(
        sentence.contains(';') || sentence.matches('.').count() > 1,
        "{code} does not say what to do: {sentence}"
    );
}

#[test]
fn every_code_in_the_sources_has_its_sentence() {
    let findings: BTreeSet<&str> = message::finding_codes().map(|(code, _)| code).collect();
    let flags: BTreeSet<&str> = message::flag_codes().map(|(code, _)| code).collect();
    let code =
        regex::Regex::new("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:\\.[a-z]+)?)\"").expect("a pattern");
    let mut used = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                // The tables themselves, and code lists that are not findings.
                if path.file_name().is_some_and(|name| name != "message") {
                    folders.push(path);
                }
            } else if path.file_name().is_some_and(|name| name != "codes.rs") {
                let source = std::fs::read_to_string(&path).expect("a source file");
                // Codes stand in calls that make findings or raise flags; hints of the platform do not.
                for found in code.captures_iter(&source) {
                    let code = found[1].to_owned();
                    if !NO_CODES.contains(&code.as_str()) {
                        used.insert(code);
                    }
                }
            }
        }
    }
    assert!(used.len() > 50, "{used:?}");
    for code in &used {
        assert!(
            findings.contains(code.as_str()) || flags.contains(code.as_str()),
            "{code} has no sentence"
        );
    }
    // And no sentence without a code.
    for code in findings.union(&flags) {
        let raised = code.contains('.') || used.contains(*code) || !code.contains('_');
        assert!(raised, "{code} is never raised");
    }
}

#[test]
fn sentences_are_turkish_and_say_what_to_do() {
    for (code, sentence) in message::finding_codes().chain(message::flag_codes()) {
        assert_turkish(code, sentence);
    }
}

#[test]
fn every_error_has_a_sentence_without_its_technical_text() {
    let limits = [
        Limit::InputBytes,
        Limit::Pages,
        Limit::Pixels,
        Limit::Glyphs,
        Limit::Memory,
        Limit::Cpu,
        Limit::Wall,
        Limit::Output,
        Limit::Xml,
        Limit::Archive,
    ];
    let secret = "TECHNICAL-TEXT-7f3a";
    let media = [
        Media::Pdf,
        Media::Xml,
        Media::Zip,
        Media::Png,
        Media::Heic,
        Media::Xlsx,
        Media::Xls,
        Media::Html,
        Media::Text,
        Media::Unknown,
    ];
    let errors = limits
        .into_iter()
        .map(ReadError::LimitExceeded)
        .chain(media.into_iter().map(|media| ReadError::Unsupported(media.name().to_owned())))
        .chain([
            ReadError::Empty,
            ReadError::Encrypted,
            ReadError::ForbiddenXml,
            ReadError::NoText,
            ReadError::Corrupt(secret.to_owned()),
            ReadError::Unsupported(secret.to_owned()),
            ReadError::AmbiguousArchive(secret.to_owned()),
            ReadError::NoStatement(secret.to_owned()),
            ReadError::OcrUnavailable(secret.to_owned()),
            ReadError::OcrFailed(secret.to_owned()),
            ReadError::ProcessFailed(secret.to_owned()),
        ]);
    for error in errors {
        let sentence = message::for_error(&error);
        assert!(!sentence.contains(secret), "{sentence}");
        assert_turkish(&format!("{error:?}"), &sentence);
    }
}
