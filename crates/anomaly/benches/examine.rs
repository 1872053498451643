//! How long an examination takes: a company with 5,800 entries, and one with 100,000 lines.
//!
//! `cargo bench -p anomaly`. One core; the ledger is built before.

#[path = "../tests/books/mod.rs"]
mod books;

use std::hint::black_box;

use anomaly::{Parameters, examine};
use books::{Books, Entry, date, ledger};
use criterion::{Criterion, criterion_group, criterion_main};

/// Honest books, taken several times over with ids, numbers and parties of their own.
fn entries(lines: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut total = 0;
    for copy in 0_u64.. {
        for mut entry in Books::honest(copy + 1, 30).entries {
            if total >= lines {
                return entries;
            }
            total += entry.lines.len();
            entry.id = format!("{copy}-{}", entry.id);
            if entry.reference.starts_with("ABC") {
                entry.reference.replace_range(0..3, &format!("A{copy:02}"));
            }
            entries.push(entry);
        }
    }
    entries
}

fn bench(criterion: &mut Criterion) {
    let parameters = Parameters::default();
    for (name, lines) in [("5,800 entries", 14_700), ("100,000 lines", 100_000)] {
        let entries = entries(lines);
        let built = ledger(&entries, |amount| amount);
        let name =
            format!("{name} ({} entries, {} lines)", built.entries().len(), built.line_count());
        criterion.bench_function(&format!("examine {name}"), |bencher| {
            bencher.iter(|| examine(black_box(&built), date("2025-12-31"), &parameters));
        });
        criterion.bench_function(&format!("build {name}"), |bencher| {
            bencher.iter(|| ledger(black_box(&entries), |amount| amount));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = bench
}
criterion_main!(benches);
