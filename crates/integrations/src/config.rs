//! `tenant_integrations.config`, opened: plain values of existing rows and sealed ones alike.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value};

use crate::{
    error::ConnectorError,
    secret::{KeyRing, Scope, Secret, UnsealError},
};

/// Settings that the platform itself reads or writes: never sealed.
const PLATFORM_SETTINGS: [&str; 3] = ["pushSyncEnabled", "pushSyncFrequency", "lastPushSyncAt"];

/// The settings of one integration. Values are only given one by one, and never shown.
#[derive(Clone)]
pub struct IntegrationConfig {
    texts: BTreeMap<String, Secret>,
    others: BTreeMap<String, Value>,
}

impl fmt::Debug for IntegrationConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.texts.keys().chain(self.others.keys()).collect();
        f.debug_struct("IntegrationConfig").field("names", &names).finish()
    }
}

impl IntegrationConfig {
    /// Opens the stored settings of an integration.
    ///
    /// # Errors
    /// [`ConnectorError::Config`] for settings that are no JSON object, or a sealed value that was
    /// damaged or copied; [`ConnectorError::Setup`] for one whose key is not there.
    pub fn open(integration: &str, config: &Value, keys: &KeyRing) -> Result<Self, ConnectorError> {
        let object = match config {
            Value::Object(object) => object,
            Value::Null => &Map::new(),
            _ => {
                return Err(ConnectorError::config(
                    "the settings are no JSON object",
                    "Entegrasyon ayarları bozuk; entegrasyonu yeniden bağlayın.",
                ));
            }
        };
        let mut opened = Self { texts: BTreeMap::new(), others: BTreeMap::new() };
        for (name, value) in object {
            match value {
                Value::String(text) if KeyRing::is_sealed(text) => {
                    let plain = keys
                        .open(Scope { integration, name }, text)
                        .map_err(|error| does_not_open(name, &error))?;
                    // As a plain one: a blank that was pasted with it is sealed with it.
                    opened.texts.insert(name.clone(), Secret::new(plain.reveal().trim()));
                }
                Value::String(text) => {
                    opened.texts.insert(name.clone(), Secret::new(text.trim()));
                }
                // Numbers as the user typed them: a firm number may stand as 1 or "1".
                Value::Number(number) => {
                    opened.texts.insert(name.clone(), Secret::new(number.to_string()));
                }
                Value::Null => {}
                other => {
                    opened.others.insert(name.clone(), other.clone());
                }
            }
        }
        Ok(opened)
    }

    /// A setting that must be there.
    ///
    /// # Errors
    /// [`ConnectorError::Config`] that names it.
    pub fn required(&self, name: &str) -> Result<&Secret, ConnectorError> {
        self.optional(name).ok_or_else(|| {
            ConnectorError::config(
                format!("the setting {name} is missing: fill it in the integration's settings"),
                format!("Entegrasyon ayarlarında \"{name}\" alanı boş; doldurup yeniden deneyin."),
            )
        })
    }

    /// A setting that may be absent or empty.
    pub fn optional(&self, name: &str) -> Option<&Secret> {
        self.texts.get(name).filter(|value| !value.reveal().is_empty())
    }

    /// A setting that is read by its type; absent when not set.
    ///
    /// # Errors
    /// [`ConnectorError::Config`] that names it and what it should be.
    pub fn parsed<T: std::str::FromStr>(
        &self,
        name: &str,
        what: &str,
    ) -> Result<Option<T>, ConnectorError> {
        self.optional(name)
            .map(|value| value.reveal().parse().map_err(|_| Self::wrong(name, what)))
            .transpose()
    }

    /// A switch; absent when not set.
    ///
    /// # Errors
    /// [`ConnectorError::Config`] for anything but true and false.
    pub fn switch(&self, name: &str) -> Result<Option<bool>, ConnectorError> {
        match self.others.get(name) {
            Some(Value::Bool(on)) => Ok(Some(*on)),
            Some(_) => Err(Self::wrong(name, "true or false")),
            None => self.parsed(name, "true or false"),
        }
    }

    /// A setting that is an object or a list.
    pub fn structured(&self, name: &str) -> Option<&Value> {
        self.others.get(name)
    }

    /// The error of a setting with a value of the wrong shape.
    pub fn wrong(name: &str, what: &str) -> ConnectorError {
        ConnectorError::config(
            format!("the setting {name} is not {what}"),
            format!("Entegrasyon ayarlarındaki \"{name}\" alanının değeri geçersiz; düzeltin."),
        )
    }
}

