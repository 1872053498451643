//! What each storage costs who builds it: time of a clean release build of the worker, and its size.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use super::figure::Figure;
use crate::{run, workspace};

/// Sets of features, from none to what the release image has.
const FEATURES: [&str; 5] = ["", "s3", "gcs", "azure", "cloud-storage"];

/// Builds the worker once for each set, in a folder that is emptied before; with `only`, for the sets
/// that have it in their name.
pub(super) fn measure(folder: &Path, only: Option<&str>) -> Result<Vec<Figure>> {
    let target = folder.join("builds");
    let mut figures = Vec::new();
    for features in FEATURES {
        let name = if features.is_empty() { "local storage alone" } else { features };
        if only.is_some_and(|only| !name.contains(only)) {
            continue;
        }
        if target.exists() {
            std::fs::remove_dir_all(&target)?;
        }
        let (began, cpu_before) = (Instant::now(), processor_seconds());
        run::visibly(
            workspace::cargo()
                .args(["build", "--release", "--locked", "--package", "worker"])
                .args(["--features", features, "--target-dir"])
                .arg(&target),
        )?;
        let seconds = began.elapsed().as_secs_f64();
        figures.push(Figure::new(format!("clean build, {name}"), seconds, "s", "release profile"));
        if let (Some(before), Some(after)) = (cpu_before, processor_seconds()) {
            let what = format!("clean build, {name}, of all cores together");
            figures.push(Figure::new(what, after - before, "s", "processor time"));
        }
        let program = target.join("release").join("worker");
        let stripped = target.join("stripped");
        let is_stripped =
            run::succeeds(Command::new("strip").arg("-o").arg(&stripped).arg(&program));
        let (file, note) =
            if is_stripped { (stripped, "stripped") } else { (program, "with its symbols") };
        #[expect(clippy::cast_precision_loss, reason = "a size for people")]
        let size = std::fs::metadata(file)?.len() as f64 / 1024.0 / 1024.0;
        figures.push(Figure::new(format!("size, {name}"), size, "MiB", note));
    }
    anyhow::ensure!(!figures.is_empty(), "no build has {only:?} in its name: {FEATURES:?}");
    std::fs::remove_dir_all(&target)?;
    Ok(figures)
}

/// Processor time of all programs that this one has started and seen end, with theirs; what else a
/// machine does is not in it. Linux only.
///
/// Source: proc_pid_stat(5), fields 16 and 17, in hundredths of a second.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, a name in brackets, may hold blanks.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let hundredths = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    Some((hundredths(16)? + hundredths(17)?) / 100.0)
}
