//! Local files, beside the standard library's buffered reading, without and with the hash that ours
//! makes. From the page cache: memory's speed, not a disk's.

use std::{
    fs::File,
    io::{BufReader, Read as _, Write as _},
    path::Path,
    time::Instant,
};

use anyhow::Result;
use domain::TenantId;
use sha2::{Digest as _, Sha256};
use storage::{LocalStore, ObjectStore, TenantScope};

use super::{AT_LEAST, MB, median, spread};
use crate::bench::figure::Figure;

const BUFFER: usize = 256 * 1024;

pub(super) async fn measure(rounds: usize) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let store = LocalStore::open(folder.path())?;
    let scope = TenantScope::new(&TenantId::new("office-bench"))?;
    std::fs::create_dir_all(folder.path().join("office-bench"))?;
    let mut figures = Vec::new();
    for size in [MB, 20 * MB, 100 * MB] {
        let name = format!("{size}.bin");
        let path = folder.path().join("office-bench").join(&name);
        write(&path, size)?;
        let key = scope.key(&name)?;
        let turns = AT_LEAST.div_ceil(size);
        let mut rates = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..rounds.max(1) {
            let began = Instant::now();
            for _ in 0..turns {
                let mut reader = store.open(&key, size).await?;
                while reader.next_piece().await?.is_some() {}
            }
            rates[0].push(megabytes(size * turns) / began.elapsed().as_secs_f64());
            for (hashing, rates) in [false, true].into_iter().zip(&mut rates[1..]) {
                let path = path.clone();
                let took = tokio::task::spawn_blocking(move || plain(&path, turns, hashing));
                rates.push(megabytes(size * turns) / took.await??);
            }
        }
        let names = ["this project", "std, 256 KiB buffer", "std, 256 KiB buffer, SHA-256"];
        for (name, rates) in names.into_iter().zip(&mut rates) {
            let what = format!("local read {} MB, {name}", size / MB);
            figures.push(Figure::new(what, median(rates), "MB/s", spread(rates)));
        }
    }
    Ok(figures)
}

/// Seconds.
fn plain(path: &Path, turns: u64, hashing: bool) -> Result<f64> {
    let began = Instant::now();
    for _ in 0..turns {
        let mut reader = BufReader::with_capacity(BUFFER, File::open(path)?);
        let (mut piece, mut hash) = (vec![0; BUFFER], Sha256::new());
        loop {
            let read = reader.read(&mut piece)?;
            if read == 0 {
                break;
            }
            if hashing {
                hash.update(piece.get(..read).unwrap_or_default());
            }
        }
        std::hint::black_box(hash.finalize());
    }
    Ok(began.elapsed().as_secs_f64())
}

fn write(path: &Path, size: u64) -> Result<()> {
    let mut file = File::create(path)?;
    let piece = vec![7; usize::try_from(MB)?];
    for _ in 0..size / MB {
        file.write_all(&piece)?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
