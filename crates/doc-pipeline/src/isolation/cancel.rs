//! A wish to stop, shared between the one who waits and the one who decides.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::Sender},
};

use super::reader::Event;

/// Stops the readings that were started with it. Clones share one state; once cancelled it stays so.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    cancelled: bool,
    next: u64,
    waiting: BTreeMap<u64, Sender<Event>>,
}

impl Cancel {
    /// Not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends every reading that uses this, now and later: their processes are killed.
    pub fn cancel(&self) {
        let mut state = self.state();
        state.cancelled = true;
        for waiting in std::mem::take(&mut state.waiting).into_values() {
            // A reading that has just ended does not listen any more.
            waiting.send(Event::Cancelled).ok();
        }
    }

    /// Whether [`Self::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.state().cancelled
    }

    /// Tells `listener` about the cancellation until the result is dropped.
    pub(super) fn tell(&self, listener: Sender<Event>) -> Listening<'_> {
        let mut state = self.state();
        if state.cancelled {
            listener.send(Event::Cancelled).ok();
        }
        let id = state.next;
        state.next += 1;
        state.waiting.insert(id, listener);
        Listening { cancel: self, id }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Listening<'a> {
    cancel: &'a Cancel,
    id: u64,
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.cancel.state().waiting.remove(&self.id);
    }
}
