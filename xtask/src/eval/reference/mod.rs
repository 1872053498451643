//! `cargo xtask eval reference DIR`: holds the statistics of `anomaly` to values that others have
//! published, on their data.
//!
//! First the check digits of VKN and TCKN. `DIR` holds `adbench-small` (ECOD and COPOD against the scores of PyOD), `benford-reference` (mean
//! absolute deviations of the digits) and `nab` (the streaming detector). What is not there is skipped
//! and said. A value that is off makes the command fail.

mod nab;
mod npz;

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anomaly::{
    Kurus,
    digits::Digits,
    outlier::{Method, scores},
};
use anyhow::{Context, Result};
use clap::Args;
use domain::{Tckn, Vkn};
use flate2::read::GzDecoder;
use rust_decimal::Decimal;

use super::anomaly::average_precision;
use crate::report;

/// Where the published data lie.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The folder with `adbench-small`, `benford-reference` and `nab`.
    dir: PathBuf,
}

/// Set; ROC-AUC and average precision of PyOD's ECOD, then of its COPOD.
const PYOD: &[(&str, [f64; 4])] = &[
    ("2_annthyroid", [0.7887, 0.2697, 0.7760, 0.1733]),
    ("6_cardio", [0.9350, 0.5674, 0.9219, 0.5776]),
    ("23_mammography", [0.9062, 0.4360, 0.9053, 0.4300]),
    ("28_pendigits", [0.9274, 0.2656, 0.9048, 0.1824]),
    ("37_Stamps", [0.8761, 0.3142, 0.9302, 0.3961]),
    ("38_thyroid", [0.9771, 0.4678, 0.9393, 0.1789]),
    ("40_vowels", [0.5929, 0.0814, 0.4958, 0.0341]),
    ("42_WBC", [0.9948, 0.9038, 0.9948, 0.9038]),
];

/// File, column, smallest amount that counts in lira, what is compared, published value, decimals.
const BENFORD: &[(&str, &str, i64, Mad, f64, f64)] = &[
    // The value that the R package benford.analysis publishes for all positive amounts.
    ("corporate_payment_2010", "Amount", 0, Mad::FirstTwo, 0.002_336_614_2, 1e-9),
    ("corporate_payment_2010", "Amount", 10, Mad::First, 0.014_64, 5e-6),
    ("corporate_payment_2010", "Amount", 10, Mad::FirstTwo, 0.002_43, 5e-6),
    ("journal_entry_2005", "Amount", 10, Mad::First, 0.006_10, 5e-6),
    ("journal_entry_2005", "Amount", 10, Mad::FirstTwo, 0.001_31, 5e-6),
    ("gm_payments_2009", "Amount", 10, Mad::First, 0.006_27, 5e-6),
    ("sino_forest_2010", "value", 10, Mad::First, 0.006_60, 5e-6),
];

