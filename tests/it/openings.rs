//! `openings`: what a model expects is asked, kept, taken up again, and estimated again.

use std::process::Stdio;
use std::time::{Duration, Instant};

use data_anatomy_tests::{Scratch, write_task};
use serde_json::{Value, json};

mod served;

/// A run of the small LLaMA of the fixtures.
const RUN: &str = "openings --local-samples-dir samples --target-model model --device cpu --context 20 \
                   --leads 30 --n-boot 30 --no-plots --quiet";

fn with_model() -> Scratch {
    let scratch = Scratch::new();
    write_task(&scratch);
    scratch.write_model("model", "llama");
    scratch
}

fn json_of(scratch: &Scratch, name: &str) -> Value {
    serde_json::from_str(&scratch.read(name)).unwrap()
}

/// A summary without what differs between runs of one kind.
fn bare(mut summary: Value) -> Value {
    summary["created"] = Value::Null;
    summary["config"]["run_name"] = Value::Null;
    summary["config"]["reestimated"] = Value::Null;
    summary
}

#[test]
fn a_run_writes_all_that_it_is_estimated_again_from() {
    let scratch = with_model();
    scratch.run(RUN).exited(0);
    let folder = "out/openings";
    let summary = json_of(&scratch, &format!("{folder}/summary.json"));
    assert_eq!(
        (&summary["method"], &summary["categories"].as_array().unwrap().len()),
        (&json!("openings"), &3)
    );
    // Random weights have learned nothing: the answer must be refused, with a reason.
    assert_eq!(summary["identified"], false, "{summary:#}");
    assert!(summary.get("priors").is_none());
    let reasons = summary["refusals"].as_array().unwrap();
    assert!(!reasons.is_empty());
    let tried = summary["inputs"]["separators"].as_array().unwrap();
    assert!(tried.len() >= 2 && tried[0]["surprise"].as_f64().unwrap() > 0.0, "{tried:?}");
    let printed = scratch.run(&format!("reestimate {folder}")).exited(0).stdout();
    assert!(printed.contains("not identifiable by openings"), "{printed}");
    let again = scratch.run(&format!("reestimate {folder} --json")).exited(0).json();
    assert_eq!(bare(again), bare(summary));
}

#[test]
fn a_run_that_is_done_asks_no_model_and_other_settings_are_refused() {
    let scratch = with_model();
    scratch.run(RUN).exited(0);
    let evidence = scratch.read("out/openings/openings.jsonl");
    // Without weights only what is kept can be used.
    for name in ["model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors"] {
        std::fs::remove_file(scratch.path("model").join(name)).unwrap();
    }
    scratch.run(&format!("{RUN} --no-learning --merge Law+Sport=Other")).exited(0);
    assert_eq!(scratch.read("out/openings/openings.jsonl"), evidence);
    let summary = json_of(&scratch, "out/openings/summary.json");
    assert_eq!(summary["categories"], json!(["Other", "recipes"]));
    let refused = scratch.run(&RUN.replace("--leads 30", "--leads 20")).exited(2).stderr();
    assert!(refused.contains("leads") && refused.contains("--force starts anew"), "{refused}");
}

