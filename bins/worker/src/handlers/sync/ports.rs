//! What connectors need kept, in the database, for one integration.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use database::{Database, integrations::ports as kept};
use domain::TenantId;
use integrations::{
    Connected, ConnectorCode, ConnectorError, Documents, Environment, Integration, KeyRing, Ports,
    Secret,
    connectors::mock::MockCalls,
    http::{Buckets, HttpSettings},
    port::{
        Clock, KnownObject, ObjectLedger, PortError, RefreshClaim, StoredTokens, TokenStore, Tokens,
    },
    secret::{Scope, UnsealError},
};
use serde::{Deserialize, Serialize};
use storage::ObjectStore;

use super::Stream;
use crate::{config::Settings, reading, telemetry::chain};

/// What tokens are sealed as.
pub(crate) const TOKENS: &str = "tokens";
/// How soon to ask again when another worker is renewing tokens.
const BUSY: Duration = Duration::from_millis(500);

/// The time of this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the edge: connectors get the time from here")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// What the connectors of this process share.
pub(crate) fn environment(
    settings: &Settings,
    objects: Arc<dyn ObjectStore>,
) -> anyhow::Result<Environment> {
    Ok(Environment {
        clock: Arc::new(SystemClock),
        http: HttpSettings {
            allow_loopback: settings.integrations.allow_loopback,
            keep_rates: settings.integrations.keep_rates,
            ..HttpSettings::default()
        },
        buckets: Buckets::default(),
        allow_mock: settings.integrations.allow_mock,
        mock_calls: MockCalls::default(),
        objects,
        documents: Documents {
            reader: reading::reader()?,
            limits: settings.reading.limits.clone(),
        },
    })
}

/// The connector of an integration with what is kept for it.
pub(crate) fn connect(
    integration: Integration<'_>,
    stream: Stream,
    database: &Database,
    environment: &Environment,
    keys: &KeyRing,
) -> Result<Connected, ConnectorError> {
    let keeps_tokens = matches!(
        integration.code.parse(),
        Ok(ConnectorCode::Parasut | ConnectorCode::Ohvps | ConnectorCode::Gocardless)
    );
    if keeps_tokens && !keys.can_seal() {
        return Err(ConnectorError::setup(
            "its tokens are kept sealed: set INTEGRATIONS_KEYS (docs/operations.md)",
            "Bu sağlayıcının erişim anahtarları şifreli saklanır ve şifreleme anahtarı tanımlı \
             değil; sistem yöneticinize bildirin.",
        ));
    }
    let place = Place {
        database: database.clone(),
        tenant: integration.tenant.clone(),
        integration: integration.id.to_owned(),
    };
    let ports = Ports {
        tokens: Arc::new(KeptTokens {
            place: place.clone(),
            keys: keys.clone(),
            claim: Mutex::default(),
        }),
        objects: Arc::new(KeptObjects { place, stream: stream.as_str() }),
    };
    integrations::connect(integration, environment, &ports)
}

#[derive(Debug, Clone)]
struct Place {
    database: Database,
    tenant: TenantId,
    integration: String,
}

fn port_error(error: &(dyn std::error::Error + 'static)) -> PortError {
    PortError::Failed(chain(error))
}

/// Tokens as they are sealed.
#[derive(Serialize, Deserialize)]
struct Plain {
    access: String,
    refresh: Option<String>,
    expires_at: Option<DateTime<Utc>>,
    refresh_expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug)]
struct KeptTokens {
    place: Place,
    keys: KeyRing,
    /// The right to replace them, while it is had.
    claim: Mutex<Option<i64>>,
}

impl KeptTokens {
    fn claim(&self) -> MutexGuard<'_, Option<i64>> {
        self.claim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn scope(&self) -> Scope<'_> {
        Scope { integration: &self.place.integration, name: TOKENS }
    }
}

