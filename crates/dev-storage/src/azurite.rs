//! Azurite, Microsoft's emulator of Azure Storage: a program of its own, pinned by the lock file in
//! `azurite/` and installed by `cargo xtask test` into `.dev/azurite`.

use std::{
    ffi::OsStr,
    fmt, io,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// The account that the emulator is started with.
pub const ACCOUNT: &str = "muhasebe";
/// Its key.
pub const ACCOUNT_KEY: &str = "bXVoYXNlYmUtYXp1cml0ZS1pY2luLXV5ZHVydWxtdXMtYW5haHRhcg==";

/// How long it may take to listen; nothing is measured by it.
const PATIENCE: Duration = Duration::from_mins(2);

/// Ends with this process, however that ends: its standard input closes.
const SCRIPT: &str = "process.stdin.on('end', () => process.exit(0)).resume(); \
                      process.argv.splice(1, 0, 'azurite'); require(process.argv[2]); ";

/// Why there is no emulator.
#[derive(Debug)]
pub enum NoAzurite {
    /// It is not installed.
    Missing,
    /// It does not start.
    Broken(io::Error),
}

impl fmt::Display for NoAzurite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str(
                "Azurite is not installed: `cargo xtask test` installs it, or, with Node.js and npm, \
                 `cargo xtask test --only-install`. To leave its tests out: STORAGE_TESTS_ALLOW_SKIP=1",
            ),
            Self::Broken(error) => write!(f, "Azurite does not start: {error}"),
        }
    }
}

impl std::error::Error for NoAzurite {}

/// Where it is installed: `.dev/azurite` of the workspace.
pub fn azurite_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.dev/azurite")
}

/// The folder with what pins it: `package.json` and `package-lock.json`.
pub fn azurite_lock_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("azurite")
}

/// Whether what is installed is what the lock file says.
pub fn is_azurite_installed() -> bool {
    let lock = "package-lock.json";
    let wanted = std::fs::read(azurite_lock_folder().join(lock));
    let found = std::fs::read(azurite_folder().join(lock));
    let is_same = matches!((wanted, found), (Ok(wanted), Ok(found)) if wanted == found);
    is_same && program().is_file()
}

fn program() -> PathBuf {
    azurite_folder().join("node_modules/azurite/dist/src/blob/main.js")
}

/// A running emulator without a container; ends when dropped.
#[derive(Debug)]
pub struct Azurite {
    child: Child,
    address: SocketAddr,
    with_tls: bool,
    _alive: Option<ChildStdin>,
}

impl Azurite {
    /// Starts it on a free port of the loopback address, with everything in its memory.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub fn start() -> Result<Self, NoAzurite> {
        Self::start_with(&[])
    }

    /// As [`Self::start`], with TLS by a certificate and a key (PEM), and taking tokens of Entra too.
    ///
    /// # Errors
    /// Those of [`Self::start`].
    pub fn start_with_tokens(certificate: &Path, key: &Path) -> Result<Self, NoAzurite> {
        let (certificate, key) = (certificate.as_os_str(), key.as_os_str());
        let flag = OsStr::new;
        let flags =
            [flag("--oauth"), flag("basic"), flag("--cert"), certificate, flag("--key"), key];
        Self::start_with(&flags)
    }

    fn start_with(flags: &[&OsStr]) -> Result<Self, NoAzurite> {
        if !is_azurite_installed() {
            return Err(NoAzurite::Missing);
        }
        let mut child = Command::new("node")
            .args(["-e", SCRIPT])
            .arg("--")
            .arg(program())
            .args(["--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence"])
            // It does not know the newest version of the interface, and would tell its makers.
            .args(["--skipApiVersionCheck", "--disableTelemetry"])
            .args(flags)
            .env("AZURITE_ACCOUNTS", format!("{ACCOUNT}:{ACCOUNT_KEY}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(NoAzurite::Broken)?;
        let alive = child.stdin.take();
        match listening(&mut child) {
            Ok(address) => Ok(Self { child, address, with_tls: !flags.is_empty(), _alive: alive }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(NoAzurite::Broken(error))
            }
        }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the account's blob service, as a URL.
    pub fn url(&self) -> String {
        if self.with_tls {
            return format!("https://localhost:{}/{ACCOUNT}", self.address.port());
        }
        format!("http://{}/{ACCOUNT}", self.address)
    }
}

/// Reads what it says until it listens, and goes on reading so that it never waits.
fn listening(child: &mut Child) -> io::Result<SocketAddr> {
    let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let address = line.split_once("listens on http").map(|(_, rest)| rest);
            if let Some((_, address)) = address.and_then(|rest| rest.split_once("://")) {
                let _ = send.send(address.trim().to_owned());
            }
        }
    });
    let address =
        receive.recv_timeout(PATIENCE).map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
    address.parse().map_err(io::Error::other)
}

impl Drop for Azurite {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::NoAzurite;

    #[test]
    fn who_lacks_it_reads_how_to_get_it() {
        let text = NoAzurite::Missing.to_string();
        assert!(text.contains("cargo xtask test --only-install"), "{text}");
        assert!(text.contains("STORAGE_TESTS_ALLOW_SKIP=1"), "{text}");
    }
}
