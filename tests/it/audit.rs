//! `audit`: every kind of evidence on one model, one answer, one report.

use data_anatomy_tests::{Scratch, write_task};
use serde_json::Value;

const RUN: &str = "audit --local-samples-dir samples --target-model model --device cpu --num-prompts 30 --no-plots --quiet";

fn with_model() -> Scratch {
    let scratch = Scratch::new();
    write_task(&scratch);
    scratch.write_model("model", "llama");
    scratch
}

fn summary(scratch: &Scratch, run: &str) -> Value {
    serde_json::from_str(&scratch.read(&format!("out/audit/{run}/summary.json"))).unwrap()
}

#[test]
fn all_that_was_asked_stands_in_one_folder_and_the_verdict_stands_first() {
    let scratch = with_model();
    let run = format!("{RUN} --nonmembers samples");
    let printed = scratch.run(&run).exited(0).stdout();
    // Random weights have learned nothing: openings refuse an answer, few texts make wide intervals.
    let first = printed.lines().next().unwrap();
    assert!(first.starts_with("With care: ") || first.starts_with("Not usable: "), "{printed}");
    for line in ["openings: Not usable: ", "label shift: ", "membership, "] {
        assert!(printed.contains(line), "{line}: {printed}");
    }
    for (folder, method) in
        [("openings", "openings"), ("labelshift", "labelshift"), ("membership", "membership")]
    {
        let summary = summary(&scratch, folder);
        assert_eq!(summary["method"], method);
        assert!(summary["verdict"]["usability"].is_string(), "{summary:#}");
    }
    let report = scratch.read("out/audit/report.html");
    assert!(report.contains("labelshift") && report.contains("openings"));
}

#[test]
fn an_audit_that_is_done_is_done_again_without_the_model() {
    let scratch = with_model();
    let first = scratch.run(RUN).exited(0).stdout();
    let texts = scratch.read("out/audit/labelshift/generations.jsonl");
    std::fs::remove_file(scratch.path("model").join("model-00001-of-00003.safetensors")).unwrap();
    assert_eq!(scratch.run(RUN).exited(0).stdout(), first);
    assert_eq!(scratch.read("out/audit/labelshift/generations.jsonl"), texts);
}

#[test]
fn what_cannot_be_answered_is_refused_before_anything_is_made() {
    let scratch = with_model();
    let refused = |more: &str| scratch.run(&format!("{RUN} {more}")).exited(2).stderr();
    assert!(refused("--nonmembers nowhere").contains("nowhere"));
    assert!(refused("--ground-truth nobody").contains("nobody"));
    assert!(refused("--run-name a/b").contains("a/b"));
    let nobody = scratch.run("audit --local-samples-dir samples").exited(2).stderr();
    assert!(nobody.contains("--target-model"), "{nobody}");
    assert!(!scratch.path("out").exists());
}
