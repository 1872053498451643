//! What the detectors share about one ledger as of one day, computed once: what is visible, what each
//! entry is, which entries cancel each other, and what was spent on what.

use std::collections::{HashMap, HashSet};

use chrono::{Datelike, Days, NaiveDate};

use crate::{
    amount::Kurus,
    chart::{self, Shape},
    ledger::{AccountNo, Entry, Ledger, Line, PartyNo},
    parameters::Parameters,
    settlement::settle,
};

/// A month, counted from year 0.
pub(crate) type MonthNo = i32;

pub(crate) fn month_of(date: NaiveDate) -> MonthNo {
    date.year() * 12 + date.month0().cast_signed()
}

pub(crate) fn first_day_of(month: MonthNo) -> NaiveDate {
    let year = month.div_euclid(12);
    let month = month.rem_euclid(12).unsigned_abs() + 1;
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MIN)
}

/// What is known of a visible entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    /// Sum of the debits.
    pub(crate) gross: Kurus,
    /// What kind of business it is.
    pub(crate) shape: Shape,
    /// It and another entry cancel each other.
    pub(crate) is_cancelled: bool,
    /// It stands for one that was cancelled: same counterparty, number and amount.
    pub(crate) is_correction: bool,
    /// Dated or recorded in the report window.
    pub(crate) is_recent: bool,
    pub(crate) month: MonthNo,
    /// Days since the common era.
    pub(crate) day: i32,
    /// When a bill of a supplier was paid, returned or set off; none of what is open, and of what is no
    /// bill.
    pub(crate) settled: Option<i32>,
}

/// A cost, stock or asset line of an entry that is not cancelled: what something was bought for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spend {
    pub(crate) entry: u32,
    pub(crate) account: AccountNo,
    pub(crate) party: Option<PartyNo>,
    pub(crate) amount: Kurus,
    pub(crate) day: i32,
    pub(crate) month: MonthNo,
}

