//! Where programs on a provider's machines get their credentials, in small and inside this process:
//! the addresses inside Amazon's containers and virtual machines and its security token service,
//! Google's metadata and token servers, the identity endpoint of Azure's App Service, and the tokens of
//! Entra.
//!
//! Built from the providers' descriptions: "Container credential provider", "Use IMDS" and the STS
//! reference of "AssumeRoleWithWebIdentity" (AWS), "About VM metadata" and RFC 6749 section 6 (Google), "How to use managed identities for App
//! Service" and "OAuth 2.0 client credentials flow, with a certificate" (Microsoft). A request that
//! lacks what its provider demands is refused.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, Response, StatusCode, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::s3::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};

/// What Amazon's containers must show at the address of their credentials, and Azure's applications at
/// theirs.
pub const SECRET: &str = "only-this-machine-knows";
/// The refresh token of Google's only user.
pub const REFRESH_TOKEN: &str = "a-refresh-token";
/// What Kubernetes asserts of the only workload, of Amazon's and of Azure's.
pub const ASSERTION: &str = "a-federated-token";
/// What Google's servers give out.
pub const GOOGLE_TOKEN: &str = "a-token-of-google";

/// 2099-01-01, as a date and in seconds.
const EXPIRY: &str = "2099-01-01T00:00:00Z";
const EXPIRY_SECONDS: u64 = 4_070_908_800;
/// 2025-01-01.
const ISSUED_SECONDS: u64 = 1_735_689_600;

/// A running server of all of them; ends when dropped.
#[derive(Debug)]
pub struct IdentityServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl IdentityServer {
    /// Serves on a free port of the loopback address.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let seen = Arc::clone(&seen);
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                        let line = format!("{} {}", request.method(), request.uri().path());
                        seen.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                        async { Ok::<_, Infallible>(answer(request).await) }
                    });
                    // An error is the client's end of the connection.
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Ok(Self { address, asked, task })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was asked, as `GET /path`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for IdentityServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Answer = Response<Full<Bytes>>;

async fn answer(request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return refused() };
    let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    let has = |name: &str, value: &str| is(&head.headers, name, value);
    let query = head.uri.query().unwrap_or_default();
    match (&head.method, head.uri.path()) {
        (&Method::GET, "/aws/container") if has("authorization", SECRET) => given(&amazon()),
        (&Method::PUT, "/latest/api/token")
            if head.headers.contains_key("x-aws-ec2-metadata-token-ttl-seconds") =>
        {
            let mut answer = Response::new(Full::from(SECRET));
            let seconds = hyper::header::HeaderValue::from_static("21600");
            answer.headers_mut().insert("x-aws-ec2-metadata-token-ttl-seconds", seconds);
            answer
        }
        (&Method::GET, "/latest/meta-data/iam/security-credentials/")
            if has("x-aws-ec2-metadata-token", SECRET) =>
        {
            Response::new(Full::from("worker-role"))
        }
        (&Method::GET, "/latest/meta-data/iam/security-credentials/worker-role")
            if has("x-aws-ec2-metadata-token", SECRET) =>
        {
            given(&amazon())
        }
        (&Method::POST, "/")
            if body.contains("Action=AssumeRoleWithWebIdentity") && body.contains(ASSERTION) =>
        {
            xml(&assumed_role())
        }
        (&Method::GET, "/computeMetadata/v1/instance/service-accounts/default/token")
            if has("metadata-flavor", "Google") =>
        {
            given(&google())
        }
        (&Method::POST, "/google/token") if body.contains(REFRESH_TOKEN) => given(&google()),
        (&Method::GET, "/azure/app-service")
            if has("x-identity-header", SECRET) && query.contains("storage.azure.com") =>
        {
            given(&json!({
                "access_token": azure_token(), "token_type": "Bearer",
                "expires_on": EXPIRY_SECONDS.to_string(), "resource": "https://storage.azure.com",
            }))
        }
        (&Method::POST, path)
            if path.ends_with("/oauth2/v2.0/token")
                && body.contains(ASSERTION)
                && body.contains("storage.azure.com") =>
        {
            given(&json!({
                "access_token": azure_token(), "token_type": "Bearer",
                "expires_in": 3600, "ext_expires_in": 3600,
            }))
        }
        _ => refused(),
    }
}

fn is(headers: &HeaderMap, name: &str, value: &str) -> bool {
    headers.get(name).is_some_and(|found| found == value)
}

fn given(value: &Value) -> Answer {
    let mut answer = Response::new(Full::from(value.to_string()));
    let json = hyper::header::HeaderValue::from_static("application/json");
    answer.headers_mut().insert("content-type", json);
    answer
}

fn xml(text: &str) -> Answer {
    let mut answer = Response::new(Full::from(text.to_owned()));
    let kind = hyper::header::HeaderValue::from_static("text/xml");
    answer.headers_mut().insert("content-type", kind);
    answer
}

fn refused() -> Answer {
    let mut answer = given(&json!({"error": "access_denied", "error_description": "refused"}));
    *answer.status_mut() = StatusCode::FORBIDDEN;
    answer
}

fn amazon() -> Value {
    json!({
        "Code": "Success", "Type": "AWS-HMAC", "LastUpdated": "2025-01-01T00:00:00Z",
        "AccessKeyId": ACCESS_KEY_ID, "SecretAccessKey": SECRET_ACCESS_KEY,
        "Token": "a-session", "Expiration": EXPIRY,
    })
}

fn assumed_role() -> String {
    format!(
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <AssumeRoleWithWebIdentityResult><Credentials>\
         <AccessKeyId>{ACCESS_KEY_ID}</AccessKeyId>\
         <SecretAccessKey>{SECRET_ACCESS_KEY}</SecretAccessKey>\
         <SessionToken>a-session</SessionToken><Expiration>{EXPIRY}</Expiration>\
         </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
    )
}

fn google() -> Value {
    json!({"access_token": GOOGLE_TOKEN, "expires_in": 3600, "token_type": "Bearer"})
}

/// A token for storage. Azurite looks at issuer, audience and times, and not at the signature.
fn azure_token() -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(json!({"alg": "RS256", "typ": "JWT"}));
    let claims = part(json!({
        "iss": "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
        "aud": "https://storage.azure.com", "sub": "worker",
        "iat": ISSUED_SECONDS, "nbf": ISSUED_SECONDS, "exp": EXPIRY_SECONDS,
    }));
    format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode("unsigned"))
}
