//! KDV that the rates of the date do not explain.
//!
//! Rates by date are those of [`domain::kdv_rates_on`]. An invoice with parts breaks the pattern if a
//! part states a rate that was not in force, or if its KDV is not net times rate (rounding of
//! [`crate::KdvParameters::tolerance`] apart). Without parts only the whole is known, and a mix of
//! rates, exemption and tevkifat make every share from nothing to the highest rate honest: it breaks the
//! pattern above the highest rate. Purchase and sales entries (191 and 391 against the rest) likewise.
//! Returns carry the rate of the sale that they return, so a rate of the year before is honest there.
//!
//! Needs no history.

use domain::{Severity, kdv_rates_on};

use super::{Detector, Output, draft::Draft};
use crate::{
    amount::Kurus,
    chart::Shape,
    context::Context,
    finding::{Evidence, Kind, NextCheck, Quantity},
    ledger::{Invoice, InvoiceStatus},
    parameters::Parameters,
    reason::Reason,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct KdvPattern;

impl Detector for KdvPattern {
    fn is_enabled(&self, parameters: &Parameters) -> bool {
        parameters.kdv.enabled
    }

    fn detect(&self, context: &Context<'_>, output: &mut Output) {
        for invoice in context.ledger.invoices() {
            if !context.is_news(invoice.issue_date, invoice.recorded_on)
                || matches!(invoice.status, InvoiceStatus::Draft | InvoiceStatus::Cancelled)
            {
                continue;
            }
            if let Some((rate, is_stated)) = broken(context, invoice) {
                output.push(draft(
                    Evidence::Invoices { ids: vec![invoice.id.clone()] },
                    Vec::new(),
                    vec![invoice.id.clone()],
                    invoice.issue_date,
                    invoice.tax,
                    rate,
                    is_stated,
                ));
            }
        }
        for (at, entry, facts) in context.live() {
            if !facts.is_recent || !matches!(facts.shape, Shape::Purchase | Shape::Sale) {
                continue;
            }
            let kdv_account = if facts.shape == Shape::Sale { 391 } else { 191 };
            let is_sale = facts.shape == Shape::Sale;
            let mut kdv = Kurus::ZERO;
            let mut net = Kurus::ZERO;
            for line in context.lines(entry) {
                let side = if is_sale { line.credit } else { line.debit };
                if context.main(line.account) == kdv_account {
                    kdv += side;
                } else {
                    net += side;
                }
            }
            if let (Some(rate), Ok(at)) =
                (above_highest(context, entry.date, net, kdv), u32::try_from(at))
            {
                output.push(draft(
                    Evidence::Entries { ids: vec![entry.id.clone()] },
                    vec![at],
                    Vec::new(),
                    entry.date,
                    kdv,
                    rate,
                    false,
                ));
            }
        }
    }
}

fn broken(context: &Context<'_>, invoice: &Invoice) -> Option<(u32, bool)> {
    let rates = kdv_rates_on(invoice.issue_date);
    for part in &invoice.kdv {
        let is_in_force = rates.iter().any(|rate| rate * 100 == part.rate);
        let net = i128::from(part.net.0);
        // Hundredths of a per cent of kuruş, compared without rounding.
        let off = (net * i128::from(part.rate) - i128::from(part.kdv.0) * 10_000).abs();
        let tolerance = i128::from(context.parameters.kdv.tolerance.0) * 10_000;
        // Tevkifat leaves a part of the KDV with the buyer: less is honest, more is not.
        let is_too_much = i128::from(part.kdv.0) * 10_000 > net * i128::from(part.rate);
        if !is_in_force || (is_too_much && off > tolerance) {
            return Some((part.rate, true));
        }
    }
    if invoice.kdv.is_empty() {
        let net = invoice.total - invoice.tax;
        return above_highest(context, invoice.issue_date, net, invoice.tax)
            .map(|rate| (rate, false));
    }
    None
}

/// KDV over net in hundredths of a per cent, if it is above the highest rate of the day.
fn above_highest(
    context: &Context<'_>,
    day: chrono::NaiveDate,
    net: Kurus,
    kdv: Kurus,
) -> Option<u32> {
    let highest = i128::from(kdv_rates_on(day).iter().max().copied()?);
    let allowed =
        i128::from(net.0) * highest + i128::from(context.parameters.kdv.tolerance.0) * 100;
    if kdv <= Kurus::ZERO || net <= Kurus::ZERO || i128::from(kdv.0) * 100 <= allowed {
        return None;
    }
    u32::try_from(i128::from(kdv.0) * 10_000 / i128::from(net.0)).ok()
}

fn draft(
    evidence: Evidence,
    entries: Vec<u32>,
    invoices: Vec<String>,
    date: chrono::NaiveDate,
    kdv: Kurus,
    rate: u32,
    is_stated: bool,
) -> Draft {
    Draft {
        kind: Kind::KdvPattern,
        severity: Severity::Medium,
        strength: 0.5,
        evidence,
        entries,
        invoices,
        date,
        observed: Quantity::Ratio(f64::from(rate) / 10_000.0),
        base: None,
        threshold: None,
        at_stake: Some(kdv),
        reason: Reason::KdvRate { rate, is_stated },
        next_check: NextCheck::KdvOfInvoice,
    }
}
