//! Local files, beside the standard library's buffered reading, without and with SHA-256. From the page cache: memory's speed, not a disk's.

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

use super::{AT_LEAST, MB, median, ratio, spread};
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
        let mut rates = vec![Vec::new(); WAYS.len()];
        for _ in 0..rounds.max(1) {
            for (way, rates) in WAYS.iter().zip(&mut rates) {
                let began = Instant::now();
                match way {
                    Way::Ours => {
                        for _ in 0..turns {
                            let mut reader = store.open(&key, size).await?;
                            while reader.next_piece().await?.is_some() {}
                        }
                    }
                    Way::OursHashed => {
                        for _ in 0..turns {
                            store.open_hashed(&key, size).await?.finish().await?;
                        }
                    }
                    Way::Plain { hashing } => {
                        let (path, hashing) = (path.clone(), *hashing);
                        tokio::task::spawn_blocking(move || plain(&path, turns, hashing)).await??;
                    }
                    Way::PlainTasks => {
                        for _ in 0..turns {
                            let path = path.clone();
                            tokio::task::spawn_blocking(move || plain(&path, 1, false)).await??;
                        }
                    }
                }
                rates.push(megabytes(size * turns) / began.elapsed().as_secs_f64());
            }
        }
        let size = size / MB;
        let [ours, hashed, plain, plain_hashed, tasks] = rates.as_mut_slice() else {
            anyhow::bail!("five ways")
        };
        for (what, our, their) in [
            ("this project, of std", &*ours, &*plain),
            ("this project, of std with a blocking task for each file", &*ours, &*tasks),
            ("this project with SHA-256, of std with SHA-256", &*hashed, &*plain_hashed),
        ] {
            figures.push(ratio(format!("local read {size} MB, {what}"), our, their));
        }
        for (way, rates) in WAYS.iter().zip([ours, hashed, plain, plain_hashed, tasks]) {
            let what = format!("local read {size} MB, {}", way.name());
            figures.push(Figure::new(what, median(rates), "MB/s", spread(rates)));
        }
    }
    Ok(figures)
}

/// Who reads.
#[derive(Clone, Copy)]
enum Way {
    Ours,
    OursHashed,
    /// On one thread for all files.
    Plain {
        hashing: bool,
    },
    /// As a program has it whose threads may not wait for a disk.
    PlainTasks,
}

const WAYS: [Way; 5] = [
    Way::Ours,
    Way::OursHashed,
    Way::Plain { hashing: false },
    Way::Plain { hashing: true },
    Way::PlainTasks,
];

impl Way {
    const fn name(self) -> &'static str {
        match self {
            Self::Ours => "this project",
            Self::OursHashed => "this project with SHA-256",
            Self::Plain { hashing: false } => "std, 256 KiB buffer",
            Self::Plain { hashing: true } => "std, 256 KiB buffer, SHA-256",
            Self::PlainTasks => "std, 256 KiB buffer, a blocking task for each file",
        }
    }
}

fn plain(path: &Path, turns: u64, hashing: bool) -> Result<()> {
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
    Ok(())
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
