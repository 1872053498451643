use super::*;

fn texts(kind: &str) -> Variables {
    Variables {
        kind: Some(kind.to_owned()),
        bucket: Some("uploads".to_owned()),
        ..Variables::default()
    }
}

fn keys(kind: &str) -> Variables {
    Variables {
        access_key_id: Some("muhasebe".to_owned()),
        // Base64, as Azure's keys are.
        secret_access_key: Some(Secret::new("Z2l6bGktYW5haHRhcg==")),
        ..texts(kind)
    }
}

/// A build without the machine's own credentials.
const WITHOUT_AMBIENT: Build = Build { s3_ambient: false, azure_entra: false, ..Build::THIS };

fn problems(variables: &Variables) -> String {
    variables.check().expect_err("wrong settings").join("\n")
}

#[test]
fn nothing_set_is_the_platform_s_folder() {
    let config = Variables::default().check().expect("local");
    assert!(matches!(&config, Config::Local { base_path } if base_path.as_os_str() == "./storage"));
    assert_eq!(config.kind(), StorageKind::Local);
}

#[test]
fn a_bucket_without_a_kind_is_a_forgotten_kind() {
    let bucket = Variables { kind: None, ..texts("") };
    assert!(problems(&bucket).contains("STORAGE_BUCKET_NAME is set, but STORAGE_TYPE is not"));
    assert!(texts("local").check().is_ok(), "a choice");
}

#[test]
fn an_unknown_word_names_the_known_ones() {
    assert!(problems(&texts("minio")).contains("use local, s3, gcs or azure"));
}

#[test]
fn what_was_compiled_out_names_its_feature() {
    for kind in ["s3", "gcs", "azure"] {
        let problems =
            keys(kind).check_in(Build { has: |_| false, ..Build::THIS }).expect_err("left out");
        let text = problems.join("\n");
        assert!(text.contains(&format!("--features {kind}")), "{text}");
    }
    let local = Build { has: |kind| kind == StorageKind::Local, ..Build::THIS };
    assert!(Variables::default().check_in(local).is_ok());
}

#[test]
fn secrets_are_never_shown() {
    for variables in [keys("s3"), keys("azure")] {
        assert!(!format!("{variables:?} {:?}", variables.check()).contains("Z2l6bGkt"));
    }
}

#[cfg(feature = "s3")]
mod s3 {
    use super::*;

    #[test]
    fn the_platform_s_settings_are_enough() {
        let Ok(Config::S3(config)) = keys("s3").check() else { panic!("not s3") };
        assert_eq!((config.bucket.as_str(), config.region.as_str()), ("uploads", "eu-central-1"));
        assert!(config.endpoint.is_none() && config.keys.is_some());
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let text = problems(&Variables {
            kind: Some("s3".to_owned()),
            region: Some("eu central".to_owned()),
            access_key_id: Some("id".to_owned()),
            endpoint: Some("http://storage.example.com".to_owned()),
            sas_token: Some(Secret::new("sig=x")),
            credentials_file: Some("key.json".to_owned()),
            ca_file: Some("/nonexistent/ca.pem".to_owned()),
            ..Variables::default()
        });
        for part in [
            "STORAGE_BUCKET_NAME is missing",
            "STORAGE_REGION is \"eu central\"",
            "STORAGE_SECRET_ACCESS_KEY is missing",
            "STORAGE_ENDPOINT is plain http to storage.example.com",
            "STORAGE_SAS_TOKEN is set, but it is for STORAGE_TYPE=azure",
            "STORAGE_CREDENTIALS_FILE is set, but it is for STORAGE_TYPE=gcs",
            "STORAGE_CA_FILE /nonexistent/ca.pem cannot be read",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert_eq!(text.lines().count(), 7, "{text}");
    }

    #[test]
    fn plain_http_is_for_this_machine_or_on_purpose() {
        for (endpoint, allow_http, is_fine) in [
            ("https://minio.example.com:9000", false, true),
            ("http://127.0.0.1:9000", false, true),
            ("http://localhost:9000", false, true),
            ("http://[::1]:9000", false, true),
            ("http://minio:9000", false, false),
            ("http://minio:9000", true, true),
            ("http://127.0.0.1.example.com", false, false),
            ("ftp://127.0.0.1", true, false),
            ("minio:9000", true, false),
            ("https://user:password@minio.example.com", false, false),
            ("https://minio.example.com/?x=1", false, false),
        ] {
            let variables =
                Variables { endpoint: Some(endpoint.to_owned()), allow_http, ..keys("s3") };
            let result = variables.check();
            assert_eq!(result.is_ok(), is_fine, "{endpoint}: {result:?}");
            assert!(!format!("{result:?}").contains("password@"), "{result:?}");
        }
    }

    #[test]
    fn a_bucket_s_name_cannot_change_the_address() {
        for name in ["a/../b", "Uploads", "..", "a", "up loads", "-uploads", "uploads?x"] {
            let variables = Variables { bucket: Some(name.to_owned()), ..keys("s3") };
            assert!(problems(&variables).contains("STORAGE_BUCKET_NAME"), "{name}");
        }
    }

    #[test]
    fn without_keys_the_way_out_is_named() {
        let problems = texts("s3").check_in(WITHOUT_AMBIENT).expect_err("no keys").join("\n");
        assert!(problems.contains("--features s3-ambient"), "{problems}");
        let ambient = Build { s3_ambient: true, ..WITHOUT_AMBIENT };
        assert!(texts("s3").check_in(ambient).is_ok());
    }
}

#[cfg(feature = "gcs")]
mod gcs {
    use super::*;

