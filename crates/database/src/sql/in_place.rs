//! Rows read where they lie: by position, without an allocation for each value.
//!
//! For the few queries that read thousands of rows for one piece of work. Looking values up by name and
//! owning every text costs more there than what is done with them; everything else is
//! `QueryableByName`.

use std::array;
use std::str;

use chrono::{DateTime, Utc};
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::row::{Field, Row};
use diesel_async::{AsyncConnectionCore, AsyncPgConnection};
use futures::TryStreamExt;
use rust_decimal::Decimal;

use crate::Error;

/// Runs a query with `N` columns and hands on each row as it comes. An error of `take` ends it.
///
/// # Errors
/// The database could not be asked, the connection broke half-way, or `take` refused a row.
pub(crate) async fn each_row<const N: usize, Q>(
    connection: &mut AsyncPgConnection,
    table: &'static str,
    query: Q,
    mut take: impl FnMut(&Values<'_>) -> Result<(), Error> + Send,
) -> Result<(), Error>
where
    Q: Query + QueryFragment<Pg> + QueryId + Send,
{
    // What `RunQueryDsl` calls; it gives the rows before anything is made of them.
    let mut rows = AsyncConnectionCore::load(connection, query).await?;
    while let Some(row) = rows.try_next().await? {
        let fields: [_; N] = array::from_fn(|at| row.get(at));
        let values: [_; N] =
            array::from_fn(|at| fields.get(at)?.as_ref().and_then(|field| field.value()));
        take(&Values { table, values: &values })?;
    }
    Ok(())
}

/// The values of one row, by position from 0.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    table: &'static str,
    values: &'a [Option<PgValue<'a>>],
}

impl<'a> Values<'a> {
    /// A text, or nothing.
    pub(crate) fn text(&self, at: usize) -> Result<Option<&'a str>, Error> {
        let read = |bytes: &'a [u8]| str::from_utf8(bytes).ok();
        self.bytes(at)
            .map(|bytes| read(bytes).ok_or_else(|| self.unreadable(at, bytes)))
            .transpose()
    }

    /// A `timestamptz`, or nothing: microseconds since the year 2000.
    pub(crate) fn instant(&self, at: usize) -> Result<Option<DateTime<Utc>>, Error> {
        const YEAR_2000: i64 = 946_684_800_000_000;
        let read = |bytes: &[u8]| {
            let micros = i64::from_be_bytes(bytes.try_into().ok()?);
            DateTime::from_timestamp_micros(micros.checked_add(YEAR_2000)?)
        };
        self.bytes(at)
            .map(|bytes| read(bytes).ok_or_else(|| self.unreadable(at, bytes)))
            .transpose()
    }

    /// A `numeric`, or nothing.
    pub(crate) fn decimal(&self, at: usize) -> Result<Option<Decimal>, Error> {
        self.bytes(at)
            .map(|bytes| decimal(bytes).ok_or_else(|| self.unreadable(at, bytes)))
            .transpose()
    }

    /// What a column must have that cannot be null.
    pub(crate) fn given<T>(&self, at: usize, value: Option<T>) -> Result<T, Error> {
        value.ok_or_else(|| self.unreadable(at, &[]))
    }

    fn bytes(&self, at: usize) -> Option<&'a [u8]> {
        self.values.get(at)?.as_ref().map(PgValue::as_bytes)
    }

    fn unreadable(&self, at: usize, bytes: &[u8]) -> Error {
        Error::Unreadable { what: self.table, value: format!("column {at}, {} bytes", bytes.len()) }
    }
}

/// A `numeric` as PostgreSQL sends it: digits of base 10,000 with the weight of the first, and how many
/// decimals it has. None for what a decimal cannot hold, NaN and infinity.
fn decimal(bytes: &[u8]) -> Option<Decimal> {
    const BASE: i128 = 10_000;
    const DIGITS_PER_WORD: i32 = 4;
    let (head, digits) = bytes.split_at_checked(8)?;
    let word = |at: usize| head.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes);
    let (count, weight, sign, scale) = (word(0)?, word(2)?.cast_signed(), word(4)?, word(6)?);
    if digits.len() != usize::from(count) * 2 {
        return None;
    }
    let mut mantissa = 0_i128;
    for digit in digits.chunks_exact(2) {
        let digit = u16::from_be_bytes(digit.try_into().ok()?);
        mantissa = mantissa.checked_mul(BASE)?.checked_add(i128::from(digit))?;
    }
    let last = i32::from(weight) - (i32::from(count) - 1);
    let shift = DIGITS_PER_WORD * last + i32::from(scale);
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    mantissa = match (mantissa, shift) {
        (0, _) => 0,
        (_, 0..) => mantissa.checked_mul(power?)?,
        // The last word is filled up with zeros beyond the decimals.
        (_, _) if mantissa % power? == 0 => mantissa / power?,
        _ => return None,
    };
    let mantissa = match sign {
        0x0000 => mantissa,
        0x4000 => -mantissa,
        _ => return None,
    };
    Decimal::try_from_i128_with_scale(mantissa, u32::from(scale)).ok()
}

#[cfg(test)]
mod tests {
    use super::decimal;

    fn sent(weight: i16, sign: u16, scale: u16, digits: &[u16]) -> Vec<u8> {
        let count = u16::try_from(digits.len()).expect("few");
        [count, weight.cast_unsigned(), sign, scale]
            .iter()
            .chain(digits)
            .flat_map(|word| word.to_be_bytes())
            .collect()
    }

    #[test]
    fn numerics_are_exact() {
        for (weight, sign, scale, digits, value) in [
            (0, 0, 2, &[][..], "0.00"),
            (0, 0, 2, &[12, 3400][..], "12.34"),
            (-1, 0, 2, &[5000], "0.50"),
            (-1, 0x4000, 4, &[1], "-0.0001"),
            (1, 0, 2, &[1], "10000.00"),
            (3, 0, 2, &[9, 9999, 9999, 9999, 9900], "9999999999999.99"),
            (2, 0x4000, 0, &[7, 0, 5], "-700000005"),
        ] {
            let read = decimal(&sent(weight, sign, scale, digits)).expect(value);
            assert_eq!(read.to_string(), value);
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        assert_eq!(decimal(&[]), None);
        assert_eq!(decimal(&sent(0, 0xC000, 0, &[])), None, "NaN");
        assert_eq!(decimal(&sent(0, 0, 2, &[1])[..9]), None, "cut off");
        assert_eq!(decimal(&sent(i16::MAX, 0, 2, &[1])), None, "too large");
        assert_eq!(decimal(&sent(0, 0, u16::MAX, &[1])), None, "too fine");
        assert_eq!(decimal(&sent(-1, 0, 2, &[1])), None, "more decimals than it says");
    }
}
