//! Which backend, with which settings: everything that is wrong with them is found here, at once,
//! before anything is asked of a provider.
//!
//! Names are those of the environment variables, as an operator knows them.

mod backends;
mod endpoint;
mod secret;

use std::path::PathBuf;

pub use self::{
    backends::{AzureConfig, AzureCredentials, GcsConfig, GcsCredentials, S3Config},
    secret::Secret,
};
use crate::kind::StorageKind;

/// The settings as texts; absent where nothing was set.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    /// `STORAGE_TYPE`
    pub kind: Option<String>,
    /// `STORAGE_BASE_PATH`: folder of local storage.
    pub base_path: Option<String>,
    /// `STORAGE_BUCKET_NAME`: bucket, or container of Azure.
    pub bucket: Option<String>,
    /// `STORAGE_REGION`: of S3.
    pub region: Option<String>,
    /// `STORAGE_ENDPOINT`: another server than the provider's own.
    pub endpoint: Option<String>,
    /// `STORAGE_GRPC_ENDPOINT`: of GCS, which lists and deletes by another protocol.
    pub grpc_endpoint: Option<String>,
    /// `STORAGE_ACCESS_KEY_ID`: key id of S3, account name of Azure.
    pub access_key_id: Option<String>,
    /// `STORAGE_SECRET_ACCESS_KEY`: secret key of S3, account key of Azure.
    pub secret_access_key: Option<Secret>,
    /// `STORAGE_CONNECTION_STRING`: of Azure.
    pub connection_string: Option<Secret>,
    /// `STORAGE_SAS_TOKEN`: of Azure.
    pub sas_token: Option<Secret>,
    /// `STORAGE_CREDENTIALS_FILE`: key file of a Google service account.
    pub credentials_file: Option<String>,
    /// `STORAGE_CA_FILE`: certificates (PEM) that are trusted besides the system's.
    pub ca_file: Option<String>,
    /// `STORAGE_ALLOW_HTTP`: plain http to another machine.
    pub allow_http: bool,
    /// `STORAGE_ANONYMOUS`: no credentials at all; loopback only.
    pub anonymous: bool,
}

/// A backend with checked settings.
#[derive(Debug, Clone)]
pub enum Config {
    /// A folder.
    Local {
        /// The folder.
        base_path: PathBuf,
    },
    /// S3.
    S3(S3Config),
    /// Google Cloud Storage.
    Gcs(GcsConfig),
    /// Azure Blob Storage.
    Azure(AzureConfig),
}

impl Config {
    /// Which backend it is.
    pub const fn kind(&self) -> StorageKind {
        match self {
            Self::Local { .. } => StorageKind::Local,
            Self::S3(_) => StorageKind::S3,
            Self::Gcs(_) => StorageKind::Gcs,
            Self::Azure(_) => StorageKind::Azure,
        }
    }

    /// Where it is, for people; without credentials.
    pub fn place(&self) -> String {
        match self {
            Self::Local { base_path } => format!("local folder {}", base_path.display()),
            Self::S3(config) => place("s3", &config.bucket, config.endpoint.as_ref()),
            Self::Gcs(config) => place("gcs", &config.bucket, config.endpoint.as_ref()),
            Self::Azure(config) => place("azure", &config.container, Some(&config.endpoint)),
        }
    }
}

fn place(kind: &str, bucket: &str, endpoint: Option<&url::Url>) -> String {
    match endpoint.and_then(url::Url::host_str) {
        Some(host) => format!("{kind} bucket {bucket} at {host}"),
        None => format!("{kind} bucket {bucket}"),
    }
}

/// What a build can do.
#[derive(Debug, Clone, Copy)]
struct Build {
    has: fn(StorageKind) -> bool,
    /// The machine's own credentials, of Amazon and of Azure.
    s3_ambient: bool,
    azure_entra: bool,
}

impl Build {
    /// This one.
    const THIS: Self = Self {
        has: StorageKind::is_built_in,
        s3_ambient: cfg!(feature = "s3-ambient"),
        azure_entra: cfg!(feature = "azure-entra"),
    };
}

/// Settings that were looked at, with what is wrong with them.
struct Look<'a> {
    given: &'a Variables,
    build: Build,
    problems: Vec<String>,
}

impl Look<'_> {
    fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    /// A value that the backend needs.
    fn required(&mut self, name: &str, value: Option<&String>, what: &str) -> String {
        if value.is_none() {
            self.problem(format!("{name} is missing: {what}"));
        }
        value.cloned().unwrap_or_default()
    }

    /// A value that the backend cannot use: silence would let its owner believe that it works.
    fn useless(&mut self, name: &str, is_set: bool, why: &str) {
        if is_set {
            self.problem(format!("{name} is set, but {why}"));
        }
    }
}

impl Variables {
    /// Checks everything.
    ///
    /// # Errors
    /// Every problem, one line each, naming the setting.
    pub fn check(&self) -> Result<Config, Vec<String>> {
        self.check_in(Build::THIS)
    }

    /// As [`Self::check`], in another build.
    fn check_in(&self, build: Build) -> Result<Config, Vec<String>> {
        let word = self.kind.as_deref().unwrap_or(StorageKind::Local.as_str());
        let kind = match word.parse::<StorageKind>() {
            Ok(kind) => kind,
            Err(error) => return Err(vec![format!("STORAGE_TYPE: {error}")]),
        };
        let mut look = Look { given: self, build, problems: Vec::new() };
        if !(build.has)(kind) {
            look.problem(format!(
                "STORAGE_TYPE is {kind}, which this build leaves out: build the worker with \
                 `--features {kind}`"
            ));
        }
        let config = match kind {
            StorageKind::Local => {
                self.check_forgotten_kind(&mut look);
                let base_path = self.base_path.as_deref().unwrap_or("./storage").into();
                Some(Config::Local { base_path })
            }
            StorageKind::S3 => Some(Config::S3(backends::s3(&mut look))),
            StorageKind::Gcs => Some(Config::Gcs(backends::gcs(&mut look))),
            StorageKind::Azure => backends::azure(&mut look).map(Config::Azure),
        };
        match config {
            Some(config) if look.problems.is_empty() => Ok(config),
            _ => Err(look.problems),
        }
    }
}

impl Variables {
    /// Settings of a provider without the choice of one: the folder would be empty, and nobody would
    /// know why. Who chooses `local` may leave them set.
    fn check_forgotten_kind(&self, look: &mut Look<'_>) {
        if self.kind.is_some() {
            return;
        }
        for (name, is_set) in [
            ("STORAGE_BUCKET_NAME", self.bucket.is_some()),
            ("STORAGE_ENDPOINT", self.endpoint.is_some()),
            ("STORAGE_CONNECTION_STRING", self.connection_string.is_some()),
            ("STORAGE_CREDENTIALS_FILE", self.credentials_file.is_some()),
        ] {
            look.useless(name, is_set, "STORAGE_TYPE is not: set it to s3, gcs, azure or local");
        }
    }
}

#[cfg(test)]
mod tests;
