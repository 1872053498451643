//! How far the worker is: a bar on a terminal, plain lines in a pipe.

use std::cell::Cell;
use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use crate::platform::Progress;

pub(super) struct Bar {
    bar: Option<ProgressBar>,
    last: Cell<Option<Progress>>,
}

impl Bar {
    pub(super) fn new(all: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(all);
            if let Ok(style) = ProgressStyle::with_template("worker [{bar:30}] {pos}/{len} {msg}") {
                bar.set_style(style);
            }
            bar
        });
        if bar.is_none() {
            anstream::println!("running the worker");
        }
        Self { bar, last: Cell::new(None) }
    }

    pub(super) fn show(&self, now: Progress) {
        if self.last.replace(Some(now)) == Some(now) {
            return;
        }
        let done = now.processed + now.failed;
        match &self.bar {
            Some(bar) => {
                bar.set_position(done);
                bar.set_message(format!("{} processed, {} failed", now.processed, now.failed));
            }
            None if done > 0 => {
                anstream::println!(
                    "  {done} of {}: {} processed, {} failed",
                    now.all,
                    now.processed,
                    now.failed
                );
            }
            None => {}
        }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish();
        }
    }
}
