//! The content of a write as the SDK takes it.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use azure_core::{
    http::{Body, NoFormat, RequestContent},
    stream::SeekableStream,
};
use bytes::{Buf as _, Bytes};
use futures::{AsyncRead, StreamExt, stream::BoxStream};
use sync_wrapper::SyncStream;

use crate::cloud::content::Content;

/// The body of a write, of known length and read as it is sent.
pub(super) fn of(content: &Content) -> RequestContent<Bytes, NoFormat> {
    let body: Box<dyn SeekableStream> = Box::new(Outgoing::new(content.clone()));
    Body::SeekableStream(body).into()
}

struct Outgoing {
    content: Content,
    pieces: Option<SyncStream<BoxStream<'static, io::Result<Bytes>>>>,
    piece: Bytes,
}

impl Outgoing {
    const fn new(content: Content) -> Self {
        Self { content, pieces: None, piece: Bytes::new() }
    }
}

impl Clone for Outgoing {
    /// From the beginning: the SDK clones a body to send it.
    fn clone(&self) -> Self {
        Self::new(self.content.clone())
    }
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("content", &self.content).finish_non_exhaustive()
    }
}

impl AsyncRead for Outgoing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        while this.piece.is_empty() {
            let content = &this.content;
            let pieces = this.pieces.get_or_insert_with(|| SyncStream::new(content.pieces(0)));
            match std::task::ready!(pieces.poll_next_unpin(context)) {
                Some(piece) => this.piece = piece?,
                None => return Poll::Ready(Ok(0)),
            }
        }
        let length = this.piece.len().min(buffer.len());
        if let Some(target) = buffer.get_mut(..length) {
            this.piece.copy_to_slice(target);
        }
        Poll::Ready(Ok(length))
    }
}

#[async_trait::async_trait]
impl SeekableStream for Outgoing {
    async fn reset(&mut self) -> azure_core::Result<()> {
        *self = Self::new(self.content.clone());
        Ok(())
    }

    fn len(&self) -> Option<u64> {
        Some(self.content.stored().size)
    }

    fn buffer_size(&self) -> usize {
        256 * 1024
    }
}
