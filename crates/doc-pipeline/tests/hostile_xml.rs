//! Arbitrary and nearly right input never panics.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests read files, fail by panicking and say what they skip"
)]

mod einvoice_files;

use doc_pipeline::{AssessmentContext, Context, Duplicates, Media, assess, read_in_process};
use einvoice_files::{einvoices, read_file};
use proptest::prelude::*;

/// Reads and, if that worked, goes on as the worker does. Only XML and text: other types are opened in a
/// child process.
fn survive(bytes: &[u8]) {
    if !matches!(
        Media::sniff(bytes),
        Media::Xml | Media::Text | Media::Html | Media::Zip | Media::Unknown
    ) {
        return;
    }
    if let Ok(extraction) = read_in_process(bytes, &Context::default()) {
        let today = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
        let _ =
            assess(&extraction, &AssessmentContext { today, duplicates: Duplicates::default() });
        let _ = extraction.fields_json();
        let _ = extraction.identity();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        survive(&bytes);
    }

    #[test]
    fn arbitrary_markup(text in "(<[a-z:]{1,9}( [a-z:]{1,5}=\"[^\"<]{0,5}\")?/?>|</[a-z:]{1,9}>|&[#a-z0-9]{0,6};?|[ -~ğı]{0,9}|<!\\[CDATA\\[|\\]\\]>|<!--|-->|<\\?){0,60}") {
        survive(format!("<{text}").as_bytes());
    }

    #[test]
    fn an_invoice_with_a_piece_replaced(
        start in 0_usize..7000,
        length in 0_usize..60,
        piece in "[-0-9.eE<>/&;\"=a-zğ ]{0,40}",
    ) {
        let mut bytes = read_file(&einvoices("synthetic/earsiv-satis-coklu-kdv.xml"));
        let start = start.min(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, piece.bytes());
        survive(&bytes);
    }

    #[test]
    fn an_invoice_with_any_amounts(amounts in proptest::collection::vec("-?[0-9]{1,28}|-?[0-9]{1,14}\\.[0-9]{1,14}", 1..8)) {
        let text = String::from_utf8(read_file(&einvoices("synthetic/tevkifat-yalniz-satirda-yok.xml"))).expect("UTF-8");
        let mut out = String::new();
        let mut amounts = amounts.iter().cycle();
        for (index, part) in text.split("currencyID=\"TRY\">").enumerate() {
            if index == 0 {
                out.push_str(part);
                continue;
            }
            let rest = part.split_once('<').map_or("", |(_, rest)| rest);
            out.push_str("currencyID=\"TRY\">");
            out.push_str(amounts.next().map_or("", String::as_str));
            out.push('<');
            out.push_str(rest);
        }
        let out = out.replace("<cbc:Percent>20", "<cbc:Percent>99999999999999999999");
        survive(out.as_bytes());
    }
}