impl Spend {
    /// The natural logarithm of the kuruş; statistics only.
    pub(crate) fn log(&self) -> f64 {
        self.amount.as_f64().ln()
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) parameters: &'a Parameters,
    /// The end of this day is now.
    pub(crate) reference: NaiveDate,
    pub(crate) report_from: NaiveDate,
    /// The books came in at once (a new client): what is old in them is no news.
    pub(crate) is_load: bool,
    /// Entries dated up to the reference date, by date and id.
    pub(crate) entries: &'a [Entry],
    /// One for each of `entries`.
    pub(crate) facts: Vec<Facts>,
    /// The main account (0: malformed) of each account.
    pub(crate) mains: Vec<u16>,
    /// By date.
    pub(crate) spends: Vec<Spend>,
    /// The first entry of the window.
    pub(crate) window_start: usize,
    /// The month of the first entry of all.
    pub(crate) first_month: MonthNo,
    /// The month of the reference date.
    pub(crate) month: MonthNo,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        ledger: &'a Ledger,
        reference: NaiveDate,
        parameters: &'a Parameters,
    ) -> Self {
        let all = ledger.entries();
        let visible = all.partition_point(|entry| entry.date <= reference);
        let entries = all.get(..visible).unwrap_or_default();
        let report_from = reference
            .checked_sub_days(Days::new(u64::from(parameters.report_days.saturating_sub(1))))
            .unwrap_or(reference);
        let month = month_of(reference);
        let window_from = first_day_of(month.saturating_sub_unsigned(parameters.window_months));
        let mains: Vec<u16> =
            ledger.accounts().iter().map(|account| account.main().unwrap_or(0)).collect();
        let is_load = is_load(entries, report_from, reference);
        let is_late = |entry: &Entry| entry.recorded_on.is_some_and(|day| day > reference);
        let mut facts: Vec<Facts> = entries
            .iter()
            .map(|entry| {
                let lines = ledger.lines_of(entry);
                Facts {
                    gross: lines.iter().map(|line| line.debit).sum(),
                    shape: chart::shape(lines, &mains),
                    // Recorded after the reference date: not known then.
                    is_cancelled: is_late(entry),
                    is_correction: false,
                    is_recent: entry.date >= report_from
                        || (!is_load && entry.recorded_on.is_some_and(|day| day >= report_from)),
                    month: month_of(entry.date),
                    day: entry.date.num_days_from_ce(),
                    settled: None,
                }
            })
            .collect();
        cancel(ledger, entries, &mut facts);
        let window_start = entries.partition_point(|entry| entry.date < window_from);
        settle(ledger, entries, &mut facts, &mains, window_start);
        let spends = spends(ledger, entries, &facts, &mains);
        Self {
            ledger,
            parameters,
            reference,
            report_from,
            is_load,
            entries,
            mains,
            spends,
            window_start,
            first_month: facts.first().map_or(month, |first| first.month),
            month,
            facts,
        }
    }

    /// Whether a document is dated or was recorded in the report window.
    pub(crate) fn is_news(&self, date: NaiveDate, recorded_on: Option<NaiveDate>) -> bool {
        let is_in = |day: NaiveDate| (self.report_from..=self.reference).contains(&day);
        date <= self.reference && (is_in(date) || (!self.is_load && recorded_on.is_some_and(is_in)))
    }

    /// When a document was known: when it was dated or recorded, whichever is later; of loaded books
    /// the date.
    pub(crate) fn known_on(&self, date: NaiveDate, recorded_on: Option<NaiveDate>) -> NaiveDate {
        recorded_on.filter(|_| !self.is_load).map_or(date, |recorded| recorded.max(date))
    }

    pub(crate) fn main(&self, account: AccountNo) -> u16 {
        self.mains.get(account.0 as usize).copied().unwrap_or(0)
    }

    pub(crate) fn lines(&self, entry: &Entry) -> &'a [Line] {
        self.ledger.lines_of(entry)
    }

    /// Entries of the window with their position and facts, cancelled ones left out.
    pub(crate) fn live(&self) -> impl Iterator<Item = (usize, &'a Entry, &Facts)> {
        let entries = self.entries;
        entries
            .iter()
            .zip(&self.facts)
            .enumerate()
            .skip(self.window_start)
            .filter(|(_, (_, facts))| !facts.is_cancelled)
            .map(|(at, (entry, facts))| (at, entry, facts))
    }

    /// Whole months of history before a month, counted from the first entry.
    pub(crate) fn months_before(&self, month: MonthNo) -> u32 {
        u32::try_from(month - self.first_month).unwrap_or(0)
    }

    pub(crate) fn id(&self, at: u32) -> Option<&'a str> {
        self.ledger.entries().get(at as usize).map(|entry| entry.id.as_str())
    }

    pub(crate) fn date(&self, at: u32) -> NaiveDate {
        self.entries.get(at as usize).map_or(self.reference, |entry| entry.date)
    }

    /// When a bill was settled; see [`Facts::settled`].
    pub(crate) fn settled(&self, at: u32) -> Option<i32> {
        self.facts.get(at as usize).and_then(|facts| facts.settled)
    }

    /// Whether it is a bill of a supplier, and not settled yet.
    pub(crate) fn is_open(&self, at: u32) -> bool {
        self.facts
            .get(at as usize)
            .is_some_and(|facts| facts.shape == Shape::Purchase && facts.settled.is_none())
    }

    /// Whether a bill of a day has become overdue in the report window, and whether it is overdue at
    /// all, when bills are settled within so many days.
    pub(crate) fn overdue(&self, day: i32, within: i32) -> Overdue {
        let due = day.saturating_add(within);
        if due > self.reference.num_days_from_ce() {
            Overdue::NotYet
        } else if due >= self.report_from.num_days_from_ce() {
            Overdue::Now
        } else {
            Overdue::Long
        }
    }

    pub(crate) fn is_recent(&self, at: u32) -> bool {
        self.facts.get(at as usize).is_some_and(|facts| facts.is_recent)
    }

    /// The largest line of an entry by either side.
    pub(crate) fn largest_line(&self, entry: &Entry) -> Option<&'a Line> {
        self.lines(entry).iter().max_by_key(|line| line.debit.max(line.credit))
    }

    /// The first cost, stock or asset line of an entry, otherwise its largest line that is no money.
    pub(crate) fn subject_account(&self, entry: &Entry) -> Option<AccountNo> {
        let lines = self.lines(entry);
        lines
            .iter()
            .filter(|line| !line.debit.is_zero() && chart::is_spend(self.main(line.account)))
            .max_by_key(|line| line.debit)
            .or_else(|| {
                lines
                    .iter()
                    .filter(|line| !chart::is_liquid(self.main(line.account)))
                    .max_by_key(|line| line.debit.max(line.credit))
            })
            .or_else(|| self.largest_line(entry))
            .map(|line| line.account)
    }
}

/// Whether more than a fifth of the older entries, and more than a hundred, were recorded in the report
/// window: that is no late booking, it is a load.
fn is_load(entries: &[Entry], report_from: NaiveDate, reference: NaiveDate) -> bool {
    let old = entries.partition_point(|entry| entry.date < report_from);
    let now = report_from..=reference;
    let late = entries
        .iter()
        .take(old)
        .filter(|entry| entry.recorded_on.is_some_and(|day| now.contains(&day)))
        .count();
    late > 100 && late * 5 > old
}

