//! A private PostgreSQL with this version's schema in it.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, Result};
use dev_postgres::{Options, Server};

/// Starts the server whose data stays in `folder`; it stops when this process ends.
pub(crate) fn start(folder: &Path) -> Result<Server> {
    let options =
        Options { durable: true, folder: Some(folder.to_path_buf()), ..Options::default() };
    Server::start(&options).context("no private PostgreSQL")
}

/// Brings a database to this version and writes the platform's rules into it.
pub(crate) async fn prepare(url: &str) -> Result<()> {
    crate::migrate::to_this_version(url).await?;
    crate::seed::platform_rules(url).await?;
    Ok(())
}

/// What a worker on a private database is told. Every setting that names a place is given: one left
/// out would come from the shell or a `.env` file, and lead the worker to another database.
pub(crate) fn settings<'a>(url: &'a str, storage: &'a Path) -> [(&'static str, &'a OsStr); 4] {
    [
        ("DATABASE_URL", url.as_ref()),
        ("DIRECT_DATABASE_URL", url.as_ref()),
        ("STORAGE_TYPE", "local".as_ref()),
        ("STORAGE_BASE_PATH", storage.as_os_str()),
    ]
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::settings;

    #[test]
    fn neither_the_shell_nor_an_env_file_names_another_place() {
        let url = "postgresql://127.0.0.1:1/private";
        let names = ["DATABASE_URL", "DIRECT_DATABASE_URL", "STORAGE_TYPE", "STORAGE_BASE_PATH"];
        let mut command = Command::new("worker");
        for name in names {
            command.env(name, "of-the-shell");
        }
        command.envs(settings(url, Path::new("/private/storage")));
        let told = |name: &str| {
            let found = command.get_envs().find(|(key, _)| *key == name);
            found.and_then(|(_, value)| value).and_then(|value| value.to_str()).map(str::to_owned)
        };
        assert_eq!(
            names.map(|name| told(name).unwrap_or_default()),
            [url, url, "local", "/private/storage"]
        );
        // A worker started in any other way would miss one of them.
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for file in ["dev.rs", "demo/mod.rs", "bench/worker.rs"] {
            let text = fs::read_to_string(sources.join(file)).unwrap();
            assert!(text.contains("private_database::settings("), "{file}");
        }
    }
}
