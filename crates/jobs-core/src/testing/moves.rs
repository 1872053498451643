#![allow(missing_docs, reason = "each test's name says what it shows")]
#![allow(clippy::missing_panics_doc, reason = "tests panic")]

use std::time::Duration;

use super::{Harness, LEASE, claim, claim_one};
use crate::{Event, Failure, JobState, JobStore, LeaseRef, NewJob, ReapRequest, Verdict, apply};

/// Each job has a tenant of its own name.
async fn bring<H: Harness>(harness: &H, id: &str, state: JobState, max_attempts: u16) {
    harness.add(NewJob { max_attempts, ..NewJob::new(id, id) }).await;
    let store = harness.store();
    match state {
        JobState::Pending => {}
        JobState::InProgress => {
            claim_one(store).await;
        }
        JobState::Succeeded => {
            let lease = claim_one(store).await;
            assert!(store.complete(&[lease]).await.expect("complete").is_empty());
        }
        JobState::Failed => {
            let lease = claim_one(store).await;
            let failure = Failure::permanent("Belge bozuk.", "bad xref");
            assert!(store.fail(&lease, &failure, Verdict::Final).await.expect("fail"));
        }
        JobState::Cancelled => assert!(harness.call_off(id).await),
    }
    assert_eq!(harness.look(id).await.state, state);
}

/// With the newest token, so that nothing but the state can refuse.
async fn happen<H: Harness>(harness: &H, id: &str, event: Event) {
    let store = harness.store();
    let token = harness.look(id).await.token;
    let lease = LeaseRef { id: id.to_owned(), tenant: id.to_owned(), token };
    let one = std::slice::from_ref(&lease);
    let failure = Failure::retryable("Belge okunamadı.", "timed out");
    let soon = Duration::ZERO;
    match event {
        Event::Claim => drop(claim(store, 1).await),
        Event::Complete => drop(store.complete(one).await.expect("complete")),
        Event::Retry => {
            store.fail(&lease, &failure, Verdict::RetryAfter(soon)).await.expect("fail");
        }
        Event::Fail => {
            store.fail(&lease, &failure, Verdict::Final).await.expect("fail");
        }
        Event::Snooze => {
            store.snooze(&lease, soon).await.expect("snooze");
        }
        Event::Release => {
            store.release(one).await.expect("release");
        }
        Event::Expire | Event::Exhaust => {
            harness.advance(2 * LEASE).await;
            store.reap(ReapRequest::default()).await.expect("reap");
        }
        Event::Cancel => {
            harness.call_off(id).await;
        }
        Event::Requeue => {
            harness.requeue(id).await;
        }
        Event::Repeat => {
            harness.repeat(id).await;
        }
    }
}

/// Ties what a store does to [`apply`]: every event in every state.
pub async fn a_job_moves_as_its_states_allow<H: Harness>(harness: &H) {
    for state in JobState::ALL {
        for event in Event::ALL {
            let id = format!("{state:?}-{event:?}");
            let max_attempts = if event == Event::Exhaust { 1 } else { 3 };
            bring(harness, &id, state, max_attempts).await;
            happen(harness, &id, event).await;
            let expected = apply(state, event).unwrap_or(state);
            assert_eq!(harness.look(&id).await.state, expected, "{event:?} when {state}");
            // Nothing is left over that the next claim could meet.
            harness.call_off(&id).await;
        }
    }
}

pub async fn a_job_that_succeeded_can_be_repeated<H: Harness>(harness: &H) {
    harness.add(NewJob::new("job", "tenant")).await;
    let first = claim_one(harness.store()).await;
    assert!(!harness.repeat("job").await, "a running job is not repeated");
    assert!(harness.store().complete(std::slice::from_ref(&first)).await.expect("ok").is_empty());
    assert!(!harness.requeue("job").await);
    assert!(harness.repeat("job").await);
    let look = harness.look("job").await;
    assert_eq!((look.state, look.attempts), (JobState::Pending, 0));
    let second = claim_one(harness.store()).await;
    assert!(second.token > first.token);
    assert_eq!(
        harness.store().complete(std::slice::from_ref(&first)).await.expect("complete"),
        [first]
    );
    assert!(harness.store().complete(&[second]).await.expect("complete").is_empty());
}

/// A job that went through a worker's hands unfinished must not queue behind newer ones.
pub async fn what_comes_back_is_as_old_as_before<H: Harness>(harness: &H) {
    for (id, minutes) in [("older", 20), ("newer", 10)] {
        let age = Duration::from_mins(minutes);
        harness.add(NewJob { age, ..NewJob::new(id, "tenant") }).await;
    }
    let store = harness.store();
    let released = claim(store, 1).await;
    assert_eq!(released[0].id, "older");
    assert_eq!(store.release(&[released[0].lease()]).await.expect("release"), 1);
    let expired = claim(store, 1).await;
    assert_eq!(expired[0].id, "older", "released");
    harness.advance(2 * LEASE).await;
    assert_eq!(store.reap(ReapRequest::default()).await.expect("reap").returned, 1);
    let again = claim(store, 1).await;
    assert_eq!(again[0].id, "older", "taken back");
}
