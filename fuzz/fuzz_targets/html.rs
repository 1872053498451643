//! `cargo fuzz run -s none html fuzz/corpus/html fuzz/seeds/html`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doc_pipeline::fuzzing::html(bytes));
