//! JSON:API documents (jsonapi.org 1.0): data, what is included, and the meta of lists.

use std::collections::HashMap;

use serde_json::Value;

use crate::{error::ConnectorError, values};

/// A document with its included resources by type and id.
#[derive(Debug)]
pub(super) struct Document {
    data: Vec<Value>,
    included: HashMap<(String, String), Value>,
    meta: Value,
}

impl Document {
    pub(super) fn of(mut answer: Value) -> Result<Self, ConnectorError> {
        let data = match answer.get_mut("data").map(Value::take) {
            Some(Value::Array(records)) => records,
            Some(record @ Value::Object(_)) => vec![record],
            _ => return Err(ConnectorError::protocol("the answer has no data")),
        };
        let included = match answer.get_mut("included").map(Value::take) {
            Some(Value::Array(resources)) => resources,
            _ => Vec::new(),
        };
        let keyed = included.into_iter().filter_map(|resource| Some((key(&resource)?, resource)));
        let meta = answer.get_mut("meta").map(Value::take).unwrap_or_default();
        Ok(Self { data, included: keyed.collect(), meta })
    }

    /// The records, in order.
    pub(super) fn records(&self) -> &[Value] {
        &self.data
    }

    /// How many records the whole list has.
    pub(super) fn total_count(&self) -> Result<u64, ConnectorError> {
        self.count("total_count")
    }

    /// How many pages the whole list has.
    pub(super) fn total_pages(&self) -> Result<u64, ConnectorError> {
        self.count("total_pages")
    }

    fn count(&self, name: &str) -> Result<u64, ConnectorError> {
        self.meta
            .get(name)
            .and_then(Value::as_u64)
            .ok_or_else(|| ConnectorError::protocol(format!("the list's meta has no {name}")))
    }

    /// The resource of a relationship to one.
    pub(super) fn related<'a>(&'a self, record: &Value, name: &str) -> Option<&'a Value> {
        let link = record.get("relationships")?.get(name)?.get("data")?;
        self.included.get(&key(link)?)
    }

    /// The resources of a relationship to many, none where there is no such relationship; nothing where
    /// one that is named is not included.
    pub(super) fn related_many<'a>(&'a self, record: &Value, name: &str) -> Option<Vec<&'a Value>> {
        let links = record.get("relationships").and_then(|all| all.get(name)?.get("data"));
        let Some(links) = links.and_then(Value::as_array) else { return Some(Vec::new()) };
        links.iter().map(|link| self.included.get(&key(link)?)).collect()
    }
}

fn key(resource: &Value) -> Option<(String, String)> {
    let kind = values::text(resource, "type")?.to_owned();
    Some((kind, values::text_or_number(resource, "id")?))
}

/// The id of a relationship to one, included or not.
pub(super) fn related_id(record: &Value, name: &str) -> Option<String> {
    let link = record.get("relationships")?.get(name)?.get("data")?;
    values::text_or_number(link, "id")
}

/// A record's attributes.
pub(super) fn attributes(record: &Value) -> &Value {
    record.get("attributes").unwrap_or(&Value::Null)
}

/// What a refusal says, without more of it than a line.
pub(super) fn refusal(answer: &Value) -> String {
    let errors = answer.get("errors").and_then(Value::as_array);
    let lines: Vec<&str> = errors
        .into_iter()
        .flatten()
        .filter_map(|error| values::text(error, "detail").or_else(|| values::text(error, "title")))
        .collect();
    if lines.is_empty() {
        return "Paraşüt kaydı kabul etmedi ve nedenini bildirmedi.".to_owned();
    }
    lines.join("; ").chars().take(300).collect()
}
