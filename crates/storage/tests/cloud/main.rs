//! The stores of the providers that have a server inside this process: S3 and Google Cloud Storage.
#![allow(clippy::expect_used, reason = "a test panics")]

mod faults;
mod gcs;
mod s3;
mod tls;

use storage::{ObjectStore, Spooler, config::Variables};

/// Runs the common suite.
async fn behaves_as_promised(store: &dyn ObjectStore) {
    let folder = tempfile::tempdir().expect("a folder");
    let spooler = Spooler::new(folder.path());
    storage::testing::behaves_as_promised(store, &spooler).await;
}

/// Settings with one value changed.
fn with(base: &Variables, change: impl FnOnce(&mut Variables)) -> storage::Config {
    let mut variables = base.clone();
    change(&mut variables);
    variables.check().expect("valid settings")
}
