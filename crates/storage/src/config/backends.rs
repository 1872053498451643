//! What each provider needs, and what it cannot use.

use std::path::PathBuf;

use base64::Engine as _;
use url::Url;

use super::{Look, Secret, endpoint::is_loopback};

/// Region of the platform when none is set.
const DEFAULT_REGION: &str = "eu-central-1";

/// Settings of S3.
#[derive(Debug, Clone)]
pub struct S3Config {
    /// The bucket.
    pub bucket: String,
    /// The region, part of each signature.
    pub region: String,
    /// Another server than Amazon's, addressed by path.
    pub endpoint: Option<Url>,
    /// Key id and secret; the machine's own credentials when absent.
    pub keys: Option<(String, Secret)>,
    /// Certificates that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Settings of Google Cloud Storage.
#[derive(Debug, Clone)]
pub struct GcsConfig {
    /// The bucket.
    pub bucket: String,
    /// Another server than Google's for reading and writing (JSON over HTTP).
    pub endpoint: Option<Url>,
    /// Another server than Google's for everything else (gRPC).
    pub grpc_endpoint: Option<Url>,
    /// Whose rights are used.
    pub credentials: GcsCredentials,
}

/// Whose rights are used at Google.
#[derive(Debug, Clone)]
pub enum GcsCredentials {
    /// Application-default credentials: `GOOGLE_APPLICATION_CREDENTIALS`, gcloud's, or the machine's.
    Default,
    /// The key file of a service account.
    File(PathBuf),
    /// Nobody's.
    Anonymous,
}

/// Settings of Azure Blob Storage.
#[derive(Debug, Clone)]
pub struct AzureConfig {
    /// The container.
    pub container: String,
    /// The blob service of the account; an emulator's has the account in its path.
    pub endpoint: Url,
    /// Whose rights are used.
    pub credentials: AzureCredentials,
    /// Certificates that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Whose rights are used at Azure.
#[derive(Debug, Clone)]
pub enum AzureCredentials {
    /// The account's key.
    SharedKey {
        /// Name of the account.
        account: String,
        /// Its key, decoded when it is used.
        key: Secret,
    },
    /// A shared access signature, the query part without `?`.
    Sas(Secret),
    /// A workload's or the machine's identity (Entra ID).
    Entra,
}

/// Names of buckets: 3 to 63 of small letters, digits, `.`, `-` (Amazon, Azure without dots) and `_`
/// (Google, up to 222 with dots), beginning and ending with a letter or digit. What a provider refuses
/// beyond that, it says itself; this keeps out what could change an address.
fn bucket(look: &mut Look<'_>, what: &str) -> String {
    let name = look.required("STORAGE_BUCKET_NAME", look.given.bucket.as_ref(), what);
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let is_name = (3..=222).contains(&name.len())
        && name.chars().all(inside)
        && !name.starts_with(['.', '-', '_'])
        && !name.ends_with(['.', '-', '_'])
        && !name.contains("..");
    if !name.is_empty() && !is_name {
        look.problem(format!(
            "STORAGE_BUCKET_NAME is {name:?}: names are 3 or more small letters, digits, - and ., \
             with a letter or digit at both ends"
        ));
    }
    name
}

fn ca_file(look: &mut Look<'_>) -> Option<PathBuf> {
    let path = PathBuf::from(look.given.ca_file.as_ref()?);
    if let Err(error) = std::fs::File::open(&path) {
        look.problem(format!("STORAGE_CA_FILE {} cannot be read ({error})", path.display()));
    }
    Some(path)
}

fn only_for(look: &mut Look<'_>, kind: &str) {
    let given = look.given;
    for (name, is_set, owner) in [
        ("STORAGE_CONNECTION_STRING", given.connection_string.is_some(), "azure"),
        ("STORAGE_SAS_TOKEN", given.sas_token.is_some(), "azure"),
        ("STORAGE_GRPC_ENDPOINT", given.grpc_endpoint.is_some(), "gcs"),
        ("STORAGE_CREDENTIALS_FILE", given.credentials_file.is_some(), "gcs"),
    ] {
        look.useless(name, is_set && kind != owner, &format!("it is for STORAGE_TYPE={owner}"));
    }
}

/// Both or none.
fn key_pair(look: &mut Look<'_>) -> Option<(String, Secret)> {
    match (&look.given.access_key_id, &look.given.secret_access_key) {
        (Some(id), Some(secret)) => Some((id.clone(), secret.clone())),
        (None, None) => None,
        (Some(_), None) => {
            look.problem("STORAGE_SECRET_ACCESS_KEY is missing: STORAGE_ACCESS_KEY_ID is set");
            None
        }
        (None, Some(_)) => {
            look.problem("STORAGE_ACCESS_KEY_ID is missing: STORAGE_SECRET_ACCESS_KEY is set");
            None
        }
    }
}

pub(super) fn s3(look: &mut Look<'_>) -> S3Config {
    only_for(look, "s3");
    look.useless("STORAGE_ANONYMOUS", look.given.anonymous, "it is for STORAGE_TYPE=gcs");
    let bucket = bucket(look, "the bucket of the uploads");
    let region = look.given.region.clone().unwrap_or_else(|| DEFAULT_REGION.to_owned());
    if !region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        look.problem(format!("STORAGE_REGION is {region:?}: use a name like {DEFAULT_REGION}"));
    }
    let endpoint =
        look.given.endpoint.as_deref().and_then(|text| look.endpoint("STORAGE_ENDPOINT", text));
    let halves = look.given.access_key_id.is_some() || look.given.secret_access_key.is_some();
    let keys = key_pair(look);
    if !halves && !look.build.s3_ambient {
        look.problem(
            "STORAGE_ACCESS_KEY_ID and STORAGE_SECRET_ACCESS_KEY are missing: set both, or build \
             the worker with `--features s3-ambient` to use the machine's own credentials",
        );
    }
    S3Config { bucket, region, endpoint, keys, ca_file: ca_file(look) }
}

pub(super) fn gcs(look: &mut Look<'_>) -> GcsConfig {
    only_for(look, "gcs");
    let keys = look.given.access_key_id.is_some() || look.given.secret_access_key.is_some();
    look.useless(
        "STORAGE_ACCESS_KEY_ID or STORAGE_SECRET_ACCESS_KEY",
        keys,
        "GCS takes a service account: use STORAGE_CREDENTIALS_FILE or the machine's own credentials, \
         or STORAGE_TYPE=s3 with STORAGE_ENDPOINT=https://storage.googleapis.com for HMAC keys",
    );
    look.useless(
        "STORAGE_CA_FILE",
        look.given.ca_file.is_some(),
        "the GCS client trusts the system's certificates only: install it there",
    );
    let bucket = bucket(look, "the bucket of the uploads");
    let endpoint =
        look.given.endpoint.as_deref().and_then(|text| look.endpoint("STORAGE_ENDPOINT", text));
    let grpc_endpoint = look
        .given
        .grpc_endpoint
        .as_deref()
        .and_then(|text| look.endpoint("STORAGE_GRPC_ENDPOINT", text));
    if look.given.endpoint.is_some() != look.given.grpc_endpoint.is_some() {
        look.problem(
            "STORAGE_ENDPOINT and STORAGE_GRPC_ENDPOINT go together: GCS reads and writes by the \
             one, lists and deletes by the other",
        );
    }
    let credentials = if look.given.anonymous {
        let local = |url: &Option<Url>| url.as_ref().is_some_and(is_loopback);
        if !(local(&endpoint) && local(&grpc_endpoint)) {
            look.problem(
                "STORAGE_ANONYMOUS is set: working without credentials is for an emulator on this \
                 machine, with STORAGE_ENDPOINT and STORAGE_GRPC_ENDPOINT on the loopback address",
            );
        }
        look.useless(
            "STORAGE_CREDENTIALS_FILE",
            look.given.credentials_file.is_some(),
            "STORAGE_ANONYMOUS is too",
        );
        GcsCredentials::Anonymous
    } else if let Some(path) = &look.given.credentials_file {
        let path = PathBuf::from(path);
        if let Err(error) = std::fs::File::open(&path) {
            look.problem(format!(
                "STORAGE_CREDENTIALS_FILE {} cannot be read ({error})",
                path.display()
            ));
        }
        GcsCredentials::File(path)
    } else {
        GcsCredentials::Default
    };
    GcsConfig { bucket, endpoint, grpc_endpoint, credentials }
}

pub(super) fn azure(look: &mut Look<'_>) -> Option<AzureConfig> {
    only_for(look, "azure");
    look.useless("STORAGE_ANONYMOUS", look.given.anonymous, "it is for STORAGE_TYPE=gcs");
    let container = bucket(look, "the container of the uploads");
    let set = [
        ("STORAGE_CONNECTION_STRING", look.given.connection_string.is_some()),
        ("STORAGE_SAS_TOKEN", look.given.sas_token.is_some()),
        ("STORAGE_SECRET_ACCESS_KEY", look.given.secret_access_key.is_some()),
    ];
    let named: Vec<_> = set.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| *name).collect();
    if named.len() > 1 {
        look.problem(format!("{} are set: Azure takes one of them", named.join(" and ")));
    }
    let ca_file = ca_file(look);
    if let Some(text) = &look.given.connection_string {
        look.useless(
            "STORAGE_ENDPOINT or STORAGE_ACCESS_KEY_ID",
            look.given.endpoint.is_some() || look.given.access_key_id.is_some(),
            "STORAGE_CONNECTION_STRING names account and address",
        );
        let parts = ConnectionString::parse(text.reveal());
        let (endpoint, credentials) = parts.settle(look);
        return Some(AzureConfig { container, endpoint: endpoint?, credentials, ca_file });
    }
    let account = look.given.access_key_id.clone();
    let endpoint = account_endpoint(look, account.as_deref());
    let credentials = if let Some(token) = &look.given.sas_token {
        AzureCredentials::Sas(sas(token))
    } else if let Some(key) = &look.given.secret_access_key {
        let account = look.required(
            "STORAGE_ACCESS_KEY_ID",
            account.as_ref(),
            "the name of the storage account whose key STORAGE_SECRET_ACCESS_KEY is",
        );
        check_key(look, "STORAGE_SECRET_ACCESS_KEY", key);
        AzureCredentials::SharedKey { account, key: key.clone() }
    } else {
        if !look.build.azure_entra {
            look.problem(
                "no credentials for Azure: set STORAGE_SECRET_ACCESS_KEY (account key), \
                 STORAGE_CONNECTION_STRING or STORAGE_SAS_TOKEN, or build the worker with \
                 `--features azure-entra` to use the machine's identity",
            );
        }
        if endpoint.as_ref().is_some_and(|endpoint| endpoint.scheme() != "https") {
            look.problem(
                "STORAGE_ENDPOINT is plain http, and tokens of the machine's identity are sent over \
                 https alone: use https, or an account key",
            );
        }
        AzureCredentials::Entra
    };
    Some(AzureConfig { container, endpoint: endpoint?, credentials, ca_file })
}

