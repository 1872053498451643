//! Scores the streaming detector on the Numenta Anomaly Benchmark, standard profile.
//!
//! Per window of an anomaly the first alert counts, the earlier the more (sigmoid over the window, 1 at
//! its start); a missed window costs 1, a false alert 0.11 (less shortly after a window). The first
//! 15 % of a series, at most 750 values, are for getting used to it. One threshold for all series, the
//! best. 0 is raising nothing, 100 is perfect (Lavin and Ahmad 2015). A scorer of our own: it differs a
//! little from the official one.

use std::{collections::BTreeMap, fs::File, io::Read, path::Path};

use anomaly::stream::{Episodes, Stream};
use anyhow::{Context, Result};
use flate2::read::GzDecoder;

const PAUSE: usize = 50;
const FALSE_ALERT: f64 = 0.11;

#[derive(Debug)]
struct Series {
    scores: Vec<f64>,
    windows: Vec<(usize, usize)>,
    probation: usize,
}

pub(super) fn run(dir: &Path) -> Result<()> {
    let windows = std::fs::read_to_string(dir.join("combined_windows.json"))?;
    let windows: BTreeMap<String, Vec<[String; 2]>> = serde_json::from_str(&windows)?;
    let mut all = Vec::new();
    let mut archives: Vec<_> = std::fs::read_dir(dir)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "gz"))
        .collect();
    archives.sort_unstable();
    for path in archives {
        let file = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
        let mut archive = tar::Archive::new(GzDecoder::new(file));
        for entry in archive.entries()? {
            let mut entry = entry?;
            let name = entry.path()?.to_string_lossy().into_owned();
            let Some(key) = name.strip_prefix("data/").filter(|key| {
                Path::new(key).extension().is_some_and(|extension| extension == "csv")
            }) else {
                continue;
            };
            let of_series = windows.get(key).map_or(&[][..], Vec::as_slice);
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            all.push(series(&text, of_series).with_context(|| name.clone())?);
        }
    }
    let best = (10..80)
        .map(|tenth| f64::from(tenth) / 10.0)
        .map(|threshold| (score(&all, threshold), threshold))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((score, threshold)) = best {
        anstream::println!(
            "NAB, {} series, own scorer, standard profile: {score:.1} with {} alerts at {threshold:.1} \
             (old rule 11.9, windowed Gaussian 35.6, median and MAD by episodes 33.4)",
            all.len(),
            alerts(&all, threshold),
        );
    }
    Ok(())
}

fn series(text: &str, windows: &[[String; 2]]) -> Result<Series> {
    let mut stream = Stream::default();
    let mut times = Vec::new();
    let mut scores = Vec::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row?;
        let value: f64 = row.get(1).context("no value")?.trim().parse()?;
        times.push(row.get(0).context("no time")?.to_owned());
        scores.push(stream.push(value));
    }
    // Times are written year first, so that they compare as text; windows have microseconds.
    let windows = windows
        .iter()
        .filter_map(|[from, to]| {
            let (from, to) = (from.get(..19)?, to.get(..19)?);
            let first = times.iter().position(|time| time.as_str() >= from)?;
            let last = times.iter().rposition(|time| time.as_str() <= to)?;
            Some((first, last))
        })
        .collect();
    let probation = (scores.len() * 15 / 100).min(750);
    Ok(Series { scores, windows, probation })
}

fn raised(series: &Series, threshold: f64) -> Vec<usize> {
    let mut episodes = Episodes::new(threshold, PAUSE);
    series
        .scores
        .iter()
        .enumerate()
        .skip(series.probation)
        .filter(|(_, score)| episodes.push(**score))
        .map(|(at, _)| at)
        .collect()
}

fn alerts(all: &[Series], threshold: f64) -> usize {
    all.iter().map(|series| raised(series, threshold).len()).sum()
}

fn score(all: &[Series], threshold: f64) -> f64 {
    let mut sum = 0.0;
    let mut anomalies = 0.0;
    for series in all {
        let alerts = raised(series, threshold);
        for (first, last) in series.windows.iter().filter(|(_, last)| *last >= series.probation) {
            anomalies += 1.0;
            let hit = alerts.iter().find(|at| (first..=last).contains(at));
            sum += hit.map_or(-1.0, |at| {
                let place = share(at - first, last - first);
                sigmoid(place - 1.0) / sigmoid(-1.0)
            });
        }
        let is_in =
            |at: &usize| series.windows.iter().any(|(first, last)| (first..=last).contains(&at));
        for at in alerts.iter().filter(|at| !is_in(at)) {
            let before =
                series.windows.iter().filter(|(_, last)| last < at).max_by_key(|(_, last)| *last);
            sum += before.map_or(-FALSE_ALERT, |(first, last)| {
                let after = share(at - last, last - first);
                if after < 3.0 { FALSE_ALERT * sigmoid(after) } else { -FALSE_ALERT }
            });
        }
    }
    100.0 * (sum + anomalies) / (2.0 * anomalies)
}

fn sigmoid(y: f64) -> f64 {
    2.0 / (1.0 + (5.0 * y).exp()) - 1.0
}

fn share(part: usize, whole: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(whole.max(1)).unwrap_or(u32::MAX))
}
