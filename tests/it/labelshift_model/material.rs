use std::collections::{BTreeMap, BTreeSet};

use data_anatomy_tests::{Scratch, write_task};
use serde_json::Value;

use super::{codes, json, lines};

const RUN: &str = "labelshift --local-samples-dir samples --use-cached-generations texts.jsonl \
                   --n-boot 0 --no-plots --quiet";

fn task() -> Scratch {
    let scratch = Scratch::new();
    write_task(&scratch);
    scratch
}

/// The documents that measured.
fn measured(scratch: &Scratch, run: &str) -> BTreeSet<String> {
    let lines = lines(scratch, &format!("out/{run}/predictions.jsonl"));
    let validation = lines.iter().filter(|line| line["kind"] == "validation");
    validation.map(|line| line["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn near_duplicates_never_stand_on_both_sides() {
    let scratch = task();
    let law = scratch.read("samples/law.jsonl");
    // A twin of each document stands 80 lines below it.
    let twins: String = law.lines().map(|line| line.replace("\"}", " indeed\"}") + "\n").collect();
    scratch.write("samples/law.jsonl", law + &twins);
    for seed in [1, 2] {
        scratch.run(&format!("{RUN} --cross-fit 0 --seed {seed}")).exited(0);
        let measured = measured(&scratch, "labelshift");
        let n_law = measured.iter().filter(|id| id.starts_with("law:")).count();
        assert!(n_law >= 32, "a fifth of 160");
        for line in 1..=80 {
            let twins = [line, line + 80].map(|line| measured.contains(&format!("law:{line}")));
            assert_eq!(twins[0], twins[1], "law:{line} and its twin");
        }
        let summary = json(&scratch, "out/labelshift/summary.json");
        assert_eq!(summary["inputs"]["n_near_duplicates"], 80);
        assert!(codes(&summary).contains(&"near_duplicate_documents"));
    }
    scratch.run(&format!("{RUN} --run-name turns")).exited(0);
    let lines = lines(&scratch, "out/turns/predictions.jsonl");
    let fold_of: BTreeMap<&str, &Value> =
        lines.iter().map(|line| (line["id"].as_str().unwrap(), &line["fold"])).collect();
    for line in 1..=80 {
        let [one, twin] = [line, line + 80].map(|line| fold_of[format!("law:{line}").as_str()]);
        assert_eq!(one, twin, "law:{line} and its twin take the same turn");
    }
    scratch.run(&format!("{RUN} --cross-fit 0 --near-dup 0 --run-name apart")).exited(0);
    let measured = measured(&scratch, "apart");
    let is_split = |line: usize| {
        measured.contains(&format!("law:{line}"))
            != measured.contains(&format!("law:{}", line + 80))
    };
    assert!((1..=80).any(is_split), "asked to, it takes them for different documents");
}

#[test]
fn a_given_split_is_kept_and_copies_are_left_out() {
    let scratch = task();
    for name in ["law", "recipes", "sport"] {
        let all = scratch.read(&format!("samples/{name}.jsonl"));
        let lines: Vec<&str> = all.lines().collect();
        scratch.write(&format!("held_out/{name}.jsonl"), lines[..20].join("\n"));
        // The tenth is a copy, the eleventh nearly one.
        let near = lines[10].replace("\"}", " indeed\"}");
        let rest = [&[lines[9], near.as_str()][..], &lines[20..]].concat();
        scratch.write(&format!("samples/{name}.jsonl"), rest.join("\n"));
    }
    scratch.run(&format!("{RUN} --validation-dir held_out")).exited(0);
    let measured = measured(&scratch, "labelshift");
    assert_eq!(measured.len(), 60);
    assert!(measured.iter().all(|id| id.starts_with("validation/")), "{measured:?}");
    let summary = json(&scratch, "out/labelshift/summary.json");
    assert_eq!(summary["inputs"]["n_train"], 180);
    assert_eq!(summary["inputs"]["n_left_out"], 3);
    std::fs::remove_file(scratch.path("held_out/law.jsonl")).unwrap();
    let error = scratch.run(&format!("{RUN} --validation-dir held_out")).exited(2).stderr();
    assert!(error.contains("held_out: category `law` has 0 documents to measure by"), "{error}");
}

#[test]
fn documents_are_judged_at_the_length_of_texts() {
    let scratch = task();
    let texts = scratch.read("texts.jsonl");
    let short = texts.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let words: Vec<&str> = line["text"].as_str().unwrap().split(' ').take(1).collect();
        format!("{}\n", serde_json::json!({"text": words.join(" ")}))
    });
    scratch.write("texts.jsonl", short.collect::<String>());
    let accuracy = |flags: &str| {
        scratch.run(&format!("{RUN} {flags}")).exited(0);
        let summary = json(&scratch, "out/labelshift/summary.json");
        summary["val_metrics"]["val_acc"].as_f64().unwrap()
    };
    let (whole, matched) = (accuracy("--length-match none"), accuracy(""));
    // Whole documents of a dozen words are easy; a single word often stands in two categories, most of all
    // one that was cut out of the middle.
    assert!(whole > 0.97 && matched < whole, "{whole} {matched}");
    let anywhere = accuracy("--window random");
    assert!(anywhere < whole - 0.08, "{whole} {anywhere}");
}

