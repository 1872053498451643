//! Flags of receipts.

use domain::Severity;
use rust_decimal::Decimal;

use super::{AssessmentContext, flags::Flags, in_lira};
use crate::{fields::ReceiptFields, message::number};

const HIGH: i64 = 1_000_000;

pub(super) fn flag(fields: &ReceiptFields, context: &AssessmentContext, flags: &mut Flags) {
    match fields.amount {
        None => flags.raise("hasMissingFields", "MISSING_AMOUNT", Severity::Medium, None),
        Some(amount) if amount < Decimal::ZERO => {
            flags.raise("negativeAmount", "NEGATIVE_AMOUNT", Severity::High, Some(number(amount)));
        }
        Some(amount) => {
            let lira = in_lira(amount, fields.currency, None);
            if lira.is_some_and(|lira| lira > Decimal::from(HIGH)) {
                flags.raise("highAmount", "HIGH_AMOUNT", Severity::Medium, Some(number(amount)));
            }
        }
    }
    match fields.date {
        None => flags.raise("hasMissingFields", "MISSING_DATE", Severity::Medium, None),
        Some(day) if day > context.today => {
            let value = Some(day.to_string().into());
            flags.raise("futureDate", "FUTURE_DATE", Severity::Medium, value);
        }
        Some(_) => {}
    }
}
