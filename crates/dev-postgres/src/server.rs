use std::fs;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use url::Url;

use crate::binaries::Binaries;
use crate::folder::Folder;
use crate::lifeline::{Lifeline, Start};
use crate::user::{self, StandIn};
use crate::{Error, settings};

/// Tries to start before giving up: a port may be taken in between, or the last server of this
/// folder may still be closing after its owner was killed.
const START_TRIES: u32 = 40;

/// What server is wanted.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Keeps what a power failure would lose, and vacuums: for kept data and for measurements.
    pub durable: bool,
    /// Where the data is kept; `None` takes a free throw-away slot under the target folder.
    /// When root runs this and the server's user could not reach the folder, a folder of the same
    /// name under the system's folder for temporary files is used.
    pub folder: Option<PathBuf>,
    /// Further server settings, name and value.
    pub settings: Vec<(String, String)>,
}

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopMode {
    /// Closes the connections and writes a checkpoint.
    Fast,
    /// Leaves everything as it is; the next start recovers.
    Immediate,
    /// SIGKILL, as the system does when memory runs out.
    Kill,
}

impl StopMode {
    fn signal(self) -> &'static str {
        match self {
            Self::Fast => "INT",
            Self::Immediate => "QUIT",
            Self::Kill => "KILL",
        }
    }
}

/// A PostgreSQL server: a private one, or the one that `TEST_DATABASE_URL` names.
#[derive(Debug)]
pub struct Server {
    base: Url,
    private: Option<Private>,
}

#[derive(Debug)]
struct Private {
    binaries: Binaries,
    user: Option<StandIn>,
    folder: Folder,
    port: u16,
    settings: Vec<String>,
    running: Mutex<Option<Lifeline>>,
}

impl Server {
    /// The server of this process, started at the first call and stopped at the process's end.
    ///
    /// It is fast and forgets everything at a power failure. `TEST_DATABASE_URL` replaces it.
    pub fn shared() -> Result<&'static Self, Error> {
        static SHARED: Mutex<Option<&'static Server>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = *shared {
            return Ok(server);
        }
        let server = match settings::given_url() {
            Some(url) => Self::given(&url)?,
            None => Self::start(&Options::default())?,
        };
        let server: &'static Self = Box::leak(Box::new(server));
        *shared = Some(server);
        Ok(server)
    }

    /// A server that somebody else runs.
    pub fn given(url: &str) -> Result<Self, Error> {
        Ok(Self { base: Url::parse(url).map_err(Error::Url)?, private: None })
    }

    /// Starts a private server; blocks for some 50 ms, one second when the data folder is new.
    pub fn start(options: &Options) -> Result<Self, Error> {
        let binaries = Binaries::find()?;
        let user = user::stand_in()?;
        let folder = match &options.folder {
            Some(folder) => Folder::kept(folder, user)?,
            None => Folder::free_slot(user)?,
        };
        let password = folder.password()?;
        initialise(&binaries, user, &folder, &password)?;
        let settings = settings::server(options.durable, &options.settings);
        let mut private =
            Private { binaries, user, folder, port: 0, settings, running: Mutex::new(None) };
        private.first_start()?;
        let base = format!("postgresql://postgres:{password}@127.0.0.1:{}/postgres", private.port);
        let server = Self { base: Url::parse(&base).map_err(Error::Url)?, private: Some(private) };
        Ok(server)
    }

    /// The URL of a database of this server, user and password included.
    pub fn url(&self, database: &str) -> String {
        let mut url = self.base.clone();
        url.set_path(database);
        url.into()
    }

    /// The URL of the database from which others are made and dropped.
    pub fn admin_url(&self) -> &str {
        self.base.as_str()
    }

    /// Whether what is in this server may be thrown away because nobody else uses it.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.private.as_ref().is_some_and(|private| private.folder.throw_away)
    }

    /// Where the data and the log (`log`) lie; `None` for a given server.
    pub fn folder(&self) -> Option<&Path> {
        self.private.as_ref().map(|private| private.folder.path.as_path())
    }

    /// Stops the server; a stopped server stays stopped.
    pub fn stop(&self, mode: StopMode) -> Result<(), Error> {
        let private = self.private.as_ref().ok_or(Error::NotOurs)?;
        if let Some(mut lifeline) = private.running().take() {
            lifeline.stop(mode.signal());
        }
        Ok(())
    }

    /// Stops the server and starts it again on the same port, with the same data.
    pub fn restart(&self, mode: StopMode) -> Result<(), Error> {
        self.stop(mode)?;
        self.resume()
    }

    /// Starts a stopped server again on the same port; nothing happens when it runs.
    pub fn resume(&self) -> Result<(), Error> {
        let private = self.private.as_ref().ok_or(Error::NotOurs)?;
        let mut running = private.running();
        if running.is_none() {
            *running = Some(private.start_patiently(|| Ok(private.port))?.0);
        }
        Ok(())
    }
}

