//! Why a detector spoke: a code and its values, from which the sentences are made.

use chrono::NaiveDate;
use domain::ClientCompanyId;
use serde::{Deserialize, Serialize};

use crate::amount::Kurus;

/// A rule of the Tekdüzen Hesap Planı (1 Sıra No'lu Muhasebe Sistemi Uygulama Genel Tebliği).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartRule {
    /// Debits and credits of the entry differ.
    Unbalanced,
    /// A line with both sides, or a negative side.
    BothSides,
    /// A line without an amount.
    ZeroLine,
    /// The account does not begin with a main account of three digits.
    MalformedAccount,
    /// The company's chart does not know the account.
    UnknownAccount,
    /// The company's chart has closed the account.
    InactiveAccount,
    /// A memorandum account (class 9) in one entry with accounts of other classes.
    MemorandumMixed,
    /// 191 (KDV to be deducted) credited in a sale.
    InputKdvInSale,
    /// 391 (KDV computed) debited in a purchase.
    OutputKdvInPurchase,
    /// A revenue account (600–602) debited in a purchase or cost entry.
    CostInRevenueAccount,
    /// A customer (120) debited against money going out, with nothing to give back.
    CollectionSidesSwapped,
    /// A supplier (320) credited against money coming in, with nothing to take back.
    PaymentSidesSwapped,
    /// Revenue or cost closed to 690 on another day than the year's end.
    ClosingOutsideYearEnd,
}

/// How two documents are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameAs {
    /// Same number, same amounts.
    Exact,
    /// Same amounts, the number in another spelling.
    OtherSpelling,
    /// Same amounts, one of them without a number.
    NoNumber,
    /// Same number, amounts a little apart.
    NearAmount,
}

/// A day without business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuietDay {
    /// An official holiday (law 2429).
    Holiday,
    /// A Sunday, in a company that does not work on Sundays.
    Sunday,
}

/// What leading digits were taken from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The postings of an account.
    Account(String),
    /// The bills of a counterparty.
    Counterparty(String),
}

/// Leading digits that are too frequent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DigitExcess {
    /// 1 to 9, or 10 to 99.
    pub digits: u8,
    /// Their share.
    pub share: f64,
    /// Their share by Benford's law.
    pub expected: f64,
}

/// Six decimals: what is stored and read again is the same number.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

impl Reason {
    /// All fractions with six decimals.
    pub(crate) fn rounded(mut self) -> Self {
        match &mut self {
            Self::MonthAbovePath { factor, .. }
            | Self::EntryAboveUsual { factor, .. }
            | Self::PartyBack { factor, .. }
            | Self::PartyAboveUsual { factor, .. } => *factor = rounded(*factor),
            Self::PartyNew { share, .. } | Self::UnpaidNewSupplier { share, .. } => {
                *share = rounded(*share);
            }
            Self::Round { usual_share, .. } => *usual_share = rounded(*usual_share),
            Self::Circle { difference, .. } => *difference = rounded(*difference),
            Self::Digits { decades, excess, first_two_mad, p, .. } => {
                for value in [decades, first_two_mad, p] {
                    *value = rounded(*value);
                }
                for digit in excess {
                    digit.share = rounded(digit.share);
                    digit.expected = rounded(digit.expected);
                }
            }
            _ => {}
        }
        self
    }
}

