//! `cargo fuzz run -s none camt fuzz/corpus/camt fuzz/seeds/camt`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doc_pipeline::fuzzing::camt(bytes));
