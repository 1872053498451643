//! What a process gives to all its connectors, and what one integration brings.

use std::sync::Arc;

use domain::TenantId;
use storage::ObjectStore;

use crate::{
    config::IntegrationConfig,
    connectors::mock::MockCalls,
    http::{Buckets, HttpSettings},
    port::{Clock, ObjectLedger, TokenStore},
};

/// What a process gives to all its connectors.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What calls may cost and where they may go.
    pub http: HttpSettings,
    /// The rate limits of all integrations in this process.
    pub buckets: Buckets,
    /// Whether the made-up sources may be used: never by default, and in production only by name.
    pub allow_mock: bool,
    /// What the made-up sources remember of their faults.
    pub mock_calls: MockCalls,
    /// Where file drops lie.
    pub objects: Arc<dyn ObjectStore>,
    /// Who reads their files.
    pub documents: Documents,
}

/// Who reads documents, and what reading may cost.
#[derive(Debug, Clone)]
pub struct Documents {
    /// Starts the bounded child for what must not be opened in this process.
    pub reader: doc_pipeline::isolation::Reader,
    /// What reading one document may cost.
    pub limits: doc_pipeline::Limits,
}

/// One integration of one office, as it stands in the database.
#[derive(Debug, Clone, Copy)]
pub struct Integration<'a> {
    /// `tenant_integrations.id`.
    pub id: &'a str,
    /// Whose it is.
    pub tenant: &'a TenantId,
    /// `integration_providers.code`.
    pub code: &'a str,
    /// Its settings.
    pub config: &'a IntegrationConfig,
}

/// What is kept for one integration, and for the stream that is pulled.
#[derive(Debug, Clone)]
pub struct Ports {
    /// Its tokens.
    pub tokens: Arc<dyn TokenStore>,
    /// The objects of its file drop.
    pub objects: Arc<dyn ObjectLedger>,
}
