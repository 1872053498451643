//! A Mikro server, over TLS with a certificate of its own.

use std::sync::Arc;

use chrono::{DurationRound as _, NaiveDateTime, TimeDelta, Utc};
use integrations::{
    port::Clock as _,
    testing::{MikroSource, Server},
};
use serde_json::{Value, json};

use super::{MANY, MachineClock, OTHER, Rows, Source, days_ago, invoice_row, kurus};

pub(crate) struct Office {
    source: Arc<MikroSource>,
    server: Server,
    rows: Rows,
}

fn id(number: u32) -> String {
    format!("00000000-0000-0000-0000-{number:012x}")
}

/// The server's local time, to the second.
fn now() -> NaiveDateTime {
    let local = Utc::now().naive_utc() + TimeDelta::hours(3);
    local.duration_trunc(TimeDelta::seconds(1)).unwrap()
}

impl Office {
    pub(crate) fn new() -> Self {
        let source = Arc::new(MikroSource::new(MachineClock.today()));
        let server = Server::start_tls(Arc::clone(&source)).unwrap();
        let mut office = Self { source, server, rows: Rows::new() };
        let first = days_ago(200).and_hms_opt(8, 0, 0).unwrap();
        for number in 0..MANY {
            // Three rows of each instant: a page's edge falls between equals.
            office.sell(number, first + TimeDelta::minutes(i64::from(number / 3)));
        }
        office
    }

    fn sell(&mut self, number: u32, changed: NaiveDateTime) {
        let day = days_ago(u64::from(number % 300) + 1);
        self.source.add_sale(&id(number), day, changed, kurus(number));
        self.rows.insert(id(number), invoice_row(day, "SATIŞ", kurus(number), 2, OTHER));
    }

    fn change_day(&mut self, number: u32, days: u64) {
        let day = days_ago(days);
        self.source.change(&id(number), now(), "issue_date", &json!(day.to_string()));
        self.rows.insert(id(number), invoice_row(day, "SATIŞ", kurus(number), 2, OTHER));
    }
}

impl Source for Office {
    const CODE: &'static str = "MIKRO_ACCOUNTING";
    const JOB: &'static str = "pull_invoices";

    fn config(&self) -> Value {
        let mut config = MikroSource::config(&self.server.base());
        config["certificateSha256"] = json!(self.server.fingerprint().unwrap());
        config["firstSyncDays"] = json!(400);
        config
    }

    fn server(&self) -> Option<&Server> {
        Some(&self.server)
    }

    fn rows(&self) -> Rows {
        self.rows.clone()
    }

    fn disturb(&mut self) {
        // One that was read already, one that was not, one that is new.
        self.change_day(7, 3);
        self.change_day(MANY - 7, 4);
        self.sell(MANY, now());
    }

    fn go_on(&mut self) {
        let later = now() + TimeDelta::seconds(1);
        self.sell(MANY + 1, later);
        self.source.change(&id(9), later, "issue_date", &json!(days_ago(5).to_string()));
        self.rows.insert(id(9), invoice_row(days_ago(5), "SATIŞ", kurus(9), 2, OTHER));
    }
}
