//! Starting and stopping the service: settings, signals, draining.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod support;

use rustix::process::Signal;
use support::{Platform, Worker, command, demo};

#[test]
fn every_wrong_setting_is_named_before_anything_starts() {
    let mut command = command();
    command.envs([
        ("LOG_LEVEL", "loud"),
        ("STORAGE_TYPE", "minio"),
        ("OCR_PROVIDER", "google_vision"),
        ("WORKER_CONCURRENCY", "many"),
        ("RISK_CALCULATION_INTERVAL_MS", "1"),
    ]);
    let finished = Worker::start(command).wait();
    assert_eq!(finished.code, Some(2), "{finished:?}");
    for name in [
        "6 settings are wrong",
        "DATABASE_URL is missing",
        "LOG_LEVEL",
        "STORAGE_TYPE",
        "OCR_PROVIDER",
        "WORKER_CONCURRENCY",
        "RISK_CALCULATION_INTERVAL_MS is \"1\"; allowed: 60000 to",
    ] {
        assert!(finished.stderr.contains(name), "{name} is not in {}", finished.stderr);
    }
    assert!(finished.stdout.is_empty());
}

#[test]
fn settings_come_from_the_env_file_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "LOG_FORMAT=yaml\nJWT_SECRET=x\n").unwrap();
    let mut command = command();
    command.current_dir(folder.path()).env("DATABASE_URL", "postgresql://u:gizli@127.0.0.1:1/x");
    let finished = Worker::start(command).wait();
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(finished.stderr.contains("LOG_FORMAT is \"yaml\""), "{finished:?}");
    assert!(!finished.stderr.contains("gizli"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_stops_at_the_first_signal() {
    for signal in [Signal::TERM, Signal::INT] {
        let platform = Platform::new().await;
        let worker = platform.worker(&["run"], &[]);
        worker.until("Worker jobs service started");
        worker.signal(signal);
        let finished = worker.wait();
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert!(finished.stdout.contains("Worker jobs service stopped"), "{finished:?}");
    }
}

/// A small image in the recogniser's hands for as long as wanted: the engine is a program that waits
/// for a file.
struct Stuck {
    platform: Platform,
    folder: tempfile::TempDir,
}

impl Stuck {
    async fn new() -> Self {
        let platform = Platform::new().await;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("engine");
        let script = format!(
            "#!/bin/sh\ncase \"$1\" in --list-langs) printf 'List of languages (3):\\neng\\nosd\\ntur\\n'; exit;; \
             --version) echo 'tesseract 5.3.0'; exit;; esac\n: > {0}/running\nwhile [ ! -e {0}/go ]; do sleep 0.02; done\nexec tesseract \"$@\"\n",
            folder.path().display()
        );
        std::fs::write(&program, script).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&program, mode).unwrap();
        platform.upload("stuck", "bars.png", include_bytes!("fixtures/bars.png")).await;
        Self { platform, folder }
    }

    fn worker(&self, settings: &[(&str, &str)]) -> Worker {
        self.worker_with(&["run"], settings)
    }

    fn worker_with(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Worker {
        let program = self.folder.path().join("engine");
        let mut all = vec![("TESSERACT_PROGRAM", program.to_str().unwrap())];
        all.extend_from_slice(settings);
        self.platform.worker(arguments, &all)
    }

    /// Waits until the worker is in the middle of the document.
    async fn in_the_middle(&self) {
        let running = self.folder.path().join("running");
        support::until(|| running.exists(), "the engine is running").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_signal_lets_running_work_finish() {
    let stuck = Stuck::new().await;
    let worker = stuck.worker(&[]);
    stuck.in_the_middle().await;
    worker.signal(Signal::TERM);
    worker.until("Worker jobs service stopping");
    std::fs::write(stuck.folder.path().join("go"), "").unwrap();
    let finished = worker.wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let (job, ..) = stuck.platform.state("stuck").await;
    assert!(job == "SUCCESS" || job == "FAILED", "the attempt did not finish: {job}");
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_does_not_finish_in_time_is_given_back() {
    let stuck = Stuck::new().await;
    let worker = stuck.worker(&[("WORKER_GRACE_MS", "50")]);
    stuck.in_the_middle().await;
    worker.signal(Signal::TERM);
    let finished = worker.wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(stuck.platform.state("stuck").await.0, "PENDING");
    let sql = "SELECT attempts_count::bigint FROM document_processing_jobs";
    assert_eq!(stuck.platform.count(sql).await, 0, "the attempt was not given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_stops_at_once() {
    let stuck = Stuck::new().await;
    let worker = stuck.worker(&[("WORKER_GRACE_MS", "600000")]);
    stuck.in_the_middle().await;
    worker.signal(Signal::TERM);
    worker.until("Worker jobs service stopping");
    worker.signal(Signal::TERM);
    let finished = worker.wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(stuck.platform.state("stuck").await.0, "PENDING");
    let sql = "SELECT attempts_count::bigint FROM document_processing_jobs";
    assert_eq!(stuck.platform.count(sql).await, 0, "the attempt was not given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn once_that_is_stopped_early_says_so_and_begins_nothing_more() {
    let stuck = Stuck::new().await;
    let worker = stuck.worker_with(&["run", "--once"], &[("WORKER_GRACE_MS", "50")]);
    stuck.in_the_middle().await;
    worker.signal(Signal::TERM);
    let finished = worker.wait();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("\"unrecorded\":0"), "{finished:?}");
    assert_eq!(stuck.platform.state("stuck").await.0, "PENDING");
    let schedules = "SELECT count(*) FROM worker.periodic_schedules";
    assert_eq!(stuck.platform.count(schedules).await, 0, "periodic work began after the signal");
}

#[test]
fn a_server_that_never_answers_does_not_hold_up_a_stop() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgresql://u:p@{}/x", silent.local_addr().unwrap());
    let storage = tempfile::tempdir().unwrap();
    let mut command = command();
    command.env("DATABASE_URL", url).env("STORAGE_BASE_PATH", storage.path());
    let worker = Worker::start(command);
    let _connection = silent.accept().unwrap();
    worker.signal(Signal::TERM);
    let finished = worker.wait();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    // It would stand there if the stop had waited for the answer.
    assert!(!finished.stderr.contains("The database does not answer"), "{finished:?}");
}

#[test]
fn a_missing_folder_of_objects_is_a_wrong_setting_like_any_other() {
    let mut command = command();
    command.envs([("STORAGE_BASE_PATH", "/nonexistent/uploads"), ("LOG_LEVEL", "loud")]);
    let finished = Worker::start(command).wait();
    assert_eq!(finished.code, Some(2), "{finished:?}");
    for text in ["3 settings are wrong", "DATABASE_URL", "LOG_LEVEL", "/nonexistent/uploads"] {
        assert!(finished.stderr.contains(text), "{text} is not in {}", finished.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_noticed_without_waiting_for_the_poll() {
    let platform = Platform::new().await;
    let worker = platform
        .worker(&["run"], &[("DOCUMENT_POLL_INTERVAL_MS", "3600000"), ("LOG_LEVEL", "debug")]);
    worker.until("Listening for new jobs");
    platform.upload("d1", "a.xml", &demo("cinar-satis-efatura.xml")).await;
    worker.until("Document processed successfully");
    worker.signal(Signal::TERM);
    assert_eq!(worker.wait().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_and_steer_jobs() {
    let platform = Platform::new().await;
    platform.upload("bad", "a.pdf", &demo("defne-bozuk.pdf")).await;
    platform.upload("good", "c.xml", &demo("cinar-satis-efatura.xml")).await;
    platform.drain();
    platform.upload("new", "b.xml", &demo("cinar-satis-efatura.xml")).await;
    let run = |arguments: &[&str]| {
        let finished = platform.worker(arguments, &[]).wait();
        (finished.code, finished.stdout, finished.stderr)
    };
    let (code, out, _) = run(&["jobs", "list", "--status", "failed", "--json"]);
    assert_eq!(code, Some(0));
    let jobs: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(jobs.as_array().map(Vec::len), Some(1));
    assert_eq!(jobs[0]["documentId"], "bad");
    assert_eq!(jobs[0]["status"], "FAILED");

    let (code, out, err) = run(&["jobs", "show", "bad"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("corrupt"), "{out}");
    assert_eq!(run(&["jobs", "show", "nobody"]).0, Some(1));

    assert_eq!(run(&["jobs", "cancel", "new"]).0, Some(0));
    assert_eq!(platform.state("new").await.0, "CANCELLED");
    let (code, out, err) = run(&["jobs", "cancel", "new", "nobody", "--json"]);
    assert_eq!(code, Some(1), "a cancelled job cannot be cancelled");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["changed"], serde_json::json!([]));
    let unchanged = serde_json::json!([
        {"id": "new", "status": "CANCELLED"},
        {"id": "nobody", "status": null}
    ]);
    assert_eq!(told["unchanged"], unchanged);
    assert!(err.contains("new: not changed") && err.contains("nobody: no job"), "{err}");
    // A job may be named by its own id and by its document's.
    assert_eq!(run(&["jobs", "retry", "new", "job-new", "bad"]).0, Some(0));
    assert_eq!(platform.state("new").await.0, "PENDING");
    let (_, document, sentence) = platform.state("bad").await;
    assert_eq!((document.as_str(), sentence), ("UPLOADED", None));

    let (code, out, err) = run(&["status", "--json"]);
    assert_eq!(code, Some(0), "{err}");
    let status: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(status["queues"][0]["pending"], 2, "{status}");

    let (code, out, _) = run(&["health"]);
    let health: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &health["status"]), (Some(0), &"healthy".into()), "{health}");
    assert_eq!(health["service"], "worker-jobs");

    let (code, _, err) = run(&["jobs", "retry", "good"]);
    assert_eq!(code, Some(1), "what succeeded is read again only when that is said");
    assert!(err.contains("--again"), "{err}");
    assert_eq!(platform.state("good").await.1, "PROCESSED");
    assert_eq!(run(&["jobs", "retry", "good", "--again"]).0, Some(0));
    assert_eq!(platform.state("good").await.1, "UPLOADED");
    platform.drain();
    assert_eq!(platform.state("good").await.1, "PROCESSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_what_is_broken_and_how_to_mend_it() {
    let platform = Platform::new().await;
    let finished = platform.worker(&["doctor", "--json"], &[]).wait();
    let checks: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(finished.code, Some(0), "{checks}");

    let sql = "ALTER TABLE document_processing_jobs DROP COLUMN lease_owner";
    platform.connect().await.batch_execute(sql).await.unwrap();
    let broken =
        [("STORAGE_BASE_PATH", "/nonexistent/storage"), ("TESSERACT_PROGRAM", "/nonexistent/t")];
    let finished = platform.worker(&["doctor"], &broken).wait();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    for text in
        ["lease_owner", "migrate", "/nonexistent/storage", "tesseract-ocr-tur", "TESSERACT_PROGRAM"]
    {
        assert!(finished.stdout.contains(text), "{text} is not in:\n{}", finished.stdout);
    }

    // Wrong settings are among what it names, and keep it from nothing that needs none of them.
    let wrong = [("DATABASE_URL", "mysql://u:gizli@h/x"), ("LOG_FORMAT", "yaml"), broken[1]];
    let finished = platform.worker(&["doctor"], &wrong).wait();
    assert_eq!(finished.code, Some(2), "{finished:?}");
    for text in ["DATABASE_URL", "mysql", "LOG_FORMAT", "worker run --help"] {
        assert!(finished.stdout.contains(text), "{text} is not in:\n{}", finished.stdout);
    }
    assert!(!finished.stdout.contains("gizli"));

    let nowhere = [("DATABASE_URL", "postgresql://u:gizli@127.0.0.1:1/x")];
    let finished = platform.worker(&["status"], &nowhere).wait();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("worker doctor"), "{finished:?}");
    for command in ["doctor", "health"] {
        let finished = platform.worker(&[command], &nowhere).wait();
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert!(!(finished.stdout + &finished.stderr).contains("gizli"));
    }
}