fn account_endpoint(look: &mut Look<'_>, account: Option<&str>) -> Option<Url> {
    if let Some(text) = look.given.endpoint.as_deref() {
        return look.endpoint("STORAGE_ENDPOINT", text);
    }
    let Some(account) = account else {
        look.problem(
            "STORAGE_ACCESS_KEY_ID is missing: the name of the storage account (or set \
             STORAGE_ENDPOINT to its address)",
        );
        return None;
    };
    public_endpoint(look, "STORAGE_ACCESS_KEY_ID", account, "https", "core.windows.net")
}

/// Accounts have 3 to 24 small letters and digits.
fn public_endpoint(
    look: &mut Look<'_>,
    name: &str,
    account: &str,
    scheme: &str,
    suffix: &str,
) -> Option<Url> {
    let is_name = (3..=24).contains(&account.len())
        && account.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !is_name {
        look.problem(format!(
            "{name} is {account:?}: names of storage accounts are 3 to 24 small letters and digits"
        ));
        return None;
    }
    look.endpoint(name, &format!("{scheme}://{account}.blob.{suffix}"))
}

fn check_key(look: &mut Look<'_>, name: &str, key: &Secret) {
    if base64::engine::general_purpose::STANDARD.decode(key.reveal()).is_err() {
        look.problem(format!("{name} is not an account key: keys of Azure are base64"));
    }
}

