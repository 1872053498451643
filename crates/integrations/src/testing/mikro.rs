//! A Mikro server, as its clients know it: every answer with status 200, a password of the day, and
//! two constant statements that it understands by their own words, as a database would.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{NaiveDate, NaiveDateTime};
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::server::{Answer, Asked, Source};

const PASSWORD: &str = "server-secret";

/// An invoice row with its lines.
#[derive(Debug, Clone)]
struct Row {
    id: String,
    changed_at: NaiveDateTime,
    entered_at: NaiveDateTime,
    issue_date: NaiveDate,
    fields: Value,
    lines: Vec<Value>,
}

/// A server with its invoices.
#[derive(Debug)]
pub struct MikroSource {
    day: NaiveDate,
    rows: Mutex<Vec<Row>>,
}

impl MikroSource {
    /// A server whose calendar shows this day.
    pub const fn new(day: NaiveDate) -> Self {
        Self { day, rows: Mutex::new(Vec::new()) }
    }

    fn rows(&self) -> MutexGuard<'_, Vec<Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings of an integration with this server.
    pub fn config(base: &str) -> Value {
        json!({
            "baseUrl": base, "apiKey": "key-secret", "companyId": "FIRMA", "username": "SRV",
            "apiSecret": PASSWORD,
        })
    }

    /// Adds a sales invoice of one line with 20 % KDV, last changed at an instant of the server's time.
    pub fn add_sale(&self, id: &str, day: NaiveDate, changed_at: NaiveDateTime, net_kurus: i64) {
        let text = |kurus: i64| format!("{}.{:02}", kurus / 100, kurus % 100);
        let tax = net_kurus / 5;
        let row = Row {
            id: id.to_owned(),
            changed_at,
            entered_at: changed_at,
            issue_date: day,
            fields: json!({
                "id": id.to_uppercase(), "document_kind": 63, "is_return": 0, "is_cancelled": false,
                "series": "A", "number": 7, "document_number": "", "total": text(net_kurus + tax),
                "tax": text(tax), "currency": 0, "party_code": "120.01", "party_name": "Örnek Alıcı",
                "party_tax_number": "4540536920", "row_count": 1,
                "issue_date": day.to_string(),
                "changed_at": changed_at.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
            }),
            lines: vec![json!({
                "invoice_id": id.to_uppercase(), "position": 0, "description": "Mal",
                "quantity": "2.0000", "gross": text(net_kurus), "discount": "0.0000",
                "tax": text(tax), "tax_percent": "20.0000",
            })],
        };
        self.rows().push(row);
    }

    /// Changes a field of an invoice row, at an instant.
    pub fn change(&self, id: &str, at: NaiveDateTime, field: &str, value: &Value) {
        for row in self.rows().iter_mut().filter(|row| row.id == id) {
            row.changed_at = at;
            row.fields["changed_at"] = json!(at.format("%Y-%m-%dT%H:%M:%S%.3f").to_string());
            row.fields[field] = value.clone();
        }
    }

    fn invoices(&self, sql: &str) -> Vec<Value> {
        let count = between(sql, "TOP (", ")").and_then(|text| text.parse().ok()).unwrap_or(0);
        let since = between(sql, "cha_tarihi >= '", "T").and_then(|text| text.parse().ok());
        let after = between(sql, "cha_lastup_date > '", "'");
        let after = after.and_then(|text| text.parse::<NaiveDateTime>().ok());
        let id = between(sql, "cha_Guid > '", "'").unwrap_or_default();
        let (Some(since), Some(after)) = (since, after) else { return Vec::new() };
        let began = between(sql, "cha_create_date >= '", "'");
        let began = began.and_then(|text| text.parse::<NaiveDateTime>().ok());
        let is_since =
            |row: &&Row| row.issue_date >= since || began.is_some_and(|at| row.entered_at >= at);
        let rows = self.rows();
        let mut found: Vec<&Row> = rows
            .iter()
            .filter(is_since)
            .filter(|row| (row.changed_at, row.id.as_str()) > (after, id))
            .collect();
        found.sort_by(|a, b| (a.changed_at, &a.id).cmp(&(b.changed_at, &b.id)));
        found.into_iter().take(count).map(|row| row.fields.clone()).collect()
    }

    fn lines(&self, sql: &str) -> Vec<Value> {
        let ids = between(sql, "sth_fat_uid IN (", ")").unwrap_or_default();
        let ids: HashSet<&str> = ids.split(", ").map(|id| id.trim_matches('\'')).collect();
        let rows = self.rows();
        let wanted = rows.iter().filter(|row| ids.contains(row.id.as_str()));
        wanted.flat_map(|row| row.lines.clone()).collect()
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = text.get(text.find(before)? + before.len()..)?;
    rest.get(..rest.find(after)?)
}

impl Source for MikroSource {
    fn answer(&self, asked: &Asked) -> Answer {
        let result = |status: u16, message: &str, data: Value| {
            Answer::json(
                200,
                &json!({"result": [{
                    "StatusCode": status, "IsError": status != 200, "ErrorMessage": message, "Data": data,
                }]}),
            )
        };
        if asked.parts() != ["Api", "APIMethods", "SqlVeriOkuV2"] {
            return Answer::text(404, "Not Found");
        }
        let body = asked.json();
        let expected = hex::encode(Md5::digest(format!("{} {PASSWORD}", self.day)));
        let login = &body["Mikro"];
        let known = login["ApiKey"] == json!("key-secret")
            && login["FirmaKodu"] == json!("FIRMA")
            && login["KullaniciKodu"] == json!("SRV")
            && login["Sifre"] == json!(expected);
        if !known {
            return result(500, "Kullanıcı adı veya şifre hatalı", json!([]));
        }
        let sql = body["SQLSorgu"].as_str().unwrap_or_default();
        let rows = if sql.contains("AS invoice_count") {
            vec![json!({"invoice_count": self.rows().len()})]
        } else if sql.contains("FROM STOK_HAREKETLERI") {
            self.lines(sql)
        } else if sql.starts_with("SELECT TOP (") {
            self.invoices(sql)
        } else {
            return result(500, "Incorrect syntax", json!([]));
        };
        result(200, "", json!([{ "SQLResult1": rows }]))
    }
}
