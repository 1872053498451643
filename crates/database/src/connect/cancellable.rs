//! A connection for a statement that its asker may give up.

use std::fmt;
use std::ops::{Deref, DerefMut};

use deadpool::managed::Object;
use diesel_async::AsyncPgConnection;

use super::{Database, Pooled};
use crate::Error;

/// A connection of the pool that goes back only when [`answered`](Self::answered) was called, and is
/// closed otherwise, together with all that lie idle in the pool.
///
/// Dropping the future of a statement leaves the statement under way. Back in the pool, the
/// connection would make the next asker wait for the same answer, which may never come: a network
/// that swallows packets closes nothing, and it swallows those of the other connections too.
pub(crate) struct Cancellable(Option<Pooled>);

impl Database {
    /// A connection for one statement whose future may be dropped before its answer.
    pub(crate) async fn cancellable(&self) -> Result<Cancellable, Error> {
        Ok(Cancellable(Some(self.get().await?)))
    }
}

impl Cancellable {
    /// Gives the connection back: the statement was answered, be it by an error.
    pub(crate) fn answered(mut self) {
        drop(self.0.take());
    }
}

impl fmt::Debug for Cancellable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellable").finish_non_exhaustive()
    }
}

#[expect(clippy::expect_used, reason = "the connection leaves only with its owner")]
impl Deref for Cancellable {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        self.0.as_deref().expect("held until the end")
    }
}

#[expect(clippy::expect_used, reason = "the connection leaves only with its owner")]
impl DerefMut for Cancellable {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        self.0.as_deref_mut().expect("held until the end")
    }
}

impl Drop for Cancellable {
    fn drop(&mut self) {
        let Some(unanswered) = self.0.take() else { return };
        if let Some(pool) = Object::pool(&unanswered) {
            pool.retain(|_, _| false);
        }
        drop(Object::take(unanswered));
    }
}
