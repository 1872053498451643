//! A firm at Paraşüt, as its OpenAPI documents it: JSON:API lists, OAuth 2 with rotating refresh
//! tokens, no filter by time of change.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::server::{Answer, Asked, Source};

/// The firm's number.
const COMPANY: &str = "115";

/// A firm with its records.
#[derive(Debug)]
pub struct ParasutSource {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    lists: BTreeMap<&'static str, BTreeMap<u64, Value>>,
    transactions: BTreeMap<u64, BTreeMap<u64, Value>>,
    next_id: u64,
    access: Vec<String>,
    refresh: Option<String>,
    tokens_given: u64,
    passwords_used: u64,
    lifetime: u64,
    drop_before_next_page: Vec<(&'static str, u64)>,
    surcharge: Decimal,
}

impl Default for ParasutSource {
    fn default() -> Self {
        Self { state: Mutex::new(State { next_id: 1, lifetime: 7200, ..State::default() }) }
    }
}

/// Attributes of an invoice of one line: a net amount in kuruş with 20 % KDV.
fn amounts(net_kurus: i64) -> (String, String, String) {
    let text = |kurus: i64| format!("{}.{:02}", kurus / 100, kurus % 100);
    (text(net_kurus), text(net_kurus / 5), text(net_kurus + net_kurus / 5))
}

/// A number as it stands in JSON.
fn number(value: &Value) -> Decimal {
    value.to_string().trim_matches('"').parse().unwrap_or_default()
}

impl ParasutSource {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings of an integration with this firm.
    pub fn config(base: &str) -> Value {
        json!({
            "baseUrl": base,
            "companyId": COMPANY,
            "clientId": "client",
            "clientSecret": "client-secret",
            "username": "ayse@example.com",
            "password": "password-secret",
        })
    }

    /// Adds a sales invoice; gives its id.
    pub fn add_sale(&self, day: &str, updated_at: &str, net_kurus: i64, tax_number: &str) -> u64 {
        let mut state = self.state();
        let contact = state.add("contacts", &json!({
            "name": "Örnek Alıcı Ltd. Şti.", "tax_number": tax_number, "account_type": "customer",
        }), &json!({}));
        state.add_invoice("sales_invoices", day, updated_at, net_kurus, "contact", contact)
    }

    /// Adds a purchase bill; gives its id.
    pub fn add_purchase(
        &self,
        day: &str,
        updated_at: &str,
        net_kurus: i64,
        tax_number: &str,
    ) -> u64 {
        let mut state = self.state();
        let contact = state.add(
            "contacts",
            &json!({
                "name": "Örnek Satıcı A.Ş.", "tax_number": tax_number, "account_type": "supplier",
            }),
            &json!({}),
        );
        state.add_invoice("purchase_bills", day, updated_at, net_kurus, "supplier", contact)
    }

    /// Adds a bank account; gives its id.
    pub fn add_account(&self, iban: &str) -> u64 {
        self.state().add(
            "accounts",
            &json!({
                "name": "Vadesiz", "account_type": "bank", "currency": "TRL", "iban": iban,
                "bank_name": "Örnek Bankası",
            }),
            &json!({}),
        )
    }

    /// Adds a movement; money in for a positive amount. Gives its id.
    pub fn add_movement(&self, account: u64, day: &str, kurus: i64) -> u64 {
        let mut state = self.state();
        state.add_movement(account, day, kurus, "Hareket")
    }

    /// Changes one attribute of a record.
    pub fn change(&self, list: &'static str, id: u64, attribute: &str, value: Value) {
        if let Some(record) = self.state().lists.entry(list).or_default().get_mut(&id) {
            record["attributes"][attribute] = value;
        }
    }

    /// Deletes a record.
    pub fn delete(&self, list: &'static str, id: u64) {
        self.state().lists.entry(list).or_default().remove(&id);
    }

    /// Deletes a record when the second or a later page of its list is asked for next.
    pub fn delete_between_pages(&self, list: &'static str, id: u64) {
        self.state().drop_before_next_page.push((list, id));
    }

