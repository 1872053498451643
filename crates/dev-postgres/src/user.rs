//! Whom the server runs as: PostgreSQL refuses to run as root.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::Error;

/// The user and group that replace root for the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StandIn {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// `None` when this process is not root and may run the server itself.
pub(crate) fn stand_in() -> Result<Option<StandIn>, Error> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd").map_err(Error::file("read", "/etc/passwd"))?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| entry(&passwd, name))
        .map(Some)
        .ok_or(Error::NoUser)
}

fn entry(passwd: &str, wanted: &str) -> Option<StandIn> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let (uid, gid) = (fields.nth(1)?, fields.next()?);
        let user = StandIn { uid: uid.parse().ok()?, gid: gid.parse().ok()? };
        (name == wanted && user.uid != 0).then_some(user)
    })
}

/// Makes a command run as the stand-in, with an environment that holds nothing of ours.
pub(crate) fn prepare(command: &mut Command, user: Option<StandIn>, folder: &Path) {
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C");
    command.current_dir(folder);
    if let Some(user) = user {
        // The standard library also drops root's supplementary groups here.
        command.uid(user.uid).gid(user.gid);
    }
}

/// Gives a path to the stand-in, if there is one.
pub(crate) fn give(path: &Path, user: Option<StandIn>) -> Result<(), Error> {
    let Some(user) = user else { return Ok(()) };
    std::os::unix::fs::chown(path, Some(user.uid), Some(user.gid))
        .map_err(Error::file("change the owner of", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_user_and_never_root() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\npostgres:x:0:0::/:/bin/sh\nnobody:x:65534:65533:n:/:/x\nbroken\n";
        assert_eq!(entry(passwd, "nobody"), Some(StandIn { uid: 65534, gid: 65533 }));
        assert_eq!(entry(passwd, "postgres"), None);
        assert_eq!(entry(passwd, "broken"), None);
    }
}