#[test]
fn a_killed_run_ends_in_the_same_files() {
    let scratch = with_model();
    let command = |run: &str| format!("{RUN} --batch-tokens 20 --run-name {run}");
    scratch.run(&command("whole")).exited(0);
    let mut n_killed = 0;
    for (number, n_lines) in [2, 9, 20, 33, 50].into_iter().enumerate() {
        let run = format!("killed_{number}");
        let mut child = scratch
            .command(&command(&run))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (started, partial) =
            (Instant::now(), scratch.path(format!("out/{run}/openings.partial.jsonl")));
        while started.elapsed() < Duration::from_secs(120) && child.try_wait().unwrap().is_none() {
            let written = std::fs::read(&partial).unwrap_or_default();
            if written.iter().filter(|byte| **byte == b'\n').count() >= n_lines {
                child.kill().unwrap();
                n_killed += 1;
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        child.wait().unwrap();
        scratch.run(&command(&run)).exited(0);
        let (whole, killed) = ("out/whole", format!("out/{run}"));
        for name in ["openings.jsonl", "openings.meta.json", "summary.csv"] {
            assert_eq!(
                scratch.read(&format!("{killed}/{name}")),
                scratch.read(&format!("{whole}/{name}")),
                "{name}"
            );
        }
        assert!(!partial.exists());
        let summary = |folder: &str| bare(json_of(&scratch, &format!("{folder}/summary.json")));
        assert_eq!(summary(&killed), summary(whole));
    }
    assert!(n_killed >= 1, "every run ended before it was killed");
}

#[test]
fn batches_and_threads_change_nothing() {
    let scratch = with_model();
    scratch.run(&format!("{RUN} --run-name one --n-jobs 1 --batch-tokens 1")).exited(0);
    scratch.run(&format!("{RUN} --run-name many --n-jobs 2 --batch-tokens 5000")).exited(0);
    let summary = |run: &str| bare(json_of(&scratch, &format!("out/{run}/summary.json")));
    assert_eq!(summary("one"), summary("many"));
}

#[test]
fn without_documents_before_the_model_is_asked_once() {
    let scratch = with_model();
    scratch.run(&format!("{RUN} --lead-in none --separator 2")).exited(0);
    let summary = json_of(&scratch, "out/openings/summary.json");
    assert_eq!(summary["next_from_last"].as_array().unwrap().len(), 1);
    let lines = scratch.read("out/openings/openings.jsonl");
    assert_eq!(lines.lines().filter(|line| line.contains("\"expectation\"")).count(), 1);
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let scratch = with_model();
    let run = RUN.replace("--leads 30 ", "");
    let refused = |more: &str| scratch.run(&format!("{run} {more}")).exited(2).stderr();
    for (flags, expected) in [
        ("--separator 99999", "--separator: expected the number of a token"),
        ("--separator none --lead-in none", "the model would be shown nothing at all"),
        ("--leads 0", "--leads: expected one document"),
        ("--smoothing 0", "--smoothing: expected a number of documents above 0"),
        ("--merge Law=x", "expected a merge"),
    ] {
        let found = refused(flags);
        assert!(found.contains(expected), "{flags}: {found}");
        assert!(!scratch.path("out/openings").exists(), "{flags}");
    }
    scratch.write("samples/manifest.json", r#"{"settings": {"window": "random"}}"#);
    assert!(refused("").contains("openings needs their true beginnings"), "{}", refused(""));
    let scratch = Scratch::new();
    write_task(&scratch);
    let none = scratch.run("openings --local-samples-dir samples --quiet").exited(2).stderr();
    assert!(none.contains("no model is named"), "{none}");
}

#[test]
fn runs_of_either_kind_know_their_own_flags() {
    let scratch = with_model();
    scratch.run(RUN).exited(0);
    let found = scratch.run("reestimate out/openings --estimator em").exited(2).stderr();
    assert!(
        found.contains("--estimator: expected a run of label shift, found one of openings"),
        "{found}"
    );
    scratch
        .run("labelshift --local-samples-dir samples --use-cached-generations texts.jsonl --n-boot 0 --no-plots --quiet")
        .exited(0);
    let found = scratch.run("reestimate out/labelshift --smoothing 1").exited(2).stderr();
    assert!(found.contains("--smoothing: expected a run of openings"), "{found}");
}

#[test]
fn label_shift_tells_that_openings_found_nothing() {
    let scratch = with_model();
    scratch.run(RUN).exited(0);
    scratch
        .run(
            "labelshift --local-samples-dir samples --use-cached-generations texts.jsonl --target-model model \
             --n-boot 10 --no-plots --quiet",
        )
        .exited(0);
    let summary = json_of(&scratch, "out/labelshift/summary.json");
    let doubts = summary["diagnostics"].as_array().unwrap();
    let doubt = doubts.iter().find(|doubt| doubt["code"] == "not_fused").expect("it is found");
    assert!(doubt["message"].as_str().unwrap().contains("found no mixture"), "{doubt}");
    // Reports carry what a run is estimated again from, and say why it has no shares.
    let evaluated = scratch
        .run("evaluate --results-dir out/openings --ground-truth olmo1b --no-plots --output-dir report")
        .exited(0)
        .stdout();
    assert!(evaluated.contains("no mixture was found"), "{evaluated}");
}
