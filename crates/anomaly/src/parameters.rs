//! The parameters of all detectors, with defaults, as stored per office.
//!
//! Unknown names are refused when read, so that a misspelt parameter is an error and not silence.
//! Every value may be 0 where 0 means something.

use serde::{Deserialize, Serialize};

use crate::amount::Kurus;

macro_rules! parameters {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            /// Whether the detector runs.
            pub enabled: bool,
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { enabled: true, $($field: $default,)* }
            }
        }
    };
}

parameters! {
    /// See [`crate::detect::expense_spike`].
    ExpenseSpikeParameters {
        /// Whole months of history that it takes.
        min_months: u32 = 3,
        /// At least this many times the expected month.
        min_factor: f64 = 1.5,
        /// How far the bills but the largest must exceed the 95 % quantile of earlier ones, as a sum of
        /// natural logarithms.
        size_excess: f64 = 0.5,
        /// The chance of so many bills in a regular stream, at most.
        number_chance: f64 = 0.02,
        /// The chance of as much in a month without its largest bill, at most.
        rest_chance: f64 = 0.01,
        /// Days for which bills must have stood unpaid to be a surplus.
        unpaid_days: u32 = 60,
        /// What they must make of an expected month.
        unpaid_share: f64 = 0.3,
    }
}

parameters! {
    /// See [`crate::detect::large_entry`].
    LargeEntryParameters {
        /// Postings of the account that it takes.
        min_entries: u32 = 8,
        /// Robust z from which on a posting stands out (3.5 is the cut of Iglewicz and Hoaglin).
        z: f64 = 3.0,
        /// And at least this many times the account's median.
        min_factor: f64 = 8.0,
        /// Robust z against the counterparty's own bills on the account that is enough by itself.
        party_z: f64 = 4.0,
        /// And below which an entry is usual, whatever it is for the account.
        least_party_z: f64 = 3.0,
        /// At least this many times everything that the counterparty ever billed, for an account on which
        /// it never did.
        party_factor: f64 = 3.0,
        /// What all these cuts are multiplied by for an entry that was paid as it is.
        paid: f64 = 1.5,
        /// Days after which a bill of an unknown counterparty counts as unpaid.
        unpaid_days: u32 = 60,
    }
}

parameters! {
    /// See [`crate::detect::unusual_account`].
    UnusualAccountParameters {
        /// Whole months of history that it takes.
        min_months: u32 = 3,
    }
}

parameters! {
    /// See [`crate::detect::counterparty`].
    CounterpartyParameters {
        /// Whole months of history that it takes.
        min_months: u32 = 6,
        /// Share of three months' buying from which on a new or returning counterparty is heavy.
        heavy_share: f64 = 0.25,
        /// Days without any entry after which a counterparty counts as dormant.
        dormant_days: u32 = 365,
        /// Entries with a counterparty that its own norm takes.
        min_entries: u32 = 12,
        /// Robust z from which on an amount is far from a counterparty's norm.
        z: f64 = 6.0,
    }
}

parameters! {
    /// See [`crate::detect::chart_mismatch`].
    ChartParameters {}
}

parameters! {
    /// See [`crate::detect::duplicate`].
    DuplicateParameters {
        /// Days within which two equal documents count as one booked twice.
        days: u32 = 30,
        /// How far two amounts under one number may be apart.
        tolerance: Kurus = Kurus(5),
    }
}

parameters! {
    /// See [`crate::detect::benford`].
    BenfordParameters {
        /// Amounts that it takes.
        min_amounts: u32 = 100,
        /// Decades (powers of ten) that the middle 90 % of the amounts must span.
        min_decades: f64 = 1.0,
        /// Excess of the mean absolute deviation of first digits over its expectation.
        excess_mad: f64 = 0.04,
        /// Share of true samples that deviate as much, at most.
        max_p: f64 = 0.001,
    }
}

parameters! {
    /// See [`crate::detect::round_amounts`].
    RoundParameters {
        /// Round bills that it takes.
        min_bills: u32 = 4,
    }
}

parameters! {
    /// See [`crate::detect::timing`].
    TimingParameters {
        /// Whole months of history that it takes.
        min_months: u32 = 3,
    }
}