impl Private {
    fn running(&self) -> MutexGuard<'_, Option<Lifeline>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn first_start(&mut self) -> Result<(), Error> {
        let (lifeline, port) = self.start_patiently(free_port)?;
        self.port = port;
        *self.running() = Some(lifeline);
        Ok(())
    }

    fn start_patiently(
        &self,
        port: impl Fn() -> Result<u16, Error>,
    ) -> Result<(Lifeline, u16), Error> {
        let mut tries = 0;
        loop {
            let port = port()?;
            let started = Lifeline::start(&Start {
                binaries: &self.binaries,
                user: self.user,
                data: &self.folder.path.join("data"),
                log: &self.folder.path.join("log"),
                port,
                settings: &self.settings,
            });
            match started {
                Ok(lifeline) => return Ok((lifeline, port)),
                Err(Error::Start { log }) if tries < START_TRIES && passes(&log) => {
                    tries += 1;
                    thread::sleep(Duration::from_millis(100));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether a failed start is worth another: the reasons that go away by themselves.
fn passes(log: &str) -> bool {
    ["already in use", "is still in use", "could not bind", "lock file \"postmaster.pid\" already"]
        .iter()
        .any(|reason| log.contains(reason))
}

fn free_port() -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::file("bind a port of", "127.0.0.1"))
}

/// Writes a file that nobody but its owner could ever read.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        // A mode is given to new files only.
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// Makes the data folder unless it is there already.
fn initialise(
    binaries: &Binaries,
    user: Option<StandIn>,
    folder: &Folder,
    password: &str,
) -> Result<(), Error> {
    let data = folder.path.join("data");
    if let Ok(made_by) = fs::read_to_string(data.join("PG_VERSION")) {
        let (made_by, found) = (made_by.trim().to_owned(), binaries.major_version()?);
        if made_by == found {
            return Ok(());
        }
        if !folder.throw_away {
            return Err(Error::OtherVersion { folder: data, made_by, found });
        }
        fs::remove_dir_all(&data).map_err(Error::file("remove", &data))?;
    }
    // Made beside its place and moved there when it is whole: a killed initdb leaves no half.
    let fresh = folder.path.join("data.new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(Error::file("remove", &fresh))?;
    }
    fs::create_dir(&fresh).map_err(Error::file("make the folder", &fresh))?;
    user::give(&fresh, user)?;
    let password_file = folder.path.join("password.init");
    write_secret(&password_file, password).map_err(Error::file("write", &password_file))?;
    user::give(&password_file, user)?;
    let mut initdb = Command::new(&binaries.initdb);
    initdb.arg("-D").arg(&fresh).args(["-U", "postgres", "--auth=password", "--no-sync"]);
    initdb.args(["--encoding=UTF8", "--locale=C"]).arg("--pwfile").arg(&password_file);
    user::prepare(&mut initdb, user, &fresh);
    let output = initdb.output().map_err(Error::file("run", &binaries.initdb))?;
    fs::remove_file(&password_file).map_err(Error::file("remove", &password_file))?;
    if !output.status.success() {
        let text = [output.stdout, output.stderr].concat();
        return Err(Error::Init { output: String::from_utf8_lossy(&text).trim().to_owned() });
    }
    fs::rename(&fresh, &data).map_err(Error::file("move into place", &data))
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test that cannot go on ends here")]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_secret_is_its_owners_alone_also_where_an_open_file_was_left() {
        let folder =
            std::env::temp_dir().join(format!("dev-postgres-secret-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("password.init");
        fs::write(&path, "an older and longer one").expect("writes");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("opens it");
        for text in ["first", "next"] {
            write_secret(&path, text).expect("writes");
            let mode = fs::metadata(&path).expect("is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            assert_eq!(fs::read_to_string(&path).expect("reads"), text);
        }
        fs::remove_dir_all(folder).expect("cleans up");
    }
}