fn sas(token: &Secret) -> Secret {
    Secret::new(token.reveal().trim_start_matches('?'))
}

/// `Name=value;Name=value`, as the portal of Azure gives it.
#[derive(Default)]
struct ConnectionString<'a> {
    scheme: Option<&'a str>,
    account: Option<&'a str>,
    key: Option<&'a str>,
    suffix: Option<&'a str>,
    endpoint: Option<&'a str>,
    sas: Option<&'a str>,
    emulator: bool,
}

impl<'a> ConnectionString<'a> {
    fn parse(text: &'a str) -> Self {
        let mut parts = Self::default();
        for (name, value) in text.split(';').filter_map(|part| part.trim().split_once('=')) {
            match name.trim().to_ascii_lowercase().as_str() {
                "defaultendpointsprotocol" => parts.scheme = Some(value),
                "accountname" => parts.account = Some(value),
                "accountkey" => parts.key = Some(value),
                "endpointsuffix" => parts.suffix = Some(value),
                "blobendpoint" => parts.endpoint = Some(value),
                "sharedaccesssignature" => parts.sas = Some(value),
                "usedevelopmentstorage" => parts.emulator = value.eq_ignore_ascii_case("true"),
                _ => {}
            }
        }
        parts
    }

    fn settle(self, look: &mut Look<'_>) -> (Option<Url>, AzureCredentials) {
        const NAME: &str = "STORAGE_CONNECTION_STRING";
        if self.emulator {
            look.problem(format!(
                "{NAME} is of the emulator: set BlobEndpoint, AccountName and AccountKey instead"
            ));
        }
        let endpoint = match (self.endpoint, self.account) {
            (Some(endpoint), _) => look.endpoint(NAME, endpoint),
            (None, Some(account)) => public_endpoint(
                look,
                NAME,
                account,
                self.scheme.unwrap_or("https"),
                self.suffix.unwrap_or("core.windows.net"),
            ),
            (None, None) => {
                look.problem(format!("{NAME} has neither AccountName nor BlobEndpoint"));
                None
            }
        };
        let credentials = match (self.sas, self.key, self.account) {
            (Some(token), ..) => AzureCredentials::Sas(sas(&Secret::new(token))),
            (None, Some(key), Some(account)) => {
                let key = Secret::new(key);
                check_key(look, NAME, &key);
                AzureCredentials::SharedKey { account: account.to_owned(), key }
            }
            _ => {
                look.problem(format!(
                    "{NAME} has neither AccountName with AccountKey nor SharedAccessSignature"
                ));
                AzureCredentials::Entra
            }
        };
        (endpoint, credentials)
    }
}
