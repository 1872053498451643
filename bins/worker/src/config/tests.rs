use std::{collections::BTreeMap, ffi::OsString, time::Duration};

use super::{
    EnvFile, Flags, LocalSettings, Settings, Source,
    setting::{Kind, Setting},
    settings,
};

fn source(values: &[(&'static str, &str)]) -> Source {
    let values: BTreeMap<_, _> = values.iter().copied().collect();
    let environment = |name: &str| values.get(name).map(|value| OsString::from(*value));
    Source::new(&Flags::default(), environment, &EnvFile::default())
}

const URL: (&str, &str) = ("DATABASE_URL", "postgresql://muhasebe:parola@127.0.0.1:5432/muhasebe");

#[test]
fn the_platform_s_defaults_are_ours() {
    let settings = Settings::load(&source(&[URL])).unwrap();
    assert_eq!(settings.queue.poll_interval, Duration::from_secs(5));
    assert_eq!(settings.intervals.risk_calculation, Duration::from_hours(24));
    assert_eq!(settings.intervals.integration_sync, Duration::from_mins(5));
    assert_eq!(settings.intervals.sync_scheduler, Duration::from_mins(10));
    assert_eq!(settings.storage.backend.place(), "local folder ./storage");
    assert_eq!(settings.reading.ocr.languages, "tur+eng");
}

#[test]
fn few_jobs_are_claimed_ahead() {
    // Whatever waits in a worker that is killed has lost an attempt.
    let settings = Settings::load(&source(&[URL, ("WORKER_CONCURRENCY", "64")])).unwrap();
    assert_eq!((settings.queue.concurrency, settings.queue.buffer), (64, 2));
}

#[test]
fn a_missing_folder_of_objects_is_named_with_everything_else() {
    let source = source(&[("STORAGE_BASE_PATH", "/nonexistent/uploads"), ("LOG_LEVEL", "loud")]);
    assert_eq!(Settings::load(&source).unwrap_err().0.len(), 2);
    let problems = Settings::load_for_service(&source).unwrap_err();
    assert_eq!(problems.0.len(), 3, "{problems}");
    assert!(problems.0[2].contains("STORAGE_BASE_PATH /nonexistent/uploads"), "{problems}");
}

#[test]
fn files_are_read_by_the_settings_that_their_help_lists() {
    let local: Vec<_> = settings::LOCAL.iter().map(|setting| setting.name).collect();
    // Of texts most are allowed, so the others tell which settings are looked at.
    let checked = |kind| !matches!(kind, Kind::Text | Kind::Secret);
    for setting in settings::ALL.iter().filter(|setting| checked(setting.kind)) {
        let is_read = LocalSettings::load(&source(&[(setting.name, "nonsense")])).is_err();
        assert_eq!(is_read, local.contains(&setting.name), "{}", setting.name);
    }
    for topic in ["OCR", "Limits of one document"] {
        let of_topic = |all: &[Setting]| all.iter().filter(|s| s.topic == topic).count();
        assert_eq!(of_topic(settings::LOCAL), of_topic(settings::ALL), "{topic}");
    }
}

#[test]
fn every_default_is_one_of_the_allowed_values() {
    for setting in settings::ALL {
        let Some(default) = setting.default else { continue };
        match setting.kind {
            Kind::Number { min, max } => {
                let number: u64 = default.parse().unwrap();
                assert!((min..=max).contains(&number), "{}", setting.name);
            }
            Kind::Decimal { .. } => assert!(default.parse::<u32>().is_ok(), "{}", setting.name),
            Kind::Word(words) => assert!(words.contains(&default), "{}", setting.name),
            Kind::Text | Kind::Secret => {}
        }
    }
}

#[test]
fn all_wrong_values_are_reported_at_once_by_name() {
    let source = source(&[
        ("DATABASE_URL", "mysql://muhasebe:cok-gizli@127.0.0.1/x"),
        ("LOG_LEVEL", "verbose"),
        ("STORAGE_TYPE", "minio"),
        ("OCR_PROVIDER", "stub"),
        ("WORKER_CONCURRENCY", "0"),
        ("DOCUMENT_POLL_INTERVAL_MS", "5s"),
        ("RISK_CALCULATION_INTERVAL_MS", "-1"),
        ("WORKER_LEASE_MS", "0"),
        ("RISK_SEVERITY_MEDIUM_ABOVE", "70"),
        ("TESSERACT_LANGUAGE", "tur;eng"),
        ("JWT_SECRET", "short"),
    ]);
    let problems = Settings::load(&source).unwrap_err();
    let text = problems.to_string();
    assert_eq!(problems.0.len(), 10, "{text}");
    for name in [
        "DATABASE_URL",
        "LOG_LEVEL",
        "STORAGE_TYPE",
        "OCR_PROVIDER",
        "WORKER_CONCURRENCY",
        "DOCUMENT_POLL_INTERVAL_MS",
        "RISK_CALCULATION_INTERVAL_MS",
        "WORKER_LEASE_MS",
        "RISK_SEVERITY_MEDIUM_ABOVE",
        "TESSERACT_LANGUAGE",
    ] {
        assert!(text.contains(name), "{name} is not named in:\n{text}");
    }
    assert!(text.contains("WORKER_CONCURRENCY is \"0\"; allowed: 1 to 100"), "{text}");
    assert!(!text.contains("cok-gizli"), "{text}");
}

#[test]
fn an_empty_value_counts_as_not_set() {
    let source = source(&[URL, ("WORKER_CONCURRENCY", ""), ("DOCUMENT_POLL_INTERVAL_MS", " ")]);
    let settings = Settings::load(&source).unwrap();
    assert_eq!(settings.queue.poll_interval, Duration::from_secs(5));
    assert_eq!(settings.empty, ["WORKER_CONCURRENCY", "DOCUMENT_POLL_INTERVAL_MS"]);
}

#[test]
fn flags_win_over_the_environment_and_it_over_the_file() {
    let file = [("LOG_LEVEL", "error"), ("LOG_FORMAT", "json"), ("WORKER_GRACE_MS", "1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let file = EnvFile { values: file, problems: vec![".env: a line is wrong".to_owned()] };
    let flags = Flags([("LOG_LEVEL", "debug".to_owned())].into());
    let environment = |name: &str| match name {
        "LOG_LEVEL" | "LOG_FORMAT" => {
            Some(OsString::from(if name == "LOG_LEVEL" { "warn" } else { "text" }))
        }
        _ => None,
    };
    let source = Source::new(&flags, environment, &file);
    assert_eq!(source.get(&settings::LOG_LEVEL), Some("debug"));
    assert_eq!(source.get(&settings::LOG_FORMAT), Some("text"));
    assert_eq!(source.get(&settings::WORKER_GRACE_MS), Some("1"));
    // What is wrong with the file is told with everything else.
    let problems = Settings::load(&source).unwrap_err();
    assert!(problems.0.contains(&".env: a line is wrong".to_owned()), "{problems}");
    assert!(problems.0.iter().any(|problem| problem.contains("DATABASE_URL")), "{problems}");
}

#[test]
fn reading_files_needs_no_database() {
    assert!(LocalSettings::load(&source(&[])).is_ok());
    let problems = Settings::load(&source(&[])).unwrap_err();
    assert_eq!(problems.0.len(), 1);
    assert!(problems.0[0].starts_with("DATABASE_URL is missing"), "{problems}");
}

#[test]
fn settings_never_show_a_password() {
    let settings = Settings::load(&source(&[URL])).unwrap();
    assert!(!format!("{settings:?}").contains("parola"));
}

#[test]
fn the_runbook_lists_every_setting() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md");
    let text = std::fs::read_to_string(path).unwrap();
    let missing: Vec<_> = settings::ALL
        .iter()
        .map(super::setting::Setting::documentation)
        .filter(|row| !text.contains(row))
        .collect();
    assert!(missing.is_empty(), "rows missing in docs/operations.md:\n{}", missing.join("\n"));
}