/// Whether a bill is older than bills take to be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// It is not.
    NotYet,
    /// It became so in the report window.
    Now,
    /// It was so before.
    Long,
}

/// How many days a correction may come after what it corrects.
const CORRECTION_DAYS: i32 = 62;

/// Marks pairs of entries that cancel each other: the same lines with the sides swapped, the same
/// counterparty, the same number, within two months (storno, "ters kayıt"). What is left of a
/// correction triple is its last entry.
fn cancel(ledger: &Ledger, entries: &[Entry], facts: &mut [Facts]) {
    let mut open: HashMap<u64, Vec<u32>> = HashMap::new();
    let mut corrected: HashSet<(Option<PartyNo>, Option<&str>, Kurus)> = HashSet::new();
    for (at, entry) in (0_u32..).zip(entries) {
        let lines = ledger.lines_of(entry);
        let Some(now) = facts.get(at as usize).copied() else { continue };
        if now.is_cancelled || lines.is_empty() {
            continue;
        }
        // Closing and transfer entries swap sides as a rule; only business with documents is looked at.
        if !now.shape.is_document() {
            continue;
        }
        let swapped = signature(entry, lines, true);
        if entry.reference.is_some()
            && let Some(facts) = facts.get_mut(at as usize)
        {
            facts.is_correction =
                corrected.contains(&(entry.party, entry.reference.as_deref(), now.gross));
        }
        let is_counterpart = |candidate: u32, same_number: bool| {
            let at = candidate as usize;
            facts.get(at).is_some_and(|other| now.day - other.day <= CORRECTION_DAYS)
                && entries.get(at).is_some_and(|other| {
                    (!same_number || other.reference == entry.reference)
                        && is_mirror(ledger, other, entry)
                })
        };
        if let Some(earlier) = open.get_mut(&swapped)
            && let Some(place) = earlier
                .iter()
                .rposition(|candidate| is_counterpart(*candidate, true))
                .or_else(|| earlier.iter().rposition(|candidate| is_counterpart(*candidate, false)))
        {
            let other = earlier.remove(place);
            corrected.insert((entry.party, entry.reference.as_deref(), now.gross));
            for cancelled in [other, at] {
                if let Some(facts) = facts.get_mut(cancelled as usize) {
                    facts.is_cancelled = true;
                }
            }
            continue;
        }
        open.entry(signature(entry, lines, false)).or_default().push(at);
    }
}

fn is_mirror(ledger: &Ledger, one: &Entry, other: &Entry) -> bool {
    let (a, b) = (ledger.lines_of(one), ledger.lines_of(other));
    if one.party != other.party || a.len() != b.len() {
        return false;
    }
    // The lines are in order of account; two lines of one account may stand in another order after
    // the swap, so each is looked for.
    a.iter().all(|x| {
        b.iter().any(|y| x.account == y.account && x.debit == y.credit && x.credit == y.debit)
    })
}

/// A number that is equal for entries with the same lines, in any order of the lines.
fn signature(entry: &Entry, lines: &[Line], is_swapped: bool) -> u64 {
    let mix =
        |seed: u64, value: u64| (seed ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    let party = entry.party.map_or(u64::MAX, |party| u64::from(party.0));
    lines.iter().fold(mix(1, party), |sum, line| {
        let (debit, credit) =
            if is_swapped { (line.credit, line.debit) } else { (line.debit, line.credit) };
        let own = mix(
            mix(mix(7, u64::from(line.account.0)), debit.0.cast_unsigned()),
            credit.0.cast_unsigned().wrapping_add(1),
        );
        sum.wrapping_add(own)
    })
}

fn spends(ledger: &Ledger, entries: &[Entry], facts: &[Facts], mains: &[u16]) -> Vec<Spend> {
    let mut spends = Vec::with_capacity(entries.len());
    for (at, (entry, facts)) in (0_u32..).zip(entries.iter().zip(facts)) {
        if facts.is_cancelled
            || !matches!(facts.shape, Shape::Purchase | Shape::Payment | Shape::Other)
        {
            continue;
        }
        for line in ledger.lines_of(entry) {
            let main = mains.get(line.account.0 as usize).copied().unwrap_or(0);
            if line.debit > Kurus::ZERO && chart::is_spend(main) {
                spends.push(Spend {
                    entry: at,
                    account: line.account,
                    party: entry.party,
                    amount: line.debit,
                    day: facts.day,
                    month: facts.month,
                });
            }
        }
    }
    spends
}
