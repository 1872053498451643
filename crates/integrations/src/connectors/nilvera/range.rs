//! The range of creation times that is walked over one list, and what follows a page of it.
//!
//! Asked for is the order of creation. As long as the pages keep it and the counts agree, each page
//! begins a second before the last one's end: arrivals and equal times then cost nothing. Where they do
//! not, the pages are counted from the range's beginning, which loses nothing in any order that stays.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::ConnectorError;

/// How many invoices are remembered between syncs of a list; those beyond are read again.
const REMEMBERED: usize = 5_000;

/// An invoice of a page: its id and when it was made.
pub(super) type Listed = (String, Option<DateTime<Utc>>);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Range {
    /// Its beginning.
    first: DateTime<Utc>,
    /// `StartDate` of the next page.
    pub(super) start: DateTime<Utc>,
    /// `EndDate` of all pages: what is created meanwhile is the next sync's.
    pub(super) end: DateTime<Utc>,
    /// Which page from `start`, from 1.
    pub(super) page: u64,
    /// The list does not keep the order: `start` stays, and pages are counted.
    by_number: bool,
    /// How many invoices there must be from `start` on, by what was counted before.
    expected: u64,
    /// Invoices from `start` on that were given already; of the last page where pages are counted.
    pub(super) given: Vec<String>,
    /// Marks of the invoices of this walk that the next sync lists again.
    pub(super) seen: Vec<String>,
}

/// What follows a page.
#[derive(Debug)]
pub(super) enum Next {
    Page(Range),
    /// The list's end.
    End(Vec<String>),
}

/// What a page says of its list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    /// Invoices in the asked range.
    pub(super) total: u64,
    /// The page's size, which may be less than was asked for.
    pub(super) size: u64,
}

impl Range {
    pub(super) fn new(first: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        // Times go out in whole seconds.
        let first = whole_seconds(first);
        Self {
            first,
            start: first,
            end,
            page: 1,
            by_number: false,
            expected: 0,
            given: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// Whether there are fewer invoices than there must be, and pages are to be counted.
    pub(super) const fn has_lost(&self, counted: Counted) -> bool {
        !self.by_number && counted.total < self.expected
    }

    /// From the beginning, by page numbers.
    pub(super) fn counted_anew(self) -> Self {
        tracing::info!("the portal's list is not in the order asked for: its pages are counted");
        let (start, page, given) = (self.first, 1, Vec::new());
        Self { start, page, by_number: true, expected: 0, given, ..self }
    }

    pub(super) fn remember(&mut self, mark: String) {
        if self.seen.len() < REMEMBERED && !self.seen.contains(&mark) {
            self.seen.push(mark);
        }
    }

    /// Goes on behind a page.
    pub(super) fn after(
        mut self,
        listed: Vec<Listed>,
        counted: Counted,
    ) -> Result<Next, ConnectorError> {
        let through = (self.page - 1) * counted.size + listed.len() as u64;
        if self.by_number && counted.total < self.expected {
            // Others before were taken away: as many may have slipped over the page's edge.
            let back = (self.expected - counted.total).div_ceil(counted.size.max(1));
            self.page = self.page.saturating_sub(back).max(1);
            self.expected = counted.total;
            return Ok(Next::Page(self));
        }
        if through > counted.total || (self.by_number && listed.is_empty() && counted.total > 0) {
            return Err(ConnectorError::protocol(format!(
                "the list of invoices counts {} and gives {through}",
                counted.total
            )));
        }
        if through == counted.total {
            return Ok(Next::End(self.seen));
        }
        if self.by_number {
            self.page += 1;
            self.expected = counted.total;
            self.given = listed.into_iter().map(|(uuid, _)| uuid).collect();
            return Ok(Next::Page(self));
        }
        let Some(last) = self.last_in_order(&listed) else {
            if self.page == 1 && self.start == self.first && !listed.is_empty() {
                self.by_number = true;
                return self.after(listed, counted);
            }
            return Ok(Next::Page(self.counted_anew()));
        };
        let start = whole_seconds(last - TimeDelta::seconds(1));
        if start > self.start {
            let again = listed.iter().filter(|(_, made)| made.is_some_and(|made| made > start));
            self.expected = counted.total - through + again.count() as u64;
            let from_start =
                listed.into_iter().filter(|(_, made)| made.is_some_and(|made| made >= start));
            self.given = from_start.map(|(uuid, _)| uuid).collect();
            (self.start, self.page) = (start, 1);
        } else {
            // More invoices in a second than a page holds.
            self.given.extend(listed.into_iter().map(|(uuid, _)| uuid));
            self.given.sort_unstable();
            self.given.dedup();
            self.expected = counted.total;
            self.page += 1;
        }
        Ok(Next::Page(self))
    }

    /// When the last one was made, if the page is in the order of creation and in the range.
    fn last_in_order(&self, listed: &[Listed]) -> Option<DateTime<Utc>> {
        let mut last = self.start;
        for (_, made) in listed {
            last = made.filter(|made| *made >= last)?;
        }
        (!listed.is_empty()).then_some(last)
    }
}

fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}
