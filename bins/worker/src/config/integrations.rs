//! The settings of integrations and their keys.

use std::time::Duration;

use integrations::KeyRing;

use super::{Reader, settings as s};

/// Integrations.
#[derive(Debug, Clone)]
pub(crate) struct IntegrationSettings {
    pub(crate) keys: KeyRing,
    pub(crate) allow_mock: bool,
    pub(crate) allow_loopback: bool,
    pub(crate) keep_rates: bool,
    /// Jobs at a time.
    pub(crate) concurrency: usize,
    pub(crate) every: Duration,
    pub(crate) first_days: u64,
    pub(crate) suspense_account: String,
    pub(crate) turn: Duration,
}

/// Whether movements can be booked against an account with this code: it fits its column, and is none
/// of the banks' own.
pub(crate) fn is_suspense_account(code: &str) -> bool {
    code.len() <= 50
        && code.starts_with(|c: char| c.is_ascii_digit())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
        && !code.starts_with("102")
}

impl IntegrationSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let keys = KeyRing::parse(reader.text(&s::INTEGRATIONS_KEYS).unwrap_or_default());
        let keys = keys.unwrap_or_else(|error| {
            reader.problem(format!("INTEGRATIONS_KEYS: {error}"));
            KeyRing::default()
        });
        let suspense = reader.text(&s::SYNC_SUSPENSE_ACCOUNT).unwrap_or_default();
        if !is_suspense_account(suspense) {
            reader.problem(format!(
                "SYNC_SUSPENSE_ACCOUNT is {suspense:?}; allowed: an account code of digits and dots \
                 outside 102, as 397.01"
            ));
        }
        Self {
            keys,
            allow_mock: reader.word(&s::INTEGRATIONS_ALLOW_MOCK) == "true",
            allow_loopback: reader.word(&s::INTEGRATIONS_ALLOW_LOOPBACK) == "true",
            keep_rates: reader.word(&s::INTEGRATIONS_KEEP_RATES) == "true",
            concurrency: usize::try_from(reader.number::<u64>(&s::SYNC_CONCURRENCY)).unwrap_or(1),
            every: reader.millis(&s::SYNC_EVERY_MS),
            first_days: reader.number(&s::SYNC_FIRST_DAYS),
            suspense_account: suspense.to_owned(),
            turn: reader.millis(&s::SYNC_TURN_MS),
        }
    }
}
