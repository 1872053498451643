//! What a detector says: kind, severity, evidence, measured value with its base, reason, next check.

use std::fmt;

use chrono::NaiveDate;
use domain::{ClientCompanyId, Severity};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Kurus,
    reason::{Reason, rounded},
};

/// What was found. The words are stored and stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A cost account's month is far above its own path.
    ExpenseSpike,
    /// One entry is far above what its account sees.
    LargeEntry,
    /// A payment to an account that this company never or hardly uses.
    UnusualAccount,
    /// A counterparty without history, at once with a heavy amount.
    NewCounterparty,
    /// A counterparty that comes back after a long silence with a heavy amount.
    DormantCounterparty,
    /// A known counterparty with an amount far from its own history.
    UnusualCounterparty,
    /// A posting that the Tekdüzen Hesap Planı does not allow.
    ChartMismatch,
    /// The same document booked twice.
    DuplicateEntry,
    /// The same invoice recorded twice.
    DuplicateInvoice,
    /// Leading digits of an account or a counterparty are far from Benford's law.
    Benford,
    /// A counterparty whose bills are round to a conspicuous degree.
    RoundAmounts,
    /// A large hand-made entry on a day without business.
    Timing,
    /// Cash payments split to stay below the limit for payments through banks.
    CashSplitting,
    /// A new supplier with heavy bills that nobody pays.
    SuspiciousSupplier,
    /// Money goes round between companies of one office.
    Ring,
    /// Numbers are missing in a series of issued invoices.
    NumberGap,
    /// KDV that the rates of the date do not explain.
    KdvPattern,
    /// Dated long before it was recorded, into a period that is closed.
    BackDating,
    /// Dated after the reference date.
    FutureDating,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 19] = [
        Self::ExpenseSpike,
        Self::LargeEntry,
        Self::UnusualAccount,
        Self::NewCounterparty,
        Self::DormantCounterparty,
        Self::UnusualCounterparty,
        Self::ChartMismatch,
        Self::DuplicateEntry,
        Self::DuplicateInvoice,
        Self::Benford,
        Self::RoundAmounts,
        Self::Timing,
        Self::CashSplitting,
        Self::SuspiciousSupplier,
        Self::Ring,
        Self::NumberGap,
        Self::KdvPattern,
        Self::BackDating,
        Self::FutureDating,
    ];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExpenseSpike => "EXPENSE_SPIKE",
            Self::LargeEntry => "LARGE_ENTRY",
            Self::UnusualAccount => "UNUSUAL_ACCOUNT",
            Self::NewCounterparty => "NEW_COUNTERPARTY",
            Self::DormantCounterparty => "DORMANT_COUNTERPARTY",
            Self::UnusualCounterparty => "UNUSUAL_COUNTERPARTY",
            Self::ChartMismatch => "CHART_MISMATCH",
            Self::DuplicateEntry => "DUPLICATE_ENTRY",
            Self::DuplicateInvoice => "DUPLICATE_INVOICE",
            Self::Benford => "BENFORD",
            Self::RoundAmounts => "ROUND_AMOUNTS",
            Self::Timing => "TIMING",
            Self::CashSplitting => "CASH_SPLITTING",
            Self::SuspiciousSupplier => "SUSPICIOUS_SUPPLIER",
            Self::Ring => "RING",
            Self::NumberGap => "NUMBER_GAP",
            Self::KdvPattern => "KDV_PATTERN",
            Self::BackDating => "BACK_DATING",
            Self::FutureDating => "FUTURE_DATING",
        }
    }

    /// Who may see a finding of this kind.
    pub const fn audience(self) -> Audience {
        match self {
            // Kinds that may lead to a report to MASAK: law 5549 art. 4 forbids tipping off.
            Self::CashSplitting | Self::Ring | Self::SuspiciousSupplier => Audience::Narrow,
            _ => Audience::Office,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Who may see a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody who works for the company in the office.
    Office,
    /// A named role only (MASAK-type findings).
    Narrow,
}

/// What a finding is about; its identity from one run to the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Evidence {
    /// An account in a month (the first day of it).
    AccountMonth {
        /// The account's code.
        account: String,
        /// The first day of the month.
        month: NaiveDate,
    },
    /// Entries, by id.
    Entries {
        /// Sorted ids.
        ids: Vec<String>,
    },
    /// Invoices, by id.
    Invoices {
        /// Sorted ids.
        ids: Vec<String>,
    },
    /// An account as a whole.
    Account {
        /// The account's code.
        account: String,
    },
    /// A counterparty.
    Counterparty {
        /// The counterparty's key (VKN, TCKN or other text).
        party: String,
        /// The month in which the episode began, for kinds that may come again.
        since: NaiveDate,
    },
    /// A range of missing document numbers.
    NumberRange {
        /// The first missing number.
        first: String,
        /// The last missing number.
        last: String,
    },
}

