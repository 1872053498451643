//! The bounds of the child, on real processes.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read files and fail by panicking"
)]

mod document_files;

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use doc_pipeline::{
    Context, Limit, Limits, ReadError,
    isolation::{Cancel, Reader},
    read_in_process,
};
use document_files::{fixture, reader};

fn statement() -> Vec<u8> {
    std::fs::read(fixture("digital-tr/tr-bank-02.pdf")).unwrap()
}

fn with(limits: Limits) -> Context {
    Context { limits, ..Context::default() }
}

/// A child that is a shell script: what a broken or hijacked reader could do.
struct Script {
    folder: tempfile::TempDir,
}

impl Script {
    fn new(body: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("child");
        std::fs::write(&path, format!("#!/bin/sh\ncd {}\n{body}\n", folder.path().display()))
            .unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, limits: Limits, cancel: &Cancel) -> ReadError {
        // The script is executed by its interpreter, so that a file still open for writing elsewhere
        // in this process does not matter.
        let reader = Reader::new("/bin/sh", [self.path("child")]);
        reader.read(&statement(), &with(limits), cancel).unwrap_err()
    }

    /// The content of a file that the script writes, once it is there.
    fn wait_for(&self, name: &str) -> String {
        wait(name, || {
            let content = std::fs::read_to_string(self.path(name)).ok()?;
            content.ends_with('\n').then(|| content.trim().to_owned())
        })
    }
}

fn wait<T>(what: &str, mut test: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(value) = test() {
            return value;
        }
        assert!(Instant::now() < deadline, "waited too long for {what}");
        std::thread::yield_now();
    }
}

fn is_gone(pid: &str) -> bool {
    // A process whose parent has died is a zombie until its new parent collects it.
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .map_or(true, |stat| stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")))
}

fn children_of_this_process() -> usize {
    let own = std::process::id().to_string();
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("stat")).ok())
        .filter(|stat| {
            stat.rsplit(')').next().is_some_and(|rest| rest.split(' ').nth(2) == Some(&own))
                && stat.contains("(document-reader)")
        })
        .count()
}

#[test]
fn the_child_reads_what_this_process_reads() {
    let context = Context::default();
    let own = read_in_process(&statement(), &context).unwrap();
    let childs = reader().read(&statement(), &context, &Cancel::new()).unwrap();
    assert_eq!(own, childs);
}

#[test]
fn many_threads_read_at_once_and_leave_nothing_behind() {
    let (reader, cancel, context) = (reader(), Cancel::new(), Context::default());
    let bytes = statement();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..2 {
                    let read = reader.read(&bytes, &context, &cancel).unwrap();
                    assert!(read.text.text.contains("Kapanış Bakiyesi"));
                }
            });
        }
    });
    // Other tests of this process have children of their own for a moment.
    wait("the children's end", || (children_of_this_process() == 0).then_some(()));
}

#[test]
fn output_is_a_limit() {
    let limits = Limits { output_bytes: 1000, ..Limits::default() };
    let error = reader().read(&statement(), &with(limits), &Cancel::new()).unwrap_err();
    assert_eq!(error, ReadError::LimitExceeded(Limit::Output));
    let flood = Script::new("cat /dev/zero");
    let limits = Limits { output_bytes: 1 << 20, wall_seconds: 20, ..Limits::default() };
    // Zeroes are frames of no length, which are no answer.
    let error = flood.read(limits, &Cancel::new());
    assert!(matches!(error, ReadError::ProcessFailed(_)), "{error:?}");
}

#[test]
fn wall_time_is_a_limit_for_the_whole_group() {
    let script =
        Script::new("sleep 1000 & echo $! > grandchild.part; mv grandchild.part grandchild; wait");
    let limits = Limits { wall_seconds: 1, ..Limits::default() };
    assert_eq!(script.read(limits, &Cancel::new()), ReadError::LimitExceeded(Limit::Wall));
    let grandchild = script.wait_for("grandchild");
    wait("the grandchild's end", || is_gone(&grandchild).then_some(()));
}

