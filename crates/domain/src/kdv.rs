//! KDV (value added tax) rates by date.
//!
//! Source: Cumhurbaşkanı Kararı 7346, Resmî Gazete 7 July 2023, in force from 10 July 2023: 18 to 20
//! and 8 to 10 per cent; 1 and 0 (exempt) stay.

use chrono::NaiveDate;

const UNTIL_2023_07_09: &[u32] = &[0, 1, 8, 18];
const FROM_2023_07_10: &[u32] = &[0, 1, 10, 20];

/// The rates, in per cent, that a taxable event of that day may carry.
pub fn kdv_rates_on(day: NaiveDate) -> &'static [u32] {
    let change = NaiveDate::from_ymd_opt(2023, 7, 10);
    if change.is_some_and(|change| day < change) { UNTIL_2023_07_09 } else { FROM_2023_07_10 }
}

/// Whether a rate, in per cent, was in force at any time that documents may stem from.
pub fn is_kdv_rate_known(per_cent: u32) -> bool {
    UNTIL_2023_07_09.contains(&per_cent) || FROM_2023_07_10.contains(&per_cent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_change_on_the_tenth_of_july_2023() {
        let day = |d| NaiveDate::from_ymd_opt(2023, 7, d).expect("a date");
        assert!(kdv_rates_on(day(9)).contains(&18));
        assert!(!kdv_rates_on(day(10)).contains(&18));
        assert!(kdv_rates_on(day(10)).contains(&20));
        assert!(is_kdv_rate_known(8) && !is_kdv_rate_known(15));
    }
}