#[async_trait]
impl TokenStore for KeptTokens {
    async fn load(&self) -> Result<Option<StoredTokens>, PortError> {
        let Place { database, tenant, integration } = &self.place;
        let stored = kept::load_tokens(database, tenant.as_str(), integration)
            .await
            .map_err(|error| port_error(&error))?;
        let Some(stored) = stored else { return Ok(None) };
        let opened = self.keys.open(self.scope(), &stored.sealed).map_err(|error| match error {
            UnsealError::UnknownKey(_) | UnsealError::NoKey => PortError::Sealed(error.to_string()),
            damaged => port_error(&damaged),
        })?;
        let plain: Plain = serde_json::from_str(opened.reveal())
            .map_err(|_| PortError::Failed("the stored tokens cannot be read".to_owned()))?;
        let tokens = Tokens {
            access: Secret::new(plain.access),
            refresh: plain.refresh.map(Secret::new),
            expires_at: plain.expires_at,
            refresh_expires_at: plain.refresh_expires_at,
        };
        Ok(Some(StoredTokens { tokens, generation: stored.generation }))
    }

    async fn begin_refresh(&self, seen: Option<i64>) -> Result<RefreshClaim, PortError> {
        let Place { database, tenant, integration } = &self.place;
        let claim = kept::begin_refresh(database, tenant.as_str(), integration, seen)
            .await
            .map_err(|error| port_error(&error))?;
        if claim.is_some() {
            *self.claim() = claim;
            return Ok(RefreshClaim::Granted);
        }
        Ok(match self.load().await? {
            Some(stored) if Some(stored.generation) > seen => RefreshClaim::Newer(stored),
            _ => RefreshClaim::Busy { retry_after: BUSY },
        })
    }

    async fn finish_refresh(&self, tokens: &Tokens) -> Result<i64, PortError> {
        let plain = Plain {
            access: tokens.access.reveal().to_owned(),
            refresh: tokens.refresh.as_ref().map(|token| token.reveal().to_owned()),
            expires_at: tokens.expires_at,
            refresh_expires_at: tokens.refresh_expires_at,
        };
        let plain = serde_json::to_string(&plain)
            .map_err(|_| PortError::Failed("the new tokens are no JSON".to_owned()))?;
        let sealed = self
            .keys
            .seal(self.scope(), &Secret::new(plain))
            .map_err(|error| port_error(&error))?;
        let Place { database, tenant, integration } = &self.place;
        let claim = *self.claim();
        kept::finish_refresh(database, tenant.as_str(), integration, claim, &sealed)
            .await
            .map_err(|error| port_error(&error))?
            .ok_or_else(|| {
                PortError::Failed("somebody else renews the tokens, or they are gone".to_owned())
            })
    }

    async fn abandon_refresh(&self) -> Result<(), PortError> {
        let Place { database, tenant, integration } = &self.place;
        let claim = self.claim().take();
        kept::abandon_refresh(database, tenant.as_str(), integration, claim)
            .await
            .map_err(|error| port_error(&error))
    }
}

#[derive(Debug)]
struct KeptObjects {
    place: Place,
    stream: &'static str,
}

#[async_trait]
impl ObjectLedger for KeptObjects {
    async fn known(&self, keys: &[String]) -> Result<Vec<KnownObject>, PortError> {
        let Place { database, tenant, integration } = &self.place;
        let rows = kept::known_objects(database, tenant.as_str(), integration, self.stream, keys)
            .await
            .map_err(|error| port_error(&error))?;
        let read = |row: kept::ObjectRow| {
            Some(KnownObject {
                key: row.object_key,
                version: serde_json::from_value(row.version).ok()?,
                sha256: row.sha256,
                result: serde_json::from_value(row.result).ok()?,
            })
        };
        // One that an older build wrote and this one cannot read is settled anew.
        Ok(rows.into_iter().filter_map(read).collect())
    }

    async fn taken_content(&self, sha256: &str) -> Result<Option<String>, PortError> {
        let Place { database, tenant, integration } = &self.place;
        kept::taken_content(database, tenant.as_str(), integration, self.stream, sha256)
            .await
            .map_err(|error| port_error(&error))
    }
}
