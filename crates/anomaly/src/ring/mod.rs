//! Rings: sales between companies of one office that return to where they began.
//!
//! The second entry point of the crate, because a ring concerns several companies: the caller
//! collects [`transfers`] of all companies of one office (never of two) and gives them to
//! [`find_rings`].

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::ClientCompanyId;
use serde::{Deserialize, Serialize};

use crate::{
    amount::Kurus,
    finding::Finding,
    ledger::{Direction, Ledger},
    parameters::RingParameters,
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
pub fn transfers(ledger: &Ledger, companies: &HashMap<String, ClientCompanyId>) -> Vec<Transfer> {
    let _ = (ledger, companies);
    Vec::new()
}

/// Rings whose last sale lies within the `report_days` before `reference_date`. One finding for each
/// company of a ring, all with the same fingerprint.
pub fn find_rings(
    transfers: &[Transfer],
    reference_date: NaiveDate,
    report_days: u32,
    parameters: &RingParameters,
) -> Vec<Finding> {
    let _ = (transfers, reference_date, report_days, parameters);
    Vec::new()
}
