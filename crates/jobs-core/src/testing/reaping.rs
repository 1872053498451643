#![allow(missing_docs, reason = "each test's name says what it shows")]
#![allow(clippy::missing_panics_doc, reason = "tests panic")]

use std::time::Duration;

use super::{Harness, LEASE, claim_one, claim_up_to};
use crate::{JobState, JobStore, NewJob, ReapRequest, Reaped};

async fn reap<H: Harness>(harness: &H) -> Reaped {
    harness.store().reap(ReapRequest::default()).await.expect("reap")
}

pub async fn an_expired_lease_returns_the_job<H: Harness>(harness: &H) {
    harness.add(NewJob::new("job", "tenant")).await;
    claim_one(harness.store()).await;
    assert_eq!(reap(harness).await, Reaped::default());
    harness.advance(LEASE + Duration::from_secs(1)).await;
    assert_eq!(reap(harness).await, Reaped { returned: 1, failed: 0 });
    let look = harness.look("job").await;
    assert_eq!((look.state, look.attempts, look.leased), (JobState::Pending, 1, false));
    assert!(look.technical.is_some());
    assert_eq!(reap(harness).await, Reaped::default());
    claim_one(harness.other_store()).await;
}

pub async fn an_extended_lease_does_not_expire<H: Harness>(harness: &H) {
    harness.add(NewJob::new("job", "tenant")).await;
    let lease = claim_one(harness.store()).await;
    for _ in 0..3 {
        harness.advance(LEASE * 2 / 3).await;
        let lost =
            harness.store().extend(std::slice::from_ref(&lease), LEASE).await.expect("extend");
        assert!(lost.is_empty());
        assert_eq!(reap(harness).await, Reaped::default());
    }
}

pub async fn extending_names_the_lost<H: Harness>(harness: &H) {
    for id in ["kept", "called-off", "done"] {
        harness.add(NewJob::new(id, "tenant")).await;
    }
    let leases: Vec<_> =
        claim_up_to(harness.store(), 3).await.iter().map(crate::Claimed::lease).collect();
    harness.call_off("called-off").await;
    let done: Vec<_> = leases.iter().filter(|lease| lease.id == "done").cloned().collect();
    harness.store().complete(&done).await.expect("complete");
    let lost: Vec<_> = harness
        .store()
        .extend(&leases, LEASE)
        .await
        .expect("extend")
        .into_iter()
        .map(|lease| lease.id)
        .collect();
    assert_eq!(lost, ["called-off"], "a job that its holder has finished is not lost");
}

pub async fn the_last_attempt_expires_for_good<H: Harness>(harness: &H) {
    harness.add(NewJob { max_attempts: 2, ..NewJob::new("killer", "tenant") }).await;
    claim_one(harness.store()).await;
    harness.advance(2 * LEASE).await;
    assert_eq!(reap(harness).await, Reaped { returned: 1, failed: 0 });
    claim_one(harness.store()).await;
    harness.advance(2 * LEASE).await;
    assert_eq!(reap(harness).await, Reaped { returned: 0, failed: 1 });
    let look = harness.look("killer").await;
    assert_eq!((look.state, look.attempts, look.leased), (JobState::Failed, 2, false));
    assert!(look.user_message.is_some_and(|message| !message.is_empty()));
    assert!(look.technical.is_some_and(|message| !message.is_empty()));
}

pub async fn what_a_worker_without_leases_left_is_taken_back<H: Harness>(harness: &H) {
    harness.add(NewJob::new("job", "tenant")).await;
    harness.abandon("job").await;
    let request =
        ReapRequest { abandoned_after: Duration::from_mins(10), ..ReapRequest::default() };
    assert_eq!(harness.store().reap(request).await.expect("reap"), Reaped::default());
    harness.advance(Duration::from_secs(601)).await;
    let reaped = harness.store().reap(request).await.expect("reap");
    assert_eq!(reaped, Reaped { returned: 1, failed: 0 });
    assert_eq!(harness.look("job").await.attempts, 1, "the rescue counts");
    claim_one(harness.store()).await;
}

pub async fn reaping_keeps_to_its_limit<H: Harness>(harness: &H) {
    for number in 0..7 {
        harness.add(NewJob::new(format!("job-{number}"), "tenant")).await;
    }
    assert_eq!(claim_up_to(harness.store(), 7).await.len(), 7);
    harness.advance(2 * LEASE).await;
    let request = ReapRequest { limit: 3, ..ReapRequest::default() };
    let mut totals = Vec::new();
    for _ in 0..4 {
        totals.push(harness.store().reap(request).await.expect("reap").total());
    }
    assert_eq!(totals, [3, 3, 1, 0]);
}
