//! Compares what the pipeline reads with the truth beside the files: `cargo run --example score --
//! [--wrong] FOLDER`. For each field: exact, wrong, missing, and wrong though not marked for review
//! (the worst fault). The truth is `NAME.expected.json`, for scans shared by `NAME.VARIANT.EXT`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is its purpose")]

use std::process::ExitCode;

#[path = "../tests/truth/mod.rs"]
mod truth;

fn main() -> ExitCode {
    let mut show = false;
    let mut totals = truth::Tally::default();
    for argument in std::env::args().skip(1) {
        if argument == "--wrong" {
            show = true;
            continue;
        }
        for (file, truth) in truth::files(std::path::Path::new(&argument)) {
            let started = std::time::Instant::now();
            match truth::score(&file, &truth) {
                Ok((tally, remarks)) => {
                    println!(
                        "{:>6} ms  {}  {}",
                        started.elapsed().as_millis(),
                        tally.line(),
                        file.display()
                    );
                    if show {
                        for remark in &remarks {
                            println!("          {remark}");
                        }
                    }
                    totals.add(&tally);
                }
                Err(error) => println!("error      {}: {error}", file.display()),
            }
        }
    }
    println!(
        "\n{:<24} {:>6} {:>6} {:>8} {:>15}",
        "field", "exact", "wrong", "missing", "wrong, verified"
    );
    for (field, count) in &totals.fields {
        println!(
            "{field:<24} {:>6} {:>6} {:>8} {:>15}",
            count.exact, count.wrong, count.missing, count.wrong_verified
        );
    }
    println!("{}", totals.line());
    ExitCode::SUCCESS
}
