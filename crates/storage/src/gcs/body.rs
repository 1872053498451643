//! The content of a write as the SDK takes it.

use std::io;

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use google_cloud_storage::streaming_source::{Seek, SizeHint, StreamingSource};
use sync_wrapper::SyncStream;

use crate::cloud::content::Content;

/// Read as it is sent.
pub(super) struct Outgoing {
    content: Content,
    pieces: SyncStream<BoxStream<'static, io::Result<Bytes>>>,
}

impl Outgoing {
    pub(super) fn new(content: &Content) -> Self {
        Self { content: content.clone(), pieces: SyncStream::new(content.pieces(0)) }
    }
}

impl StreamingSource for Outgoing {
    type Error = io::Error;

    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        self.pieces.next().await
    }

    async fn size_hint(&self) -> io::Result<SizeHint> {
        Ok(SizeHint::with_exact(self.content.stored().size))
    }
}

impl Seek for Outgoing {
    type Error = io::Error;

    async fn seek(&mut self, offset: u64) -> io::Result<()> {
        self.pieces = SyncStream::new(self.content.pieces(offset));
        Ok(())
    }
}
