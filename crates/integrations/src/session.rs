//! Calls with an access token that is renewed by one caller at a time, stored before it is used.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::TimeDelta;
use tokio::sync::Mutex;

use crate::{
    error::ConnectorError,
    http::{Client, Request, Response},
    port::{Clock, RefreshClaim, StoredTokens, TokenStore, Tokens},
    secret::Secret,
};

/// A token that ends sooner than this is renewed first.
const MARGIN: TimeDelta = TimeDelta::seconds(60);
/// How often somebody else's renewal is waited for before the job is rescheduled.
const WAITS: usize = 5;
/// How often storing new tokens is tried: without them the office is locked out.
const STORE_ATTEMPTS: usize = 5;

/// How a source gives tokens.
#[async_trait]
pub(crate) trait Grant: Send + Sync + fmt::Debug {
    /// New tokens from the last ones, or from the settings where there are none or they are refused.
    async fn obtain(
        &self,
        client: &Client,
        last: Option<&Tokens>,
    ) -> Result<Tokens, ConnectorError>;
}

/// A client whose calls carry an access token.
#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    grant: Box<dyn Grant>,
    store: Arc<dyn TokenStore>,
    clock: Arc<dyn Clock>,
    known: Mutex<Option<StoredTokens>>,
}

impl Session {
    pub(crate) fn new(
        client: Client,
        grant: Box<dyn Grant>,
        store: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { client, grant, store, clock, known: Mutex::new(None) }
    }

    /// Sends what is made for the current token; after a 401 once more with a new one. A second 401
    /// is not the token's fault: the caller knows what its source means by it.
    pub(crate) async fn send(
        &self,
        request: impl Fn(&Secret) -> Request + Send + Sync,
    ) -> Result<Response, ConnectorError> {
        let tokens = self.usable().await?;
        let response = self.client.send(request(&tokens.tokens.access)).await?;
        if response.status != 401 {
            return Ok(response);
        }
        let tokens = self.renewed(Some(tokens)).await?;
        self.client.send(request(&tokens.tokens.access)).await
    }

    async fn usable(&self) -> Result<StoredTokens, ConnectorError> {
        let known = self.known.lock().await.clone();
        let known = match known {
            Some(tokens) => Some(tokens),
            None => self.store.load().await?,
        };
        match known {
            Some(tokens) if self.is_fresh(&tokens) => {
                *self.known.lock().await = Some(tokens.clone());
                Ok(tokens)
            }
            other => self.renewed(other).await,
        }
    }

    fn is_fresh(&self, tokens: &StoredTokens) -> bool {
        tokens.tokens.expires_at.is_none_or(|end| end > self.clock.now() + MARGIN)
    }

    /// New tokens in the place of these. Whoever holds the lock renews for all in this process; the
    /// keeper's claim does the same between processes.
    async fn renewed(&self, seen: Option<StoredTokens>) -> Result<StoredTokens, ConnectorError> {
        let mut known = self.known.lock().await;
        let generation = |tokens: &Option<StoredTokens>| tokens.as_ref().map(|t| t.generation);
        if let Some(newer) = known.as_ref()
            && Some(newer.generation) > generation(&seen)
        {
            return Ok(newer.clone());
        }
        let mut seen = seen;
        for _ in 0..WAITS {
            match self.store.begin_refresh(generation(&seen)).await? {
                RefreshClaim::Granted => {
                    let tokens = self.refresh(seen.as_ref().map(|stored| &stored.tokens)).await?;
                    *known = Some(tokens.clone());
                    return Ok(tokens);
                }
                RefreshClaim::Newer(tokens) if self.is_fresh(&tokens) => {
                    *known = Some(tokens.clone());
                    return Ok(tokens);
                }
                RefreshClaim::Newer(tokens) => seen = Some(tokens),
                RefreshClaim::Busy { retry_after } => {
                    tokio::time::sleep(retry_after.min(Duration::from_secs(1))).await;
                }
            }
        }
        Err(ConnectorError::RateLimited { retry_after: Duration::from_mins(1) })
    }

    async fn refresh(&self, last: Option<&Tokens>) -> Result<StoredTokens, ConnectorError> {
        let tokens = match self.grant.obtain(&self.client, last).await {
            Ok(tokens) => tokens,
            Err(error) => {
                // If this fails too, the claim ends by itself.
                self.store.abandon_refresh().await.ok();
                return Err(error);
            }
        };
        // The source may have ended the last refresh token already: what came in its place is kept
        // before it is used, and is not given up at the first trouble.
        let mut attempt = 1;
        loop {
            match self.store.finish_refresh(&tokens).await {
                Ok(generation) => return Ok(StoredTokens { tokens, generation }),
                Err(error) if attempt == STORE_ATTEMPTS => {
                    tracing::error!(%error, "new tokens could not be stored");
                    return Err(error.into());
                }
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(200) * (1 << attempt)).await;
                    attempt += 1;
                }
            }
        }
    }
}
