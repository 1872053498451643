//! What becomes of findings from day to day.
#![allow(clippy::expect_used, reason = "a test panics")]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{ClientCompanyId, Severity};
use proptest::prelude::*;
use risk_engine::alerts::{Candidate, Fate, Known, KnownAlert, Muting, Policy, plan};

fn today() -> NaiveDate {
    "2026-03-31".parse().expect("a day")
}

fn candidate(fingerprint: &str, severity: Severity) -> Candidate {
    Candidate {
        company: ClientCompanyId::new("c1"),
        kind: "EXPENSE_SPIKE".to_owned(),
        fingerprint: fingerprint.to_owned(),
        evidence: "e1".to_owned(),
        family: "770.04".to_owned(),
        severity,
        narrow: false,
        limited: true,
        amount: None,
    }
}

fn known(severity: Severity, is_open: bool) -> Known {
    let alert = KnownAlert { id: "a1".to_owned(), is_open, is_own: true };
    Known { evidence: "e1".to_owned(), severity, alert: Some(alert) }
}

fn fate(candidate: Candidate, known: Option<Known>, mutings: &[Muting]) -> Fate {
    let known = move |_: &Candidate| known.clone();
    let none = BTreeMap::new();
    let mut fates = plan(&[candidate], known, mutings, &none, Policy::default(), today());
    fates.remove(0)
}

#[test]
fn a_finding_raises_one_alert_until_it_is_worse_or_closed_and_different() {
    use Severity::{Critical, High, Low, Medium};
    assert_eq!(fate(candidate("f", Medium), None, &[]), Fate::Alert);
    assert_eq!(fate(candidate("f", Low), None, &[]), Fate::Recorded);
    assert_eq!(fate(candidate("f", Medium), Some(known(Medium, true)), &[]), Fate::SeenAgain);
    assert_eq!(fate(candidate("f", Medium), Some(known(High, true)), &[]), Fate::SeenAgain);
    let worse = Fate::Worse { alert: "a1".to_owned() };
    assert_eq!(fate(candidate("f", Critical), Some(known(High, true)), &[]), worse);

    assert_eq!(fate(candidate("f", Medium), Some(known(Medium, false)), &[]), Fate::Closed);
    assert_eq!(fate(candidate("f", High), Some(known(Medium, false)), &[]), Fate::Alert);
    let more = Candidate { evidence: "e2".to_owned(), ..candidate("f", Medium) };
    assert_eq!(fate(more.clone(), Some(known(Medium, false)), &[]), Fate::Alert);
    assert_eq!(fate(more, Some(known(Medium, true)), &[]), Fate::SeenAgain);
    // Muted once and not any more: nobody has heard of it.
    let silent = Known { alert: None, ..known(Medium, true) };
    assert_eq!(fate(candidate("f", Medium), Some(silent), &[]), Fate::Alert);
}

#[test]
fn a_muted_family_is_silent_until_its_day() {
    let muting = |family: &str, until: &str| Muting {
        company: ClientCompanyId::new("c1"),
        kind: "EXPENSE_SPIKE".to_owned(),
        family: family.to_owned(),
        until: until.parse().expect("a day"),
    };
    let with = |muting| fate(candidate("f", Severity::High), None, &[muting]);
    assert_eq!(with(muting("770.04", "2026-03-31")), Fate::Muted);
    assert_eq!(with(muting("", "2026-12-31")), Fate::Muted);
    assert_eq!(with(muting("770.04", "2026-03-30")), Fate::Alert);
    assert_eq!(with(muting("770.05", "2026-12-31")), Fate::Alert);
    let other = Muting { company: ClientCompanyId::new("c2"), ..muting("", "2026-12-31") };
    assert_eq!(with(other), Fate::Alert);
}

#[test]
fn the_gravest_get_alerts_and_the_rest_is_listed() {
    let mut many: Vec<Candidate> =
        (0..8).map(|n| candidate(&format!("f{n}"), Severity::Medium)).collect();
    many[7].severity = Severity::High;
    many[6].amount = Some(5.into());
    many.push(Candidate { narrow: true, ..candidate("masak", Severity::Medium) });
    many.push(candidate("critical", Severity::Critical));
    let policy = Policy { per_day: 3, ..Policy::default() };
    let spent = BTreeMap::from([(ClientCompanyId::new("c1"), 1)]);
    let fates = plan(&many, |_| None, &[], &spent, policy, today());
    let alerted: Vec<&str> = many
        .iter()
        .zip(&fates)
        .filter(|(_, fate)| **fate == Fate::Alert)
        .map(|(one, _)| one.fingerprint.as_str())
        .collect();
    assert_eq!(alerted, ["f6", "f7", "masak", "critical"]);
    assert_eq!(fates.iter().filter(|fate| **fate == Fate::List).count(), 6);
}

proptest! {
    #[test]
    fn the_order_of_the_candidates_does_not_matter(
        given in prop::collection::vec((0_u8..4, 0_u8..3, 0_i64..4, any::<bool>()), 0..25),
        seed in any::<usize>(),
    ) {
        let severities = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
        let mut all: Vec<Candidate> = given.iter().enumerate().map(|(n, (severity, company, amount, narrow))| Candidate {
            company: ClientCompanyId::new(format!("c{company}")),
            narrow: *narrow,
            amount: Some((*amount).into()),
            ..candidate(&format!("f{n}"), severities[usize::from(*severity)])
        }).collect();
        let fates = |all: &[Candidate]| {
            let fates = plan(all, |_| None, &[], &BTreeMap::new(), Policy { per_day: 2, ..Policy::default() }, today());
            all.iter().map(|one| one.fingerprint.clone()).zip(fates.iter().map(Fate::as_str)).collect::<BTreeMap<_, _>>()
        };
        let first = fates(&all);
        let by = if all.is_empty() { 0 } else { seed % all.len() };
        all.rotate_left(by);
        all.reverse();
        prop_assert_eq!(fates(&all), first);
    }
}
