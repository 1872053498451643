#![allow(missing_docs, reason = "each test's name says what it shows")]
#![allow(clippy::missing_panics_doc, reason = "tests panic")]

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;

use super::{Harness, claim, claim_one, claim_up_to, ids};
use crate::{JobState, JobStore, NewJob};

const MINUTE: Duration = Duration::from_mins(1);

pub async fn claims_never_overlap<H: Harness>(harness: &H) {
    for number in 0..60 {
        harness.add(NewJob::new(format!("job-{number}"), format!("tenant-{}", number % 4))).await;
    }
    let claims = (0..12).map(|n| {
        let store = if n % 2 == 0 { harness.store() } else { harness.other_store() };
        async move { claim_up_to(store, 60).await }
    });
    let all: Vec<_> = join_all(claims).await.into_iter().flatten().collect();
    let distinct: BTreeSet<&str> = ids(&all).into_iter().collect();
    assert_eq!(all.len(), 60);
    assert_eq!(distinct.len(), 60);
}

pub async fn a_claim_takes_no_more_than_asked<H: Harness>(harness: &H) {
    for number in 0..30 {
        harness
            .add(NewJob::new(format!("job-{number:02}"), format!("tenant-{}", number % 10)))
            .await;
    }
    for limit in [1, 3, 7] {
        let claimed = claim(harness.store(), limit).await;
        assert!(!claimed.is_empty() && claimed.len() <= limit);
    }
    assert!(claim(harness.store(), 0).await.is_empty());
}

pub async fn priority_goes_before_age<H: Harness>(harness: &H) {
    let job = |id: &str, priority, age| NewJob { priority, age, ..NewJob::new(id, "tenant") };
    harness.add(job("late-newer", 5, MINUTE)).await;
    harness.add(job("late-older", 5, 50 * MINUTE)).await;
    harness.add(job("first-newer", -5, MINUTE)).await;
    harness.add(job("first-older", -5, 2 * MINUTE)).await;
    harness.add(job("middle", 0, 90 * MINUTE)).await;
    let expected = ["first-older", "first-newer", "middle", "late-older", "late-newer"];
    let first = claim_up_to(harness.store(), 1).await;
    let batch = claim_up_to(harness.store(), 2).await;
    let rest = claim_up_to(harness.store(), 9).await;
    let order: Vec<&str> = [ids(&first), ids(&batch), ids(&rest)].concat();
    assert_eq!(order, expected);
}

pub async fn one_tenants_backlog_does_not_delay_another<H: Harness>(harness: &H) {
    for number in 0..100 {
        let age = 10 * MINUTE;
        harness.add(NewJob { age, ..NewJob::new(format!("big-{number:03}"), "big") }).await;
    }
    assert_eq!(claim(harness.store(), 8).await.len(), 8);
    harness.add(NewJob::new("small", "small")).await;
    let next = claim(harness.store(), 8).await;
    assert!(ids(&next).contains(&"small"), "one claim is enough: {:?}", ids(&next));
}

pub async fn every_tenant_gets_its_turn<H: Harness>(harness: &H) {
    for number in 0..50 {
        harness
            .add(NewJob::new(format!("job-{number:02}"), format!("tenant-{}", number % 10)))
            .await;
    }
    let mut served = BTreeSet::new();
    for _ in 0..5 {
        served.extend(claim_up_to(harness.store(), 2).await.into_iter().map(|job| job.tenant));
    }
    assert_eq!(served.len(), 10, "five claims of two reach ten tenants");
}

pub async fn suspended_tenants_wait<H: Harness>(harness: &H) {
    harness.add(NewJob::new("waits", "office-a")).await;
    harness.add(NewJob::new("runs", "office-b")).await;
    harness.suspend("office-a", true).await;
    assert_eq!(ids(&claim_up_to(harness.store(), 10).await), ["runs"]);
    assert_eq!(harness.look("waits").await.state, JobState::Pending);
    harness.suspend("office-a", false).await;
    assert_eq!(ids(&claim_up_to(harness.store(), 10).await), ["waits"]);
}

pub async fn jobs_wait_for_their_time<H: Harness>(harness: &H) {
    harness.add(NewJob { due_in: MINUTE, ..NewJob::new("later", "tenant") }).await;
    assert!(claim(harness.store(), 10).await.is_empty());
    harness.advance(MINUTE + Duration::from_secs(1)).await;
    assert_eq!(ids(&claim(harness.store(), 10).await), ["later"]);
}

pub async fn a_tenants_future_jobs_hide_none_that_are_due<H: Harness>(harness: &H) {
    for number in 0..300 {
        let id = format!("future-{number:03}");
        harness.add(NewJob { due_in: MINUTE, priority: -1, ..NewJob::new(id, "busy") }).await;
    }
    harness.add(NewJob { priority: 3, ..NewJob::new("due-busy", "busy") }).await;
    harness.add(NewJob::new("due-other", "other")).await;
    let due: BTreeSet<String> =
        claim_up_to(harness.store(), 50).await.into_iter().map(|job| job.id).collect();
    assert_eq!(due, BTreeSet::from(["due-busy".to_owned(), "due-other".to_owned()]));
}

pub async fn attempts_are_counted_at_the_claim<H: Harness>(harness: &H) {
    harness.add(NewJob { max_attempts: 7, ..NewJob::new("job", "tenant") }).await;
    let claimed = claim_up_to(harness.store(), 1).await;
    assert_eq!((claimed[0].attempt, claimed[0].max_attempts), (1, 7));
    assert_eq!(claimed[0].tenant, "tenant");
    let look = harness.look("job").await;
    assert_eq!((look.state, look.attempts, look.leased), (JobState::InProgress, 1, true));
    harness.advance(2 * super::LEASE).await;
    harness.store().reap(crate::ReapRequest::default()).await.expect("reap");
    let again = claim_one(harness.store()).await;
    assert!(again.token > claimed[0].token, "tokens grow");
    assert_eq!(harness.look("job").await.attempts, 2);
}
