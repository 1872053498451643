//! The states of a job and the moves between them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its time and for a free worker.
    Pending,
    /// A worker holds its lease.
    InProgress,
    /// Ended with its effects written.
    Succeeded,
    /// Ended without effects; the reason is stored with it.
    Failed,
    /// Ended because somebody, or the loss of its subject, called it off.
    Cancelled,
}

impl JobState {
    /// Every state, in the order of a job's life.
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::InProgress, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// Whether the job's story is over, unless a person asks for it again.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::InProgress => "in progress",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        })
    }
}

/// What can happen to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A worker takes the job; the attempt counts from here.
    Claim,
    /// The effects and the completion are written together.
    Complete,
    /// The attempt failed and another one makes sense.
    Retry,
    /// The attempt failed for good.
    Fail,
    /// The handler asks to be called later; the attempt is given back.
    Snooze,
    /// The worker gives the job back unfinished; so is the attempt.
    Release,
    /// The lease ran out with attempts left.
    Expire,
    /// The lease ran out on the last attempt.
    Exhaust,
    /// The job is called off.
    Cancel,
    /// A person asks for a job again that ended without effects.
    Requeue,
    /// A person asks for an ended job again, whether or not it succeeded.
    Repeat,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 11] = [
        Self::Claim,
        Self::Complete,
        Self::Retry,
        Self::Fail,
        Self::Snooze,
        Self::Release,
        Self::Expire,
        Self::Exhaust,
        Self::Cancel,
        Self::Requeue,
        Self::Repeat,
    ];
}

/// An event that has no meaning in the state that the job is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a job that is {state} cannot take the event {event:?}")]
pub struct IllegalTransition {
    /// The state the job is in.
    pub state: JobState,
    /// The event that was refused.
    pub event: Event,
}

/// The state that follows.
///
/// # Errors
/// [`IllegalTransition`] when the event has no meaning in this state; the job stays as it is.
pub fn apply(state: JobState, event: Event) -> Result<JobState, IllegalTransition> {
    use Event as E;
    use JobState as S;
    match (state, event) {
        (S::Pending, E::Claim) => Ok(S::InProgress),
        (S::InProgress, E::Complete) => Ok(S::Succeeded),
        (S::InProgress, E::Retry | E::Snooze | E::Release | E::Expire)
        | (S::Failed | S::Cancelled, E::Requeue)
        | (S::Succeeded | S::Failed | S::Cancelled, E::Repeat) => Ok(S::Pending),
        (S::InProgress, E::Fail | E::Exhaust) => Ok(S::Failed),
        (S::Pending | S::InProgress, E::Cancel) => Ok(S::Cancelled),
        (state, event) => Err(IllegalTransition { state, event }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair, written out: rows are events, columns are states, `-` is refused.
    const TABLE: &str = "
        event     pending     in_progress  succeeded  failed     cancelled
        claim     in_progress -            -          -          -
        complete  -           succeeded    -          -          -
        retry     -           pending      -          -          -
        fail      -           failed       -          -          -
        snooze    -           pending      -          -          -
        release   -           pending      -          -          -
        expire    -           pending      -          -          -
        exhaust   -           failed       -          -          -
        cancel    cancelled   cancelled    -          -          -
        requeue   -           -            -          pending    pending
        repeat    -           -            pending    pending    pending
    ";

    fn word(state: JobState) -> String {
        format!("{state}").replace(' ', "_")
    }

    #[test]
    fn every_event_in_every_state_does_what_the_table_says() {
        let rows: Vec<Vec<&str>> = TABLE
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|cells| !cells.is_empty())
            .collect();
        let head: Vec<String> = JobState::ALL.iter().map(|state| word(*state)).collect();
        assert_eq!(rows[0][1..], head);
        assert_eq!(rows.len(), Event::ALL.len() + 1);
        for (row, event) in rows[1..].iter().zip(Event::ALL) {
            assert_eq!(row[0], format!("{event:?}").to_lowercase());
            for (cell, state) in row[1..].iter().zip(JobState::ALL) {
                let expected = match *cell {
                    "-" => Err(IllegalTransition { state, event }),
                    name => {
                        Ok(JobState::ALL.into_iter().find(|state| word(*state) == name).unwrap())
                    }
                };
                assert_eq!(apply(state, event), expected, "{event:?} in {state}");
            }
        }
    }

    #[test]
    fn only_a_person_moves_an_ended_job() {
        for state in JobState::ALL.into_iter().filter(|state| state.is_final()) {
            for event in Event::ALL {
                let by_a_person = matches!(event, Event::Requeue | Event::Repeat);
                assert!(by_a_person || apply(state, event).is_err());
            }
        }
    }
}
