//! `cargo fuzz run -s none ofx fuzz/corpus/ofx fuzz/seeds/ofx`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doc_pipeline::fuzzing::ofx(bytes));
