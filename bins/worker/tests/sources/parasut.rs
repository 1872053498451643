//! A firm at Paraşüt.

use std::sync::Arc;

use chrono::Utc;
use integrations::testing::{ParasutSource, Server};
use serde_json::{Value, json};

use super::{MANY, OTHER, Rows, Source, days_ago, hours_ago, invoice_row, kurus};

pub(crate) struct Firm {
    source: Arc<ParasutSource>,
    server: Server,
    rows: Rows,
    sales: Vec<u64>,
}

impl Firm {
    pub(crate) fn new() -> Self {
        let source = Arc::new(ParasutSource::default());
        let server = Server::start(Arc::clone(&source)).unwrap();
        let mut firm = Self { source, server, rows: Rows::new(), sales: Vec::new() };
        // Touched long ago: an incremental sync need not read them again.
        let long_ago = hours_ago(24 * 60).to_rfc3339();
        for number in 0..MANY {
            if number % 5 == 4 {
                firm.buy(number, &long_ago);
            } else {
                firm.sell(number, &long_ago);
            }
        }
        firm
    }

    fn sell(&mut self, number: u32, changed: &str) {
        let day = days_ago(u64::from(number % 300) + 10);
        let id = self.source.add_sale(&day.to_string(), changed, kurus(number), OTHER);
        self.sales.push(id);
        let row = invoice_row(day, "SATIŞ", kurus(number), 1, OTHER);
        self.rows.insert(format!("sales_invoices:{id}"), row);
    }

    fn buy(&mut self, number: u32, changed: &str) {
        let day = days_ago(u64::from(number % 300) + 10);
        let id = self.source.add_purchase(&day.to_string(), changed, kurus(number), OTHER);
        let row = invoice_row(day, "ALIŞ", kurus(number), 1, OTHER);
        self.rows.insert(format!("purchase_bills:{id}"), row);
    }

    fn move_sale(&mut self, place: usize, number: u32, days: u64) {
        let id = self.sales[place];
        let day = days_ago(days);
        self.source.change("sales_invoices", id, "issue_date", json!(day.to_string()));
        self.source.change("sales_invoices", id, "updated_at", json!(Utc::now().to_rfc3339()));
        let row = invoice_row(day, "SATIŞ", kurus(number), 1, OTHER);
        self.rows.insert(format!("sales_invoices:{id}"), row);
    }
}

impl Source for Firm {
    const CODE: &'static str = "PARASUT";
    const JOB: &'static str = "pull_invoices";

    fn config(&self) -> Value {
        let mut config = ParasutSource::config(&self.server.base());
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
        // Pages shift under the reader. What was read before it was deleted stays in the books.
        for place in 0..30 {
            self.source.delete("sales_invoices", self.sales[place]);
        }
        self.sell(MANY + 1, &Utc::now().to_rfc3339());
        // One that was read already, and one that was not.
        self.move_sale(40, 50, 3);
        let last = self.sales.len() - 2;
        let number = MANY - 2;
        self.move_sale(last, number, 4);
    }

    fn go_on(&mut self) {
        self.sell(MANY + 2, &Utc::now().to_rfc3339());
        self.buy(MANY + 3, &Utc::now().to_rfc3339());
        let last = self.sales.len() - 3;
        self.move_sale(last, MANY - 3, 5);
    }

    fn expire(&self) {
        self.source.expire_tokens();
    }
}
