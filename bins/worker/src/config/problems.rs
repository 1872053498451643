//! Reading values and collecting everything that is wrong with them.

use std::{fmt, str::FromStr, time::Duration};

use rust_decimal::Decimal;

use super::{
    setting::{Kind, Setting},
    source::Source,
};

/// Everything that is wrong, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problems(pub(crate) Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("1 setting is wrong:")?,
            many => write!(f, "{many} settings are wrong:")?,
        }
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for Problems {}

/// Reads typed values; a wrong one is noted and replaced, and [`Reader::finish`] refuses the whole.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    source: &'a Source,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    /// Begins; what is wrong with the source itself is already known.
    pub(crate) fn new(source: &'a Source) -> Self {
        Self { source, problems: source.problems.clone() }
    }

    /// What is read.
    pub(crate) const fn source(&self) -> &'a Source {
        self.source
    }

    /// Notes a problem that concerns a setting or several.
    pub(crate) fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    /// The text of a setting or its default.
    pub(crate) fn text(&self, setting: &Setting) -> Option<&'a str> {
        self.source.get(setting).or(setting.default)
    }

    /// A text that was set, whatever the default.
    pub(crate) fn given(&self, setting: &Setting) -> Option<&'a str> {
        self.source.get(setting)
    }

    /// A required text.
    pub(crate) fn required(&mut self, setting: &Setting, hint: &str) -> &'a str {
        self.text(setting).unwrap_or_else(|| {
            self.problems.push(format!("{} is missing: {hint}", setting.name));
            ""
        })
    }

    /// A whole number; none where nothing is given and there is no default.
    pub(crate) fn number_or_none(&mut self, setting: &Setting) -> Option<u64> {
        let text = self.text(setting)?;
        let Kind::Number { min, max } = setting.kind else { return None };
        match text.parse::<u64>() {
            Ok(number) if (min..=max).contains(&number) => Some(number),
            _ => {
                self.wrong(setting, text);
                None
            }
        }
    }

    /// A whole number with a default.
    pub(crate) fn number<T: TryFrom<u64> + Default>(&mut self, setting: &Setting) -> T {
        let number = self.number_or_none(setting).unwrap_or_default();
        T::try_from(number).unwrap_or_default()
    }

    /// Milliseconds with a default.
    pub(crate) fn millis(&mut self, setting: &Setting) -> Duration {
        Duration::from_millis(self.number(setting))
    }

    /// An exact decimal number with a default.
    pub(crate) fn decimal(&mut self, setting: &Setting) -> Decimal {
        let text = self.text(setting).unwrap_or_default();
        let Kind::Decimal { min, max } = setting.kind else { return Decimal::ZERO };
        match Decimal::from_str(text) {
            Ok(number) if number >= Decimal::from(min) && number <= Decimal::from(max) => number,
            _ => {
                self.wrong(setting, text);
                Decimal::ZERO
            }
        }
    }

    /// One of the setting's words; a wrong one is noted and gives the first.
    pub(crate) fn word(&mut self, setting: &Setting) -> &'static str {
        let Kind::Word(words) = setting.kind else { return "" };
        let text = self.text(setting).unwrap_or_default();
        if let Some(word) = words.iter().find(|word| **word == text) {
            return word;
        }
        self.wrong(setting, text);
        words.first().copied().unwrap_or_default()
    }

    fn wrong(&mut self, setting: &Setting, text: &str) {
        let allowed = setting.allowed().unwrap_or_default();
        self.problems.push(format!("{} is {text:?}; allowed: {allowed}", setting.name));
    }

    /// What was read, or everything that is wrong.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Problems> {
        if self.problems.is_empty() { Ok(value) } else { Err(Problems(self.problems)) }
    }
}
