//! `cargo fuzz run -s none xml fuzz/corpus/xml fuzz/seeds/xml`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doc_pipeline::fuzzing::xml(bytes));
