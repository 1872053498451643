//! Reading in a child process that cannot take more than its limits, whatever the file does.
//!
//! The parent ([`Reader`]) starts its own program again with a hidden argument; that calls
//! [`serve_child`], which limits itself, reads one document and ends. Both speak in frames: a length
//! as four bytes, little end first, then the content.

mod cancel;
mod child;
mod frame;
mod reader;

use std::{ffi::OsStr, process::Command};

pub use cancel::Cancel;
pub use child::serve_child;
pub use reader::Reader;

/// All that a child gets of this process's environment: no settings, no secrets.
const KEPT: [&str; 3] = ["PATH", "LANG", "TESSDATA_PREFIX"];

/// Clears the environment of a process that touches a document.
pub(crate) fn clean_environment(command: &mut Command) {
    command.env_clear();
    command.envs(
        std::env::vars_os().filter(|(name, _)| KEPT.iter().any(|kept| name == OsStr::new(kept))),
    );
    command.env("OMP_THREAD_LIMIT", "1");
}
