//! Made-up sources: the same records for the same seed, on the days that are asked for, and faults on
//! demand. Refused unless allowed by name: what they give is nobody's books.

mod accounting;
mod bank;
mod faults;
mod numbers;

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

pub use accounting::MockAccounting;
pub use bank::MockBank;
pub use faults::{Fault, MockCalls};

use crate::{
    config::IntegrationConfig,
    connector::PullRequest,
    cursor::{Cursor, Position},
    environment::{Environment, Integration},
    error::ConnectorError,
    page::{Page, SkipReason, SkippedRecord},
    port::Clock,
    registry::ConnectorCode,
    values,
};
use faults::Next;
use numbers::Numbers;

/// Records of one day when the settings do not say.
const PER_DAY: u32 = 5;

/// What a made-up source is made of.
#[derive(Debug, Clone)]
struct Mock {
    code: ConnectorCode,
    integration: String,
    seed: u64,
    per_day: u32,
    calls: MockCalls,
    clock: Arc<dyn Clock>,
}

/// The next record: a day and its number on that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    day: NaiveDate,
    number: u32,
}

impl Position for Place {
    const VERSION: u16 = 1;
}

impl Mock {
    fn new(
        code: ConnectorCode,
        integration: Integration<'_>,
        environment: &Environment,
    ) -> Result<Self, ConnectorError> {
        if !environment.allow_mock {
            return Err(ConnectorError::Unsupported {
                code: code.as_str().to_owned(),
                what: "made-up data".to_owned(),
                advice:
                    "it is for tests and demonstrations; set INTEGRATIONS_ALLOW_MOCK=true where \
                         made-up invoices in the books are wanted"
                        .to_owned(),
                message:
                    "Deneme bağlayıcısı uydurma veri üretir ve bu ortamda kapalıdır; gerçek bir \
                          sağlayıcı seçin."
                        .to_owned(),
            });
        }
        let config = integration.config;
        config.required("apiKey")?;
        let calls = environment.mock_calls.clone();
        calls.plan(integration.id, config.structured("faults"))?;
        Ok(Self {
            code,
            integration: integration.id.to_owned(),
            seed: config.parsed("seed", "a number")?.unwrap_or(0),
            per_day: Self::volume(config)?,
            calls,
            clock: Arc::clone(&environment.clock),
        })
    }

    fn volume(config: &IntegrationConfig) -> Result<u32, ConnectorError> {
        match config.parsed("recordsPerDay", "a number up to 100000")? {
            Some(per_day) if per_day <= 100_000 => Ok(per_day),
            Some(_) => Err(IntegrationConfig::wrong("recordsPerDay", "a number up to 100000")),
            None => Ok(PER_DAY),
        }
    }

    /// The numbers of one record: the same on every call.
    fn numbers(&self, place: Place) -> Numbers {
        Numbers::of(self.seed, place.day, place.number)
    }

    /// One page of places, made into records. `record` is given whether the source has changed it.
    fn page<R>(
        &self,
        request: PullRequest<'_>,
        record: impl Fn(Place, bool) -> R,
        id: impl Fn(&R) -> String,
    ) -> Result<Page<R>, ConnectorError> {
        let today = values::day_in_turkey(self.clock.now());
        let start = Place { day: request.since, number: 0 };
        let mut place =
            request.cursor.and_then(|cursor| cursor.position(self.code)).unwrap_or(start);
        let mut spoilt = false;
        match self.calls.next(&self.integration) {
            Next::Plain => {}
            Next::Fails(error) => return Err(error),
            // The page before once more, as sources do whose pages shift while they are read.
            Next::Repeated => {
                for _ in 0..request.page_size {
                    place = self.before(place, start);
                }
            }
            Next::Spoilt => spoilt = true,
        }
        let changed = self.calls.is_changed(&self.integration);
        let mut page = Page::empty(Cursor::at(self.code, &place), false);
        while page.records.len() + page.skipped.len() < request.page_size && place.day <= today {
            if place.number < self.per_day {
                // Every tenth record is one that the source may change.
                let made = record(place, changed && place.number.is_multiple_of(10));
                if spoilt {
                    let reason = SkipReason::InvalidField;
                    page.skipped.push(SkippedRecord::new(Some(id(&made)), reason, "totalAmount"));
                    spoilt = false;
                } else {
                    page.records.push(made);
                }
                place.number += 1;
            } else {
                place = Place { day: next(place.day), number: 0 };
            }
        }
        page.done = place.day > today || (place.day == today && place.number >= self.per_day);
        // A sync begins anew at the last day it saw, and a week earlier where records are changed.
        if page.done {
            let again = if changed { 7 } else { 0 };
            let day = today.checked_sub_days(Days::new(again)).unwrap_or(today);
            place = Place { day: day.max(request.since), number: 0 };
        }
        page.next = Cursor::at(self.code, &place);
        Ok(page)
    }

    fn before(&self, place: Place, start: Place) -> Place {
        if place.day <= start.day && place.number == 0 {
            return start;
        }
        if place.number > 0 {
            return Place { number: place.number - 1, ..place };
        }
        let day = place.day.checked_sub_days(Days::new(1)).unwrap_or(place.day);
        Place { day, number: self.per_day.saturating_sub(1) }
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}
