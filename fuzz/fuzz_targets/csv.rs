//! `cargo fuzz run -s none csv fuzz/corpus/csv fuzz/seeds/csv`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doc_pipeline::fuzzing::csv(bytes));