    /// The ids of a list.
    pub fn ids(&self, list: &'static str) -> Vec<u64> {
        self.state()
            .lists
            .get(list)
            .map(|records| records.keys().copied().collect())
            .unwrap_or_default()
    }

    /// The records of a list.
    pub fn records(&self, list: &'static str) -> Vec<Value> {
        self.state().lists.get(list).into_iter().flat_map(BTreeMap::values).cloned().collect()
    }

    /// The movements of an account.
    pub fn movements(&self, account: u64) -> Vec<Value> {
        let state = self.state();
        state.transactions.get(&account).into_iter().flat_map(BTreeMap::values).cloned().collect()
    }

    /// Ends every access token.
    pub fn expire_tokens(&self) {
        self.state().access.clear();
    }

    /// Ends the refresh token as well.
    pub fn revoke(&self) {
        let mut state = self.state();
        state.access.clear();
        state.refresh = None;
    }

    /// How long new access tokens live, in seconds.
    pub fn set_lifetime(&self, seconds: u64) {
        self.state().lifetime = seconds;
    }

    /// Lets the firm count so much more into the totals of what is pushed to it.
    pub fn set_surcharge(&self, kurus: i64) {
        self.state().surcharge = Decimal::new(kurus, 2);
    }

    /// How often tokens were given, and how often for the password.
    pub fn grants(&self) -> (u64, u64) {
        let state = self.state();
        (state.tokens_given, state.passwords_used)
    }
}

impl State {
    fn id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    fn add(&mut self, list: &'static str, attributes: &Value, relationships: &Value) -> u64 {
        let id = self.id();
        let record = json!({
            "id": id.to_string(), "type": list, "attributes": attributes,
            "relationships": relationships,
        });
        self.lists.entry(list).or_default().insert(id, record);
        id
    }

    fn add_invoice(
        &mut self,
        list: &'static str,
        day: &str,
        updated_at: &str,
        net_kurus: i64,
        party: &str,
        contact: u64,
    ) -> u64 {
        let detail = if list == "sales_invoices" {
            "sales_invoice_details"
        } else {
            "purchase_bill_details"
        };
        let (net, tax, total) = amounts(net_kurus);
        let line = self.add(
            detail,
            &json!({
                "quantity": "1.0", "unit_price": net, "vat_rate": "20.0", "net_total": net,
                "description": "Hizmet",
            }),
            &json!({}),
        );
        let mut relationships = json!({
            "details": {"data": [{"id": line.to_string(), "type": detail}]},
        });
        relationships[party] = json!({"data": {"id": contact.to_string(), "type": "contacts"}});
        let kind = if list == "sales_invoices" { "invoice" } else { "purchase_bill" };
        let id = self.add(list, &json!({}), &relationships);
        if let Some(record) = self.lists.entry(list).or_default().get_mut(&id) {
            record["attributes"] = json!({
                "item_type": kind, "invoice_no": format!("ORN2026{id:09}"), "issue_date": day,
                "due_date": day, "currency": "TRL", "net_total": total, "gross_total": net,
                "before_taxes_total": net, "total_vat": tax, "updated_at": updated_at,
            });
        }
        id
    }

    fn add_movement(&mut self, account: u64, day: &str, kurus: i64, text: &str) -> u64 {
        let id = self.id();
        let amount = format!("{}.{:02}", kurus.abs() / 100, kurus.abs() % 100);
        let own = json!({"data": {"id": account.to_string(), "type": "accounts"}});
        let none = json!({"data": null});
        let (debit, credit) = if kurus >= 0 { (own, none) } else { (none, own) };
        let record = json!({
            "id": id.to_string(), "type": "transactions",
            "attributes": {
                "date": day, "description": text, "debit_amount": amount, "debit_currency": "TRL",
                "credit_amount": amount, "credit_currency": "TRL",
            },
            "relationships": {"debit_account": debit, "credit_account": credit},
        });
        self.transactions.entry(account).or_default().insert(id, record);
        id
    }

