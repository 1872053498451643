//! A download that survives cuts: the rest of the same version is asked for, as often as tries are
//! left since the last progress.

use std::sync::Arc;

use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, sleep, timeout, timeout_at};

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
}

/// The pieces of an object whose first request was answered.
pub(super) fn pieces<S: Service>(
    service: Arc<S>,
    timing: Timing,
    first: Reading,
) -> BoxStream<'static, Result<Bytes, StorageError>> {
    let deadline = Instant::now() + timing.total_for(first.meta.size);
    let download = Download {
        service,
        timing,
        meta: first.meta,
        pieces: first.pieces,
        position: 0,
        failed: 0,
        deadline,
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
        let wait = self.deadline.min(Instant::now() + self.timing.idle);
        loop {
            return match timeout_at(wait, self.pieces.next()).await {
                Err(_) => Err(Fault::timed_out("the body stood still")),
                Ok(Some(Ok(piece))) if piece.is_empty() => continue,
                Ok(Some(piece)) => piece.map(Some),
                Ok(None) if self.position < self.meta.size => {
                    Err(Fault::broken("the body ended early"))
                }
                Ok(None) => Ok(None),
            };
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
