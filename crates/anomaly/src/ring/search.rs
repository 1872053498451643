//! Finds the rings among the sales of one office.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use domain::ClientCompanyId;

use super::Transfer;
use crate::{amount::Kurus, parameters::RingParameters};

/// A sale with the entries of both ledgers.
#[derive(Debug, Clone)]
pub(super) struct Sale<'a> {
    pub(super) seller: &'a ClientCompanyId,
    pub(super) buyer: &'a ClientCompanyId,
    pub(super) date: NaiveDate,
    pub(super) amount: Kurus,
    /// Whose ledger, and the entry.
    pub(super) entries: Vec<(ClientCompanyId, String)>,
}

#[derive(Debug, Clone)]
pub(super) struct Ring<'a> {
    /// In the order of time.
    pub(super) sales: Vec<Sale<'a>>,
}

/// How many days the two ledgers may book the same sale apart.
const BOOKING_DAYS: i64 = 10;

/// How many steps one search may take before it is cut: keeps a dense office affordable.
const STEPS: usize = 200_000;

pub(super) fn rings<'a>(
    transfers: &'a [Transfer],
    reference: NaiveDate,
    parameters: &RingParameters,
) -> Vec<Ring<'a>> {
    let sales = sales(transfers, reference, parameters);
    let mut by_seller: BTreeMap<&ClientCompanyId, Vec<usize>> = BTreeMap::new();
    for (at, sale) in sales.iter().enumerate() {
        by_seller.entry(sale.seller).or_default().push(at);
    }
    let mut search = Search {
        sales: &sales,
        by_seller,
        parameters,
        longest: parameters.max_companies.clamp(2, 5) as usize,
        used: HashSet::new(),
        steps: 0,
    };
    let mut found = Vec::new();
    for first in 0..sales.len() {
        search.steps = 0;
        let mut path = vec![first];
        if !search.used.contains(&first) && search.extend(&mut path) {
            search.used.extend(path.iter().copied());
            let ring = path.iter().filter_map(|at| sales.get(*at)).cloned().collect();
            found.push(Ring { sales: ring });
        }
    }
    found
}

/// Joins what seller and buyer booked of the same sale, in the order of time.
fn sales<'a>(
    transfers: &'a [Transfer],
    reference: NaiveDate,
    parameters: &RingParameters,
) -> Vec<Sale<'a>> {
    let mut sorted: Vec<&Transfer> = transfers
        .iter()
        .filter(|transfer| {
            transfer.date <= reference
                && transfer.amount >= parameters.min_amount
                && transfer.seller != transfer.buyer
        })
        .collect();
    sorted.sort_unstable();
    let mut sales: Vec<Sale<'_>> = Vec::new();
    let mut open: BTreeMap<(&ClientCompanyId, &ClientCompanyId), Vec<(usize, &Transfer)>> =
        BTreeMap::new();
    for transfer in sorted {
        let booked_by = match transfer.booked_by {
            crate::ledger::Direction::Sale => &transfer.seller,
            crate::ledger::Direction::Purchase => &transfer.buyer,
        };
        let entry = (booked_by.clone(), transfer.entry.clone());
        let waiting = open.entry((&transfer.seller, &transfer.buyer)).or_default();
        let counterpart = waiting.iter().position(|(_, other)| {
            other.booked_by != transfer.booked_by
                && (other.amount - transfer.amount).abs() <= Kurus(100)
                && (transfer.date - other.date).num_days() <= BOOKING_DAYS
        });
        if let Some(place) = counterpart {
            let (at, _) = waiting.remove(place);
            if let Some(sale) = sales.get_mut(at) {
                sale.entries.push(entry);
            }
            continue;
        }
        waiting.push((sales.len(), transfer));
        sales.push(Sale {
            seller: &transfer.seller,
            buyer: &transfer.buyer,
            date: transfer.date,
            amount: transfer.amount,
            entries: vec![entry],
        });
    }
    sales
}

struct Search<'s, 'a> {
    sales: &'s [Sale<'a>],
    by_seller: BTreeMap<&'a ClientCompanyId, Vec<usize>>,
    parameters: &'s RingParameters,
    longest: usize,
    /// Sales that are part of a ring already.
    used: HashSet<usize>,
    steps: usize,
}

impl Search<'_, '_> {
    /// Extends the path until it comes back to its first seller.
    fn extend(&mut self, path: &mut Vec<usize>) -> bool {
        let (Some(first), Some(last)) = (
            path.first().and_then(|at| self.sales.get(*at)),
            path.last().and_then(|at| self.sales.get(*at)),
        ) else {
            return false;
        };
        let next: Vec<usize> = self
            .by_seller
            .get(last.buyer)
            .map(|candidates| {
                let start = candidates.partition_point(|at| {
                    self.sales.get(*at).is_some_and(|sale| sale.date < last.date)
                });
                candidates
                    .iter()
                    .skip(start)
                    .copied()
                    .take_while(|at| {
                        self.sales.get(*at).is_some_and(|sale| {
                            (sale.date - last.date).num_days()
                                <= i64::from(self.parameters.max_days)
                        })
                    })
                    .filter(|at| {
                        self.sales.get(*at).is_some_and(|sale| {
                            // Two steps of it against the first: what each hand keeps adds up.
                            let step = self.parameters.tolerance;
                            is_like(sale.amount, last.amount, step)
                                && is_like(sale.amount, first.amount, step * (2.0 - step))
                        })
                    })
                    .filter(|at| !self.used.contains(at) && !path.contains(at))
                    .collect()
            })
            .unwrap_or_default();
        for at in next {
            self.steps += 1;
            if self.steps > STEPS {
                return false;
            }
            let Some(sale) = self.sales.get(at) else { continue };
            if sale.buyer == first.seller {
                path.push(at);
                return true;
            }
            let is_visited = path
                .iter()
                .filter_map(|at| self.sales.get(*at))
                .any(|visited| visited.seller == sale.buyer);
            if is_visited || path.len() + 1 >= self.longest {
                continue;
            }
            path.push(at);
            if self.extend(path) {
                return true;
            }
            path.pop();
        }
        false
    }
}

fn is_like(one: Kurus, other: Kurus, tolerance: f64) -> bool {
    let (low, high) = (one.min(other), one.max(other));
    low.as_f64() >= (1.0 - tolerance) * high.as_f64()
}