    fn tokens(&mut self, form: &BTreeMap<String, String>) -> Answer {
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let refused = |error: &str| Answer::json(401, &json!({ "error": error }));
        if (field("client_id"), field("client_secret")) != ("client", "client-secret") {
            return refused("invalid_client");
        }
        match field("grant_type") {
            "password" => {
                if (field("username"), field("password")) != ("ayse@example.com", "password-secret")
                {
                    return refused("invalid_grant");
                }
                self.passwords_used += 1;
            }
            "refresh_token" if self.refresh.as_deref() == Some(field("refresh_token")) => {}
            _ => return refused("invalid_grant"),
        }
        self.tokens_given += 1;
        let access = format!("access-secret-{}", self.tokens_given);
        let refresh = format!("refresh-secret-{}", self.tokens_given);
        self.access = vec![access.clone()];
        self.refresh = Some(refresh.clone());
        Answer::json(
            200,
            &json!({
                "access_token": access, "token_type": "bearer", "expires_in": self.lifetime,
                "refresh_token": refresh, "scope": "public",
            }),
        )
    }

    fn list(&mut self, name: &'static str, asked: &Asked) -> Answer {
        let page = asked.number("page[number]").unwrap_or(1).max(1);
        if page > 1 {
            for (list, id) in std::mem::take(&mut self.drop_before_next_page) {
                self.lists.entry(list).or_default().remove(&id);
            }
        }
        let records = self.lists.get(name).into_iter().flat_map(BTreeMap::values).collect();
        self.page(records, asked, page)
    }

    fn page(&self, mut records: Vec<&Value>, asked: &Asked, page: usize) -> Answer {
        for filter in ["issue_date", "tax_number"] {
            if let Some(wanted) = asked.parameter(&format!("filter[{filter}]")) {
                records.retain(|record| record["attributes"][filter] == json!(wanted));
            }
        }
        if asked.parameter("sort") == Some("-id") {
            records.reverse();
        }
        let size = asked.number("page[size]").unwrap_or(15).clamp(1, 25);
        let total = records.len();
        let shown: Vec<&Value> = records.into_iter().skip((page - 1) * size).take(size).collect();
        let wanted: Vec<&str> = asked.parameter("include").unwrap_or_default().split(',').collect();
        let mut included = Vec::new();
        for record in &shown {
            for name in &wanted {
                let data = &record["relationships"][name]["data"];
                let links = data.as_array().cloned().unwrap_or_else(|| vec![data.clone()]);
                for link in links {
                    let id = link["id"].as_str().and_then(|id| id.parse::<u64>().ok());
                    let list = link["type"].as_str().and_then(|kind| self.lists.get(kind));
                    included.extend(id.and_then(|id| list?.get(&id)).cloned());
                }
            }
        }
        Answer::json(
            200,
            &json!({
                "data": shown,
                "included": included,
                "meta": {
                    "current_page": page, "total_pages": total.div_ceil(size).max(1),
                    "total_count": total, "per_page": size,
                },
            }),
        )
    }

