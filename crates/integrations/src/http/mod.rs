//! The one HTTP client of all connectors: ureq on blocking threads.
//!
//! Bounded in time and size; only to the configured origin and to addresses that the policy allows;
//! waits that are short happen here, long ones are given back as
//! [`ConnectorError::RateLimited`], so that a job does not sleep in its slot. What is logged and what
//! errors say is the method, the path and the status: never a header, a query or a body.

mod address;
mod bucket;
mod pause;
mod request;
mod tls;

use std::{fmt, sync::Arc, time::Duration};

use ureq::{
    Agent,
    unversioned::transport::{Connector, TcpConnector},
};
use url::Url;

pub use address::{AddressPolicy, Reach};
pub use bucket::{Buckets, Rate};
pub(crate) use request::{Request, Response};
pub use tls::Trust;

use crate::error::ConnectorError;
use address::{Forbidden, GuardedResolver};
use bucket::TokenBucket;
use tls::TlsConnector;

/// Redirects within the same origin that are followed.
const REDIRECTS: usize = 3;

/// What a call may cost. The defaults are for production; tests shorten the waits.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// To a connection with its TLS handshake.
    pub connect_timeout: Duration,
    /// Of a whole call, with its body.
    pub total_timeout: Duration,
    /// Bytes of an answer's body.
    pub body_bytes: u64,
    /// The longest pause that is waited for here; longer ones reschedule the job.
    pub longest_wait: Duration,
    /// Attempts of a call that may be repeated.
    pub attempts: u32,
    /// Before the second attempt; doubles with each further one.
    pub first_backoff: Duration,
    /// Whether calls keep to the sources' documented rates. Off only against a source of one's own.
    pub keep_rates: bool,
    /// Whether addresses of this machine may be called, also without TLS: for tests, demonstrations
    /// and gateways on the same host.
    pub allow_loopback: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_mins(1),
            body_bytes: 32 << 20,
            longest_wait: Duration::from_secs(5),
            attempts: 3,
            first_backoff: Duration::from_millis(500),
            keep_rates: true,
            allow_loopback: false,
        }
    }
}

/// Calls to one origin for one integration.
#[derive(Clone)]
pub(crate) struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    agent: Agent,
    base: Url,
    reach: Reach,
    bucket: Arc<TokenBucket>,
    settings: HttpSettings,
    /// The pause when a source limits without saying for how long.
    default_pause: Duration,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.shared.base.origin().ascii_serialization())
            .finish()
    }
}

/// What a client is made of.
pub(crate) struct ClientParts<'a> {
    /// Where all calls go; its path is put in front of theirs.
    pub(crate) base: &'a str,
    /// The setting that holds the base, for error texts.
    pub(crate) setting: &'a str,
    pub(crate) reach: Reach,
    pub(crate) trust: &'a Trust,
    pub(crate) bucket: Arc<TokenBucket>,
    pub(crate) default_pause: Duration,
}