#[derive(Debug, Clone, Copy)]
enum Mad {
    First,
    FirstTwo,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut table = report::table(&["what", "published", "ours", ""]);
    let mut wrong = identifiers();
    let mut row = |what: String, published: f64, ours: f64, tolerance: f64, decimals: usize| {
        let is_right = (published - ours).abs() <= tolerance;
        wrong += usize::from(!is_right);
        table.add_row([
            what,
            format!("{published:.decimals$}"),
            format!("{ours:.decimals$}"),
            if is_right { String::new() } else { "OFF".to_owned() },
        ]);
    };
    let adbench = options.dir.join("adbench-small");
    if is_there(&adbench) {
        for (set, published) in PYOD {
            let table = npz::read(&adbench.join(format!("{set}.npz")))?;
            for (method, name, at) in [(Method::Ecod, "ECOD", 0), (Method::Copod, "COPOD", 2)] {
                let scores = scores(&table.columns, method);
                let mut rows: Vec<(f64, bool)> =
                    scores.into_iter().zip(table.is_outlier.iter().copied()).collect();
                let precision = average_precision(&mut rows);
                let of = |at: usize| published.get(at).copied().unwrap_or(f64::NAN);
                row(format!("{set}: {name} ROC-AUC"), of(at), area(&rows), 1e-4, 4);
                row(format!("{set}: {name} AP"), of(at + 1), precision, 1e-4, 4);
            }
        }
    }
    let benford = options.dir.join("benford-reference");
    if is_there(&benford) {
        for (file, column, least, mad, published, tolerance) in BENFORD {
            let digits = digits(&benford.join(format!("{file}.csv.gz")), column, *least)?;
            let (name, ours) = match mad {
                Mad::First => ("first digit", digits.first_mad()),
                Mad::FirstTwo => ("first two digits", digits.first_two_mad()),
            };
            let what = format!("{file}, from {least}: MAD of the {name} (n {})", digits.n());
            row(what, *published, ours, *tolerance, 10);
        }
    }
    anstream::println!("{table}");
    let nab = options.dir.join("nab");
    if is_there(&nab) {
        nab::run(&nab)?;
    }
    if wrong > 0 {
        report::loudly(&format!("{} off", report::count(wrong, "value")));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Tax and identity numbers with valid check digits; each is off if it is refused, or if it is taken
/// with any other last digit.
fn identifiers() -> usize {
    let vkn = ["7469179581", "4126456600", "4064288971"];
    let tckn = ["57157215924", "15693825830"];
    let is_right = |text: &str, is_valid: fn(&str) -> bool| {
        let (stem, last) = text.split_at(text.len() - 1);
        is_valid(text)
            && (0..10)
                .map(|digit| digit.to_string())
                .filter(|digit| digit != last)
                .all(|digit| !is_valid(&format!("{stem}{digit}")))
    };
    let right = vkn
        .iter()
        .filter(|text| is_right(text, |text| text.parse::<Vkn>().is_ok()))
        .count()
        + tckn.iter().filter(|text| is_right(text, |text| text.parse::<Tckn>().is_ok())).count();
    let all = vkn.len() + tckn.len();
    anstream::println!("VKN and TCKN: {right} of {all} right");
    all - right
}

fn is_there(dir: &Path) -> bool {
    let is_there = dir.is_dir();
    if !is_there {
        report::loudly(&format!("SKIPPED: {} is not there", dir.display()));
    }
    is_there
}

/// The digits of the positive amounts of a column from a smallest one on; amounts have two decimals.
fn digits(path: &Path, column: &str, least: i64) -> Result<Digits> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut reader = csv::Reader::from_reader(GzDecoder::new(file));
    let place = reader
        .headers()?
        .iter()
        .position(|name| name == column)
        .with_context(|| format!("{} has no column {column}", path.display()))?;
    let mut digits = Digits::default();
    for row in reader.records() {
        let row = row?;
        let text = row.get(place).unwrap_or_default();
        let Ok(amount) = Decimal::from_scientific(text).or_else(|_| text.parse::<Decimal>()) else {
            continue;
        };
        let amount = domain::round_to_kurus(amount);
        if amount <= Decimal::ZERO || amount < Decimal::from(least) {
            continue;
        }
        digits.add(Kurus::try_from(amount)?);
    }
    Ok(digits)
}

/// ROC-AUC of rows sorted by falling score: the share of pairs in the right order, equal ones half.
fn area(rows: &[(f64, bool)]) -> f64 {
    let wanted = rows.iter().filter(|(_, is_wanted)| *is_wanted).count();
    let others = rows.len() - wanted;
    let number = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    let (mut above, mut right) = (0, 0.0);
    for group in rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let hits = group.iter().filter(|(_, is_wanted)| *is_wanted).count();
        let misses = group.len() - hits;
        right += number(misses) * (number(above) + number(hits) / 2.0);
        above += hits;
    }
    right / (number(wanted) * number(others)).max(1.0)
}
