//! How fast XML invoices are read: small, with many lines, and with the embedded stylesheet that real
//! ones carry. `cargo bench -p doc-pipeline --bench ubl`.
#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(clippy::expect_used, reason = "a bench without its files has nothing to measure")]
#![allow(clippy::disallowed_methods, reason = "benches read files")]

use std::{hint::black_box, path::Path};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use doc_pipeline::{Context, read_in_process};

fn documents() -> Vec<(&'static str, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/einvoices/synthetic/earsiv-satis-coklu-kdv.xml");
    let small = std::fs::read_to_string(file).expect("the fixture");
    let start = small.find("<cac:InvoiceLine>").expect("a line");
    let end = small.find("</Invoice>").expect("the end");
    let lines = small[start..end].repeat(200);
    let many_lines = format!("{}{lines}</Invoice>", &small[..start]);
    let blob = "QUJD".repeat(125_000);
    let attachment = format!(
        "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject \
         mimeCode=\"application/xml\">{blob}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference><cac:Signature>"
    );
    let embedded = small.replace("<cac:Signature>", &attachment);
    vec![("small", small), ("600 lines", many_lines), ("500 KB embedded", embedded)]
}

fn ubl(criterion: &mut Criterion) {
    let context = Context::default();
    let mut group = criterion.benchmark_group("ubl");
    for (name, document) in documents() {
        group.throughput(Throughput::Bytes(document.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                read_in_process(black_box(document.as_bytes()), &context).expect("readable")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, ubl);
criterion_main!(benches);