impl Client {
    /// Checks the address and prepares the connection; nothing is sent.
    pub(crate) fn new(
        parts: &ClientParts<'_>,
        settings: &HttpSettings,
    ) -> Result<Self, ConnectorError> {
        let base = check_base(parts, settings)?;
        let policy = AddressPolicy { reach: parts.reach, allow_loopback: settings.allow_loopback };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(settings.connect_timeout))
            .timeout_global(Some(settings.total_timeout))
            .proxy(None)
            .user_agent(concat!("ai-muhasebi-worker/", env!("CARGO_PKG_VERSION")))
            .build();
        let connector = ().chain(TcpConnector::default()).chain(TlsConnector::new(parts.trust)?);
        let agent = Agent::with_parts(config, connector, GuardedResolver::new(policy));
        Ok(Self {
            shared: Arc::new(Shared {
                agent,
                base,
                reach: parts.reach,
                bucket: Arc::clone(&parts.bucket),
                settings: settings.clone(),
                default_pause: parts.default_pause,
            }),
        })
    }

    /// Sends a request. Gives every answer that is the connector's business: 2xx and 4xx but 429.
    /// Repeats what may be repeated.
    pub(crate) async fn send(&self, request: Request) -> Result<Response, ConnectorError> {
        let settings = &self.shared.settings;
        let request = Arc::new(request);
        let mut backoff = settings.first_backoff;
        let mut attempt = 1;
        loop {
            self.wait_for_turn().await?;
            let (failure, status) = match self.once(&request).await {
                Ok(response) => {
                    let status = response.status;
                    match self.judge(&request, response) {
                        Ok(response) => return Ok(response),
                        Err(failure) => (failure, Some(status)),
                    }
                }
                Err(failure) => (failure, None),
            };
            // A 429 says that nothing was done. A 503 does not, whatever pause it asks for: whether the
            // call may be made again is then the caller's to find out.
            let may_repeat = match &failure {
                ConnectorError::RateLimited { retry_after } => {
                    *retry_after <= settings.longest_wait
                        && (request.is_repeatable() || status == Some(429))
                }
                ConnectorError::Transient { .. } => request.is_repeatable(),
                _ => false,
            };
            if !may_repeat || attempt >= settings.attempts {
                return Err(failure);
            }
            let pause = match &failure {
                ConnectorError::RateLimited { retry_after } => *retry_after,
                _ => backoff,
            };
            tracing::debug!(attempt, pause_ms = pause.as_millis(), error = %failure, "repeating a call");
            // Jitter, so that many integrations of one provider do not come back together.
            tokio::time::sleep(pause + pause.mul_f64(rand::random_range(0.0..0.1))).await;
            attempt += 1;
            backoff *= 2;
        }
    }

    async fn wait_for_turn(&self) -> Result<(), ConnectorError> {
        if !self.shared.settings.keep_rates {
            return Ok(());
        }
        match self.shared.bucket.take(self.shared.settings.longest_wait) {
            Ok(Duration::ZERO) => Ok(()),
            Ok(wait) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            Err(wait) => Err(ConnectorError::RateLimited { retry_after: wait }),
        }
    }

    async fn once(&self, request: &Arc<Request>) -> Result<Response, ConnectorError> {
        let (shared, request) = (Arc::clone(&self.shared), Arc::clone(request));
        let span = tracing::Span::current();
        let call = tokio::task::spawn_blocking(move || span.in_scope(|| shared.call(&request)));
        call.await.unwrap_or_else(|_| Err(ConnectorError::transient("the call was ended")))
    }

    /// What an answer means, as far as it is the same for every source.
    fn judge(&self, request: &Request, response: Response) -> Result<Response, ConnectorError> {
        let what = request.shown();
        match response.status {
            429 | 503 => {
                let stated = pause::stated(&response);
                if response.status == 503 && stated.is_none() {
                    return Err(ConnectorError::transient(format!("{what} answered 503")));
                }
                let retry_after = stated.unwrap_or(self.shared.default_pause);
                Err(ConnectorError::RateLimited { retry_after })
            }
            300..=399 => Err(ConnectorError::protocol(format!(
                "{what} leads elsewhere ({}), which is not followed",
                response.status
            ))),
            500..=599 => {
                Err(ConnectorError::transient(format!("{what} answered {}", response.status)))
            }
            status if (200..300).contains(&status) && request.wants_json() => {
                // A text that is no JSON was cut, or comes from something in between: it may pass.
                match serde_json::from_slice(&response.body) {
                    Ok(json) => Ok(response.with_json(json)),
                    Err(_) => Err(ConnectorError::transient(format!(
                        "{what} answered {status} with a body that is no JSON"
                    ))),
                }
            }
            _ => Ok(response),
        }
    }
}

