//! Rings: sales between companies of one office that return to where they began.
//!
//! The second entry point of the crate, because a ring concerns several companies: the caller
//! collects [`transfers`] of all companies of one office (never of two) and gives them to
//! [`find_rings`].
//!
//! A ring is a chain of two to five sales, each by the buyer of the one before, the last to the first
//! seller; in order of time, each at most [`RingParameters::max_days`] after the one before; each amount
//! within [`RingParameters::tolerance`] of the one before and within two steps of it of the first. Trade in both directions at
//! amounts or times of its own is honest and no ring. A kind for a narrow audience.
//!
//! Source: circular trading patterns of the MASAK guides; enumeration of bounded simple cycles in time
//! order (a depth-first search cut by time and amount, so that a company with many sales costs no more
//! than those that fit).

mod search;

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{ClientCompanyId, Severity};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Kurus,
    chart::{self, Shape},
    detect::draft::{beyond, digest_of},
    finding::{Evidence, Finding, Kind, NextCheck, Quantity},
    ledger::{Direction, Ledger},
    parameters::RingParameters,
    reason::{Reason, rounded},
};

/// A sale between two companies of one office, as one of them booked it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Transfer {
    /// When.
    pub date: NaiveDate,
    /// Who sold.
    pub seller: ClientCompanyId,
    /// Who bought.
    pub buyer: ClientCompanyId,
    /// How much, with KDV.
    pub amount: Kurus,
    /// Who booked it: the seller's or the buyer's ledger.
    pub booked_by: Direction,
    /// The entry in that ledger.
    pub entry: String,
}

/// The sales and purchases of a ledger that name another company of the office; `companies` gives
/// the company of each VKN or TCKN of the office's companies.
pub fn transfers<S: std::hash::BuildHasher>(
    ledger: &Ledger,
    companies: &HashMap<String, ClientCompanyId, S>,
) -> Vec<Transfer> {
    let mains: Vec<u16> =
        ledger.accounts().iter().map(|account| account.main().unwrap_or(0)).collect();
    let others: Vec<Option<&ClientCompanyId>> = ledger
        .parties()
        .iter()
        .map(|party| companies.get(party).filter(|other| *other != ledger.company()))
        .collect();
    let mut transfers = Vec::new();
    for entry in ledger.entries() {
        let Some(other) =
            entry.party.and_then(|party| others.get(party.0 as usize).copied()).flatten()
        else {
            continue;
        };
        let lines = ledger.lines_of(entry);
        let owed = |test: fn(u16) -> bool| -> Kurus {
            lines
                .iter()
                .filter(|line| test(mains.get(line.account.0 as usize).copied().unwrap_or(0)))
                .map(|line| line.debit - line.credit)
                .sum::<Kurus>()
                .abs()
        };
        let (booked_by, seller, buyer, amount) = match chart::shape(lines, &mains) {
            Shape::Sale => {
                let to = |main| chart::is_customer(main) || chart::is_liquid(main);
                (Direction::Sale, ledger.company(), other, owed(to))
            }
            Shape::Purchase => {
                (Direction::Purchase, other, ledger.company(), owed(chart::is_supplier))
            }
            _ => continue,
        };
        transfers.push(Transfer {
            date: entry.date,
            seller: seller.clone(),
            buyer: buyer.clone(),
            amount,
            booked_by,
            entry: entry.id.clone(),
        });
    }
    transfers
}

/// Rings whose last sale lies within the `report_days` before `reference_date`. One finding for each
/// company of a ring, all with the same fingerprint.
pub fn find_rings(
    transfers: &[Transfer],
    reference_date: NaiveDate,
    report_days: u32,
    parameters: &RingParameters,
) -> Vec<Finding> {
    if !parameters.enabled {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for ring in search::rings(transfers, reference_date, parameters) {
        let (Some(first), Some(last)) = (ring.sales.first(), ring.sales.last()) else { continue };
        if (reference_date - last.date).num_days() >= i64::from(report_days) {
            continue;
        }
        findings.extend(describe(&ring, first.date, last.date, parameters));
    }
    findings.sort_by(|a, b| (&a.fingerprint, &a.company).cmp(&(&b.fingerprint, &b.company)));
    findings
}

fn describe(
    ring: &search::Ring<'_>,
    from: NaiveDate,
    to: NaiveDate,
    parameters: &RingParameters,
) -> Vec<Finding> {
    let companies: Vec<ClientCompanyId> =
        ring.sales.iter().map(|sale| sale.seller.clone()).collect();
    let (mut low, mut high) = (Kurus(i64::MAX), Kurus::ZERO);
    for sale in &ring.sales {
        low = low.min(sale.amount);
        high = high.max(sale.amount);
    }
    let difference = rounded(1.0 - low.as_f64() / high.as_f64().max(1.0));
    let mut ids: Vec<String> =
        ring.sales.iter().flat_map(|sale| sale.entries.iter().map(|(_, id)| id.clone())).collect();
    ids.sort_unstable();
    // Seller and buyer may book on different days; what the sale is does not change by that.
    let identity = digest_of(
        Kind::Ring.as_str(),
        ring.sales
            .iter()
            .flat_map(|sale| [sale.seller.as_str(), sale.buyer.as_str()])
            .chain(std::iter::once(from.to_string().as_str())),
    );
    let digest = digest_of(Kind::Ring.as_str(), ids.iter().map(String::as_str));
    companies
        .iter()
        .map(|company| {
            let mut own: Vec<String> = ring
                .sales
                .iter()
                .flat_map(|sale| &sale.entries)
                .filter(|(booked_by, _)| booked_by == company)
                .map(|(_, id)| id.clone())
                .collect();
            own.sort_unstable();
            Finding {
                kind: Kind::Ring,
                severity: if ring.sales.len() >= 3 { Severity::Critical } else { Severity::High },
                strength: rounded(beyond(2.0 * parameters.tolerance, difference.max(0.01))),
                company: company.clone(),
                audience: Kind::Ring.audience(),
                evidence: Evidence::Entries { ids: ids.clone() },
                entries: own,
                invoices: Vec::new(),
                date: to,
                observed: Quantity::Amount(low),
                base: None,
                threshold: Some(Quantity::Ratio(parameters.tolerance)),
                at_stake: Some(low),
                reason: Reason::Circle {
                    companies: companies.clone(),
                    days: (to - from).num_days(),
                    difference,
                },
                next_check: NextCheck::TradeBehindRing,
                fingerprint: identity.clone(),
                evidence_digest: digest.clone(),
            }
        })
        .collect()
}
