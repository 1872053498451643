//! A setting as data: one description serves the flag, the environment variable, the help text, the
//! validation and the table in `docs/operations.md`.

use std::{collections::BTreeMap, sync::LazyLock};

use super::settings;

/// Flags by the name of their setting; clap wants texts that live for ever.
static FLAGS: LazyLock<BTreeMap<&'static str, String>> = LazyLock::new(|| {
    let flag = |setting: &Setting| (setting.name, setting.name.to_lowercase().replace('_', "-"));
    settings::ALL.iter().map(flag).collect()
});

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// Text that is never printed.
    Secret,
    /// A whole number within bounds, both included.
    Number {
        /// Smallest allowed.
        min: u64,
        /// Largest allowed.
        max: u64,
    },
    /// An exact decimal number within bounds, both included.
    Decimal {
        /// Smallest allowed.
        min: u32,
        /// Largest allowed.
        max: u32,
    },
    /// One of some words.
    Word(&'static [&'static str]),
}

/// One setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Environment variable; the flag is the same in lower case with dashes.
    pub(crate) name: &'static str,
    /// Heading in the help.
    pub(crate) topic: &'static str,
    /// Value when nothing is said; none where it is required or computed.
    pub(crate) default: Option<&'static str>,
    /// What a value may be.
    pub(crate) kind: Kind,
    /// What it does, one sentence.
    pub(crate) help: &'static str,
}

impl Setting {
    /// The flag without its dashes in front.
    pub(crate) fn flag(&self) -> &'static str {
        FLAGS.get(self.name).map_or(self.name, String::as_str)
    }

    /// What is allowed, for messages and help.
    pub(crate) fn allowed(&self) -> Option<String> {
        match self.kind {
            Kind::Text | Kind::Secret => None,
            Kind::Number { min, max } => Some(format!("{min} to {max}")),
            Kind::Decimal { min, max } => Some(format!("{min} to {max}, decimals allowed")),
            Kind::Word(words) => Some(words.join(", ")),
        }
    }

    /// Its row in the table of `docs/operations.md`.
    #[cfg(test)]
    pub(crate) fn documentation(&self) -> String {
        let allowed = self.allowed().unwrap_or_else(|| "text".to_owned());
        let default = self.default.map_or_else(|| "–".to_owned(), |text| format!("`{text}`"));
        format!("| `{}` | {default} | {allowed} | {} |", self.name, self.help)
    }

    /// The text shown by `--help`.
    pub(crate) fn long_help(&self) -> String {
        use std::fmt::Write as _;
        let mut text = format!("{} [env: {}]", self.help, self.name);
        if let Some(allowed) = self.allowed() {
            let _ = write!(text, " [{allowed}]");
        }
        if let Some(default) = self.default {
            let _ = write!(text, " [default: {default}]");
        }
        text
    }
}