impl Shared {
    /// One call with the redirects within its origin. Blocks.
    fn call(&self, request: &Request) -> Result<Response, ConnectorError> {
        let mut url = request.url(&self.base);
        for _ in 0..=REDIRECTS {
            let started = std::time::Instant::now();
            let response = request.run(&self.agent, &url, self.settings.body_bytes);
            let took = started.elapsed().as_millis();
            let response = match response {
                Ok(response) => response,
                Err(error) => {
                    let error = describe(request, self.reach, error);
                    tracing::debug!(call = %request.shown(), took_ms = took, error = %error, "call");
                    return Err(error);
                }
            };
            tracing::debug!(
                call = %request.shown(),
                request_id = %request.id(),
                status = response.status,
                bytes = response.body.len(),
                took_ms = took,
                "call"
            );
            match response.redirect_within(&url, request) {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        Err(ConnectorError::protocol(format!("{} leads in a circle", request.shown())))
    }
}

fn check_base(parts: &ClientParts<'_>, settings: &HttpSettings) -> Result<Url, ConnectorError> {
    let wrong = |what: &str| {
        ConnectorError::config(
            format!("the setting {} {what}", parts.setting),
            format!(
                "Entegrasyon ayarlarındaki \"{}\" adresi kullanılamıyor; https:// ile başlayan tam \
                 adresi girin.",
                parts.setting
            ),
        )
    };
    let base = Url::parse(parts.base).map_err(|_| wrong("is no address"))?;
    if !base.username().is_empty() || base.password().is_some() {
        return Err(wrong("must not hold a user or password"));
    }
    if base.query().is_some() || base.fragment().is_some() || base.host().is_none() {
        return Err(wrong("must be an address of scheme, host, port and path alone"));
    }
    match base.scheme() {
        "https" => Ok(base),
        "http" if settings.allow_loopback => Ok(base),
        _ => Err(wrong("must begin with https://")),
    }
}

/// An error of the transport, by what the caller can do.
fn describe(request: &Request, reach: Reach, error: ureq::Error) -> ConnectorError {
    let what = request.shown();
    match error {
        ureq::Error::Other(error) if error.is::<Forbidden>() => ConnectorError::config(
            format!("{what}: {error}"),
            "Entegrasyonun adresi izin verilmeyen bir ağa çıkıyor; adresi kontrol edin.".to_owned(),
        ),
        // A vendor's certificate has run out, or this machine has no roots: not the office's to mend.
        ureq::Error::Io(error) if tls::is_untrusted(&error) && reach == Reach::Internet => {
            ConnectorError::setup(
                format!(
                    "{what}: the server's certificate is not trusted ({error}); see to the \
                     machine's root certificates and clock, or wait for the vendor"
                ),
                "Kaynağın sunucu sertifikası doğrulanamadı; eşitleme yeniden denenecek. Sürerse \
                 sistem yöneticinize bildirin.",
            )
        }
        ureq::Error::Io(error) if tls::is_untrusted(&error) => ConnectorError::config(
            format!("{what}: the server's certificate is not trusted ({error})"),
            "Sunucunun sertifikası güvenilir değil; kendi sertifikasıysa \"caCertificate\" veya \
             \"certificateSha256\" ayarını doldurun."
                .to_owned(),
        ),
        ureq::Error::BodyExceedsLimit(limit) => {
            ConnectorError::protocol(format!("{what}: the answer is larger than {limit} bytes"))
        }
        ureq::Error::LargeResponseHeader(..) => {
            ConnectorError::protocol(format!("{what}: the answer's head is too large"))
        }
        ureq::Error::Timeout(_) => ConnectorError::transient(format!("{what}: no answer in time")),
        ureq::Error::HostNotFound => {
            ConnectorError::transient(format!("{what}: the host's name is not found"))
        }
        ureq::Error::Io(error) => {
            ConnectorError::transient(format!("{what}: the connection failed ({})", error.kind()))
        }
        ureq::Error::Protocol(_) => {
            ConnectorError::transient(format!("{what}: the answer is not HTTP"))
        }
        ureq::Error::Http(_) | ureq::Error::BadUri(_) => ConnectorError::config(
            format!("{what}: a setting cannot stand in a request"),
            "Entegrasyon ayarlarında geçersiz bir karakter var; alanları kontrol edin.".to_owned(),
        ),
        _ => ConnectorError::transient(format!("{what}: the call failed")),
    }
}
