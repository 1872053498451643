//! A bank behind the ÖHVPS gateway, with the quotas of a firm.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use integrations::testing::{OhvpsSource, Server};
use serde_json::{Value, json};

use super::{MANY, MachineClock, Rows, Source, hours_ago, kurus, movement_row};

const ACCOUNTS: [(&str, &str); 2] =
    [("hsp-1", "TR330006100519786457841326"), ("hsp-2", "TR610006400000011018204715")];
/// Days of the first sync: each is a call of an account, of twelve an hour.
const DAYS: u32 = 4;

pub(crate) struct Bank {
    source: Arc<OhvpsSource>,
    server: Server,
    rows: Rows,
}

impl Bank {
    pub(crate) fn new() -> Self {
        let source = Arc::new(OhvpsSource::new(Arc::new(MachineClock)));
        for (account, iban) in ACCOUNTS {
            source.add_account(account, iban);
        }
        let server = Server::start(Arc::clone(&source)).unwrap();
        let mut bank = Self { source, server, rows: Rows::new() };
        let step = TimeDelta::milliseconds(i64::from(DAYS) * 86_400_000 / i64::from(MANY));
        let newest = hours_ago(3);
        for number in 0..MANY {
            let at = newest - step * i32::try_from(number).unwrap();
            bank.book(number, at);
        }
        bank
    }

    fn book(&mut self, number: u32, at: DateTime<Utc>) {
        let (account, iban) = ACCOUNTS[usize::from(number % 3 == 0)];
        let amount = if number % 4 == 1 { -kurus(number) } else { kurus(number) };
        self.source.add_movement(account, &format!("{number:06}"), at, amount);
        let day = (at + TimeDelta::hours(3)).date_naive();
        self.rows.insert(format!("{account}:{number:06}"), movement_row(day, amount, iban));
    }
}

impl Source for Bank {
    const CODE: &'static str = "OHVPS";
    const JOB: &'static str = "pull_bank_transactions";

    fn config(&self) -> Value {
        let mut config = OhvpsSource::config(&self.server.base(), "corporate");
        config["firstSyncDays"] = json!(DAYS + 1);
        config
    }

    fn server(&self) -> Option<&Server> {
        Some(&self.server)
    }

    fn rows(&self) -> Rows {
        self.rows.clone()
    }

    fn disturb(&mut self) {
        // Booked while the days are read.
        self.book(MANY, hours_ago(2));
        self.book(MANY + 1, hours_ago(1));
    }

    fn go_on(&mut self) {
        self.book(MANY + 2, Utc::now() - TimeDelta::seconds(30));
        self.book(MANY + 3, Utc::now() - TimeDelta::seconds(29));
    }

    fn expire(&self) {
        self.source.expire_token();
    }
}
