//! Signatures by an account's key, which the SDK leaves out ("Shared Key").
//!
//! Source: Microsoft, "Authorize with Shared Key", Azure Storage REST API, for versions from
//! 2015-02-21 on. Signed anew for each try, as the date is part of it.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use azure_core::{
    http::{
        Context, Request,
        headers::{AUTHORIZATION, HeaderName},
        policies::{Policy, PolicyResult},
    },
    time::{OffsetDateTime, to_rfc7231},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::config::Secret;

/// Headers that are signed by value alone, in this order.
const SIGNED: [&str; 11] = [
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
];

/// Signs each request.
pub(super) struct SharedKey {
    account: String,
    key: Vec<u8>,
}

impl std::fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedKey").field("account", &self.account).finish_non_exhaustive()
    }
}

impl SharedKey {
    /// Takes a key as the portal shows it, in base64.
    pub(super) fn new(account: &str, key: &Secret) -> Result<Self, String> {
        let key = STANDARD
            .decode(key.reveal())
            .map_err(|_| "the account key of Azure is not base64".to_owned())?;
        Ok(Self { account: account.to_owned(), key })
    }

    fn authorization(&self, request: &Request) -> String {
        let headers: BTreeMap<String, String> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_lowercase(), value.as_str().to_owned()))
            .collect();
        let text =
            string_to_sign(request.method().as_ref(), &headers, request.url(), &self.account);
        format!("SharedKey {}:{}", self.account, sign(&self.key, &text))
    }
}

#[async_trait]
impl Policy for SharedKey {
    async fn send(
        &self,
        context: &Context,
        request: &mut Request,
        next: &[Arc<dyn Policy>],
    ) -> PolicyResult {
        let date = to_rfc7231(&OffsetDateTime::now_utc());
        request.insert_header(HeaderName::from_static("x-ms-date"), date);
        let authorization = self.authorization(request);
        request.insert_header(AUTHORIZATION, authorization);
        match next.split_first() {
            Some((policy, rest)) => policy.send(context, request, rest).await,
            None => Err(azure_core::Error::with_message(
                azure_core::error::ErrorKind::Other,
                "there is no transport",
            )),
        }
    }
}

pub(super) fn sign(key: &[u8], text: &str) -> String {
    // Keys of any length are taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The text that is signed. Names of headers are in lower case.
fn string_to_sign(
    method: &str,
    headers: &BTreeMap<String, String>,
    url: &url::Url,
    account: &str,
) -> String {
    let mut text = method.to_owned();
    for name in SIGNED {
        text.push('\n');
        let value = headers.get(name).map_or("", String::as_str);
        // No length is signed as an empty one.
        if !(name == "content-length" && value == "0") {
            text.push_str(value);
        }
    }
    text.push('\n');
    for (name, value) in headers.iter().filter(|(name, _)| name.starts_with("x-ms-")) {
        text.push_str(name);
        text.push(':');
        text.push_str(value.trim());
        text.push('\n');
    }
    text.push('/');
    text.push_str(account);
    text.push_str(url.path());
    let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        query.entry(name.to_lowercase()).or_default().push(value.into_owned());
    }
    for (name, mut values) in query {
        values.sort_unstable();
        text.push('\n');
        text.push_str(&name);
        text.push(':');
        text.push_str(&values.join(","));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The example of Microsoft's article, for a request without a body.
    #[test]
    fn the_published_text_for_a_container() {
        let headers = headers(&[
            ("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT"),
            ("x-ms-version", "2015-02-21"),
        ]);
        let url = "https://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=metadata&timeout=20";
        assert_eq!(
            string_to_sign("GET", &headers, &url.parse().unwrap(), "myaccount"),
            "GET\n\n\n\n\n\n\n\n\n\n\n\n\
             x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n\
             /myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20"
        );
    }

    /// The article's examples of canonicalized resources: several values of one parameter, and an
    /// emulator or secondary address whose path begins with the account.
    #[test]
    fn the_published_resources() {
        let resource = |url: &str| {
            let text = string_to_sign("GET", &BTreeMap::new(), &url.parse().unwrap(), "myaccount");
            text.trim_start_matches("GET").trim_start_matches('\n').to_owned()
        };
        assert_eq!(
            resource(
                "http://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=list&include=snapshots&include=metadata&include=uncommittedblobs"
            ),
            "/myaccount/mycontainer\ncomp:list\ninclude:metadata,snapshots,uncommittedblobs\nrestype:container"
        );
        assert_eq!(
            resource("https://myaccount-secondary.blob.core.windows.net/mycontainer/myblob"),
            "/myaccount/mycontainer/myblob"
        );
        assert_eq!(
            resource("http://127.0.0.1:10000/myaccount/mycontainer/a%20b%2Fc"),
            "/myaccount/myaccount/mycontainer/a%20b%2Fc"
        );
    }

    #[test]
    fn an_empty_body_has_no_signed_length_and_another_has() {
        let url = "https://a.blob.core.windows.net/c/b".parse().unwrap();
        let with =
            |length| string_to_sign("PUT", &headers(&[("content-length", length)]), &url, "a");
        assert!(with("0").starts_with("PUT\n\n\n\n\n"));
        assert!(with("11").starts_with("PUT\n\n\n11\n"));
    }

    /// HMAC-SHA-256 of RFC 4231, test cases 1 and 2, in base64.
    #[test]
    fn the_published_signatures() {
        assert_eq!(sign(&[0x0b; 20], "Hi There"), "sDRMYdjbOFNcqK/OrwvxK4gdwgDJgz2nJuk3bC4yz/c=");
        assert_eq!(
            sign(b"Jefe", "what do ya want for nothing?"),
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
        );
    }

    #[test]
    fn the_key_is_not_shown() {
        let policy = SharedKey::new("a", &Secret::new("Z2l6bGk=")).unwrap();
        assert!(!format!("{policy:?}").contains("gizli"));
        assert!(SharedKey::new("a", &Secret::new("***")).is_err());
    }
}
