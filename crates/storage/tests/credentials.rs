//! The machine's own credentials, got from where each provider gives them out: Amazon's containers and
//! virtual machines, Google's application-default credentials, Azure's managed and workload identities.
//! What gives them out is `dev_storage::IdentityServer`; where they are shown is a server that refuses
//! any others.
//!
//! The libraries find their servers by variables of the environment, so each case reads and writes in
//! a process of its own that has these alone.
#![allow(clippy::expect_used, reason = "a test panics")]

#[path = "cloud/tls.rs"]
mod tls;

use std::{
    path::Path,
    process::{Command, ExitCode},
};

use dev_storage::{
    AZURITE_ACCOUNT, AZURITE_ACCOUNT_KEY, Azurite, GcsServer, IdentityServer, S3Server, identity,
};
use domain::TenantId;
use libtest_mimic::{Arguments, Trial};
use storage::{
    Body, Config, ObjectStore, PutOptions, StorageError, TenantScope,
    config::{Secret, Variables},
};

/// What a child is told: its work, then the settings.
const CHILD: &str = "--in-a-process-of-its-own";
const WORKS: &str = "works";
const IS_DENIED: &str = "is-denied";
const IS_OUT_OF_REACH: &str = "is-out-of-reach";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == CHILD) {
        block_on(child(&arguments[at + 1], &variables(&arguments[at + 2..])));
        return ExitCode::SUCCESS;
    }
    #[expect(clippy::disallowed_methods, reason = "the switch of this test alone")]
    let may_skip = std::env::var_os("STORAGE_TESTS_ALLOW_SKIP").is_some_and(|value| value == "1");
    let skip = may_skip && !dev_storage::is_azurite_installed();
    let test = |name: &str, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
    };
    let tests = vec![
        test("s3_in_a_container", || block_on(s3_in_a_container())),
        test("s3_on_a_virtual_machine", || block_on(s3_on_a_virtual_machine())),
        test("s3_with_a_workload_s_identity", || block_on(s3_with_a_workload_s_identity())),
        test("s3_without_any", || block_on(s3_without_any())),
        test("gcs_as_a_user", || block_on(gcs_as_a_user())),
        test("gcs_on_a_virtual_machine", || block_on(gcs_on_a_virtual_machine())),
        test("gcs_with_a_refused_user", || block_on(gcs_with_a_refused_user())),
        test("azure_with_a_managed_identity", || block_on(azure_with_a_managed_identity()))
            .with_ignored_flag(skip),
        test("azure_with_a_workload_s_identity", || block_on(azure_with_a_workload_s_identity()))
            .with_ignored_flag(skip),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(test);
}

/// Of the child: `kind endpoint [grpc endpoint | CA file]`.
fn variables(arguments: &[String]) -> Variables {
    let kind = arguments[0].as_str();
    let more = arguments.get(2).cloned();
    Variables {
        kind: Some(kind.to_owned()),
        bucket: Some("uploads".to_owned()),
        endpoint: Some(arguments[1].clone()),
        grpc_endpoint: more.clone().filter(|_| kind == "gcs"),
        ca_file: more.filter(|_| kind == "azure"),
        ..Variables::default()
    }
}

async fn child(wanted: &str, variables: &Variables) {
    let config = variables.check().expect("valid settings");
    let timing = storage::Timing {
        pause: std::time::Duration::from_millis(2),
        ..storage::Timing::default()
    };
    let opened = storage::open_with(&config, timing).await;
    let store = match (wanted, opened) {
        (_, Ok(store)) => store,
        (IS_DENIED, Err(StorageError::Misconfigured(_))) => return,
        (_, Err(error)) => panic!("{error:?}"),
    };
    let error = match store.check().await {
        Ok(()) => {
            assert_eq!(wanted, WORKS, "nobody should have come in");
            return reads_what_it_wrote(store.as_ref()).await;
        }
        Err(error) => error,
    };
    match wanted {
        IS_DENIED => assert!(matches!(error, StorageError::Denied { .. }), "{error:?}"),
        IS_OUT_OF_REACH => assert!(matches!(error, StorageError::Transient { .. }), "{error:?}"),
        _ => panic!("{error:?}"),
    }
}

