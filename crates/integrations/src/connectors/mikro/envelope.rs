//! What stands around every call: who asks, and how the answer is wrapped.

use chrono::{Datelike, NaiveDate};
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::statement::Statement;
use crate::{error::ConnectorError, http::Request, secret::Secret, values};

/// Who asks.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) key: Secret,
    pub(super) company: Secret,
    pub(super) user: Secret,
    pub(super) password: Secret,
    pub(super) year: Option<u16>,
}

impl Login {
    /// The call of a statement. It only reads: it may be repeated.
    pub(super) fn request(&self, statement: &Statement, day: NaiveDate) -> Request {
        let year = self.year.map_or_else(|| day.year().to_string(), |year| year.to_string());
        let body = json!({
            "Mikro": {
                "ApiKey": self.key.reveal(),
                "FirmaKodu": self.company.reveal(),
                "CalismaYili": year,
                "KullaniciKodu": self.user.reveal(),
                "Sifre": daily_password(&self.password, day),
            },
            "SQLSorgu": statement.text(),
        });
        Request::post(["Api", "APIMethods", "SqlVeriOkuV2"], body).repeatable()
    }
}

/// The interface's own scheme: MD5 of the day and the password. Weak, and theirs; the way to the
/// server is by TLS.
fn daily_password(password: &Secret, day: NaiveDate) -> String {
    hex::encode(Md5::digest(format!("{day} {}", password.reveal())))
}

/// The rows of an answer. Failures come with status 200.
pub(super) fn rows(mut answer: Value) -> Result<Vec<Value>, ConnectorError> {
    let result = answer
        .get_mut("result")
        .and_then(|results| results.get_mut(0))
        .map(Value::take)
        .ok_or_else(|| ConnectorError::protocol("SqlVeriOkuV2 gives no result"))?;
    let is_error = result.get("IsError").and_then(Value::as_bool).unwrap_or(false);
    let status = result.get("StatusCode").and_then(Value::as_u64).unwrap_or(200);
    if is_error || !(status == 0 || (200..300).contains(&status)) {
        return Err(refusal(status, values::text(&result, "ErrorMessage").unwrap_or_default()));
    }
    let rows =
        result.get("Data").and_then(|data| data.get(0)).and_then(|set| set.get("SQLResult1"));
    match rows {
        Some(Value::Array(rows)) => Ok(rows.clone()),
        // A statement without rows.
        Some(Value::Null) => Ok(Vec::new()),
        _ => Err(ConnectorError::protocol("SqlVeriOkuV2 gives no SQLResult1")),
    }
}

fn refusal(status: u64, message: &str) -> ConnectorError {
    let lower = message.to_lowercase();
    let about_login =
        ["şifre", "sifre", "kullanıcı", "kullanici", "apikey", "api key", "yetki", "lisans"];
    if matches!(status, 401 | 403) || about_login.iter().any(|word| lower.contains(word)) {
        return ConnectorError::Credentials { detail: format!("SqlVeriOkuV2 answered {status}") };
    }
    if lower.contains("timeout") || lower.contains("zaman aşımı") || lower.contains("deadlock") {
        return ConnectorError::transient(format!("SqlVeriOkuV2 answered {status}: a time-out"));
    }
    ConnectorError::protocol(format!("SqlVeriOkuV2 answered {status} with an error"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_a_days() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        // printf '2026-03-01 gizli' | md5sum
        let made = daily_password(&Secret::new("gizli"), day);
        assert_eq!(made, "0f02d3873e4bd2c807cbd44fb834b7f2");
        assert_ne!(made, daily_password(&Secret::new("gizli"), day + chrono::Days::new(1)));
    }

    #[test]
    fn an_error_with_status_200_is_an_error() {
        let answer = |error: Value| json!({ "result": [error] });
        let credentials =
            answer(json!({"StatusCode": 500, "IsError": true, "ErrorMessage": "Şifre hatalı"}));
        assert!(matches!(rows(credentials), Err(ConnectorError::Credentials { .. })));
        let other =
            answer(json!({"StatusCode": 500, "IsError": true, "ErrorMessage": "Invalid column"}));
        assert!(matches!(rows(other), Err(ConnectorError::Protocol { .. })));
        assert!(rows(json!({})).is_err());
        assert!(rows(answer(json!({"StatusCode": 200, "IsError": false, "Data": []}))).is_err());
        let none = answer(json!({"StatusCode": 200, "Data": [{"SQLResult1": []}]}));
        assert_eq!(rows(none), Ok(Vec::new()));
    }
}