/// Code and values; amounts, counts and thresholds that a sentence needs besides are in the finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The month is `factor` times what the account's own path leads to expect.
    MonthAbovePath {
        /// The account.
        account: String,
        /// The first day of the month.
        month: NaiveDate,
        /// Observed over expected.
        factor: f64,
        /// How many entries make up the month.
        bills: u64,
    },
    /// Of the `bills` of a month, more than usual, so many are not paid.
    MonthLeftUnpaid {
        /// The account.
        account: String,
        /// The first day of the month.
        month: NaiveDate,
        /// How many are not paid.
        unpaid: u64,
        /// How many entries make up the month.
        bills: u64,
        /// How many days the oldest of them has been open.
        days: i64,
    },
    /// The entry is `factor` times the usual posting of its account.
    EntryAboveUsual {
        /// The account.
        account: String,
        /// Observed over the median.
        factor: f64,
    },
    /// The account was used in `months_used` of `months` months before.
    AccountHardlyUsed {
        /// The account.
        account: String,
        /// Months with use.
        months_used: u64,
        /// Months of history.
        months: u64,
    },
    /// First seen, and already `share` of the buying of the last three months.
    PartyNew {
        /// The counterparty.
        party: String,
        /// Its share, 0 to 1.
        share: f64,
    },
    /// Not seen for `silent_days`, then a heavy amount.
    PartyBack {
        /// The counterparty.
        party: String,
        /// Days of silence.
        silent_days: i64,
        /// Observed over its own median.
        factor: f64,
    },
    /// `factor` times the counterparty's own median.
    PartyAboveUsual {
        /// The counterparty.
        party: String,
        /// Observed over its own median.
        factor: f64,
    },
    /// Against the chart of accounts.
    Chart {
        /// The rule.
        rule: ChartRule,
        /// The account that breaks it, or the first one of the entry.
        account: String,
    },
    /// The same document twice.
    Same {
        /// In what way.
        same_as: SameAs,
        /// Days between the two.
        days_apart: i64,
        /// The counterparty, if known.
        party: Option<String>,
        /// The number of the first, if it has one.
        reference: Option<String>,
    },
    /// Leading digits off.
    Digits {
        /// Whose amounts.
        of: Subject,
        /// How many amounts.
        n: u64,
        /// Spread of the amounts in decades (powers of ten).
        decades: f64,
        /// The digits that are too frequent, most conspicuous first, at most five.
        excess: Vec<DigitExcess>,
        /// Mean absolute deviation of the first two digits.
        first_two_mad: f64,
        /// Share of true Benford samples of this size that deviate as much.
        p: f64,
    },
    /// `round` of `of` bills are round.
    Round {
        /// The counterparty.
        party: String,
        /// Round bills.
        round: u64,
        /// All bills of the episode.
        of: u64,
        /// The company's own share of round bills, 0 to 1.
        usual_share: f64,
    },
    /// Recorded by hand on a day without business.
    Quiet {
        /// What day.
        day: QuietDay,
        /// The official name of the holiday.
        holiday: Option<String>,
        /// The account with the largest line.
        account: String,
    },
    /// Payments in cash, each below the limit and together above.
    Split {
        /// The counterparty.
        party: String,
        /// How many payments.
        payments: u64,
        /// From the first to the last, in days (0: one day).
        days: i64,
        /// The limit of the date.
        limit: Kurus,
    },
    /// New, heavy, and unpaid for long.
    UnpaidNewSupplier {
        /// The counterparty.
        party: String,
        /// Its bills.
        bills: u64,
        /// Its share of the buying of the period, 0 to 1.
        share: f64,
        /// Age of the oldest unpaid bill in days.
        unpaid_days: i64,
    },
    /// Sales that return to where they began.
    Circle {
        /// The companies in the order of the goods.
        companies: Vec<ClientCompanyId>,
        /// From the first to the last sale, in days.
        days: i64,
        /// Largest difference of two amounts as a share of the larger one.
        difference: f64,
    },
    /// Numbers that no entry, invoice or cancellation explains.
    MissingNumbers {
        /// Letters and year of the series.
        series: String,
        /// How many.
        missing: u64,
    },
    /// KDV over net, in hundredths of a per cent, that is no rate of the date and no mix of them.
    KdvRate {
        /// The stated or computed rate in hundredths of a per cent.
        rate: u32,
        /// Whether the invoice states it (otherwise computed from tax and net).
        is_stated: bool,
    },
    /// Recorded long after the date, in a month whose KDV return was due before.
    RecordedLate {
        /// The day of recording.
        recorded_on: NaiveDate,
        /// Days between.
        days: i64,
    },
    /// Dated ahead.
    InFuture {
        /// Days ahead of the reference date (or of the recording).
        days: i64,
    },
}
