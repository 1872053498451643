//! Wake-ups from the database.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use futures::{StreamExt, pin_mut};
use jobs_core::{Shutdown, StopPhase, Wakeups};
use tokio::time::sleep;
use tracing::{debug, warn};

use crate::{Database, Error};

/// The channel on which the triggers tell of new jobs; the payload is the queue's name.
pub const CHANNEL: &str = "worker_jobs";

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Turns notifications into wake-ups, over a connection of its own.
#[derive(Debug, Clone)]
pub struct Listener {
    database: Database,
    wakeups: Wakeups,
}

impl Listener {
    /// A listener that wakes the runners behind `wakeups`.
    pub fn new(database: Database, wakeups: Wakeups) -> Self {
        Self { database, wakeups }
    }

    /// Listens until the stop is asked for. After a lost connection it connects again, with growing
    /// pauses, and wakes every runner once: what was notified in the gap is lost.
    pub async fn run_until(&self, shutdown: Shutdown) {
        let mut pause = FIRST_PAUSE;
        loop {
            let listening = self.listen(&mut pause);
            tokio::select! {
                biased;
                () = shutdown.reached(StopPhase::Draining) => return,
                ended = listening => match ended {
                    Ok(()) => warn!("Listening for new jobs ended; polling goes on"),
                    Err(error) => warn!(
                        error = &error as &dyn std::error::Error,
                        "Listening for new jobs failed; polling goes on"
                    ),
                },
            }
            tokio::select! {
                biased;
                () = shutdown.reached(StopPhase::Draining) => return,
                () = sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Listens until the connection ends.
    async fn listen(&self, pause: &mut Duration) -> Result<(), Error> {
        let mut connection = self.database.direct().await?;
        connection.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        debug!("Listening for new jobs");
        *pause = FIRST_PAUSE;
        self.wakeups.wake_all();
        let notifications = connection.notifications_stream();
        pin_mut!(notifications);
        while let Some(notification) = notifications.next().await {
            self.wakeups.wake(&notification?.payload);
        }
        Ok(())
    }
}
