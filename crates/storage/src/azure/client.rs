//! The SDK's client as we want it: one TLS library, no retries of its own, our time-outs, and account
//! keys, which it does not know.

use std::{path::Path, sync::Arc};

use azure_core::{
    credentials::TokenCredential,
    http::{ClientOptions, RetryOptions, Transport, Url},
};
use azure_storage_blob::{BlobContainerClient, BlobContainerClientOptions};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use super::shared_key::SharedKey;
use crate::{
    cloud::timing::Timing,
    config::{AzureConfig, AzureCredentials},
    error::StorageError,
};

pub(super) fn new(
    config: &AzureConfig,
    timing: Timing,
) -> Result<BlobContainerClient, StorageError> {
    let client = Arc::new(http(config, timing)?.build().map_err(|_| no_client())?);
    let mut options = ClientOptions {
        retry: RetryOptions::none(),
        transport: Some(Transport::new(client)),
        ..ClientOptions::default()
    };
    let mut url = container(&config.endpoint, &config.container)?;
    let mut credential: Option<Arc<dyn TokenCredential>> = None;
    match &config.credentials {
        AzureCredentials::SharedKey { account, key } => {
            let policy = SharedKey::new(account, key).map_err(StorageError::Misconfigured)?;
            options.per_try_policies.push(Arc::new(policy));
        }
        AzureCredentials::Sas(token) => url.set_query(Some(token.reveal())),
        AzureCredentials::Entra => credential = Some(entra(config, timing, options.clone())?),
    }
    let options = BlobContainerClientOptions { client_options: options, ..Default::default() };
    BlobContainerClient::new(url, credential, Some(options)).map_err(|error| {
        // The text could hold the address with its SAS.
        StorageError::Misconfigured(format!(
            "the Azure client cannot be made ({}): check STORAGE_ENDPOINT",
            error.kind()
        ))
    })
}

fn container(endpoint: &Url, name: &str) -> Result<Url, StorageError> {
    let mut url = endpoint.clone();
    url.path_segments_mut()
        .map_err(|()| StorageError::Misconfigured("STORAGE_ENDPOINT has no path".to_owned()))?
        .pop_if_empty()
        .push(name);
    Ok(url)
}

/// Asks for tokens by our client too, with its certificates and its time to connect.
#[cfg(feature = "azure-entra")]
fn entra(
    config: &AzureConfig,
    timing: Timing,
    mut client_options: ClientOptions,
) -> Result<Arc<dyn TokenCredential>, StorageError> {
    use azure_identity::{
        ClientAssertionCredentialOptions, ManagedIdentityCredential,
        ManagedIdentityCredentialOptions, WorkloadIdentityCredential,
        WorkloadIdentityCredentialOptions,
    };
    // The first says whether its settings are there (AZURE_FEDERATED_TOKEN_FILE and so on).
    let options = WorkloadIdentityCredentialOptions {
        credential_options: ClientAssertionCredentialOptions {
            client_options: client_options.clone(),
        },
        ..WorkloadIdentityCredentialOptions::default()
    };
    if let Ok(workload) = WorkloadIdentityCredential::new(Some(options)) {
        return Ok(workload);
    }
    // The machine's own address is not to be asked for through a proxy: that would be asked for its
    // own machine's token, if at all.
    let direct = http(config, timing)?.no_proxy().build().map_err(|_| no_client())?;
    client_options.transport = Some(Transport::new(Arc::new(direct)));
    let options = ManagedIdentityCredentialOptions {
        client_options,
        ..ManagedIdentityCredentialOptions::default()
    };
    let machine = ManagedIdentityCredential::new(Some(options)).map_err(|error| {
        StorageError::Misconfigured(format!(
            "neither a workload's nor the machine's identity can be used ({})",
            error.kind()
        ))
    })?;
    Ok(machine)
}

#[cfg(not(feature = "azure-entra"))]
fn entra(
    _: &AzureConfig,
    _: Timing,
    _: ClientOptions,
) -> Result<Arc<dyn TokenCredential>, StorageError> {
    Err(StorageError::Misconfigured("there are no credentials for Azure".to_owned()))
}

fn http(config: &AzureConfig, timing: Timing) -> Result<reqwest::ClientBuilder, StorageError> {
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls(config.ca_file.as_deref())?)
        .connect_timeout(timing.connect)
        .redirect(reqwest::redirect::Policy::none()))
}

fn no_client() -> StorageError {
    StorageError::Misconfigured("the HTTP client cannot be made".to_owned())
}

fn tls(ca_file: Option<&Path>) -> Result<rustls::ClientConfig, StorageError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let wrong = |error: &dyn std::fmt::Display| {
            StorageError::Misconfigured(format!("STORAGE_CA_FILE {}: {error}", path.display()))
        };
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))? {
            let certificate = certificate.map_err(|error| wrong(&error))?;
            roots.add(certificate).map_err(|error| wrong(&error))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StorageError::Misconfigured(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
