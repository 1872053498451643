#![allow(missing_docs, reason = "each test's name says what it shows")]
#![allow(clippy::missing_panics_doc, reason = "tests panic")]

use std::time::Duration;

use super::{LEASE, PeriodicHarness};
use crate::{Due, ScheduleEnd};

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

async fn take<H: PeriodicHarness>(harness: &H) -> Option<Due> {
    harness.store().try_take("risk", "suite", LEASE).await.expect("take")
}

async fn ensure<H: PeriodicHarness>(harness: &H, interval: Duration) {
    harness.store().ensure("risk", interval).await.expect("ensure");
}

async fn finish<H: PeriodicHarness>(harness: &H, due: &Due, end: ScheduleEnd) -> bool {
    harness.store().finish(due, &end).await.expect("finish")
}

fn failed(retry_after: Duration) -> ScheduleEnd {
    ScheduleEnd::Failed { retry_after, error: "connection refused".to_owned() }
}

pub async fn a_new_schedule_is_due_at_once<H: PeriodicHarness>(harness: &H) {
    assert_eq!(take(harness).await, None, "an unknown schedule is never due");
    ensure(harness, HOUR).await;
    assert!(take(harness).await.is_some());
}

pub async fn one_leader_at_a_time<H: PeriodicHarness>(harness: &H) {
    ensure(harness, HOUR).await;
    let due = take(harness).await.expect("due");
    assert_eq!(take(harness).await, None);
    harness.advance(LEASE * 2 / 3).await;
    assert!(harness.store().extend(&due, LEASE).await.expect("extend"));
    harness.advance(LEASE * 2 / 3).await;
    assert_eq!(take(harness).await, None, "an extended lead is kept");
    assert!(finish(harness, &due, ScheduleEnd::Done).await);
    assert_eq!(take(harness).await, None, "not due before its time");
}

pub async fn due_times_stay_on_their_grid<H: PeriodicHarness>(harness: &H) {
    ensure(harness, HOUR).await;
    let due = take(harness).await.expect("due");
    harness.advance(20 * SECOND).await;
    assert!(finish(harness, &due, ScheduleEnd::Done).await);
    harness.advance(59 * MINUTE).await;
    assert_eq!(take(harness).await, None);
    harness.advance(41 * SECOND).await;
    assert!(take(harness).await.is_some(), "the run's length does not move the next due time");
}

pub async fn missed_times_are_made_up_once<H: PeriodicHarness>(harness: &H) {
    ensure(harness, HOUR).await;
    let due = take(harness).await.expect("due");
    assert!(finish(harness, &due, ScheduleEnd::Done).await);
    harness.advance(5 * HOUR + HOUR / 2).await;
    let due = take(harness).await.expect("due");
    assert!(finish(harness, &due, ScheduleEnd::Done).await);
    assert_eq!(take(harness).await, None);
    harness.advance(HOUR / 2 + SECOND).await;
    assert!(take(harness).await.is_some());
}

pub async fn a_failed_run_comes_sooner<H: PeriodicHarness>(harness: &H) {
    ensure(harness, HOUR).await;
    let due = take(harness).await.expect("due");
    assert!(finish(harness, &due, failed(MINUTE)).await);
    assert_eq!(take(harness).await, None);
    harness.advance(MINUTE + SECOND).await;
    let due = take(harness).await.expect("due");
    assert!(finish(harness, &due, failed(9 * HOUR)).await);
    harness.advance(HOUR).await;
    assert!(take(harness).await.is_some(), "never later than its ordinary time");
}

pub async fn a_dead_leader_is_replaced_and_fenced<H: PeriodicHarness>(harness: &H) {
    ensure(harness, HOUR).await;
    let dead = take(harness).await.expect("due");
    harness.advance(LEASE + SECOND).await;
    let next = take(harness).await.expect("due again");
    assert!(next.token > dead.token);
    assert!(!harness.store().extend(&dead, LEASE).await.expect("extend"));
    assert!(!finish(harness, &dead, ScheduleEnd::Done).await);
    assert!(!harness.store().release(&dead).await.expect("release"));
    assert!(finish(harness, &next, ScheduleEnd::Done).await);
    assert!(!finish(harness, &next, ScheduleEnd::Done).await, "a run ends once");
}

pub async fn a_released_run_is_due_as_before<H: PeriodicHarness>(harness: &H) {
    ensure(harness, HOUR).await;
    let due = take(harness).await.expect("due");
    assert!(harness.store().release(&due).await.expect("release"));
    assert!(take(harness).await.is_some());
}

pub async fn a_shorter_interval_draws_the_due_time_nearer<H: PeriodicHarness>(harness: &H) {
    ensure(harness, 24 * HOUR).await;
    let due = take(harness).await.expect("due");
    assert!(finish(harness, &due, ScheduleEnd::Done).await);
    ensure(harness, MINUTE).await;
    assert_eq!(take(harness).await, None);
    harness.advance(MINUTE + SECOND).await;
    assert!(take(harness).await.is_some());
}
