//! A requisition at GoCardless: one call an account, five accounts.

use std::sync::Arc;

use integrations::testing::{GocardlessSource, Server};
use serde_json::{Value, json};

use super::{MANY, Rows, Source, days_ago, kurus, lira, movement_row};

const IBANS: [&str; 5] = [
    "TR330006100519786457841326",
    "TR610006400000011018204715",
    "TR670001000000002234567890",
    "TR050006400000003234567890",
    "TR560001000000042529160384",
];

pub(crate) struct Requisition {
    source: Arc<GocardlessSource>,
    server: Server,
    rows: Rows,
}

impl Requisition {
    pub(crate) fn new() -> Self {
        let source = Arc::new(GocardlessSource::default());
        for (number, iban) in IBANS.iter().enumerate() {
            source.add_account(&format!("acc-{number}"), iban);
        }
        let server = Server::start(Arc::clone(&source)).unwrap();
        let mut requisition = Self { source, server, rows: Rows::new() };
        for number in 0..MANY {
            requisition.book(number, u64::from(number % 60) + 3);
        }
        requisition
    }

    fn book(&mut self, number: u32, days: u64) {
        let account = usize::try_from(number).unwrap() % IBANS.len();
        let (day, account, iban) = (days_ago(days), format!("acc-{account}"), IBANS[account]);
        let amount = if number % 3 == 1 { -kurus(number) } else { kurus(number) };
        let id = format!("t{number}");
        self.source.add_booked_in("TRY", &account, &id, &day.to_string(), &lira(amount));
        self.rows.insert(format!("{account}:{id}"), movement_row(day, amount, iban));
    }
}

impl Source for Requisition {
    const CODE: &'static str = "GOCARDLESS";
    const JOB: &'static str = "pull_bank_transactions";

    fn config(&self) -> Value {
        let mut config = GocardlessSource::config(&self.server.base());
        config["firstSyncDays"] = json!(90);
        config
    }

    fn server(&self) -> Option<&Server> {
        Some(&self.server)
    }

    fn rows(&self) -> Rows {
        self.rows.clone()
    }

    fn disturb(&mut self) {
        // In each account, read already or not: what is late comes with the next sync.
        for number in 0..5 {
            self.book(MANY + number, 1);
        }
    }

    fn go_on(&mut self) {
        self.book(MANY + 5, 0);
        self.book(MANY + 6, 2);
    }

    fn expire(&self) {
        self.source.expire_token();
    }
}
