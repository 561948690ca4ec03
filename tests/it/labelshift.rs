use data_anatomy_tests::{Scratch, write_task};
use serde_json::Value;

const RUN: &str = "labelshift --local_samples_dir samples --use_cached_generations texts.jsonl \
                   --n_boot 60 --quiet";

/// The summary of a run, without what differs between two runs of one command.
fn summary(scratch: &Scratch, run: &str) -> Value {
    let mut summary: Value =
        serde_json::from_str(&scratch.read(&format!("out/{run}/summary.json"))).unwrap();
    summary["created"] = Value::Null;
    summary["config"]["run_name"] = Value::Null;
    summary
}

#[test]
fn a_planted_mixture_is_found_and_everything_is_written() {
    let scratch = Scratch::new();
    write_task(&scratch);
    let text = scratch.run(RUN).exited(0).stdout();
    assert!(text.contains("recipes") && text.contains("validation documents right"), "{text}");
    for name in [
        "summary.csv",
        "predictions.jsonl",
        "confusion_matrix.png",
        "priors.png",
        "pbar_vs_ctpi.png",
    ] {
        assert!(scratch.path("out/labelshift").join(name).is_file(), "{name}");
    }
    let summary = summary(&scratch, "labelshift");
    let names: Vec<&str> = summary["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(names, ["law", "recipes", "sport"]);
    // 160 of 240 texts are recipes, 40 law, 40 sport; three standard errors of a share are .09.
    for (category, planted) in [(0, 1.0 / 6.0), (1, 2.0 / 3.0), (2, 1.0 / 6.0)] {
        let share = summary["priors"]["point"][category].as_f64().unwrap();
        assert!((share - planted).abs() < 0.09, "{} {share}", names[category]);
        let lo = summary["priors"]["ci_lo"][category].as_f64().unwrap();
        let hi = summary["priors"]["ci_hi"][category].as_f64().unwrap();
        assert!(lo <= share && share <= hi);
    }
    assert_eq!(summary["inputs"]["generations"]["n_prompts"], 30);
    assert_eq!(summary["estimator"]["name"], "em");
    let lines = scratch.read("out/labelshift/predictions.jsonl").lines().count();
    assert_eq!(lines, 240 + 240, "every text and, as they take turns, every document");
    assert_eq!(summary["inputs"]["n_classifiers"], 5);
}

#[test]
fn documents_take_turns_or_are_split_once() {
    let scratch = Scratch::new();
    write_task(&scratch);
    let run = |flags: &str| {
        scratch.run(&format!("{RUN} --no-plots {flags}")).exited(0);
        let inputs = summary(&scratch, "labelshift")["inputs"].clone();
        let kind = |line: &&str| line.contains("\"kind\":\"validation\"");
        let lines = scratch.read("out/labelshift/predictions.jsonl");
        (
            inputs["n_classifiers"].clone(),
            inputs["n_train"].clone(),
            lines.lines().filter(kind).count(),
        )
    };
    assert_eq!(run(""), (5.into(), 192.into(), 240));
    assert_eq!(run("--cross-fit 3"), (3.into(), 159.into(), 240));
    assert_eq!(run("--cross-fit 0"), (1.into(), 192.into(), 48));
    assert_eq!(run("--val-fraction 0.5"), (1.into(), 120.into(), 120));
    assert_eq!(run("--save-classifier kept.bin"), (1.into(), 192.into(), 48));
    let refusal = |flags: &str| scratch.run(&format!("{RUN} {flags}")).exited(2).stderr();
    let one = refusal("--cross-fit 1");
    assert!(one.contains("expected 0, or 2 to 100"), "{one}");
    let many = refusal("--cross-fit 90");
    assert!(many.contains("category `law` has 80 documents, fewer than 90"), "{many}");
    let both = refusal("--cross-fit 5 --save-classifier kept.bin");
    assert!(both.contains("cannot be used with"), "{both}");
}

#[test]
fn the_same_command_gives_the_same_numbers_on_any_number_of_threads() {
    let scratch = Scratch::new();
    write_task(&scratch);
    scratch.run(&format!("{RUN} --no-plots --run-name one --n_jobs 1")).exited(0);
    scratch.run(&format!("{RUN} --no-plots --run-name three --n_jobs 3")).exited(0);
    assert_eq!(summary(&scratch, "one"), summary(&scratch, "three"));
    let predictions = |run: &str| scratch.read(&format!("out/{run}/predictions.jsonl"));
    assert_eq!(predictions("one"), predictions("three"));
    scratch.run(&format!("{RUN} --no-plots --run-name other --seed 7")).exited(0);
    assert_ne!(predictions("one"), predictions("other"));
}

#[test]
fn two_estimators_are_compared_on_the_same_documents() {
    let scratch = Scratch::new();
    write_task(&scratch);
    let truth = "schema: category-mixture-v1\nname: M\nunit: documents\ncategories: [law, recipes, sport]\n\
                 category_weights: {law: 1, recipes: 4, sport: 1}\n";
    scratch.write("truth.yaml", truth);
    scratch.run(&format!("{RUN} --no-plots --run-name em")).exited(0);
    scratch.run(&format!("{RUN} --no-plots --run-name counting --naive")).exited(0);
    let found = scratch
        .run(
            "evaluate --compare out/em out/counting --ground-truth truth.yaml --baseline em --json",
        )
        .exited(0)
        .json();
    let against = &found["runs"][1]["against"];
    assert_eq!(against["baseline"], "em");
    assert_eq!(against["classifiers"]["n_shared"], 240);
    assert_eq!(against["classifiers"]["difference"], 0.0);
    assert!(against["overlap_accuracy_difference_ci"].is_object(), "both drew the same texts");
    assert!(found["runs"][0]["metrics"]["overlap_accuracy"].as_f64().unwrap() > 0.9);
}

#[test]
fn a_saved_classifier_judges_alike_and_never_by_its_own_documents() {
    let scratch = Scratch::new();
    write_task(&scratch);
    scratch.run(&format!("{RUN} --no-plots --run-name saved --save_classifier c.bin")).exited(0);
    scratch.run(&format!("{RUN} --no-plots --run-name loaded --load_classifier c.bin")).exited(0);
    let ids = |run: &str| {
        let mut lines: Vec<(String, String)> = scratch
            .read(&format!("out/{run}/predictions.jsonl"))
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|line| (line["id"].to_string(), line["probabilities"].to_string()))
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(ids("saved"), ids("loaded"), "the same documents measure, with the same verdicts");
    std::fs::rename(scratch.path("samples/law.jsonl"), scratch.path("samples/laws.jsonl")).unwrap();
    let error = scratch.run(&format!("{RUN} --load_classifier c.bin")).exited(2).stderr();
    assert!(error.contains("the classifier knows the categories law, recipes, sport"), "{error}");
}

#[test]
fn bad_inputs_are_refused_by_file_and_line_and_nothing_is_written() {
    let scratch = Scratch::new();
    write_task(&scratch);
    let refused = |name: &str, content: &str| {
        scratch.write(name, content);
        let error = scratch.run(RUN).exited(2).stderr();
        assert!(!scratch.path("out/labelshift/summary.json").exists());
        error
    };
    let texts = scratch.read("texts.jsonl");
    let error = refused("texts.jsonl", "{\"text\": \"a b\"}\n{\"txt\": 1}\n");
    assert!(error.starts_with("error: texts.jsonl:2:"), "{error}");
    assert!(error.contains("missing field `text`"), "{error}");
    let error = refused("texts.jsonl", "\n");
    assert!(error.contains("at least one text that is not empty"), "{error}");
    scratch.write("texts.jsonl", texts);
    let error = refused("samples/tiny.jsonl", "{\"text\": \"one\"}\n");
    assert!(
        error.contains("category `tiny` has 1 distinct documents, expected at least 10"),
        "{error}"
    );
    std::fs::remove_dir_all(scratch.path("samples")).unwrap();
    let error = scratch.run(RUN).exited(2).stderr();
    assert_eq!(error, "error: samples: cannot be read: there is no such file\n");
}

#[test]
fn copies_of_documents_are_left_out_and_counted() {
    let scratch = Scratch::new();
    write_task(&scratch);
    let law = scratch.read("samples/law.jsonl");
    scratch
        .write("samples/law.jsonl", format!("{law}{}", law.to_uppercase().replace("TEXT", "text")));
    scratch.run(&format!("{RUN} --no-plots")).exited(0);
    let summary = summary(&scratch, "labelshift");
    assert_eq!(summary["inputs"]["reference"][0]["n_duplicates"], 80);
    let codes: Vec<&Value> =
        summary["diagnostics"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert!(codes.contains(&&Value::from("duplicate_documents")), "{codes:?}");
}
