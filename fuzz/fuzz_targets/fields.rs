//! `cargo fuzz run -s none fields fuzz/corpus/fields fuzz/seeds/fields`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doc_pipeline::fuzzing::fields(bytes));
