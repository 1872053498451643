//! What a newcomer sees first: the demo as a program, twice, and what the README says of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

use std::path::Path;
use std::process::Command;

/// What was read, from one line of `text` to another. Flags and scores are left out: of two copies,
/// the one that is read last is the duplicate.
fn read(text: &str, from: &str, until: &str) -> Vec<String> {
    let lines = || {
        let lines = text.lines().map(str::trim_end);
        lines.skip_while(|line| *line != from).take_while(|line| *line != until)
    };
    let flags = lines().find_map(|line| Some(line[..line.find("flags")?].chars().count())).unwrap();
    lines()
        .filter(|line| !line.starts_with("alert"))
        .map(|line| line.chars().take(flags).collect::<String>().trim_end().to_owned())
        .collect()
}

#[test]
fn the_demo_shows_what_the_readme_says_also_the_second_time() {
    let xtask = Path::new(env!("CARGO_BIN_EXE_xtask"));
    let worker = xtask.with_file_name(format!("worker{}", std::env::consts::EXE_SUFFIX));
    assert!(worker.exists(), "build it first: cargo build -p worker");
    let readme = include_str!("../../README.md");
    let tesseract = Command::new("tesseract").arg("--list-langs").output();
    let scans = tesseract.is_ok_and(|listed| listed.stdout.windows(3).any(|word| word == b"tur"));
    for time in ["first", "second"] {
        let demo = Command::new(xtask)
            .args(["demo", "--no-install", "--worker"])
            .arg(&worker)
            .output()
            .unwrap();
        let shown = String::from_utf8(demo.stdout).unwrap();
        let told = String::from_utf8_lossy(&demo.stderr);
        assert!(demo.status.success(), "the {time} time: {shown}{told}");
        if scans {
            assert!(
                shown.contains("\n10 of 12 documents processed, 2 failed with a reason"),
                "{shown}"
            );
            for (from, until) in [
                ("Marmara Mali Müşavirlik", "Ege Muhasebe Bürosu"),
                ("Ege Muhasebe Bürosu", "running the worker again, days later for its sources"),
            ] {
                assert_eq!(read(&shown, from, until), read(readme, from, until), "the {time} time");
            }
        } else {
            // Every document but the scan.
            assert!(
                shown.contains("\n9 of 12 documents processed, 3 failed with a reason"),
                "{shown}"
            );
        }
    }
}
