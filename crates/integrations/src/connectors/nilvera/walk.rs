//! The walk over the lists: by time of creation, ascending.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{List, Nilvera};
use crate::{
    connector::PullRequest,
    cursor::{Cursor, Position},
    error::ConnectorError,
    http::Request,
    page::{Page, SkipReason, SkippedRecord},
    record::InvoiceRecord,
    registry::ConnectorCode,
    values,
};

/// How far behind the last sync a list is read again: portals date records back when they take them
/// from GİB late.
const OVERLAP: TimeDelta = TimeDelta::days(2);
/// The largest page asked for.
const LARGEST_PAGE: usize = 100;

/// Where a sync stands.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    /// The first wanted day of the first sync: the one that is asked for moves on every day.
    #[serde(default)]
    since: Option<NaiveDate>,
    /// The list that is walked, as a position in the chosen ones.
    list: usize,
    /// Where each chosen list's next sync begins.
    from: Vec<(List, DateTime<Utc>)>,
    /// The walk over the current list; absent before it begins.
    walk: Option<Walk>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Walk {
    /// `StartDate` of the next page.
    start: DateTime<Utc>,
    /// `EndDate` of all pages: what is created meanwhile is the next sync's.
    end: DateTime<Utc>,
    /// Which page from `start`: more than 1 only where a page holds less than a second.
    page: u64,
    /// Invoices from `start` on that were given already.
    given: Vec<String>,
}

impl Position for Place {
    const VERSION: u16 = 1;
}

impl Nilvera {
    pub(super) async fn pull(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<InvoiceRecord>, ConnectorError> {
        let stored = request.cursor.and_then(|cursor| cursor.position(ConnectorCode::Nilvera));
        let mut place =
            stored.unwrap_or_else(|| Place { since: None, list: 0, from: Vec::new(), walk: None });
        let first = *place.since.get_or_insert(request.since);
        let list = if let Some(list) = self.lists.get(place.list) {
            *list
        } else {
            // The choice of lists was narrowed since.
            place.list = 0;
            place.walk = None;
            self.lists.first().copied().unwrap_or(List::Purchases)
        };
        let walk = place.walk.take().unwrap_or_else(|| {
            let since = values::start_of_day(first);
            let from = place.from.iter().find(|(one, _)| *one == list).map(|(_, from)| *from);
            Walk {
                start: from.map_or(since, |from| (from - OVERLAP).max(since)),
                end: self.clock.now(),
                page: 1,
                given: Vec::new(),
            }
        });
        let size = request.page_size.clamp(1, LARGEST_PAGE);
        let entries = self.list(list, &walk, size).await?;
        let mut page = Page::empty(Cursor::at(ConnectorCode::Nilvera, &place), false);
        let mut seen: Vec<(String, Option<DateTime<Utc>>)> = Vec::new();
        for entry in &entries {
            let Some(uuid) = values::text(entry, "UUID").and_then(values::ettn) else {
                let number = values::text(entry, "InvoiceNumber");
                page.skipped.push(SkippedRecord::new(number, SkipReason::MissingField, "UUID"));
                continue;
            };
            seen.push((uuid.clone(), values::instant(entry, "CreatedDate")));
            if walk.given.contains(&uuid) {
                continue;
            }
            match self.invoice(list, &uuid, entry).await? {
                Ok(record) => page.records.push(record),
                Err(skipped) => page.skipped.push(skipped),
            }
        }
        if entries.len() < size {
            place.from.retain(|(one, _)| *one != list);
            place.from.push((list, walk.end));
            place.list += 1;
            page.done = place.list >= self.lists.len();
            if page.done {
                place.list = 0;
            }
        } else {
            place.walk = Some(walk.after(seen));
        }
        page.next = Cursor::at(ConnectorCode::Nilvera, &place);
        Ok(page)
    }

    async fn list(
        &self,
        list: List,
        walk: &Walk,
        size: usize,
    ) -> Result<Vec<Value>, ConnectorError> {
        let time = |at: DateTime<Utc>| {
            at.with_timezone(&values::turkey()).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
        };
        let request = Request::get(list.path())
            .query("Page", walk.page.to_string())
            .query("PageSize", size.to_string())
            .query("StartDate", time(walk.start))
            .query("EndDate", time(walk.end))
            .query("DateFilterType", "CreatedDate")
            .query("SortColumn", "CreatedDate")
            .query("SortType", "ASC");
        let mut answer = self.json(request, "the list of invoices").await?;
        match answer.get_mut("Content").map(Value::take) {
            Some(Value::Array(entries)) => Ok(entries),
            _ => Err(ConnectorError::protocol("the list of invoices has no Content")),
        }
    }
}

impl Walk {
    /// The walk behind a full page.
    fn after(self, seen: Vec<(String, Option<DateTime<Utc>>)>) -> Self {
        let last = seen.iter().filter_map(|(_, created)| *created).max();
        let start = last.map(|last| last - TimeDelta::seconds(1));
        match start {
            Some(start) if start > self.start => {
                let from_start =
                    |created: &Option<DateTime<Utc>>| created.is_none_or(|at| at >= start);
                let given = seen.into_iter().filter(|(_, created)| from_start(created));
                Self { start, page: 1, given: given.map(|(uuid, _)| uuid).collect(), ..self }
            }
            // More records in a second than a page holds, or no times at all.
            _ => {
                let mut given = self.given;
                given.extend(seen.into_iter().map(|(uuid, _)| uuid));
                given.sort_unstable();
                given.dedup();
                Self { start: self.start, end: self.end, page: self.page + 1, given }
            }
        }
    }
}