/// A measured value with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// An exact amount in kuruş.
    Amount(Kurus),
    /// A number of things.
    Count(u64),
    /// A share or a factor.
    Ratio(f64),
    /// A statistic without unit, such as a robust z or a mean absolute deviation.
    Score(f64),
    /// Days.
    Days(i64),
}

impl Quantity {
    /// Fractions with six decimals.
    pub(crate) fn rounded(self) -> Self {
        match self {
            Self::Ratio(value) => Self::Ratio(rounded(value)),
            Self::Score(value) => Self::Score(rounded(value)),
            other => other,
        }
    }
}

/// What an observed value was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Base {
    /// How many values.
    pub n: u64,
    /// Their median.
    pub median: Quantity,
    /// Their spread: for amounts a factor (e to the MAD of logarithms), otherwise the MAD.
    pub spread: Quantity,
}

/// What to look at next; its Turkish sentence is in [`crate::message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextCheck {
    /// The bills behind an account's month.
    BillsOfMonth,
    /// The document, contract and approval of one entry.
    DocumentOfEntry,
    /// Whether the account is the right one.
    ChoiceOfAccount,
    /// Contract, delivery note, and who introduced the counterparty.
    CounterpartyBackground,
    /// Correct the posting.
    CorrectPosting,
    /// Compare both documents; cancel one if it is the same.
    CompareDocuments,
    /// The entries behind the digits.
    EntriesBehindDigits,
    /// Contract and proof of service.
    ProofOfService,
    /// Who made the entry and why on that day.
    WhoAndWhy,
    /// The payments together against the limit; bank receipts.
    PaymentsTogether,
    /// Delivery notes, stock, payment; the counterparty at the tax office.
    SupplierReality,
    /// The trade behind the ring: goods, contracts, payments.
    TradeBehindRing,
    /// The cancelled and lost numbers at the e-document provider.
    MissingNumbers,
    /// The KDV of the invoice.
    KdvOfInvoice,
    /// The date of the document.
    DateOfDocument,
}

/// Identity of a finding, the same in every run that sees the same thing: 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub(crate) String);

impl Fingerprint {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Something that stands out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// How serious.
    pub severity: Severity,
    /// How far beyond the threshold, from 0 (just) to 1 (as far as it gets). Orders findings.
    pub strength: f64,
    /// The company that it is about.
    pub company: ClientCompanyId,
    /// Who may see it.
    pub audience: Audience,
    /// What it is about.
    pub evidence: Evidence,
    /// The ids of the entries concerned, sorted; may be empty (a missing number has none).
    pub entries: Vec<String>,
    /// The ids of the invoices concerned, sorted; may be empty.
    pub invoices: Vec<String>,
    /// The day of the latest evidence.
    pub date: NaiveDate,
    /// What was measured.
    pub observed: Quantity,
    /// With what it was compared; none for exact rules.
    pub base: Option<Base>,
    /// From where on it is a finding, in the unit of `observed`.
    pub threshold: Option<Quantity>,
    /// How much money is concerned, if that can be said.
    pub at_stake: Option<Kurus>,
    /// Why, with values.
    pub reason: Reason,
    /// What to look at next.
    pub next_check: NextCheck,
    /// Identity: company-wide unique together with the kind; tomorrow's run gives the same one.
    pub fingerprint: Fingerprint,
    /// Digest of all evidence (entries, invoices): changes when evidence is added to the same finding.
    pub evidence_digest: Fingerprint,
}

impl Finding {
    /// What the finding adds to the score of its entries in the ranking of unusual entries.
    pub fn ranking_weight(&self) -> f64 {
        // Digits are an account's fact, not one of its entries.
        if self.kind == Kind::Benford {
            0.0
        } else {
            crate::ranking::weight(self.severity, self.strength)
        }
    }

    /// Joins another sighting of the same thing: the stronger one speaks, the entries of both count.
    pub(crate) fn take_in(&mut self, other: Self) {
        let (mut entries, mut invoices) = (Vec::new(), Vec::new());
        for one in [&*self, &other] {
            entries.extend_from_slice(&one.entries);
            invoices.extend_from_slice(&one.invoices);
        }
        if (other.severity, other.strength) > (self.severity, self.strength) {
            *self = other;
        }
        for ids in [&mut entries, &mut invoices] {
            ids.sort_unstable();
            ids.dedup();
        }
        self.evidence_digest = crate::detect::draft::digest_of(
            self.kind.as_str(),
            entries.iter().chain(&invoices).map(String::as_str),
        );
        self.entries = entries;
        self.invoices = invoices;
    }
}
