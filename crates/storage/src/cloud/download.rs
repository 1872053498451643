//! A download that survives cuts: the rest of the same version is asked for, as often as tries are
//! left since the last progress.

use std::{pin::Pin, sync::Arc};

use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};

use super::{
    service::{Fault, Reading, Rest, Service},
    timing::Timing,
};
use crate::{error::StorageError, object::ObjectMeta};

struct Download<S> {
    service: Arc<S>,
    timing: Timing,
    meta: ObjectMeta,
    pieces: BoxStream<'static, Result<Bytes, Fault>>,
    position: u64,
    failed: u32,
    deadline: Instant,
    /// Runs for many pieces: one timer for each would be as much work as passing them on.
    watch: Pin<Box<Sleep>>,
}

/// The pieces of an object whose first request was answered.
pub(super) fn pieces<S: Service>(
    service: Arc<S>,
    timing: Timing,
    first: Reading,
) -> BoxStream<'static, Result<Bytes, StorageError>> {
    let now = Instant::now();
    let deadline = now + timing.total_for(first.meta.size);
    let download = Download {
        service,
        timing,
        meta: first.meta,
        pieces: first.pieces,
        position: 0,
        failed: 0,
        deadline,
        watch: Box::pin(sleep_until(deadline.min(now + timing.idle))),
    };
    stream::unfold(Some(download), async |state| {
        let mut download = state?;
        match download.next().await {
            Ok(Some(piece)) => Some((Ok(piece), Some(download))),
            Ok(None) => None,
            Err(fault) => {
                let error = super::error_of(fault, &download.meta.key, download.service.bucket());
                Some((Err(error), None))
            }
        }
    })
    .boxed()
}

impl<S: Service> Download<S> {
    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            match self.one().await {
                Ok(Some(piece)) => {
                    self.position = self.position.saturating_add(piece.len() as u64);
                    self.failed = 0;
                    return Ok(Some(piece));
                }
                Ok(None) => return Ok(None),
                Err(fault) => self.resume(fault).await?,
            }
        }
    }

    /// The next piece of the body under way; an end before the announced size is a fault.
    async fn one(&mut self) -> Result<Option<Bytes>, Fault> {
        if self.position > self.meta.size {
            // The reader's limit and its count of bytes say the rest.
            return Ok(None);
        }
        let end = self.deadline.min(Instant::now() + self.timing.idle);
        loop {
            tokio::select! {
                biased;
                piece = self.pieces.next() => match piece {
                    Some(Ok(piece)) if piece.is_empty() => {}
                    Some(piece) => return piece.map(Some),
                    None if self.position < self.meta.size => {
                        return Err(Fault::broken("the body ended early"));
                    }
                    None => return Ok(None),
                },
                () = self.watch.as_mut() => {
                    if Instant::now() >= end {
                        return Err(Fault::timed_out("the body stood still"));
                    }
                    // It was set for a piece that has come since.
                    self.watch.as_mut().reset(end);
                }
            }
        }
    }

    /// Opens the rest, or gives the fault back when that is no use.
    async fn resume(&mut self, mut fault: Fault) -> Result<(), Fault> {
        loop {
            let Fault::Passing { after, .. } = &fault else { return Err(fault) };
            self.failed += 1;
            let Some(pause) = self.timing.pause_after(self.failed, *after, &mut rand::rng()) else {
                return Err(fault);
            };
            // Without a mark of the version two halves could be of two objects.
            let Some(version) = self.meta.etag.clone() else { return Err(Fault::Changed) };
            if Instant::now() + pause >= self.deadline {
                return Err(fault);
            }
            tracing::debug!(object = %self.meta.key, at = self.position, "a cut download resumes");
            sleep(pause).await;
            let rest = Rest { offset: self.position, version: &version };
            let opened =
                timeout(self.timing.first_byte, self.service.read(&self.meta.key, Some(rest)));
            match opened.await {
                Ok(Ok(reading)) if reading.meta.size == self.meta.size => {
                    self.pieces = reading.pieces;
                    return Ok(());
                }
                Ok(Ok(_)) => return Err(Fault::Changed),
                Ok(Err(next)) => fault = next,
                Err(_) => fault = Fault::timed_out("the answer did not begin"),
            }
        }
    }
}
