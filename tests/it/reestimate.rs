use data_anatomy_tests::{Scratch, write_task};
use serde_json::Value;

const RUN: &str = "labelshift --local_samples_dir samples --use_cached_generations texts.jsonl \
                   --n_boot 40 --no-plots --quiet";

fn run_of_task() -> Scratch {
    let scratch = Scratch::new();
    write_task(&scratch);
    scratch.run(RUN).exited(0);
    scratch
}

fn summary(scratch: &Scratch) -> Value {
    serde_json::from_str(&scratch.read("out/labelshift/summary.json")).unwrap()
}

fn codes(summary: &Value) -> Vec<&str> {
    let all = summary["diagnostics"].as_array().unwrap();
    all.iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[test]
fn a_run_estimated_again_as_it_was_gives_the_same_numbers() {
    let scratch = run_of_task();
    let before = summary(&scratch);
    let mut again = scratch.run("reestimate out/labelshift --quiet --json").exited(0).json();
    assert_eq!(again["config"]["reestimated"], true);
    again["config"] = before["config"].clone();
    assert_eq!(again, before);
    // Without the summary beside them, the verdicts still tell the categories.
    std::fs::remove_file(scratch.path("out/labelshift/summary.json")).unwrap();
    let alone = scratch
        .run("reestimate out/labelshift/predictions.jsonl --n-boot 40 --quiet --json")
        .exited(0)
        .json();
    // Lengths of documents are in the summary alone.
    assert_eq!(alone["unit"], "documents");
    assert_eq!(alone["shares"]["documents"], before["shares"]["documents"]);
}

#[test]
fn merges_units_and_unknown_texts_are_estimated_anew() {
    let scratch = run_of_task();
    let lengths = r#"{"law": {"n": 90, "mean": 900, "sd": 300},
        "recipes": {"n": 90, "mean": 100, "sd": 30}, "sport": {"n": 90, "mean": 300, "sd": 90}}"#;
    scratch.write("lengths.json", lengths);
    let again = scratch
        .run(
            "reestimate out/labelshift --estimator pacc --merge law+sport=other --unknown \
             --document-lengths lengths.json --output out/again/summary.json --quiet --json",
        )
        .exited(0)
        .json();
    assert_eq!(again["categories"], serde_json::json!(["other", "recipes"]));
    assert_eq!(again["estimator"]["name"], "pacc");
    assert_eq!(again["unit"], "tokens");
    let share = |unit: &str| again["shares"][unit]["point"][0].as_f64().unwrap();
    let documents = share("documents");
    let tokens = 600.0 * documents / (600.0 * documents + 100.0 * (1.0 - documents));
    assert!((share("tokens") - tokens).abs() < 1e-9, "{again}");
    assert_eq!(again["categories_with_unknown"][2], "Unknown");
    let unknown = &again["unknown"];
    assert!(unknown["ci_lo"].as_f64() <= unknown["share"].as_f64(), "{unknown}");
    assert!(!codes(&again).contains(&"lengths_unknown"));
    // Lengths of documents are in the summary alone.
    std::fs::remove_file(scratch.path("out/labelshift/summary.json")).unwrap();
    let text = scratch
        .run("reestimate out/labelshift/predictions.jsonl --n-boot 40 --unknown --quiet")
        .exited(0)
        .stdout();
    assert!(text.contains("of the texts belong to no category (interval"), "{text}");
    assert!(text.contains("these are shares of documents"), "{text}");
    let written: Value = serde_json::from_str(&scratch.read("out/again/summary.json")).unwrap();
    assert_eq!(written, again);
}

#[test]
fn labelshift_merges_before_it_stores() {
    let scratch = run_of_task();
    scratch
        .run(&format!("{RUN} --run-name merged --merge law+sport=other --unknown_threshold 0.9"))
        .exited(0);
    let again = scratch
        .run("reestimate out/labelshift --merge law+sport=other --unknown-threshold 0.9 --quiet --json")
        .exited(0)
        .json();
    let merged: Value = serde_json::from_str(&scratch.read("out/merged/summary.json")).unwrap();
    for field in ["categories", "priors", "unknown", "checks"] {
        assert_eq!(again[field], merged[field], "{field}");
    }
    let first = scratch.read("out/merged/predictions.jsonl");
    let first: Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    assert_eq!(first["categories"], merged["categories"]);
}

#[test]
fn what_cannot_be_done_is_said_in_a_line() {
    let scratch = run_of_task();
    let error = |arguments: &str| {
        let words = format!("reestimate out/labelshift --quiet {arguments}");
        scratch.run(&words).exited(2).stderr()
    };
    let told = error("--merge law+opera=x");
    assert!(told.starts_with("error: --merge: no category is named `opera`"), "{told}");
    assert!(error("--level 2").contains("--level: expected a level between 0 and 1, found 2"));
    assert!(error("--n-boot 1").contains("--n-boot: expected 0 for no intervals"));
    scratch.write("lengths.json", r#"{"law": {"n": 1, "mean": 1, "sd": 0}}"#);
    let told = error("--document-lengths lengths.json");
    assert!(told.contains("no category with document lengths is named `recipes`"), "{told}");
    scratch.write(
        "out/labelshift/predictions.jsonl",
        "{\"kind\": \"generation\", \"id\": \"1\", \"probabilities\": [0.5, 0.2, 0.3]}\n",
    );
    let told = error("");
    assert!(
        told.contains(
            "expected verdicts on validation documents and on generations, found 0 and 1"
        ),
        "{told}"
    );
}
