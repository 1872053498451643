//! The HTTP client through a connector: what it refuses to send, to follow and to take.

use std::{sync::Arc, time::Duration};

use integrations::{
    ConnectorError, PullRequest,
    http::HttpSettings,
    testing::{Answer, Fault, NilveraSource, ParasutSource, Server, local_http},
};
use serde_json::json;

use crate::support::{Bench, day};

const NOW: &str = "2026-03-10T09:00:00+03:00";

async fn pull(bench: &Bench, base: &str) -> Result<usize, ConnectorError> {
    let connector = bench.connect("NILVERA", &NilveraSource::config(base))?;
    let request = PullRequest { cursor: None, since: day("2026-03-01"), page_size: 10 };
    let page = Arc::clone(connector.accounting()?).pull_invoices(request).await?;
    Ok(page.records.len())
}

fn server() -> Server {
    Server::start(NilveraSource::default()).unwrap()
}

#[tokio::test]
async fn addresses_of_this_machine_are_refused_unless_allowed() {
    let server = server();
    let mut bench = Bench::new(NOW);
    assert_eq!(pull(&bench, &server.base()).await, Ok(0));
    bench.environment.http.allow_loopback = false;
    let port = server.base().rsplit(':').next().unwrap().to_owned();
    let before = server.call_count();
    for base in [
        server.base(),
        format!("https://127.0.0.1:{port}"),
        format!("https://localhost:{port}"),
        format!("https://[::1]:{port}"),
        "https://169.254.169.254/latest".to_owned(),
        "https://10.0.0.1".to_owned(),
        "https://user:hunter2@example.com".to_owned(),
        "ftp://example.com".to_owned(),
        "no address".to_owned(),
    ] {
        let error = pull(&bench, &base).await.unwrap_err();
        assert!(matches!(error, ConnectorError::Config { .. }), "{base}: {error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    assert_eq!(server.call_count(), before);
}

#[tokio::test]
async fn a_redirect_is_followed_within_its_origin_alone() {
    let (server, stranger) = (server(), server());
    let bench = Bench::new(NOW);
    let to = |place: String| Answer::text(302, "").with("Location", place);
    server.fail_after(0, Fault::Instead(to(format!("{}/einvoice/Sale?Page=1", stranger.base()))));
    let error = pull(&bench, &server.base()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Protocol { .. }), "{error}");
    assert_eq!(stranger.call_count(), 0, "the key went nowhere else");
    server.fail_after(0, Fault::Instead(to("/einvoice/Sale?Page=1&PageSize=1".to_owned())));
    assert_eq!(pull(&bench, &server.base()).await, Ok(0));
    for call in 0..5 {
        server.fail_after(call, Fault::Instead(to("/einvoice/Purchase".to_owned())));
    }
    let error = pull(&bench, &server.base()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Protocol { .. }), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_taken() {
    let server = server();
    let http = HttpSettings { body_bytes: 1000, ..local_http() };
    let bench = Bench::with(NOW, http);
    let large = json!({"Content": [], "padding": "x".repeat(2000)});
    server.fail_after(0, Fault::Instead(Answer::json(200, &large)));
    let error = pull(&bench, &server.base()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Protocol { .. }), "{error}");
    assert!(error.to_string().contains("1000 bytes"), "{error}");
    let deep = "[".repeat(100_000);
    server.fail_after(0, Fault::Instead(Answer::text(200, deep)));
    assert!(pull(&Bench::new(NOW), &server.base()).await.is_ok(), "no JSON: asked again");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_then_given_up() {
    let server = server();
    let bench = Bench::new(NOW);
    for call in 0..2 {
        server.fail_after(call, Fault::Instead(Answer::text(500, "")));
    }
    assert_eq!(pull(&bench, &server.base()).await, Ok(0), "the third attempt");
    for call in 0..3 {
        server.fail_after(call, Fault::Lost);
    }
    let error = pull(&bench, &server.base()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Transient { .. }), "{error}");
}

#[tokio::test]
async fn pauses_are_believed_up_to_a_day() {
    let server = server();
    let bench = Bench::new(NOW);
    let limited = |name: &str, value: &str| {
        Fault::Instead(
            Answer::json(429, &json!({}))
                .with("Date", "Sun, 01 Mar 2026 10:00:00 GMT")
                .with(name, value),
        )
    };
    for (name, value, seconds) in [
        ("Retry-After", "120", 120),
        ("Retry-After", "Sun, 01 Mar 2026 10:05:00 GMT", 300),
        ("X-RateLimit-Reset", "60", 60),
        ("X-RateLimit-Reset", "1772359260", 60),
        ("Retry-After", "99999999", 24 * 3600),
        ("Retry-After", "soon", 30),
    ] {
        server.fail_after(0, limited(name, value));
        let error = pull(&bench, &server.base()).await.unwrap_err();
        let expected = ConnectorError::RateLimited { retry_after: Duration::from_secs(seconds) };
        assert_eq!(error, expected, "{name}: {value}");
    }
}

#[tokio::test]
async fn the_rate_of_a_source_is_kept_without_being_told() {
    let server = Server::start(ParasutSource::default()).unwrap();
    let http = HttpSettings { keep_rates: true, ..local_http() };
    let bench = Bench::with(NOW, http);
    // Ten calls in ten seconds: many at once are not sent, however slow this machine is.
    let mut limited = None;
    for _ in 0..500 {
        // Each is a connector of its own: the rate is the integration's.
        let connected = bench.connect("PARASUT", &ParasutSource::config(&server.base())).unwrap();
        if let Err(error) = connected.test_connection().await {
            limited = Some(error);
            break;
        }
    }
    assert!(matches!(limited, Some(ConnectorError::RateLimited { .. })), "{limited:?}");
    assert!(server.call_count() >= 4, "the burst is allowed: {}", server.call_count());
}

#[tokio::test]
async fn nothing_secret_is_shown_by_anything() {
    let server = server();
    let bench = Bench::new(NOW);
    let connected = bench.connect("NILVERA", &NilveraSource::config(&server.base())).unwrap();
    server.fail_after(0, Fault::Instead(Answer::text(400, "key-secret in a body")));
    let request = PullRequest { cursor: None, since: day("2026-03-01"), page_size: 10 };
    let error = connected.accounting().unwrap().pull_invoices(request).await.unwrap_err();
    let shown = format!("{connected:?} {error} {error:?}");
    assert!(!shown.contains("secret"), "{shown}");
}

#[tokio::test]
async fn a_missing_right_is_the_calls_and_no_reason_to_connect_anew() {
    let server = server();
    let bench = Bench::new(NOW);
    server.fail_after(0, Fault::Instead(Answer::json(403, &json!({}))));
    let error = pull(&bench, &server.base()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Denied { .. }), "{error}");
    assert!(!error.breaks_integration() && !error.is_retryable());
    assert!(error.in_turkish().contains("yetki"), "{}", error.in_turkish());
}

#[tokio::test]
async fn a_vendors_untrusted_certificate_breaks_no_integration() {
    let server = Server::start_tls(NilveraSource::default()).unwrap();
    let error = pull(&Bench::new(NOW), &server.base()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Setup { .. }), "{error}");
    assert!(!error.breaks_integration() && error.is_retryable());
    assert_eq!(server.call_count(), 0, "nothing was sent");
}
