//! One call and its answer, as data. Neither shows its content in a debug print.

use std::fmt;

use serde_json::Value;
use ureq::{
    Agent,
    http::{self, HeaderMap, HeaderName, HeaderValue, Method, header},
};
use url::{Url, form_urlencoded};

use crate::{error::ConnectorError, secret::Secret};

/// What is sent with a request.
enum Payload {
    None,
    Json(Value),
    Form(Vec<(&'static str, Secret)>),
}

/// A request below a client's base address.
pub(crate) struct Request {
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, Secret)>,
    payload: Payload,
    repeatable: bool,
    json: bool,
    id: String,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({}, {})", self.shown(), self.id)
    }
}

impl Request {
    fn new<S: Into<String>>(method: Method, path: impl IntoIterator<Item = S>) -> Self {
        Self {
            repeatable: method == Method::GET,
            method,
            path: path.into_iter().map(Into::into).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            payload: Payload::None,
            json: true,
            id: request_id(),
        }
    }

    /// A reading call; its answer is JSON.
    pub(crate) fn get<S: Into<String>>(path: impl IntoIterator<Item = S>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A call with a JSON body. Not repeated unless said so.
    pub(crate) fn post<S: Into<String>>(path: impl IntoIterator<Item = S>, body: Value) -> Self {
        Self { payload: Payload::Json(body), ..Self::new(Method::POST, path) }
    }

    /// A call with a form. Not repeated unless said so.
    pub(crate) fn form<S: Into<String>>(
        path: impl IntoIterator<Item = S>,
        fields: Vec<(&'static str, Secret)>,
    ) -> Self {
        Self { payload: Payload::Form(fields), ..Self::new(Method::POST, path) }
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: Secret) -> Self {
        self.headers.push((name, value));
        self
    }

    /// With this access token.
    pub(crate) fn bearer(self, token: &Secret) -> Self {
        self.header("authorization", Secret::new(format!("Bearer {}", token.reveal())))
    }

    /// The call only reads, or the source knows it again: it may be sent twice.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// The answer is taken as it is.
    pub(crate) fn raw(mut self) -> Self {
        self.json = false;
        self
    }

    pub(super) const fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    pub(super) const fn wants_json(&self) -> bool {
        self.json
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// For logs and errors: method and path, without parameters.
    pub(super) fn shown(&self) -> String {
        format!("{} /{}", self.method, self.path.join("/"))
    }

    /// The whole address.
    pub(super) fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(&self.path);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }

    /// Sends it and reads the answer, at most so many bytes of it. Blocks.
    pub(super) fn run(
        &self,
        agent: &Agent,
        url: &Url,
        body_bytes: u64,
    ) -> Result<Response, ureq::Error> {
        let mut builder = http::Request::builder().method(&self.method).uri(url.as_str());
        builder = builder.header(header::ACCEPT, "application/json, */*;q=0.1");
        builder = builder.header("x-request-id", &self.id);
        for (name, value) in &self.headers {
            let mut value = HeaderValue::from_str(value.reveal()).map_err(http::Error::from)?;
            value.set_sensitive(true);
            builder = builder.header(HeaderName::from_static(name), value);
        }
        let mut answer = match &self.payload {
            Payload::None => agent.run(builder.body(())?)?,
            Payload::Json(body) => {
                let builder = builder.header(header::CONTENT_TYPE, "application/json");
                agent.run(builder.body(body.to_string().into_bytes())?)?
            }
            Payload::Form(fields) => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                for (name, value) in fields {
                    form.append_pair(name, value.reveal());
                }
                let builder =
                    builder.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                agent.run(builder.body(form.finish().into_bytes())?)?
            }
        };
        let body = answer.body_mut().with_config().limit(body_bytes).read_to_vec()?;
        Ok(Response {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body,
            json: Value::Null,
        })
    }
}

/// A version 4 UUID (RFC 9562), which some sources ask for by its form.
fn request_id() -> String {
    let mut bytes: [u8; 16] = rand::random();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// An answer.
pub(crate) struct Response {
    /// The status code.
    pub(crate) status: u16,
    headers: HeaderMap,
    /// The body as it came.
    pub(crate) body: Vec<u8>,
    json: Value,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Response {
    pub(super) fn with_json(self, json: Value) -> Self {
        Self { json, body: Vec::new(), ..self }
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the call did what it asked for.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The JSON of a successful answer.
    pub(crate) fn into_json(self) -> Value {
        self.json
    }

    /// The JSON of a refusal, where it is some.
    pub(crate) fn refusal(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Takes a successful answer; else the refusal as it is usually meant. Sources that mean more have
    /// looked at the status before.
    pub(crate) fn into_success(self, what: &str) -> Result<Self, ConnectorError> {
        match self.status {
            200..=299 => Ok(self),
            401 => Err(ConnectorError::Credentials { detail: format!("{what} answered 401") }),
            // The right to one list may be missing where others are read.
            403 => Err(ConnectorError::Denied { detail: format!("{what} answered 403") }),
            status => Err(ConnectorError::protocol(format!("{what} answered {status}"))),
        }
    }

    /// Where a redirect leads, if that is the same origin and the call may be sent there.
    pub(super) fn redirect_within(&self, from: &Url, request: &Request) -> Option<Url> {
        if !(300..400).contains(&self.status) || request.method != Method::GET {
            return None;
        }
        let to = from.join(self.header("location")?).ok()?;
        (to.origin() == from.origin()).then_some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_request_is_shown_but_its_path() {
        let request = Request::get(["v4", "115", "accounts"])
            .query("filter", "query-secret")
            .bearer(&Secret::new("token-secret"));
        let form = Request::form(["token"], vec![("password", Secret::new("form-secret"))]);
        let shown = format!("{request:?} {form:?} {}", request.shown());
        assert!(shown.contains("GET /v4/115/accounts"), "{shown}");
        assert!(!shown.contains("secret"), "{shown}");
    }

    #[test]
    fn a_path_cannot_leave_its_base() {
        let base = Url::parse("https://api.example.com/api/v2/").expect("an address");
        let url = Request::get(["accounts", "../../admin?x=1#y", "a b"])
            .query("date", "2026-03-01T00:00:00+03:00")
            .url(&base);
        assert_eq!(
            url.as_str(),
            "https://api.example.com/api/v2/accounts/..%2F..%2Fadmin%3Fx=1%23y/a%20b?date=2026-03-01T00%3A00%3A00%2B03%3A00"
        );
    }

    #[test]
    fn request_ids_are_uuids() {
        let id = request_id();
        assert!(id.len() == 36 && id.as_bytes()[14] == b'4', "{id}");
        assert_ne!(id, request_id());
    }
}