fn does_not_open(name: &str, error: &UnsealError) -> ConnectorError {
    if matches!(error, UnsealError::UnknownKey(_) | UnsealError::NoKey) {
        return ConnectorError::setup(
            format!(
                "the sealed setting {name} does not open: {error}; add the key to \
                 INTEGRATIONS_KEYS (docs/operations.md)"
            ),
            format!(
                "Entegrasyon ayarlarındaki \"{name}\" alanını açacak anahtar sunucuda yok; sistem \
                 yöneticinize bildirin."
            ),
        );
    }
    ConnectorError::config(
        format!("the sealed setting {name} does not open: {error}"),
        format!(
            "Entegrasyon ayarlarındaki \"{name}\" alanı çözülemedi; sistem yöneticisine bildirin \
             veya alanı yeniden girin."
        ),
    )
}

/// Seals the named settings that are plain or sealed with an older key. Gives the new object, or
/// nothing when there is nothing to change.
///
/// # Errors
/// A value that was sealed with an unknown key, or a ring without a key.
pub fn seal_settings(
    integration: &str,
    config: &Value,
    names: &[&str],
    keys: &KeyRing,
) -> Result<Option<Value>, UnsealError> {
    if !keys.can_seal() {
        return Err(UnsealError::NoKey);
    }
    let Value::Object(object) = config else { return Ok(None) };
    let mut sealed = object.clone();
    let mut changed = false;
    for (name, value) in &mut sealed {
        if !names.contains(&name.as_str()) || PLATFORM_SETTINGS.contains(&name.as_str()) {
            continue;
        }
        let scope = Scope { integration, name };
        let plain = match value {
            Value::String(text) if keys.is_sealed_with_first(text) => continue,
            Value::String(text) if KeyRing::is_sealed(text) => keys.open(scope, text)?,
            Value::String(text) if text.trim().is_empty() => continue,
            Value::String(text) => Secret::new(text.clone()),
            Value::Number(number) => Secret::new(number.to_string()),
            _ => continue,
        };
        *value = Value::String(keys.seal(scope, &plain)?);
        changed = true;
    }
    Ok(changed.then_some(Value::Object(sealed)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KEY: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn plain_and_sealed_settings_read_alike() {
        let keys = KeyRing::parse(KEY).expect("a key");
        let plain = json!({"apiKey": " hunter2 ", "firmNumber": 1, "pushSyncEnabled": false});
        let sealed =
            seal_settings("ci", &plain, &["apiKey", "firmNumber", "pushSyncEnabled"], &keys)
                .expect("sealed")
                .expect("changed");
        assert_eq!(sealed["pushSyncEnabled"], json!(false));
        assert!(!sealed.to_string().contains("hunter2"), "{sealed}");
        assert_eq!(seal_settings("ci", &sealed, &["apiKey", "firmNumber"], &keys), Ok(None));
        for config in [&plain, &sealed] {
            let opened = IntegrationConfig::open("ci", config, &keys).expect("opens");
            assert_eq!(opened.required("apiKey").expect("there").reveal(), "hunter2");
            assert_eq!(opened.parsed("firmNumber", "a number"), Ok(Some(1_u32)));
            assert_eq!(opened.switch("pushSyncEnabled"), Ok(Some(false)));
            let shown = format!("{opened:?}");
            assert!(shown.contains("apiKey") && !shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn says_which_setting_is_missing_and_shows_no_value() {
        let config = json!({"apiKey": "", "depth": "deep-secret", "list": [1]});
        let opened = IntegrationConfig::open("ci", &config, &KeyRing::default()).expect("opens");
        let missing = opened.required("apiKey").expect_err("empty");
        assert!(missing.to_string().contains("apiKey") && missing.breaks_integration());
        let wrong = opened.parsed::<u32>("depth", "a number").expect_err("no number");
        assert!(!format!("{wrong} {wrong:?} {}", wrong.in_turkish()).contains("deep-secret"));
        let sealed = json!({"apiKey": "sealed:v1:gone:AAAA"});
        let error =
            IntegrationConfig::open("ci", &sealed, &KeyRing::default()).expect_err("no key");
        assert!(error.to_string().contains("\"gone\""), "{error}");
        assert!(error.is_retryable() && !error.breaks_integration(), "the operator's to mend");
    }
}
