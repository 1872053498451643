//! What a test needs that the worker never does.

use crate::{Timing, config::AzureConfig, error::StorageError};

/// Makes the container.
///
/// # Errors
/// The server refuses.
pub(crate) async fn create_container(config: &AzureConfig) -> Result<(), StorageError> {
    let container = super::client::new(config, Timing::default())?;
    container
        .create(None)
        .await
        .map(drop)
        .map_err(|error| StorageError::Misconfigured(format!("{:?}", super::fault::of(&error))))
}

/// A signature for everything in the account, good until 2099.
///
/// Source: Microsoft, "Create an account SAS", for versions from 2020-12-06 on.
pub(crate) fn account_sas(account: &str, key: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let (rights, expiry, version) = ("rwdlac", "2099-01-01T00:00:00Z", "2021-12-02");
    let text = format!("{account}\n{rights}\nb\nsco\n\n{expiry}\n\nhttps,http\n{version}\n\n");
    let signature = super::shared_key::sign(&STANDARD.decode(key).unwrap_or_default(), &text);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([
        ("sv", version),
        ("ss", "b"),
        ("srt", "sco"),
        ("sp", rights),
        ("se", expiry),
        ("spr", "https,http"),
        ("sig", &signature),
    ]);
    query.finish()
}
