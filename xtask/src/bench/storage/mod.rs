//! Reading objects: megabytes a second and time to the first byte at three sizes, alone and sixteen at
//! once, by this project's store and by others from the same server on this machine; and local files
//! beside the standard library.
//!
//! The server sends bytes from memory and checks nothing, so the figures are those of the clients.
//! Ours hashes what it reads (SHA-256), which the others do not: the bare library is measured both
//! ways. Rounds go through all clients in turn, so that a busy moment meets each of them.

mod clients;
mod local;

use std::time::Instant;

use anyhow::Result;
use dev_storage::Feeder;
use futures::future::try_join_all;

use self::clients::Client;
use super::figure::{Figure, percentile};

const MB: u64 = 1 << 20;
/// Bytes of an object, and how many are read at once.
const SHAPES: [(u64, usize); 6] =
    [(MB, 1), (MB, 16), (20 * MB, 1), (20 * MB, 16), (100 * MB, 1), (100 * MB, 16)];
/// What one measurement moves at least, so that it lasts.
const AT_LEAST: u64 = 200 * MB;
/// First bytes that are timed.
const FIRST_BYTES: usize = 100;

/// Everything.
pub(super) async fn measure(rounds: usize) -> Result<Vec<Figure>> {
    let server = Feeder::start().await?;
    let clients = clients::all(&server).await?;
    let mut figures = Vec::new();
    for (size, at_once) in SHAPES {
        let mut rates = vec![Vec::new(); clients.len()];
        for _ in 0..rounds.max(1) {
            for (client, rates) in clients.iter().zip(&mut rates) {
                rates.push(rate(client, size, at_once).await?);
            }
        }
        for (client, rates) in clients.iter().zip(&mut rates) {
            figures.push(Figure::new(
                format!("read {} MB x{at_once}, {}", size / MB, client.name()),
                median(rates),
                "MB/s",
                spread(rates),
            ));
        }
    }
    for client in &clients {
        let Some(mut times) = first_bytes(client).await? else { continue };
        let note = format!("median of {FIRST_BYTES}");
        figures.push(Figure::new(
            format!("first byte, {}", client.name()),
            median(&mut times),
            "ms",
            note,
        ));
    }
    figures.extend(local::measure(rounds).await?);
    Ok(figures)
}

/// Megabytes a second.
async fn rate(client: &Client, size: u64, at_once: usize) -> Result<f64> {
    let turn = size * at_once as u64;
    let turns = AT_LEAST.div_ceil(turn);
    let began = Instant::now();
    if let Client::Curl(curl) = client {
        curl.read(size, at_once, turns).await?;
    } else {
        for _ in 0..turns {
            try_join_all((0..at_once).map(|_| client.read(size))).await?;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let megabytes = (turn * turns) as f64 / 1e6;
    Ok(megabytes / began.elapsed().as_secs_f64())
}

/// Milliseconds until the first piece of 1 MB; none for a program of its own.
async fn first_bytes(client: &Client) -> Result<Option<Vec<f64>>> {
    if matches!(client, Client::Curl(_)) {
        return Ok(None);
    }
    let mut times = Vec::new();
    for _ in 0..FIRST_BYTES {
        let began = Instant::now();
        client.first_piece(MB).await?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Some(times))
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
