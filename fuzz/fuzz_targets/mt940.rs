//! `cargo fuzz run -s none mt940 fuzz/corpus/mt940 fuzz/seeds/mt940`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doc_pipeline::fuzzing::mt940(bytes));
