//! `cargo fuzz run -s none layout fuzz/corpus/layout fuzz/seeds/layout`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doc_pipeline::fuzzing::layout(bytes));
