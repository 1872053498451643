//! Bodies between our pieces and the SDK's.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http_body::{Body, Frame, SizeHint};
use sync_wrapper::SyncStream;

use crate::cloud::{content::Content, service::Fault};

/// The pieces of an answer.
pub(super) fn pieces(body: ByteStream) -> impl Stream<Item = Result<Bytes, Fault>> {
    stream::unfold(body, async |mut body| {
        let piece = body.next().await?;
        // The SDK's text may hold parts of the answer.
        Some((piece.map_err(|_| Fault::broken("the connection broke")), body))
    })
}

/// The body of a write: of known length, so that nothing has to be chunked or held.
pub(super) fn of(content: &Content) -> ByteStream {
    let body = Outgoing {
        left: content.stored().size,
        pieces: SyncStream::new(content.pieces(0).boxed()),
    };
    ByteStream::new(SdkBody::from_body_1_x(body))
}

struct Outgoing {
    left: u64,
    pieces: SyncStream<futures::stream::BoxStream<'static, io::Result<Bytes>>>,
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let next = std::task::ready!(self.pieces.poll_next_unpin(context));
        if let Some(Ok(piece)) = &next {
            self.left = self.left.saturating_sub(piece.len() as u64);
        }
        Poll::Ready(next.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
