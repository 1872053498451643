//! The SDK's two clients as we want them: no retries of their own, one TLS library.

use google_cloud_auth::credentials::{Credentials, anonymous, service_account};
use google_cloud_gax::retry_policy::NeverRetry;
use google_cloud_storage::{
    client::{Storage, StorageControl},
    read_resume_policy::NeverResume,
};

use crate::{
    config::{GcsConfig, GcsCredentials},
    error::StorageError,
};

pub(super) async fn new(config: &GcsConfig) -> Result<(Storage, StorageControl), StorageError> {
    // The SDK takes the process's TLS library. Somebody may have chosen the same one before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let credentials = credentials(&config.credentials)?;
    let mut objects = Storage::builder()
        .with_retry_policy(NeverRetry)
        .with_read_resume_policy(NeverResume)
        // One request for any size: resuming an upload is a retry too.
        .with_resumable_upload_threshold(usize::MAX);
    let mut names = StorageControl::builder().with_retry_policy(NeverRetry);
    if let Some(credentials) = credentials {
        objects = objects.with_credentials(credentials.clone());
        names = names.with_credentials(credentials);
    }
    if let Some(endpoint) = &config.endpoint {
        objects = objects.with_endpoint(endpoint.as_str().trim_end_matches('/'));
    }
    if let Some(endpoint) = &config.grpc_endpoint {
        names = names.with_endpoint(endpoint.as_str().trim_end_matches('/'));
    }
    let wrong = |error: &dyn std::fmt::Display| {
        StorageError::Misconfigured(format!(
            "the client of GCS cannot be made ({error}): set STORAGE_CREDENTIALS_FILE, or see \
             whether the machine has application-default credentials"
        ))
    };
    let objects = objects.build().await.map_err(|error| wrong(&error))?;
    let names = names.build().await.map_err(|error| wrong(&error))?;
    Ok((objects, names))
}

/// None for the SDK's own search.
fn credentials(from: &GcsCredentials) -> Result<Option<Credentials>, StorageError> {
    match from {
        GcsCredentials::Default => Ok(None),
        GcsCredentials::Anonymous => Ok(Some(anonymous::Builder::new().build())),
        GcsCredentials::File(path) => {
            let wrong = |what: &str| {
                StorageError::Misconfigured(format!(
                    "STORAGE_CREDENTIALS_FILE {} {what}: it must be the JSON key file of a service \
                     account",
                    path.display()
                ))
            };
            let text = std::fs::read(path).map_err(|_| wrong("cannot be read"))?;
            // Errors would quote the key.
            let key = serde_json::from_slice(&text).map_err(|_| wrong("is not JSON"))?;
            let built = service_account::Builder::new(key).build();
            built.map(Some).map_err(|_| wrong("does not hold a usable key"))
        }
    }
}
