//! Prints the lines and cells that the parsers see: `cargo run --example pages -- [--boxes] FILE…`.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "reading files and printing is its purpose"
)]

use std::process::ExitCode;

use doc_pipeline::{Context, inspect};

fn main() -> ExitCode {
    let mut boxes = false;
    for argument in std::env::args().skip(1) {
        if argument == "--boxes" {
            boxes = true;
            continue;
        }
        println!("== {argument}");
        let lines = match std::fs::read(&argument) {
            Ok(bytes) => inspect::lines(&bytes, &Context::default()),
            Err(error) => {
                println!("{error}");
                return ExitCode::FAILURE;
            }
        };
        match lines {
            Ok(lines) => lines.iter().for_each(|line| print_line(line, boxes)),
            Err(error) => println!("error: {error}"),
        }
    }
    ExitCode::SUCCESS
}

fn print_line(line: &inspect::InspectedLine, boxes: bool) {
    let mark = if line.recognised { "ocr" } else { "" };
    if !boxes {
        let cells: Vec<&str> = line.cells.iter().map(|cell| cell.text.as_str()).collect();
        println!("{}{mark} {}", line.page, cells.join(" | "));
        return;
    }
    for cell in &line.cells {
        let at = cell.bounds;
        println!(
            "{}{mark} x {:.1}-{:.1} y {:.1}-{:.1} {:.2} {}",
            line.page, at.x0, at.x1, at.y0, at.y1, cell.confidence, cell.text
        );
    }
    println!();
}
