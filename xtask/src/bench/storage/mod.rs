//! Reading objects: megabytes a second and time to the first byte at three sizes, alone and sixteen at
//! once, by this project's stores and by others from the same server on this machine; and local files
//! beside the standard library.
//!
//! The server sends bytes from memory and checks nothing, so the figures are those of the clients.
//! Ours hashes what it reads (SHA-256), which the others do not: the bare libraries are measured both
//! ways. Rounds go through all clients in turn, so that a busy moment meets each of them.

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

/// Everything.
pub(super) async fn measure(rounds: usize) -> Result<Vec<Figure>> {
    let server = Feeder::start().await?;
    let clients = clients::all(&server).await?;
    let curl = Curl::find(&server);
    let mut figures = Vec::new();
    for (size, at_once) in SHAPES {
        let mut results = vec![Results::default(); clients.len() + 1];
        for _ in 0..rounds.max(1) {
            for (client, results) in clients.iter().zip(&mut results) {
                let began = Instant::now();
                let turns = turns(size, at_once);
                let firsts = read(client, size, at_once, turns).await?;
                results.note(size * at_once as u64 * turns, began.elapsed(), firsts);
            }
            if let (Some(curl), Some(results)) = (&curl, results.last_mut()) {
                let began = Instant::now();
                let turns = turns(size, at_once);
                let firsts = curl.read(size, at_once, turns).await?;
                results.note(size * at_once as u64 * turns, began.elapsed(), firsts);
            }
        }
        let names = clients.iter().map(Client::name).chain(curl.is_some().then_some("curl"));
        for (name, results) in names.zip(&mut results) {
            figures.extend(results.figures(&format!("{} MB x{at_once}, {name}", size / MB)));
        }
    }
    figures.extend(local::measure(rounds).await?);
    Ok(figures)
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
