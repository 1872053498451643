//! The walk over the lists: by time of creation, ascending.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    List, Nilvera,
    range::{Counted, Listed, Next, Range},
};
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

/// How far behind the last sync a list is read again. Portals date records back when they take them
/// from GİB late, and a TICARIFATURA may be refused within eight days of its receipt (TTK md. 21/2);
/// the XML is read again only where the list's entry has changed.
const OVERLAP: TimeDelta = TimeDelta::days(10);
/// The largest page asked for.
const LARGEST_PAGE: usize = 100;

/// Where a sync stands.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    /// The first wanted day of the first sync: the one that is asked for moves on every day.
    since: Option<NaiveDate>,
    /// The list that is walked, as a position in the chosen ones.
    list: usize,
    /// What each chosen list's next sync knows.
    known: Vec<(List, Known)>,
    /// The walk over the current list; absent before it begins.
    walk: Option<Range>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Known {
    /// The end of the last walk.
    until: Option<DateTime<Utc>>,
    /// Marks of the entries of its last days.
    seen: Vec<String>,
}

impl Position for Place {
    const VERSION: u16 = 2;
}

impl Place {
    fn known(&self, list: List) -> Known {
        let known = self.known.iter().find(|(one, _)| *one == list);
        known.map(|(_, known)| known.clone()).unwrap_or_default()
    }
}

impl Nilvera {
    pub(super) async fn pull(
        &self,
        request: PullRequest<'_>,
    ) -> Result<Page<InvoiceRecord>, ConnectorError> {
        if let Some(error) = self.held() {
            return Err(error);
        }
        let code = ConnectorCode::Nilvera;
        let stored = request.cursor.and_then(|cursor| cursor.position(code));
        let mut place: Place = stored.unwrap_or_default();
        let since = values::start_of_day(*place.since.get_or_insert(request.since));
        let list = if let Some(list) = self.lists.get(place.list) {
            *list
        } else {
            // The choice of lists was narrowed since.
            place.list = 0;
            place.walk = None;
            self.lists.first().copied().unwrap_or(List::Purchases)
        };
        let known = place.known(list);
        let mut walk = place.walk.take().unwrap_or_else(|| {
            let from = known.until.map_or(since, |until| (until - OVERLAP).max(since));
            Range::new(from, self.clock.now())
        });
        let size = request.page_size.clamp(1, LARGEST_PAGE);
        let (entries, counted) = self.list(list, &walk, size).await?;
        let mut page = Page::empty(Cursor::at(code, &place), false);
        if walk.has_lost(counted) {
            place.walk = Some(walk.counted_anew());
            page.next = Cursor::at(code, &place);
            return Ok(page);
        }
        let mut listed: Vec<Listed> = Vec::new();
        let mut handled: Vec<String> = Vec::new();
        for entry in &entries {
            let made = values::instant(entry, "CreatedDate");
            let Some(uuid) = values::text(entry, "UUID").and_then(values::ettn) else {
                let number = values::text(entry, "InvoiceNumber");
                page.skipped.push(SkippedRecord::new(number, SkipReason::MissingField, "UUID"));
                listed.push((String::new(), made));
                continue;
            };
            listed.push((uuid.clone(), made));
            if walk.given.contains(&uuid) {
                continue;
            }
            let mark = mark(entry);
            if !known.seen.contains(&mark) {
                let read = match self.invoice(list, &uuid, entry).await {
                    Ok(read) => read,
                    Err(error) if handled.is_empty() => return Err(error),
                    // What was read is kept, and the failure comes in the next page's place: with a
                    // small limit no page would ever be whole.
                    Err(error) => {
                        self.hold(error);
                        walk.given.append(&mut handled);
                        place.walk = Some(walk);
                        page.next = Cursor::at(code, &place);
                        return Ok(page);
                    }
                };
                handled.push(uuid);
                match read {
                    Ok(record) => page.records.push(record),
                    Err(skipped) => {
                        page.skipped.push(skipped);
                        continue;
                    }
                }
            }
            if made.is_none_or(|made| made >= walk.end - OVERLAP) {
                walk.remember(mark);
            }
        }
        let end = walk.end;
        match walk.after(listed, counted)? {
            Next::Page(next) => place.walk = Some(next),
            Next::End(seen) => {
                place.known.retain(|(one, _)| *one != list);
                place.known.push((list, Known { until: Some(end), seen }));
                place.list += 1;
                page.done = place.list >= self.lists.len();
                if page.done {
                    place.list = 0;
                }
            }
        }
        page.next = Cursor::at(code, &place);
        Ok(page)
    }

    async fn list(
        &self,
        list: List,
        walk: &Range,
        size: usize,
    ) -> Result<(Vec<Value>, Counted), ConnectorError> {
        let time = |at: DateTime<Utc>| {
            at.with_timezone(&values::turkey()).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
        };
        let request = Request::get(list.path())
            .query("Page", walk.page.to_string())
            .query("PageSize", size.to_string())
            .query("StartDate", time(walk.start))
            .query("EndDate", time(walk.end))
            .query("DateFilterType", "CreatedDate")
            // The OpenAPI names no columns; this is the word that a client in wide use sends.
            .query("SortColumn", "CreationDateTime")
            .query("SortType", "ASC");
        let mut answer = self.json(request, "the list of invoices").await?;
        let number = |field| values::text_or_number(&answer, field)?.parse::<u64>().ok();
        let total = number("TotalCount")
            .ok_or_else(|| ConnectorError::protocol("the list of invoices has no TotalCount"))?;
        let asked = size as u64;
        let size = number("PageSize").filter(|own| (1..=asked).contains(own)).unwrap_or(asked);
        match answer.get_mut("Content").map(Value::take) {
            Some(Value::Array(entries)) => Ok((entries, Counted { total, size })),
            _ => Err(ConnectorError::protocol("the list of invoices has no Content")),
        }
    }
}

/// What tells an unchanged entry, which names its UUID, from all others: 80 bits of a hash.
fn mark(entry: &Value) -> String {
    let digest = Sha256::digest(entry.to_string());
    hex::encode(digest.get(..10).unwrap_or_default())
}
