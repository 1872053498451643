//! The catalogue of settings against what the connectors ask for.

use integrations::{
    ConnectorError,
    catalogue::{OF_BOTH, PROVIDERS},
};
use serde_json::{Value, json};

use crate::support::Bench;

/// A value of the setting's shape.
fn sample(name: &str) -> Value {
    json!(match name {
        "baseUrl" => "https://example.com",
        "bankCode" | "providerCode" => "9001",
        "companyId" => "115",
        "customerType" => "individual",
        "year" => "2026",
        _ => "metin",
    })
}

#[test]
fn a_connector_asks_for_nothing_that_the_catalogue_does_not_name() {
    for provider in PROVIDERS {
        let bench = Bench::new("2026-03-10T09:00:00+03:00");
        let mut config = json!({});
        for setting in provider.settings.iter().filter(|setting| setting.required) {
            config[setting.name] = sample(setting.name);
        }
        // What is needed beside that stands among the optional ones, as one of several ways.
        loop {
            let code = provider.code.as_str();
            let error = match bench.connect(code, &config) {
                Ok(connected) => {
                    let can = connected.capabilities();
                    let holds_both = OF_BOTH.iter().any(|(one, unless)| {
                        *one == provider.code
                            && unless.is_none_or(|name| config.get(name).is_none())
                    });
                    assert_eq!(
                        can.pull_invoices && can.pull_bank_transactions,
                        holds_both,
                        "{code}"
                    );
                    break;
                }
                Err(error) => error,
            };
            let ConnectorError::Config { problem, .. } = &error else { panic!("{code}: {error}") };
            let named = provider
                .settings
                .iter()
                .filter(|setting| config.get(setting.name).is_none())
                .find(|setting| problem.split_whitespace().any(|word| word == setting.name));
            let Some(setting) = named else { panic!("{code}: not in the catalogue: {problem}") };
            config[setting.name] = sample(setting.name);
        }
    }
}

#[test]
fn required_settings_are_required() {
    for provider in PROVIDERS {
        for missing in provider.settings.iter().filter(|setting| setting.required) {
            let bench = Bench::new("2026-03-10T09:00:00+03:00");
            let mut config = json!({"username": "u", "password": "p"});
            for setting in provider.settings.iter().filter(|setting| setting.required) {
                if setting.name != missing.name {
                    config[setting.name] = sample(setting.name);
                }
            }
            let refused = bench.connect(provider.code.as_str(), &config);
            assert!(refused.is_err(), "{}: {}", provider.code, missing.name);
        }
    }
}
