//! Stopping in two steps.

use tokio::sync::watch;

/// How far a stop has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopPhase {
    /// Nobody asked to stop.
    Running,
    /// Claim nothing more, let the attempts end within the grace period, give the rest back.
    Draining,
    /// Interrupt the attempts and give them back at once.
    Now,
}

/// Seen by everything that must stop.
#[derive(Debug, Clone)]
pub struct Shutdown {
    phase: watch::Receiver<StopPhase>,
}

/// Asks for the stop. Dropping it asks for nothing.
#[derive(Debug, Clone)]
pub struct ShutdownHandle {
    phase: watch::Sender<StopPhase>,
}

impl Shutdown {
    /// A stop that is not asked for yet, and the handle that asks for it.
    pub fn new() -> (ShutdownHandle, Self) {
        let (sender, receiver) = watch::channel(StopPhase::Running);
        (ShutdownHandle { phase: sender }, Self { phase: receiver })
    }

    /// A stop that nobody can ask for.
    pub fn never() -> Self {
        Self::new().1
    }

    /// How far the stop has come.
    pub fn phase(&self) -> StopPhase {
        *self.phase.borrow()
    }

    /// Waits until the stop has come at least this far.
    pub async fn reached(&self, phase: StopPhase) {
        let mut receiver = self.phase.clone();
        if receiver.wait_for(|now| *now >= phase).await.is_err() {
            // Nobody is left who could ask.
            std::future::pending::<()>().await;
        }
    }
}

impl ShutdownHandle {
    /// The first signal: stop claiming and drain.
    pub fn stop(&self) {
        self.advance(StopPhase::Draining);
    }

    /// The second signal: stop at once.
    pub fn stop_now(&self) {
        self.advance(StopPhase::Now);
    }

    /// One step further: drain at the first call, at once from the second.
    pub fn signal(&self) {
        let next = match *self.phase.borrow() {
            StopPhase::Running => StopPhase::Draining,
            StopPhase::Draining | StopPhase::Now => StopPhase::Now,
        };
        self.advance(next);
    }

    fn advance(&self, phase: StopPhase) {
        self.phase.send_if_modified(|now| {
            let further = phase > *now;
            if further {
                *now = phase;
            }
            further
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stop_only_goes_forward() {
        let (handle, shutdown) = Shutdown::new();
        assert_eq!(shutdown.phase(), StopPhase::Running);
        handle.signal();
        shutdown.reached(StopPhase::Draining).await;
        handle.signal();
        shutdown.reached(StopPhase::Now).await;
        handle.stop();
        assert_eq!(shutdown.phase(), StopPhase::Now);
    }
}
