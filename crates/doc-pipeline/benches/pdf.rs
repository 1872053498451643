//! Text layers of whole files, per file: an e-Fatura of one page, a statement of three.
#![allow(missing_docs, reason = "criterion's macros write functions")]
#![allow(clippy::disallowed_methods, reason = "benches read files")]

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use doc_pipeline::{Context, inspect};

fn text_layers(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents/digital-tr");
    let context = Context::default();
    for name in ["tr-efatura-00", "tr-efatura-07", "tr-bank-02"] {
        let Ok(bytes) = std::fs::read(folder.join(name).with_extension("pdf")) else { continue };
        criterion.bench_function(&format!("pdf/{name}"), |bencher| {
            bencher.iter(|| inspect::lines(&bytes, &context));
        });
    }
}

criterion_group!(benches, text_layers);
criterion_main!(benches);
