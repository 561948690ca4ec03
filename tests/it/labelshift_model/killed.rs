//! A run that is killed while texts or echoes are made, and given again, ends in the same files.

use std::process::Stdio;
use std::time::{Duration, Instant};

use data_anatomy_tests::Scratch;
use serde_json::Value;

use super::{ECHOES, json, with_model};

/// What a run's folder holds, without the time of its end and its name.
fn result(scratch: &Scratch, run: &str) -> Vec<(String, Vec<u8>)> {
    let folder = scratch.path("out").join(run);
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name() != "summary.json")
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    let mut summary = json(scratch, &format!("out/{run}/summary.json"));
    summary["created"] = Value::Null;
    summary["config"]["run_name"] = Value::Null;
    files.push(("summary.json".to_owned(), summary.to_string().into_bytes()));
    files
}

/// Starts the run and kills it as soon as the file holds so many lines; tells whether it was killed
/// before it ended by itself.
fn kill_at(scratch: &Scratch, arguments: &str, file: &str, n_lines: usize) -> bool {
    let mut command = scratch.command(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(300) {
        let written = std::fs::read(scratch.path(file)).unwrap_or_default();
        if written.iter().filter(|byte| **byte == b'\n').count() >= n_lines {
            // SIGKILL: the process gets no chance to tidy up.
            child.kill().unwrap();
            return !child.wait().unwrap().success();
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("{file} never had {n_lines} lines");
}

#[test]
fn a_killed_run_ends_in_the_same_files() {
    let scratch = with_model();
    let command = |run: &str| {
        format!(
            "labelshift --local-samples-dir samples --target-model model --device cpu --num-prompts 150 \
             --max-new-tokens 100 --batch-size 8 {ECHOES} --n-boot 20 --no-plots --quiet --run-name {run}"
        )
    };
    scratch.run(&command("whole")).exited(0);
    let expected = result(&scratch, "whole");
    let mut n_killed = 0;
    for (file, n_lines) in [
        ("generations.jsonl", 1),
        ("generations.jsonl", 60),
        ("generations.jsonl", 140),
        ("echoes.jsonl", 1),
        ("echoes.jsonl", 60),
    ] {
        let run = format!("{}{n_lines}", file.trim_end_matches(".jsonl"));
        n_killed +=
            usize::from(kill_at(&scratch, &command(&run), &format!("out/{run}/{file}"), n_lines));
        assert!(
            !scratch.path(format!("out/{run}/summary.json")).exists(),
            "killed too late: {run}"
        );
        scratch.run(&command(&run)).exited(0);
        assert!(result(&scratch, &run) == expected, "killed at line {n_lines} of {file}");
    }
    assert_eq!(n_killed, 5);
}
