//! The database that `migrate` and `seed` work on.

use anyhow::{Result, bail};

use crate::workspace;

/// `DIRECT_DATABASE_URL`, else `DATABASE_URL`: from the environment, else from `.env`.
pub(crate) fn of_the_developer() -> Result<String> {
    for name in ["DIRECT_DATABASE_URL", "DATABASE_URL"] {
        if let Ok(url) = std::env::var(name)
            && !url.is_empty()
        {
            return Ok(url);
        }
    }
    let file = std::fs::read_to_string(workspace::root().join(".env")).unwrap_or_default();
    for name in ["DIRECT_DATABASE_URL", "DATABASE_URL"] {
        if let Some(url) = value_in(&file, name) {
            return Ok(url);
        }
    }
    bail!(
        "DATABASE_URL is not set: give it in the environment or in .env, \
         or let `cargo xtask dev` keep a private database"
    )
}

fn value_in(file: &str, name: &str) -> Option<String> {
    file.lines().find_map(|line| {
        let value = line.trim().strip_prefix(name)?.trim_start().strip_prefix('=')?.trim();
        let value = value.trim_matches(['"', '\'']);
        (!value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::value_in;

    #[test]
    fn reads_quoted_and_plain_values() {
        let file = "# DATABASE_URL=no\nDATABASE_URL = \"postgresql://a/b\"\nX='y'\n";
        assert_eq!(value_in(file, "DATABASE_URL").as_deref(), Some("postgresql://a/b"));
        assert_eq!(value_in(file, "X").as_deref(), Some("y"));
        assert_eq!(value_in(file, "DIRECT_DATABASE_URL"), None);
    }
}
