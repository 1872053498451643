//! Truth files and how a reading compares with them. Adapters for the project's own truth (invoices,
//! statements, receipts, contracts), invoice2data's and SROIE's.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    reason = "shared by several tests, each using a part; a test may read files"
)]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use doc_pipeline::{Context, Extraction, KindHint, read_in_process};
use serde_json::Value;

/// Outcomes of one field.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    pub exact: u32,
    pub wrong: u32,
    pub missing: u32,
    pub wrong_verified: u32,
}

/// Outcomes by field.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub fields: BTreeMap<String, Count>,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        for (field, count) in &other.fields {
            let own = self.fields.entry(field.clone()).or_default();
            own.exact += count.exact;
            own.wrong += count.wrong;
            own.missing += count.missing;
            own.wrong_verified += count.wrong_verified;
        }
    }

    pub fn total(&self) -> Count {
        self.fields.values().fold(Count::default(), |sum, count| Count {
            exact: sum.exact + count.exact,
            wrong: sum.wrong + count.wrong,
            missing: sum.missing + count.missing,
            wrong_verified: sum.wrong_verified + count.wrong_verified,
        })
    }

    pub fn line(&self) -> String {
        let sum = self.total();
        format!(
            "exact {:>4}  wrong {:>3}  missing {:>3}  wrong, verified {:>2}",
            sum.exact, sum.wrong, sum.missing, sum.wrong_verified
        )
    }
}

/// The documents of a folder that have a truth beside them.
pub fn files(folder: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
        .unwrap_or_default();
    names.sort();
    names
        .into_iter()
        .filter(|path| {
            let known = ["pdf", "png", "jpg", "jpeg", "tif", "tiff"];
            path.extension()
                .and_then(|e| e.to_str())
                .is_some_and(|extension| known.contains(&extension))
        })
        .filter_map(|path| {
            let stem = path.file_name()?.to_str()?.split('.').next()?.to_owned();
            let truth = folder.join(format!("{stem}.expected.json"));
            truth.exists().then_some((path, truth))
        })
        .collect()
}

/// Reads a document and compares it with its truth; a remark for each difference.
pub fn score(file: &Path, truth: &Path) -> Result<(Tally, Vec<String>), String> {
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    let truth: Value =
        serde_json::from_slice(&std::fs::read(truth).map_err(|error| error.to_string())?)
            .map_err(|error| error.to_string())?;
    // Whoever uploads to that set says that it is an invoice; the project's own files come without.
    let hint = truth.is_array().then_some(KindHint::Invoice);
    let read = read_in_process(&bytes, &Context { hint, ..Context::default() })
        .map_err(|error| error.to_string())?;
    Ok(compare(&read, &truth))
}

/// Compares a reading with a truth.
pub fn compare(read: &Extraction, truth: &Value) -> (Tally, Vec<String>) {
    let mut comparison = Comparison {
        fields: read.fields_json(),
        kind: read.kind().as_str().to_owned(),
        tally: Tally::default(),
        remarks: Vec::new(),
    };
    comparison.run(truth);
    (comparison.tally, comparison.remarks)
}

struct Comparison {
    fields: Value,
    kind: String,
    tally: Tally,
    remarks: Vec<String>,
}

impl Comparison {
    fn run(&mut self, truth: &Value) {
        if let Some(first) = truth.as_array().and_then(|list| list.first()) {
            return self.invoice2data(first);
        }
        if truth.get("company").is_some() {
            return self.sroie(truth);
        }
        let kind = truth.get("kind").and_then(Value::as_str).unwrap_or("invoice");
        let body =
            truth.get("fields").or_else(|| truth.pointer("/pages/0")).unwrap_or(truth).clone();
        match kind {
            "bank" => self.bank(truth, &body),
            "receipt" => self.receipt(&body),
            "contract" => self.contract(&body),
            _ => self.invoice(&body),
        }
    }

    fn kind(&mut self, expected: &str) {
        let kind = self.kind.clone();
        self.record("kind", "", Some(kind.as_str()), Some(expected));
    }