    fn create(&mut self, list: &'static str, body: &Value) -> Answer {
        let attributes = body["data"]["attributes"].clone();
        let invalid = |detail: &str| {
            Answer::json(422, &json!({"errors": [{"title": "Geçersiz", "detail": detail}]}))
        };
        if list == "contacts" {
            if attributes["name"].as_str().is_none_or(str::is_empty) {
                return invalid("Ad boş olamaz");
            }
            let id = self.add(list, &attributes, &json!({}));
            return self.created(list, id);
        }
        if attributes["issue_date"].is_null() {
            return invalid("Düzenleme tarihi boş olamaz");
        }
        if attributes["description"].as_str().is_some_and(|text| text.contains("REDDET")) {
            return invalid("Fatura no daha önce kullanılmış");
        }
        let mut relationships = body["data"]["relationships"].clone();
        let (mut net, mut tax) = (Decimal::ZERO, Decimal::ZERO);
        let kind = if list == "sales_invoices" {
            "sales_invoice_details"
        } else {
            "purchase_bill_details"
        };
        for detail in relationships["details"]["data"].as_array_mut().into_iter().flatten() {
            let number = |name: &str| number(&detail["attributes"][name]);
            let line = number("quantity") * number("unit_price") - number("discount_value");
            let line = domain::round_to_kurus(line);
            net += line;
            tax += domain::round_to_kurus(line * number("vat_rate") / Decimal::ONE_HUNDRED);
            let mut kept = detail["attributes"].clone();
            kept["net_total"] = json!(format!("{line:.2}"));
            detail["id"] = json!(self.add(kind, &kept, &json!({})).to_string());
        }
        let mut attributes = attributes;
        let day = attributes["issue_date"].as_str().unwrap_or_default();
        attributes["updated_at"] = json!(format!("{day}T09:00:00Z"));
        attributes["before_taxes_total"] = json!(format!("{net:.2}"));
        attributes["total_vat"] = json!(format!("{tax:.2}"));
        attributes["net_total"] = json!(format!("{:.2}", net + tax + self.surcharge));
        let id = self.add(list, &attributes, &relationships);
        self.created(list, id)
    }

    fn created(&self, list: &str, id: u64) -> Answer {
        let record = self.lists.get(list).and_then(|records| records.get(&id));
        Answer::json(201, &json!({ "data": record }))
    }

    fn create_movement(&mut self, account: u64, sign: i64, body: &Value) -> Answer {
        let attributes = &body["data"]["attributes"];
        let amount = attributes["amount"].to_string().trim_matches('"').to_owned();
        let (whole, part) = amount.split_once('.').unwrap_or((&amount, ""));
        let kurus = format!("{whole}{part:0<2}").parse::<i64>().unwrap_or(0);
        let text = attributes["description"].as_str().unwrap_or_default();
        let day = attributes["date"].as_str().unwrap_or_default();
        let id = self.add_movement(account, day, sign * kurus, text);
        let record = self.transactions.get(&account).and_then(|records| records.get(&id));
        Answer::json(201, &json!({ "data": record }))
    }
}

impl Source for ParasutSource {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = self.state();
        let parts = asked.parts();
        if parts == ["oauth", "token"] {
            return state.tokens(&asked.form());
        }
        let known = asked.bearer().is_some_and(|token| state.access.iter().any(|one| one == token));
        if !known {
            return Answer::json(401, &json!({"errors": [{"title": "Unauthorized"}]}));
        }
        let ["v4", COMPANY, rest @ ..] = parts.as_slice() else {
            return Answer::json(404, &json!({"errors": [{"title": "Not Found"}]}));
        };
        let account = |id: &str| id.parse::<u64>().unwrap_or(0);
        match (asked.method.as_str(), rest) {
            ("GET", ["sales_invoices"]) => state.list("sales_invoices", asked),
            ("GET", ["purchase_bills"]) => state.list("purchase_bills", asked),
            ("GET", ["contacts"]) => state.list("contacts", asked),
            ("GET", ["accounts"]) => state.list("accounts", asked),
            ("GET", ["accounts", id, "transactions"]) => {
                let records = state.transactions.get(&account(id));
                let records = records.into_iter().flat_map(BTreeMap::values).collect();
                state.page(records, asked, asked.number("page[number]").unwrap_or(1).max(1))
            }
            ("POST", ["sales_invoices"]) => state.create("sales_invoices", &asked.json()),
            ("POST", ["purchase_bills"]) => state.create("purchase_bills", &asked.json()),
            ("POST", ["contacts"]) => state.create("contacts", &asked.json()),
            ("POST", ["accounts", id, "debit_transactions"]) => {
                state.create_movement(account(id), 1, &asked.json())
            }
            ("POST", ["accounts", id, "credit_transactions"]) => {
                state.create_movement(account(id), -1, &asked.json())
            }
            _ => Answer::json(404, &json!({"errors": [{"title": "Not Found"}]})),
        }
    }
}
