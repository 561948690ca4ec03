//! A run that is killed at any moment, and given again, ends in the same bytes as one that was not.

use std::process::Stdio;
use std::time::{Duration, Instant};

use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_tests::Scratch;

use super::{files, with_model};

/// How often a run of each kind is killed.
const N_KILLS: u64 = 10;

/// Runs the command into the folder `whole`, then ten times into a folder that is made anew: killed
/// after a random share of the time that the whole run took, then given again until it ends. `begun`
/// says how much of its work a folder holds that is not done yet.
fn kill_and_resume(
    scratch: &Scratch,
    command: impl Fn(&str) -> String,
    begun: impl Fn(&Scratch, &str) -> bool,
) {
    std::fs::create_dir(scratch.path("whole")).unwrap();
    let started = Instant::now();
    scratch.run(&command("whole")).exited(0);
    let mut duration = started.elapsed();
    let expected = files(scratch, "whole");
    let (mut n_killed, mut n_begun) = (0, 0);
    for kill in 0..N_KILLS {
        let folder = format!("killed-{kill}");
        std::fs::create_dir(scratch.path(&folder)).unwrap();
        // One draw from each tenth of the run, so that all of it is met.
        let share = (kill as f64 + RandomStream::new(1, kill).unit()) / N_KILLS as f64;
        match kill_after(scratch, &command(&folder), duration.mul_f64(share)) {
            None => n_killed += 1,
            // The machine is quicker now than when the whole run was timed.
            Some(elapsed) => duration = duration.min(elapsed),
        }
        n_begun += usize::from(begun(scratch, &folder));
        scratch.run(&command(&folder)).exited(0);
        assert!(files(scratch, &folder) == expected, "killed after {share:.3} of the run");
    }
    assert!(n_killed >= 4 && n_begun >= 2, "{n_killed} killed, {n_begun} of them amid their work");
}

/// Starts the command and kills it after `delay`; returns how long it took if it ended before.
fn kill_after(scratch: &Scratch, arguments: &str, delay: Duration) -> Option<Duration> {
    let mut command = scratch.command(arguments);
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while started.elapsed() < delay {
        if child.try_wait().unwrap().is_some() {
            return Some(started.elapsed());
        }
        std::thread::sleep(Duration::from_millis(2).min(delay));
    }
    // SIGKILL: the process gets no chance to tidy up.
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

#[test]
fn generate_ends_in_the_same_bytes() {
    let scratch = with_model();
    let command = |folder: &str| {
        format!(
            "generate --target-model model --device cpu --num-prompts 300 --max-new-tokens 100 \
             --batch-size 16 --output {folder}/texts.jsonl"
        )
    };
    kill_and_resume(&scratch, command, |scratch, folder| {
        let texts = std::fs::read(scratch.path(folder).join("texts.jsonl")).unwrap_or_default();
        (1..300).contains(&texts.iter().filter(|byte| **byte == b'\n').count())
    });
}

#[test]
fn score_ends_in_the_same_bytes() {
    let scratch = with_model();
    let lines = (0..4100).map(|number| format!("{{\"text\": \"No. {number}, water\"}}\n"));
    scratch.write("samples/law.jsonl", lines.collect::<String>());
    let command = |folder: &str| {
        format!(
            "score --target-model model --device cpu --local-samples-dir samples \
             --output-dir {folder}"
        )
    };
    kill_and_resume(&scratch, command, |scratch, folder| {
        let names = files(scratch, folder).into_iter().map(|(name, _)| name);
        (1..5).contains(&names.filter(|name| name.starts_with("part-")).count())
    });
}