#[test]
fn loops_are_counted_and_the_estimate_without_them_is_told() {
    let scratch = task();
    let loops =
        "{\"text\": \"goal goal goal goal goal goal goal goal\", \"prompt_id\": 1}\n".repeat(60);
    let texts = scratch.read("texts.jsonl");
    scratch.run(&format!("{RUN} --run-name before")).exited(0);
    let before = json(&scratch, "out/before/summary.json");
    assert!(before["inputs"]["repetition"].is_null());
    scratch.write("texts.jsonl", texts + &loops + "{\"text\": \" \"}\n");
    scratch.run(RUN).exited(0);
    let summary = json(&scratch, "out/labelshift/summary.json");
    let repetition = &summary["inputs"]["repetition"];
    assert_eq!(repetition["n_repetitive"], 60);
    assert_eq!(summary["inputs"]["generations"]["n_empty"], 1);
    for (class, name) in ["law", "recipes", "sport"].iter().enumerate() {
        let without = repetition["estimate_without"][name].as_f64().unwrap();
        let expected = before["shares"]["documents"]["point"][class].as_f64().unwrap();
        // The cut of documents follows the lengths of all texts, loops included.
        assert!((without - expected).abs() < 0.06, "{name}: {without} {expected}");
    }
    assert!(
        summary["shares"]["documents"]["point"][2].as_f64().unwrap() > 0.25,
        "sixty of 300 say `goal` alone"
    );
    assert!(repetition["moved"].as_f64().unwrap() > 0.1);
    assert!(codes(&summary).contains(&"repetitive_generations"));
}

#[test]
fn a_classifier_trained_on_parts_is_not_measured_by_their_wholes() {
    let scratch = task();
    scratch.run(&format!("{RUN} --save-classifier c.bin --run-name saved")).exited(0);
    scratch.run(&format!("{RUN} --load-classifier c.bin --seed 9 --run-name loaded")).exited(0);
    assert_eq!(measured(&scratch, "saved"), measured(&scratch, "loaded"));
}

#[test]
fn lengths_are_told_or_their_lack_is() {
    let scratch = task();
    let summary = |flags: &str| {
        scratch.run(&format!("{RUN} {flags}")).exited(0);
        json(&scratch, "out/labelshift/summary.json")
    };
    let own = summary("");
    assert_eq!(own["inputs"]["document_lengths"]["source"], "the reference documents");
    assert_eq!(own["document_lengths"]["measure"], "characters");
    assert_eq!(own["unit"], "tokens");
    let file = "{\"law\": {\"n\": 9, \"mean\": 300, \"sd\": 10}, \"sport\": {\"n\": 9, \"mean\": 100, \"sd\": 10}, \
                \"recipes\": {\"n\": 9, \"mean\": 50, \"sd\": 5}}";
    scratch.write("lengths.json", file);
    let given = summary("--document-lengths lengths.json");
    assert_eq!(given["inputs"]["document_lengths"]["source"], "lengths.json");
    let of = |unit: &str, class: usize| given["shares"][unit]["point"][class].as_f64().unwrap();
    // Law has six times the tokens of recipes.
    let (documents, tokens) =
        (of("documents", 0) / of("documents", 1), of("tokens", 0) / of("tokens", 1));
    assert!((tokens / documents - 6.0).abs() < 1e-9, "{tokens} {documents}");
    assert_eq!(given["priors"]["point"], given["shares"]["tokens"]["point"]);
    let documents = summary("--document-lengths lengths.json --unit documents");
    assert_eq!(documents["priors"]["point"], given["shares"]["documents"]["point"]);
    let cut: String = (0..30)
        .map(|number| format!("{{\"text\": \"court appeal judge {number:03} motion\"}}\n"))
        .collect();
    scratch.write("samples/law.jsonl", cut);
    let unknown = summary("");
    let reason = unknown["inputs"]["document_lengths"]["unknown"].as_str().unwrap();
    assert!(reason.starts_with("the documents of `law` look cut to 29 characters"), "{reason}");
    assert_eq!(unknown["unit"], "documents");
    assert!(codes(&unknown).contains(&"lengths_unknown"));
}