parameters! {
    /// See [`crate::detect::cash_splitting`].
    CashParameters {
        /// Days within which payments to one counterparty are added up.
        days: u32 = 3,
        /// Share of the limit that a payment must reach to look split.
        min_share: f64 = 0.5,
        /// Payments that it takes.
        min_payments: u32 = 2,
    }
}

parameters! {
    /// See [`crate::detect::suspicious_supplier`].
    SupplierParameters {
        /// Whole months of history that it takes.
        min_months: u32 = 3,
        /// Days for which the first bill must have stood unpaid.
        unpaid_days: u32 = 45,
        /// The same for a supplier whose bills come the usual way.
        usual_way_days: u32 = 60,
        /// Share of the buying of the period from which on the supplier is heavy.
        heavy_share: f64 = 0.05,
    }
}

parameters! {
    /// See [`crate::ring`].
    RingParameters {
        /// Most companies in a ring, at most 5.
        max_companies: u32 = 5,
        /// Difference of two successive amounts as a share of the larger one.
        tolerance: f64 = 0.20,
        /// Days between two successive sales.
        max_days: u32 = 10,
        /// Smallest sale that is looked at.
        min_amount: Kurus = Kurus::lira(10_000),
    }
}

parameters! {
    /// See [`crate::detect::number_gap`].
    NumberGapParameters {
        /// Days that a missing number may take to arrive.
        grace_days: u32 = 0,
        /// Numbers that a series must have used before a hole in it says something.
        min_numbers: u32 = 10,
        /// Most missing numbers in a row; a longer hole is a series begun anew.
        max_missing: u32 = 200,
    }
}

parameters! {
    /// See [`crate::detect::kdv_pattern`].
    KdvParameters {
        /// Kuruş of rounding that each rate's part may be off.
        tolerance: Kurus = Kurus(100),
    }
}

parameters! {
    /// See [`crate::detect::dating`].
    DatingParameters {
        /// Days after which a late recording is a finding.
        late_days: u32 = 90,
        /// Days ahead that are allowed.
        future_days: u32 = 1,
    }
}

parameters! {
    /// See `crate::ranking`.
    RankingParameters {
        /// Most entries in the ranking.
        entries: u32 = 50,
        /// Entries of history that it takes.
        min_entries: u32 = 100,
    }
}

/// The parameters of an examination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    /// Whole months before the current one that are looked at; older entries serve only to know who
    /// and what was seen before.
    pub window_months: u32,
    /// Findings are about evidence dated or recorded in these last days.
    pub report_days: u32,
    /// Expense spike.
    pub expense_spike: ExpenseSpikeParameters,
    /// Large single entry.
    pub large_entry: LargeEntryParameters,
    /// Unusual account.
    pub unusual_account: UnusualAccountParameters,
    /// New, dormant, unusual counterparty.
    pub counterparty: CounterpartyParameters,
    /// Chart of accounts.
    pub chart: ChartParameters,
    /// Duplicate entry and invoice.
    pub duplicate: DuplicateParameters,
    /// Benford's law.
    pub benford: BenfordParameters,
    /// Round amounts.
    pub round: RoundParameters,
    /// Timing.
    pub timing: TimingParameters,
    /// Cash splitting.
    pub cash: CashParameters,
    /// Suspicious new supplier.
    pub supplier: SupplierParameters,
    /// Rings.
    pub ring: RingParameters,
    /// Number gaps.
    pub number_gap: NumberGapParameters,
    /// KDV pattern.
    pub kdv: KdvParameters,
    /// Back- and future-dating.
    pub dating: DatingParameters,
    /// Unusual entries.
    pub ranking: RankingParameters,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            window_months: 24,
            report_days: 31,
            expense_spike: ExpenseSpikeParameters::default(),
            large_entry: LargeEntryParameters::default(),
            unusual_account: UnusualAccountParameters::default(),
            counterparty: CounterpartyParameters::default(),
            chart: ChartParameters::default(),
            duplicate: DuplicateParameters::default(),
            benford: BenfordParameters::default(),
            round: RoundParameters::default(),
            timing: TimingParameters::default(),
            cash: CashParameters::default(),
            supplier: SupplierParameters::default(),
            ring: RingParameters::default(),
            number_gap: NumberGapParameters::default(),
            kdv: KdvParameters::default(),
            dating: DatingParameters::default(),
            ranking: RankingParameters::default(),
        }
    }
}