#[test]
fn cancelling_kills_the_whole_group() {
    let script =
        Script::new("sleep 1000 & echo $! > grandchild.part; mv grandchild.part grandchild; wait");
    let cancel = Cancel::new();
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| script.read(Limits::default(), &cancel));
        let grandchild = script.wait_for("grandchild");
        assert!(!is_gone(&grandchild));
        cancel.cancel();
        let error = reading.join().unwrap();
        assert_eq!(error, ReadError::ProcessFailed("cancelled".to_owned()));
        wait("the grandchild's end", || is_gone(&grandchild).then_some(()));
    });
    let error = reader().read(&statement(), &Context::default(), &cancel).unwrap_err();
    assert_eq!(error, ReadError::ProcessFailed("cancelled".to_owned()));
}

#[test]
fn the_end_of_a_child_is_never_a_signal_of_the_caller() {
    let ends = [
        ("kill -XCPU $$", ReadError::LimitExceeded(Limit::Cpu)),
        ("kill -XFSZ $$", ReadError::LimitExceeded(Limit::Output)),
        (
            "echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$",
            ReadError::LimitExceeded(Limit::Memory),
        ),
    ];
    for (body, expected) in ends {
        assert_eq!(Script::new(body).read(Limits::default(), &Cancel::new()), expected, "{body}");
    }
    for body in ["kill -SEGV $$", "kill -ABRT $$"] {
        let error = Script::new(body).read(Limits::default(), &Cancel::new());
        assert!(matches!(error, ReadError::Corrupt(_)), "{body}: {error:?}");
    }
    for body in ["kill -KILL $$", "exit 3", "exit 0", "printf '\\002\\000\\000\\000{]'"] {
        let error = Script::new(body).read(Limits::default(), &Cancel::new());
        assert!(matches!(error, ReadError::ProcessFailed(_)), "{body}: {error:?}");
    }
    let missing = Reader::new("/no/such/program", [] as [&str; 0]);
    let error = missing.read(&statement(), &Context::default(), &Cancel::new()).unwrap_err();
    assert!(matches!(error, ReadError::ProcessFailed(_)), "{error:?}");
}

#[test]
fn a_child_that_complains_without_end_is_read_to_its_end() {
    let script = Script::new("head -c 1000000 /dev/zero | tr '\\0' 'x' >&2; echo last >&2; exit 4");
    let ReadError::ProcessFailed(text) = script.read(Limits::default(), &Cancel::new()) else {
        panic!("not a failed process");
    };
    assert!(text.len() < 9000, "{} bytes were kept", text.len());
}

#[test]
fn the_child_gets_no_setting_and_no_secret() {
    let script = Script::new("env > environment.part; mv environment.part environment; exit 1");
    script.read(Limits::default(), &Cancel::new());
    let environment = std::fs::read_to_string(script.path("environment")).unwrap();
    let own =
        ["PATH", "LANG", "TESSDATA_PREFIX", "OMP_THREAD_LIMIT", "PWD", "OLDPWD", "SHLVL", "_"];
    for line in environment.lines() {
        let name = line.split('=').next().unwrap();
        assert!(own.contains(&name), "{line}");
    }
    assert!(environment.contains("OMP_THREAD_LIMIT=1\n"));
}

#[test]
fn the_child_limits_itself() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_document-reader"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let limits = Limits { memory_bytes: 777 << 20, cpu_seconds: 33, ..Limits::default() };
    let context = serde_json::to_vec(&with(limits)).unwrap();
    std::io::Write::write_all(&mut input, &u32::try_from(context.len()).unwrap().to_le_bytes())
        .unwrap();
    std::io::Write::write_all(&mut input, &context).unwrap();
    // It now waits for the document.
    let limits = Path::new("/proc").join(child.id().to_string()).join("limits");
    let memory = format!("{}", 777_u64 << 20);
    let text = wait("the child's limits", || {
        std::fs::read_to_string(&limits).ok().filter(|text| text.contains(&memory))
    });
    let row = |name: &str| -> Vec<String> {
        let row = text.lines().find(|line| line.starts_with(name)).unwrap();
        row[name.len()..].split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(row("Max cpu time")[..2], ["33", "34"]);
    assert_eq!(row("Max open files")[..2], ["64", "64"]);
    assert_eq!(row("Max core file size")[..2], ["0", "0"]);
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    drop(input);
    assert!(!child.wait().unwrap().success());
}
