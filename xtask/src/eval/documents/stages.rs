//! How long each stage of a reading took, by the spans that the engine opens around them.

use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use tracing::{Subscriber, span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// One stage. Microseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) wall_us: u64,
    /// Of this process and of the OCR engines that it started.
    pub(super) cpu_us: u64,
}

/// Where a child writes its stages: at the end of each, because its parent ends it with the answer.
static FILE: OnceLock<PathBuf> = OnceLock::new();

static SEEN: LazyLock<Mutex<Vec<Stage>>> = LazyLock::new(Mutex::default);

/// The stages since the last call.
pub(super) fn take() -> Vec<Stage> {
    std::mem::take(&mut *SEEN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Watches all stages of a child, and writes them into a file.
pub(super) fn install_in_child(file: PathBuf) {
    FILE.set(file).ok();
    install();
}

/// Watches all stages of this process from now on.
pub(super) fn install() {
    // A second call of the same process changes nothing.
    let _ = tracing_subscriber::registry().with(Watch).try_init();
}

struct Watch;

struct Began(Instant, Duration);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Watch {
    fn on_enter(&self, id: &span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| is_stage(span.name())) else { return };
        span.extensions_mut().replace(Began(Instant::now(), cpu()));
    }

    fn on_exit(&self, id: &span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| is_stage(span.name())) else { return };
        let Some(Began(wall, cpu_before)) = span.extensions_mut().remove::<Began>() else { return };
        let stage = Stage {
            name: span.name().to_owned(),
            wall_us: micros(wall.elapsed()),
            cpu_us: micros(cpu().saturating_sub(cpu_before)),
        };
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push(stage);
        if let Some(file) = FILE.get()
            && let Ok(json) = serde_json::to_vec(&*seen)
        {
            // Without them the evaluation has fewer figures, and nothing else is lost.
            std::fs::write(file, json).ok();
        }
    }
}

fn is_stage(name: &str) -> bool {
    matches!(name, "text" | "fields")
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// CPU time of this process (exact) and of its ended children (by the kernel's ticks).
fn cpu() -> Duration {
    const TICK: Duration = Duration::from_millis(10);
    let own = clock_gettime(ClockId::ProcessCPUTime);
    let own = Duration::new(
        u64::try_from(own.tv_sec).unwrap_or_default(),
        u32::try_from(own.tv_nsec).unwrap_or_default(),
    );
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name in brackets: state is the first field, cutime and cstime the 14th and 15th.
    let ticks: u32 = stat.rsplit_once(')').map_or(0, |(_, fields)| {
        fields
            .split_whitespace()
            .skip(13)
            .take(2)
            .filter_map(|ticks| ticks.parse::<u32>().ok())
            .sum()
    });
    own + TICK * ticks
}
