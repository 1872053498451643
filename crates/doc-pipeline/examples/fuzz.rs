//! Every seed as it stands, then mutations of them, for every reader, on the stable compiler: `cargo run
//! --example fuzz -- --seconds 5 [TARGET…]`. Nothing guides the mutations; the fuzzers in `fuzz/`, which
//! share targets and seeds with it, are guided by coverage.
//!
//! Deterministic but for the number of rounds: `--seed N` repeats a run. A panic ends with the input
//! that led to it in `target/fuzz/`. The slowest input for its size is shown, so that a reader that is
//! not linear is seen.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a tool for the developer's own machine"
)]

use std::{
    fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use doc_pipeline::fuzzing::{TARGETS, Target};

/// Longest input.
const MOST: usize = 64 << 10;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut seconds, mut seed, mut names) = (5_u64, 1_u64, Vec::new());
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
        match argument.as_str() {
            "--seconds" => seconds = number(),
            "--seed" => seed = number(),
            _ => names.push(argument),
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut failed = false;
    for (name, target) in TARGETS {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            failed |= !fuzz(name, target, Duration::from_secs(seconds), seed, &root);
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Whether a target survived its time.
fn fuzz(name: &str, target: Target, time: Duration, seed: u64, root: &Path) -> bool {
    let seeds = seeds(&root.join("fuzz/seeds").join(name));
    if seeds.is_empty() {
        println!("{name}: no seeds in fuzz/seeds/{name}");
        return false;
    }
    for (number, seed) in seeds.iter().enumerate() {
        if timed(target, seed).is_none() {
            println!("{name}: PANIC on seed {number} of fuzz/seeds/{name}, in the order of names");
            return false;
        }
    }
    let mut random = Random(seed ^ 0x9e37_79b9_7f4a_7c15);
    let began = Instant::now();
    let (mut rounds, mut slowest) = (0_u64, (0.0_f64, 0_usize));
    while began.elapsed() < time {
        let mut input = random.pick(&seeds).cloned().unwrap_or_default();
        for _ in 0..=random.below(6) {
            mutate(&mut input, &seeds, &mut random);
        }
        input.truncate(MOST);
        let Some(first) = timed(target, &input) else {
            let folder = root.join("target/fuzz");
            fs::create_dir_all(&folder).unwrap();
            let file = folder.join(format!("{name}-{rounds}"));
            fs::write(&file, &input).unwrap();
            println!("{name}: PANIC in round {rounds} of seed {seed}: {}", file.display());
            return false;
        };
        if first > slowest.0 {
            // Another process may have had the core: the input is slow when it is so every time.
            let again = (0..5).filter_map(|_| timed(target, &input)).fold(first, f64::min);
            if again > slowest.0 {
                slowest = (again, input.len());
            }
        }
        rounds += 1;
    }
    println!(
        "{name}: {} seeds and {rounds} mutations of them, none panics; slowest {:.0} ns a byte ({} bytes)",
        seeds.len(),
        slowest.0,
        slowest.1
    );
    true
}

/// Nanoseconds a byte; nothing when it panics.
fn timed(target: Target, input: &[u8]) -> Option<f64> {
    let start = Instant::now();
    catch_unwind(|| target(input)).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "a size below 64 KiB")]
    let size = (input.len() + 64) as f64;
    Some(start.elapsed().as_secs_f64() * 1e9 / size)
}

fn seeds(folder: &Path) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Pieces that readers decide by.
const PIECES: [&[u8]; 32] = [
    b"<",
    b">",
    b"</",
    b"/>",
    b"&amp;",
    b"&#0;",
    b"&#x10ffff;",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE a>",
    b"\"",
    b"'",
    b";",
    b",",
    b".",
    b"\n",
    b"\r\n",
    b":61:",
    b":86:",
    b":62F:",
    b":20:",
    b"-}",
    b"?20",
    b"99999999999999999999",
    b"-0,00",
    b"0.0000000001",
    b"\xff\xfe",
    b"\xc4\xb0",
    b"\0",
    b"240229",
    b"30.02.2026",
    b"TR",
];

fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let at = random.below(input.len() + 1);
    let end = (at + random.below(64)).min(input.len());
    match random.below(8) {
        0 if at < input.len() => input[at] ^= 1 << random.below(8),
        1 => drop(input.drain(at..end)),
        2 => drop(input.splice(at..at, random.pick(&PIECES).unwrap().to_vec())),
        3 => {
            let piece = input[at..end].to_vec();
            for _ in 0..random.below(20) {
                input.splice(at..at, piece.iter().copied());
                if input.len() > MOST {
                    break;
                }
            }
        }
        4 => {
            let other = random.pick(seeds).cloned().unwrap_or_default();
            let from = random.below(other.len() + 1);
            let to = (from + random.below(400)).min(other.len());
            input.splice(at..end, other[from..to].iter().copied());
        }
        5 if at < input.len() => input[at] = random.byte(),
        6 => {
            let digits = random.next().to_string();
            input.splice(at..end, digits.bytes());
        }
        _ => input.truncate(at.max(1)),
    }
}

/// xorshift64*: enough to shuffle bytes.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        let [byte, ..] = self.next().to_le_bytes();
        byte
    }

    fn pick<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        list.get(self.below(list.len()))
    }
}
