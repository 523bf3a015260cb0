//! Streams that close, and bounds that leave nothing to look at.

use std::process::{Command, Stdio};

use crate::program::{folder, trailblame};

/// Runs `investigate sample-logs` with both streams closed before it writes.
fn with_closed_streams(arguments: &[&str]) -> Option<i32> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailblame"))
        .args(["investigate", "sample-logs"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop((child.stdout.take(), child.stderr.take()));
    child.wait().expect("the program ends").code()
}

#[test]
fn closed_streams_are_no_failure_and_files_are_written_all_the_same() {
    let folder = folder("closed");
    let path = folder.to_str().expect("UTF-8");
    assert_eq!(with_closed_streams(&["--evidence", path]), Some(0));
    let written = std::fs::read_dir(&folder).expect("a folder").count();
    assert!(written >= 4, "{written} files");
}

#[test]
fn a_closed_stderr_does_not_hide_an_error() {
    assert_eq!(with_closed_streams(&["--since", "yesterday"]), Some(2));
}

#[test]
fn bounds_outside_of_the_logs_are_told() {
    for (flag, time) in [("--since", "2030-01-01"), ("--until", "2020-01-01")] {
        for command in ["investigate", "failures"] {
            let run = trailblame(&[command, "sample-logs", flag, time]);
            assert_eq!(run.status, Some(1), "{command} {flag}: {}", run.stdout);
            assert!(run.stderr.contains("no request"), "{}", run.stderr);
            assert!(run.stderr.contains("hint: "), "{}", run.stderr);
        }
    }
}

#[test]
fn every_command_says_which_times_it_looks_at() {
    for command in ["investigate", "failures", "changes"] {
        let run = trailblame(&[command, "sample-logs", "--since", "2026-03-02T12:00"]);
        let said = "window: 2026-03-02T12:00:00Z to ";
        assert!(run.stderr.contains(said), "{command}: {}", run.stderr);
    }
}