    #[test]
    fn the_machine_s_credentials_are_the_default() {
        let Ok(Config::Gcs(config)) = texts("gcs").check() else { panic!("not gcs") };
        assert!(matches!(config.credentials, GcsCredentials::Default));
    }

    #[test]
    fn a_key_pair_and_half_an_emulator_are_contradictions() {
        let text = problems(&Variables {
            endpoint: Some("http://127.0.0.1:1".to_owned()),
            ca_file: Some("/nonexistent/ca.pem".to_owned()),
            anonymous: true,
            ..keys("gcs")
        });
        for part in ["service account", "go together", "STORAGE_ANONYMOUS", "STORAGE_CA_FILE"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
    }

    #[test]
    fn nobody_s_rights_are_for_this_machine_alone() {
        let anonymous = |endpoint: &str| Variables {
            endpoint: Some(endpoint.to_owned()),
            grpc_endpoint: Some(endpoint.to_owned()),
            anonymous: true,
            ..texts("gcs")
        };
        assert!(anonymous("http://127.0.0.1:1").check().is_ok());
        assert!(problems(&anonymous("https://gcs.example.com")).contains("STORAGE_ANONYMOUS"));
    }
}

#[cfg(feature = "azure")]
mod azure {
    use super::*;

    fn connection(text: &str) -> Variables {
        Variables { connection_string: Some(Secret::new(text)), ..texts("azure") }
    }

    #[test]
    fn the_platform_s_pair_is_account_and_key() {
        let Ok(Config::Azure(config)) = keys("azure").check() else { panic!("not azure") };
        assert_eq!(config.endpoint.as_str(), "https://muhasebe.blob.core.windows.net/");
        assert!(matches!(config.credentials, AzureCredentials::SharedKey { .. }));
    }

    #[test]
    fn a_connection_string_names_everything() {
        let key = "AccountName=muhasebe;AccountKey=Z2l6bGk=";
        for (text, endpoint) in [
            (
                format!("DefaultEndpointsProtocol=https;{key};EndpointSuffix=core.windows.net"),
                "https://muhasebe.blob.core.windows.net/",
            ),
            (key.to_owned(), "https://muhasebe.blob.core.windows.net/"),
            (
                format!("{key};BlobEndpoint=http://127.0.0.1:10000/muhasebe"),
                "http://127.0.0.1:10000/muhasebe",
            ),
            (
                format!("{key};EndpointSuffix=core.chinacloudapi.cn"),
                "https://muhasebe.blob.core.chinacloudapi.cn/",
            ),
            (
                "BlobEndpoint=https://a.example.com;SharedAccessSignature=sv=1&sig=x".to_owned(),
                "https://a.example.com/",
            ),
        ] {
            let Ok(Config::Azure(config)) = connection(&text).check() else { panic!("{text}") };
            assert_eq!(config.endpoint.as_str(), endpoint);
        }
    }

    #[test]
    fn what_is_wrong_with_a_connection_string_is_said_without_its_secrets() {
        for (text, part) in [
            ("", "neither"),
            ("AccountName=muhasebe", "AccountKey"),
            ("AccountName=muhasebe;AccountKey=***", "base64"),
            ("AccountName=Mu/ha;AccountKey=Z2l6bGk=", "small letters"),
            ("UseDevelopmentStorage=true", "emulator"),
            (
                "DefaultEndpointsProtocol=http;AccountName=muhasebe;AccountKey=Z2l6bGk=",
                "plain http",
            ),
        ] {
            let said = problems(&connection(text));
            assert!(said.contains(part), "{text}: {said}");
            assert!(!said.contains("Z2l6bGk"), "{said}");
        }
    }

    #[test]
    fn two_kinds_of_credentials_are_one_too_many() {
        let both = Variables { sas_token: Some(Secret::new("?sv=1&sig=x")), ..keys("azure") };
        assert!(problems(&both).contains("STORAGE_SAS_TOKEN and STORAGE_SECRET_ACCESS_KEY"));
    }

    #[test]
    fn without_credentials_the_ways_are_named() {
        let account = Variables { access_key_id: Some("muhasebe".to_owned()), ..texts("azure") };
        let text = account.check_in(WITHOUT_AMBIENT).expect_err("no key").join("\n");
        assert!(text.contains("STORAGE_CONNECTION_STRING") && text.contains("azure-entra"));
    }

    #[test]
    fn the_machine_s_identity_is_not_sent_in_the_clear() {
        let entra = Build { azure_entra: true, ..WITHOUT_AMBIENT };
        let at = |endpoint: &str| {
            Variables { endpoint: Some(endpoint.to_owned()), ..texts("azure") }.check_in(entra)
        };
        assert!(at("https://muhasebe.blob.core.windows.net").is_ok());
        let text = at("http://127.0.0.1:10000/muhasebe").expect_err("in the clear").join("\n");
        assert!(text.contains("https alone"), "{text}");
    }
}