    /// Notes a field's outcome. `None` as the truth means that there is nothing to compare.
    fn record(&mut self, field: &str, pointer: &str, found: Option<&str>, expected: Option<&str>) {
        let Some(expected) = expected else { return };
        let count = self.tally.fields.entry(field.to_owned()).or_default();
        match found {
            Some(found) if found == expected => count.exact += 1,
            None => {
                count.missing += 1;
                self.remarks.push(format!("missing {field} {pointer}: {expected}"));
            }
            Some(found) => {
                count.wrong += 1;
                let evidence =
                    self.fields.get("evidence").and_then(|evidence| evidence.get(pointer));
                // The length of a list has no evidence of its own: a finding marks it.
                let review = match pointer {
                    "" => self.fields.get("findings").is_some(),
                    _ => evidence
                        .and_then(|evidence| evidence.get("needsReview"))
                        .and_then(Value::as_bool)
                        .unwrap_or(false),
                };
                count.wrong_verified += u32::from(!review);
                let mark = if review { "" } else { " AND NOT MARKED" };
                self.remarks.push(format!("wrong{mark} {field} {pointer}: {found} for {expected}"));
            }
        }
    }

    fn text(&self, pointer: &str) -> Option<String> {
        match self.fields.pointer(pointer)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(plain(&number.to_string())),
            _ => None,
        }
    }

    fn compare(&mut self, field: &str, pointer: &str, expected: Option<String>) {
        let found = self.text(pointer);
        self.record(field, pointer, found.as_deref(), expected.as_deref());
    }

    fn length(&mut self, field: &str, key: &str, expected: usize) {
        let found =
            self.fields.get(key).and_then(Value::as_array).map(|list| list.len().to_string());
        self.record(field, "", found.as_deref(), Some(&expected.to_string()));
    }

    fn list(&self, key: &str) -> Vec<Value> {
        self.fields.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
    }

    /// Where each row of the truth stands in what was read. A missing row must not make all that
    /// follow it wrong: rows are matched by a key, those without a match by their place between.
    fn places(&self, list: &str, key: &str, wanted: &[Option<String>]) -> Vec<usize> {
        let read: Vec<Option<String>> = self
            .list(list)
            .iter()
            .map(|own| {
                own.get(key)
                    .map(|own| own.as_str().map_or_else(|| plain(&own.to_string()), str::to_owned))
            })
            .collect();
        let mut taken = vec![false; read.len()];
        let mut out = vec![usize::MAX; wanted.len()];
        for (number, wanted) in wanted.iter().enumerate().filter(|(_, wanted)| wanted.is_some()) {
            let same = |index: &usize| !taken[*index] && &read[*index] == wanted;
            if let Some(index) = Some(number)
                .filter(|index| *index < read.len() && same(index))
                .or_else(|| (0..read.len()).find(same))
            {
                taken[index] = true;
                out[number] = index;
            }
        }
        if read.len() == wanted.len() {
            let mut free =
                (0..read.len()).filter(|index| !taken[*index]).collect::<Vec<_>>().into_iter();
            out.iter_mut()
                .filter(|place| **place == usize::MAX)
                .for_each(|place| *place = free.next().unwrap_or(usize::MAX));
        }
        out
    }

    fn invoice(&mut self, truth: &Value) {
        self.kind("invoice");
        let of = |key: &str| truth.get(key).and_then(Value::as_str).map(str::to_owned);
        self.compare("invoiceNumber", "/invoiceNumber", of("invoice_no"));
        self.compare("issueDate", "/issueDate", of("date").map(|date| iso(&date)));
        self.compare("supplier.name", "/supplier/name", of("supplier"));
        self.compare("supplier.taxNumber", "/supplier/taxNumber", of("supplier_vkn"));
        self.compare("supplier.taxOffice", "/supplier/taxOffice", of("supplier_vd"));
        self.compare("customer.name", "/customer/name", of("buyer"));
        self.compare("customer.taxNumber", "/customer/taxNumber", of("buyer_vkn"));
        self.compare("ettn", "/ettn", of("ettn"));
        self.compare("netAmount", "/netAmount", of("net").map(|net| turkish(&net)));
        self.compare("totalAmount", "/totalAmount", of("grand").map(|total| turkish(&total)));
        self.compare("currency", "/currency", of("currency").or_else(|| Some("TRY".to_owned())));
        self.compare("invoiceType", "/invoiceType", of("type"));
        self.compare("profile", "/profile", of("profile"));
        if let Some(rates) = truth.get("vat").and_then(Value::as_object) {
            let mut rates: Vec<(u32, String)> = rates
                .iter()
                .filter_map(|(rate, amount)| Some((rate.parse().ok()?, turkish(amount.as_str()?))))
                .collect();
            rates.sort();
            let read = self.list("kdvBreakdown");
            for (rate, amount) in rates {
                let rate = plain(&format!("0.{rate:02}"));
                let index = read
                    .iter()
                    .position(|own| {
                        own.get("rate").is_some_and(|own| plain(&own.to_string()) == rate)
                    })
                    .unwrap_or(usize::MAX);
                self.compare(
                    "kdv.amount",
                    &format!("/kdvBreakdown/{index}/taxAmount"),
                    Some(amount),
                );
            }
        }
        let lines = truth.get("lines").and_then(Value::as_array).cloned().unwrap_or_default();
        self.length("lines.count", "lineItems", lines.len());
        let amounts: Vec<Option<String>> = lines
            .iter()
            .map(|line| line.get("amount").and_then(Value::as_str).map(turkish))
            .collect();
        let places = self.places("lineItems", "lineTotal", &amounts);
        for (line, index) in lines.iter().zip(places) {
            let at = |key: &str| format!("/lineItems/{index}/{key}");
            let text = |key: &str| line.get(key).and_then(Value::as_str).map(str::to_owned);
            self.compare("line.description", &at("description"), text("name"));
            self.compare(
                "line.quantity",
                &at("quantity"),
                line.get("qty").map(ToString::to_string),
            );
            self.compare(
                "line.unitPrice",
                &at("unitPrice"),
                text("price").map(|price| turkish(&price)),
            );
            self.compare(
                "line.lineTotal",
                &at("lineTotal"),
                text("amount").map(|amount| turkish(&amount)),
            );
            let rate =
                line.get("vat").and_then(Value::as_u64).map(|rate| plain(&format!("0.{rate:02}")));
            self.compare("line.vatRate", &at("vatRate"), rate);
        }
    }

    fn bank(&mut self, whole: &Value, first: &Value) {
        self.kind("bank_statement");
        // Several accounts in one file: the movements of all.
        let parts: Vec<Value> = whole
            .get("pages")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_else(|| vec![first.clone()]);
        for (index, part) in parts.iter().enumerate() {
            let of = |key: &str| part.get(key).and_then(Value::as_str).map(str::to_owned);
            let base = if parts.len() > 1 { format!("/statements/{index}") } else { String::new() };
            let amount = |key: &str| of(key).map(|amount| turkish(&amount));
            self.compare("iban", &format!("{base}/iban"), of("iban"));
            self.compare("startingBalance", &format!("{base}/startingBalance"), amount("opening"));
            self.compare("endingBalance", &format!("{base}/endingBalance"), amount("closing"));
        }
        let movements: Vec<Value> = parts
            .iter()
            .filter_map(|part| part.get("transactions")?.as_array().cloned())
            .flatten()
            .collect();
        self.length("transactions.count", "transactions", movements.len());
        let references: Vec<Option<String>> = movements
            .iter()
            .map(|movement| movement.get("ref").and_then(Value::as_str).map(str::to_owned))
            .collect();
        let places = self.places("transactions", "reference", &references);
        for (movement, index) in movements.iter().zip(places) {
            let text = |key: &str| movement.get(key).and_then(Value::as_str).map(str::to_owned);
            let at = |key: &str| format!("/transactions/{index}/{key}");
            self.compare("transaction.date", &at("date"), text("date").map(|date| iso(&date)));
            self.compare("transaction.description", &at("description"), text("desc"));
            self.compare("transaction.reference", &at("reference"), text("ref"));
            self.compare(
                "transaction.amount",
                &at("amount"),
                text("amount").map(|amount| turkish(&amount)),
            );
            self.compare(
                "transaction.balance",
                &at("balance"),
                text("balance").map(|amount| turkish(&amount)),
            );
        }
    }

    fn receipt(&mut self, truth: &Value) {
        self.kind("receipt");
        let of = |key: &str| truth.get(key).and_then(Value::as_str).map(str::to_owned);
        self.compare("merchant.name", "/merchant/name", of("supplier"));
        self.compare("merchant.taxNumber", "/merchant/taxNumber", of("vkn"));
        self.compare("date", "/date", of("date").map(|date| iso(&date)));
        self.compare("receiptNumber", "/receiptNumber", of("receipt_no"));
        self.compare("taxAmount", "/taxAmount", of("vat_total").map(|amount| turkish(&amount)));
        self.compare("amount", "/amount", of("total").map(|amount| turkish(&amount)));
    }

    fn contract(&mut self, truth: &Value) {
        self.kind("contract");
        for (index, party) in truth
            .get("parties")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
            .iter()
            .enumerate()
        {
            self.compare(
                "party.name",
                &format!("/parties/{index}/name"),
                party.as_str().map(str::to_owned),
            );
        }
    }

    fn sroie(&mut self, truth: &Value) {
        self.kind("receipt");
        let of = |key: &str| truth.get(key).and_then(Value::as_str).map(str::to_owned);
        self.compare("merchant.name", "/merchant/name", of("company"));
        self.compare("date", "/date", of("date").map(|date| iso(&date)));
        self.compare(
            "amount",
            "/amount",
            of("total").map(|total| plain(total.trim_start_matches(|c: char| !c.is_ascii_digit()))),
        );
    }

    fn invoice2data(&mut self, truth: &Value) {
        let number =
            |key: &str| truth.get(key).map(|value| plain(&value.to_string().replace('"', "")));
        let text = |key: &str| truth.get(key).and_then(Value::as_str).map(str::to_owned);
        self.compare("invoiceNumber", "/invoiceNumber", text("invoice_number"));
        self.compare("issueDate", "/issueDate", text("date"));
        self.compare("dueDate", "/dueDate", text("date_due"));
        self.compare("totalAmount", "/totalAmount", number("amount"));
        self.compare("netAmount", "/netAmount", number("amount_untaxed"));
        self.compare("taxAmount", "/taxAmount", number("amount_tax"));
        self.compare("currency", "/currency", text("currency"));
        // The issuer is a template's name, not always printed: only a printed name is compared.
        self.compare("supplier.name", "/supplier/name", text("partner_name"));
        self.compare("iban", "/paymentIbans/0", text("iban").filter(|iban| iban.len() > 15));
        let priced =
            |line: &&Value| line.get("price_subtotal").is_some() || line.get("price").is_some();
        let lines = truth.get("lines").and_then(Value::as_array).cloned().unwrap_or_default();
        let lines: Vec<Value> = lines.into_iter().filter(|line| priced(&line)).collect();
        let of = |line: &Value, key: &str| {
            line.get(key).map(|value| plain(&value.to_string().replace('"', "")))
        };
        let amount = |line: &Value| of(line, "price_subtotal").or_else(|| of(line, "price"));
        let places =
            self.places("lineItems", "lineTotal", &lines.iter().map(amount).collect::<Vec<_>>());
        for (line, index) in lines.iter().zip(places) {
            self.compare("line.lineTotal", &format!("/lineItems/{index}/lineTotal"), amount(line));
            self.compare("line.quantity", &format!("/lineItems/{index}/quantity"), of(line, "qty"));
        }
    }
}

/// `1.234,50` as `1234.5`.
fn turkish(text: &str) -> String {
    plain(&text.replace('.', "").replace(',', "."))
}

/// A number without trailing zeros.
fn plain(text: &str) -> String {
    let text = text.replace(',', "");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A day-first date as ISO.
fn iso(text: &str) -> String {
    let parts: Vec<&str> = text.split(['.', '/', '-']).collect();
    match parts.as_slice() {
        [year, _, _] if year.len() == 4 => text.to_owned(),
        [day, month, year] if year.len() == 2 => format!("20{year}-{month:0>2}-{day:0>2}"),
        [day, month, year] => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => text.to_owned(),
    }
}
