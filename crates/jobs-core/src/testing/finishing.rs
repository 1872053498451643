#![allow(missing_docs, reason = "each test's name says what it shows")]
#![allow(clippy::missing_panics_doc, reason = "tests panic")]

use std::time::Duration;

use super::{Harness, LEASE, claim, claim_one};
use crate::{Failure, JobState, JobStore, LeaseRef, NewJob, ReapRequest, Verdict};

const MINUTE: Duration = Duration::from_mins(1);

fn failure() -> Failure {
    Failure::retryable("Belge okunamadı.", "connection reset by peer")
}

async fn running<H: Harness>(harness: &H, id: &str) -> LeaseRef {
    harness.add(NewJob::new(id, "tenant")).await;
    claim_one(harness.store()).await
}

pub async fn a_completed_job_is_done_once<H: Harness>(harness: &H) {
    let lease = running(harness, "job").await;
    assert!(
        harness.store().complete(std::slice::from_ref(&lease)).await.expect("complete").is_empty()
    );
    let look = harness.look("job").await;
    assert_eq!((look.state, look.leased), (JobState::Succeeded, false));
    let again = harness.store().complete(std::slice::from_ref(&lease)).await.expect("complete");
    assert_eq!(again, [lease]);
    assert!(claim(harness.store(), 1).await.is_empty());
}

pub async fn a_failed_attempt_comes_again_when_it_is_time<H: Harness>(harness: &H) {
    let lease = running(harness, "job").await;
    let verdict = Verdict::RetryAfter(MINUTE);
    assert!(harness.store().fail(&lease, &failure(), verdict).await.expect("fail"));
    let look = harness.look("job").await;
    assert_eq!((look.state, look.attempts, look.leased), (JobState::Pending, 1, false));
    assert_eq!(look.technical.as_deref(), Some("connection reset by peer"));
    assert_eq!(look.user_message, None, "people are told at the end");
    assert!(claim(harness.store(), 1).await.is_empty());
    harness.advance(MINUTE + Duration::from_secs(1)).await;
    let next = claim_one(harness.store()).await;
    assert!(harness.store().complete(&[next]).await.expect("complete").is_empty());
}

pub async fn a_final_failure_says_why<H: Harness>(harness: &H) {
    let lease = running(harness, "job").await;
    assert!(harness.store().fail(&lease, &failure(), Verdict::Final).await.expect("fail"));
    let look = harness.look("job").await;
    assert_eq!(look.state, JobState::Failed);
    assert_eq!(look.user_message.as_deref(), Some("Belge okunamadı."));
    assert_eq!(look.technical.as_deref(), Some("connection reset by peer"));
    assert!(!look.leased);
    assert!(claim(harness.store(), 1).await.is_empty());
}

pub async fn snoozing_and_releasing_give_the_attempt_back<H: Harness>(harness: &H) {
    let lease = running(harness, "job").await;
    assert!(harness.store().snooze(&lease, MINUTE).await.expect("snooze"));
    assert_eq!(harness.look("job").await.attempts, 0);
    assert!(claim(harness.store(), 1).await.is_empty());
    harness.advance(MINUTE + Duration::from_secs(1)).await;
    let lease = claim_one(harness.store()).await;
    assert_eq!(harness.look("job").await.attempts, 1);
    assert_eq!(harness.store().release(std::slice::from_ref(&lease)).await.expect("release"), 1);
    let look = harness.look("job").await;
    assert_eq!((look.state, look.attempts, look.leased), (JobState::Pending, 0, false));
    assert_eq!(harness.store().release(&[lease]).await.expect("release"), 0);
    claim_one(harness.store()).await;
}

/// Every write with `stale` must do nothing while `id` stays exactly as it is.
async fn writes_nothing<H: Harness>(harness: &H, id: &str, stale: &LeaseRef) {
    let before = harness.look(id).await;
    let store = harness.store();
    let one = std::slice::from_ref(stale);
    assert_eq!(store.extend(one, LEASE).await.expect("extend"), one, "{stale:?} is lost");
    assert_eq!(store.complete(one).await.expect("complete"), one);
    assert!(!store.fail(stale, &failure(), Verdict::Final).await.expect("fail"));
    let retry = Verdict::RetryAfter(MINUTE);
    assert!(!store.fail(stale, &failure(), retry).await.expect("fail"));
    assert!(!store.snooze(stale, MINUTE).await.expect("snooze"));
    assert!(!store.cancel(stale).await.expect("cancel"));
    assert_eq!(store.release(one).await.expect("release"), 0);
    assert_eq!(harness.look(id).await, before);
}

pub async fn a_lost_lease_writes_nothing<H: Harness>(harness: &H) {
    let stale = running(harness, "job").await;
    harness.advance(2 * LEASE).await;
    assert_eq!(harness.store().reap(ReapRequest::default()).await.expect("reap").returned, 1);
    writes_nothing(harness, "job", &stale).await;
    let fresh = claim_one(harness.other_store()).await;
    writes_nothing(harness, "job", &stale).await;
    assert!(harness.store().complete(&[fresh]).await.expect("complete").is_empty());
    writes_nothing(harness, "job", &stale).await;
}

pub async fn a_lease_of_another_tenant_writes_nothing<H: Harness>(harness: &H) {
    let lease = running(harness, "job").await;
    harness.add(NewJob { due_in: MINUTE, ..NewJob::new("other", "stranger") }).await;
    let foreign = LeaseRef { tenant: "stranger".to_owned(), ..lease };
    writes_nothing(harness, "job", &foreign).await;
}

pub async fn cancelling_from_within_ends_the_job<H: Harness>(harness: &H) {
    let lease = running(harness, "job").await;
    assert!(harness.store().cancel(&lease).await.expect("cancel"));
    let look = harness.look("job").await;
    assert_eq!((look.state, look.leased), (JobState::Cancelled, false));
    writes_nothing(harness, "job", &lease).await;
}

pub async fn calling_off_a_pending_job_ends_it<H: Harness>(harness: &H) {
    harness.add(NewJob::new("job", "tenant")).await;
    assert!(harness.call_off("job").await);
    assert_eq!(harness.look("job").await.state, JobState::Cancelled);
    assert!(claim(harness.store(), 1).await.is_empty());
    assert!(!harness.call_off("job").await);
}

pub async fn calling_off_a_running_job_fences_its_worker<H: Harness>(harness: &H) {
    let lease = running(harness, "job").await;
    assert!(harness.call_off("job").await);
    assert_eq!(harness.look("job").await.state, JobState::Cancelled);
    writes_nothing(harness, "job", &lease).await;
}

pub async fn an_ended_job_can_be_asked_for_again<H: Harness>(harness: &H) {
    let lease = running(harness, "failed").await;
    assert!(!harness.requeue("failed").await, "a running job is not asked for again");
    harness.store().fail(&lease, &failure(), Verdict::Final).await.expect("fail");
    assert!(harness.requeue("failed").await);
    let look = harness.look("failed").await;
    assert_eq!((look.state, look.attempts), (JobState::Pending, 0));
    assert_eq!((look.user_message, look.technical), (None, None));
    let lease = claim_one(harness.store()).await;
    harness.store().complete(&[lease]).await.expect("complete");
    assert!(!harness.requeue("failed").await, "a job that succeeded is not");

    harness.add(NewJob::new("cancelled", "tenant")).await;
    assert!(harness.call_off("cancelled").await);
    assert!(harness.requeue("cancelled").await);
    claim_one(harness.store()).await;
}
