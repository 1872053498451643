//! Panics as log lines, within the span of the work that panicked.

use std::panic::{self, PanicHookInfo};

use tracing::error;

/// Replaces the default hook, which writes to standard error in a form of its own. A panicking
/// handler is a failed attempt, not the end of the worker.
pub(super) fn install() {
    panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        // The text of a panic may hold a piece of what was being read; the place is enough.
        error!(%location, "Work panicked");
    }));
}