async fn reads_what_it_wrote(store: &dyn ObjectStore) {
    let scope = TenantScope::new(&TenantId::new("office-1")).expect("a tenant");
    let key = scope.key("documents/Şubat 1+2.pdf").expect("a key");
    let body = Body::Bytes(bytes::Bytes::from_static(b"%PDF"));
    store.put(&key, body, PutOptions::default()).await.expect("put");
    assert_eq!(store.get(&key, 10).await.expect("read").bytes, "%PDF");
    assert_eq!(store.head(&key).await.expect("there").size, 4);
    store.delete(&key).await.expect("deleted");
}

/// Runs a child with these variables of the environment and no others.
async fn run(wanted: &str, settings: &[&str], environment: &[(&str, String)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(std::env::current_exe().expect("this test's program"));
    command.arg(CHILD).arg(wanted).args(settings);
    // A home without anybody's own keys.
    command.env_clear().env("HOME", folder.path());
    command.envs(environment.iter().map(|(name, value)| (*name, value.as_str())));
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("ran");
    let output = output.expect("started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

async fn s3(wanted: &str, environment: &[(&str, String)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = S3Server::start(folder.path(), "uploads").await.expect("serves");
    run(wanted, &["s3", &server.url()], environment).await;
}

async fn s3_in_a_container() {
    let identities = IdentityServer::start().await.expect("serves");
    let at = format!("http://{}/aws/container", identities.address());
    let with = |token: &str| {
        [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", at.clone()),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", token.to_owned()),
        ]
    };
    s3(WORKS, &with(identity::SECRET)).await;
    assert_eq!(identities.asked(), ["GET /aws/container"], "asked once for all requests");
    // The library does not tell a refusal here from a server that is away.
    s3(IS_OUT_OF_REACH, &with("somebody-else")).await;
}

async fn s3_on_a_virtual_machine() {
    let identities = IdentityServer::start().await.expect("serves");
    let at = ("AWS_EC2_METADATA_SERVICE_ENDPOINT", format!("http://{}", identities.address()));
    s3(WORKS, &[at]).await;
    assert_eq!(
        identities.asked(),
        [
            "PUT /latest/api/token",
            "GET /latest/meta-data/iam/security-credentials/",
            "GET /latest/meta-data/iam/security-credentials/worker-role",
        ]
    );
}

/// As Kubernetes has it (EKS): a token in a file, for a role.
async fn s3_with_a_workload_s_identity() {
    let identities = IdentityServer::start().await.expect("serves");
    let folder = tempfile::tempdir().expect("a folder");
    let with = |assertion: &str| {
        let file = folder.path().join("token");
        std::fs::write(&file, assertion).expect("written");
        [
            ("AWS_ENDPOINT_URL_STS", format!("http://{}", identities.address())),
            ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/worker".to_owned()),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", file.to_str().expect("text").to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    };
    s3(WORKS, &with(identity::ASSERTION)).await;
    assert_eq!(identities.asked(), ["POST /"], "asked once for all requests");
    // As in a container, a refusal looks like a server that is away.
    s3(IS_OUT_OF_REACH, &with("somebody-else")).await;
}

async fn s3_without_any() {
    s3(IS_DENIED, &[("AWS_EC2_METADATA_DISABLED", "true".to_owned())]).await;
}

async fn gcs(wanted: &str, environment: &[(&str, String)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = GcsServer::start_for(folder.path(), "uploads", identity::GOOGLE_TOKEN).await;
    let server = server.expect("serves");
    let (json, grpc) = (server.json_address(), server.grpc_address());
    run(wanted, &["gcs", &format!("http://{json}"), &format!("http://{grpc}")], environment).await;
}

/// The file that `gcloud auth application-default login` writes.
fn google_user(
    folder: &Path,
    identities: &IdentityServer,
    refresh_token: &str,
) -> (&'static str, String) {
    let path = folder.join("user.json");
    let address = identities.address();
    let text = format!(
        r#"{{"type": "authorized_user", "client_id": "worker", "client_secret": "x",
             "refresh_token": "{refresh_token}", "token_uri": "http://{address}/google/token"}}"#
    );
    std::fs::write(&path, text).expect("written");
    ("GOOGLE_APPLICATION_CREDENTIALS", path.to_str().expect("text").to_owned())
}

async fn gcs_as_a_user() {
    let identities = IdentityServer::start().await.expect("serves");
    let folder = tempfile::tempdir().expect("a folder");
    gcs(WORKS, &[google_user(folder.path(), &identities, identity::REFRESH_TOKEN)]).await;
    assert!(identities.asked().contains(&"POST /google/token".to_owned()));
}

async fn gcs_with_a_refused_user() {
    let identities = IdentityServer::start().await.expect("serves");
    let folder = tempfile::tempdir().expect("a folder");
    gcs(IS_DENIED, &[google_user(folder.path(), &identities, "revoked")]).await;
}

async fn gcs_on_a_virtual_machine() {
    let identities = IdentityServer::start().await.expect("serves");
    gcs(WORKS, &[("GCE_METADATA_HOST", identities.address().to_string())]).await;
    let token = "GET /computeMetadata/v1/instance/service-accounts/default/token".to_owned();
    assert!(identities.asked().contains(&token));
}

/// Azurite with TLS, where tokens are taken, and the file of its certificate.
struct AzureStage {
    server: Azurite,
    front: tls::Front,
    identities: IdentityServer,
    _folder: tempfile::TempDir,
}

impl AzureStage {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let identities = IdentityServer::start().await.expect("serves");
        let front = tls::front(identities.address(), folder.path()).await;
        let server = Azurite::start_with_tokens(&front.ca_file, &front.key_file)
            .unwrap_or_else(|error| panic!("{error}"));
        let variables = Variables {
            kind: Some("azure".to_owned()),
            bucket: Some("uploads".to_owned()),
            endpoint: Some(server.url()),
            access_key_id: Some(AZURITE_ACCOUNT.to_owned()),
            secret_access_key: Some(Secret::new(AZURITE_ACCOUNT_KEY)),
            ca_file: Some(front.ca_file.to_str().expect("text").to_owned()),
            ..Variables::default()
        };
        let Ok(Config::Azure(config)) = variables.check() else { panic!("not azure") };
        storage::testing::create_azure_container(&config).await.expect("a container");
        Self { server, front, identities, _folder: folder }
    }

    async fn run(&self, wanted: &str, environment: &[(&str, String)]) {
        let ca_file = self.front.ca_file.to_str().expect("text");
        run(wanted, &["azure", &self.server.url(), ca_file], environment).await;
    }
}

async fn azure_with_a_managed_identity() {
    let stage = AzureStage::new().await;
    let at = format!("http://{}/azure/app-service", stage.identities.address());
    let with =
        |secret: &str| [("IDENTITY_ENDPOINT", at.clone()), ("IDENTITY_HEADER", secret.to_owned())];
    // A proxy knows nothing of the machine; nobody listens there, so asking it would fail.
    let mut behind_proxy = with(identity::SECRET).to_vec();
    behind_proxy.push(("HTTP_PROXY", "http://127.0.0.1:1".to_owned()));
    for environment in [&with(identity::SECRET)[..], &behind_proxy] {
        stage.run(WORKS, environment).await;
    }
    let asked = ["GET /azure/app-service", "GET /azure/app-service"];
    assert_eq!(stage.identities.asked(), asked, "asked once for all requests");
    stage.run(IS_DENIED, &with("somebody-else")).await;
    // Nobody listens there.
    let nowhere = [
        ("IDENTITY_ENDPOINT", "http://127.0.0.1:1/".to_owned()),
        ("IDENTITY_HEADER", identity::SECRET.to_owned()),
    ];
    stage.run(IS_OUT_OF_REACH, &nowhere).await;
}

async fn azure_with_a_workload_s_identity() {
    let stage = AzureStage::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let with = |assertion: &str| {
        let file = folder.path().join("token");
        std::fs::write(&file, assertion).expect("written");
        [
            ("AZURE_AUTHORITY_HOST", stage.front.server.url()),
            ("AZURE_TENANT_ID", "00000000-0000-0000-0000-000000000000".to_owned()),
            ("AZURE_CLIENT_ID", "worker".to_owned()),
            ("AZURE_FEDERATED_TOKEN_FILE", file.to_str().expect("text").to_owned()),
        ]
    };
    stage.run(WORKS, &with(identity::ASSERTION)).await;
    let token = "POST /00000000-0000-0000-0000-000000000000/oauth2/v2.0/token";
    assert_eq!(stage.identities.asked(), [token], "asked once for all requests");
    stage.run(IS_DENIED, &with("somebody-else")).await;
}
