//! Reading objects: megabytes a second and time to the first byte at three sizes, alone and sixteen at
//! once, by this project's stores and by others from the same server on this machine; and local files
//! beside the standard library.
//!
//! The server sends bytes from memory and checks nothing, so the figures are those of the clients. Ours
//! and the bare libraries are measured without and with SHA-256 of what is read. Rounds go through all
//! clients in turn, there and back, so that a busy moment meets each of them.

mod clients;
mod local;

use std::time::{Duration, Instant};

use anyhow::Result;
use dev_storage::Feeder;
use tokio::task::JoinSet;

use self::clients::{Client, Curl};
use super::figure::{Figure, percentile};

const MB: u64 = 1 << 20;
/// Bytes of an object, and how many are read at once.
const SHAPES: [(u64, usize); 6] =
    [(MB, 1), (MB, 16), (20 * MB, 1), (20 * MB, 16), (100 * MB, 1), (100 * MB, 16)];
/// What one measurement moves at least, so that it lasts.
const AT_LEAST: u64 = 200 * MB;

/// Everything; with `only`, the providers' clients whose name has that text in it.
pub(super) async fn measure(rounds: usize, only: Option<&str>) -> Result<Vec<Figure>> {
    let server = Feeder::start().await?;
    let mut readers: Vec<Reader> =
        clients::all(&server).await?.into_iter().map(Reader::Library).collect();
    readers.extend(Curl::find(&server).map(Reader::Curl));
    readers.retain(|reader| only.is_none_or(|only| reader.name().contains(only)));
    for reader in &readers {
        // Connections, and what else is made once.
        reader.read(MB, 16, 2).await?;
    }
    let mut figures = Vec::new();
    for (size, at_once) in SHAPES {
        let turns = turns(size, at_once);
        let mut results = vec![Results::default(); readers.len()];
        for round in 0..rounds.max(1) {
            let mut turn: Vec<_> = readers.iter().zip(&mut results).collect();
            if round % 2 == 1 {
                // Whoever reads after whom may matter.
                turn.reverse();
            }
            for (reader, results) in turn {
                let began = Instant::now();
                let firsts = reader.read(size, at_once, turns).await?;
                results.note(size * at_once as u64 * turns, began.elapsed(), firsts);
            }
        }
        let shape = format!("{} MB x{at_once}", size / MB);
        figures.extend(compared(&readers, &results, &shape));
        for (reader, results) in readers.iter().zip(&mut results) {
            figures.extend(results.figures(&format!("{shape}, {}", reader.name())));
        }
    }
    if only.is_none_or(|only| "local".contains(only)) {
        figures.extend(local::measure(rounds).await?);
    }
    Ok(figures)
}

/// Who reads.
enum Reader {
    Library(Client),
    Curl(Curl),
}

impl Reader {
    fn name(&self) -> &str {
        match self {
            Self::Library(client) => client.name(),
            Self::Curl(_) => "curl",
        }
    }

    /// How long the first byte of each object took.
    async fn read(&self, size: u64, at_once: usize, turns: u64) -> Result<Vec<Duration>> {
        match self {
            Self::Library(client) => read(client, size, at_once, turns).await,
            Self::Curl(curl) => curl.read(size, at_once, turns).await,
        }
    }
}

/// Ours beside each of the others that does the same work.
fn compared(readers: &[Reader], results: &[Results], shape: &str) -> Vec<Figure> {
    let of = |name: &str| {
        let at = readers.iter().position(|reader| reader.name() == name)?;
        results.get(at)
    };
    let compared = clients::PAIRS.iter().filter_map(|(ours, theirs)| {
        let (our, their) = (of(ours)?, of(theirs)?);
        let what = format!("read {shape}, {ours}, of {theirs}");
        Some(ratio(what, &our.rates, &their.rates))
    });
    compared.collect()
}

/// The ratio of the medians, and those of the single rounds, which went through the same moments.
fn ratio(what: String, our: &[f64], their: &[f64]) -> Figure {
    let mut each: Vec<f64> =
        our.iter().zip(their).map(|(our, their)| 100.0 * our / their).collect();
    each.sort_by(f64::total_cmp);
    let share = 100.0 * median(&mut our.to_vec()) / median(&mut their.to_vec());
    Figure::new(what, share, "%", spread(&each))
}

fn turns(size: u64, at_once: usize) -> u64 {
    AT_LEAST.div_ceil(size * at_once as u64)
}

/// Each on a task of its own, as documents are.
async fn read(client: &Client, size: u64, at_once: usize, turns: u64) -> Result<Vec<Duration>> {
    let mut firsts = Vec::new();
    for _ in 0..turns {
        let mut tasks = JoinSet::new();
        for _ in 0..at_once {
            let client = client.clone();
            tasks.spawn(async move { client.read(size).await });
        }
        while let Some(first) = tasks.join_next().await {
            firsts.push(first??);
        }
    }
    Ok(firsts)
}

/// Of one client at one size.
#[derive(Clone, Default)]
struct Results {
    /// Megabytes a second of each round.
    rates: Vec<f64>,
    /// Milliseconds to the first byte of each object.
    firsts: Vec<f64>,
}

impl Results {
    fn note(&mut self, bytes: u64, took: Duration, firsts: Vec<Duration>) {
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        self.rates.push(bytes as f64 / 1e6 / took.as_secs_f64());
        self.firsts.extend(firsts.iter().map(|first| first.as_secs_f64() * 1e3));
    }

    fn figures(&mut self, of: &str) -> [Figure; 2] {
        let (rate, first) = (median(&mut self.rates), median(&mut self.firsts));
        [
            Figure::new(format!("read {of}"), rate, "MB/s", spread(&self.rates)),
            Figure::new(
                format!("first byte of {of}"),
                first,
                "ms",
                format!("median of {}", self.firsts.len()),
            ),
        ]
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    percentile(values, 0.5)
}

/// Of sorted values.
fn spread(sorted: &[f64]) -> String {
    match (sorted.first(), sorted.last()) {
        (Some(low), Some(high)) => format!("{low:.0} to {high:.0} in {} rounds", sorted.len()),
        _ => String::new(),
    }
}
