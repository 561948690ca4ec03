//! `labelshift` with a model: texts and echoes are made, kept, taken up again.

// kill -9 in the middle of texts and of echoes.
mod killed;
// Splits, lengths, repetition: what is done with documents and texts.
mod material;

use data_anatomy_tests::{Scratch, write_task};
use serde_json::Value;

/// A run of the small LLaMA of the fixtures: sixty texts of up to 24 tokens.
const RUN: &str = "labelshift --local-samples-dir samples --target-model model --device cpu \
                   --num-prompts 60 --max-new-tokens 24 --lead-in 8 --n-boot 20 --no-plots --quiet";

/// Echoes of three tokens, beside which the texts of such a run are measured.
const ECHOES: &str = "--calibration echo --echo-prefix 3";

/// A folder with samples of three categories and a model.
fn with_model() -> Scratch {
    let scratch = Scratch::new();
    write_task(&scratch);
    scratch.write_model("model", "llama");
    scratch
}

fn json(scratch: &Scratch, name: &str) -> Value {
    serde_json::from_str(&scratch.read(name)).unwrap()
}

fn lines(scratch: &Scratch, name: &str) -> Vec<Value> {
    scratch.read(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The codes of a summary's doubts.
fn codes(summary: &Value) -> Vec<&str> {
    let doubts = summary["diagnostics"].as_array().unwrap();
    doubts.iter().map(|doubt| doubt["code"].as_str().unwrap()).collect()
}

#[test]
fn a_model_writes_texts_and_echoes_that_are_kept() {
    let scratch = with_model();
    scratch.run(&format!("{RUN} {ECHOES} --num-echoes 60")).exited(0);
    let texts = lines(&scratch, "out/labelshift/generations.jsonl");
    assert_eq!(texts.len(), 60);
    let echoes = lines(&scratch, "out/labelshift/echoes.jsonl");
    assert_eq!(echoes.len(), 60);
    let document = |id: &str| {
        let (stem, line) = id.split_once(':').unwrap();
        let line = line.parse::<usize>().unwrap() - 1;
        lines(&scratch, &format!("samples/{stem}.jsonl"))[line]["text"].as_str().unwrap().to_owned()
    };
    for echo in &echoes {
        let document = document(echo["prompt_id"].as_str().unwrap());
        let first: String = document.chars().take(2).collect();
        let text = echo["text"].as_str().unwrap();
        assert!(text.starts_with(&first), "`{text}` continues `{document}`");
    }
    let categories: std::collections::BTreeMap<&str, usize> =
        echoes.iter().fold(Default::default(), |mut counts, echo| {
            let id = echo["prompt_id"].as_str().unwrap();
            *counts.entry(id.split(':').next().unwrap()).or_default() += 1;
            counts
        });
    assert_eq!(categories.into_values().collect::<Vec<_>>(), [20, 20, 20]);
    let summary = json(&scratch, "out/labelshift/summary.json");
    assert_eq!(summary["config"]["calibration_source"], "echo");
    assert_eq!(summary["config"]["training_source"], "both");
    assert_eq!(summary["config"]["drawing"]["max_new_tokens"], 24);
    assert_eq!(summary["inputs"]["echoes"]["prefix_tokens"], 3);
    assert!(codes(&summary).contains(&"calibrated_on_echoes"));
    assert!(!codes(&summary).contains(&"prompts_unknown"), "texts without prompts are independent");
    let verdicts = lines(&scratch, "out/labelshift/predictions.jsonl");
    let measured: Vec<&Value> =
        verdicts.iter().filter(|line| line["kind"] == "validation").collect();
    assert!(measured.len() >= 20, "{}", measured.len());
    assert!(measured.iter().all(|line| line["id"].as_str().unwrap().starts_with("echo/")));
    assert_eq!(summary["document_lengths"]["measure"], "tokens", "the model's tokenizer counts");
    assert_eq!(summary["unit"], "tokens");
}

#[test]
fn what_was_made_is_used_again_and_other_settings_are_refused() {
    let scratch = with_model();
    let run = format!("{RUN} {ECHOES}");
    scratch.run(&run).exited(0);
    let names = ["generations.jsonl", "echoes.jsonl"];
    let written = || {
        names.map(|name| {
            scratch.path("out/labelshift").join(name).metadata().unwrap().modified().unwrap()
        })
    };
    let before = written();
    scratch.run(&format!("{run} --estimator pacc")).exited(0);
    assert_eq!(written(), before, "another estimator needs no other texts");
    assert_eq!(json(&scratch, "out/labelshift/summary.json")["estimator"]["name"], "pacc");
    let error = scratch.run(&format!("{run} --gen_temperature 0.5")).exited(2).stderr();
    assert!(
        error.contains("generations.jsonl: made with another configuration (temperature: 1 → 0.5); --force starts anew, another --run-name keeps both"),
        "{error}"
    );
    assert_eq!(written(), before);
    scratch.run(&format!("{run} --gen_temperature 0.5 --force")).exited(0);
    assert_ne!(written(), before);
}

#[test]
fn sources_are_chosen_by_either_flag() {
    let scratch = with_model();
    scratch.run(RUN).exited(0);
    let summary = json(&scratch, "out/labelshift/summary.json");
    assert_eq!(summary["config"]["calibration_source"], "real");
    assert_eq!(summary["inputs"]["lead_in"], 8);
    assert!(!scratch.path("out/labelshift/echoes.jsonl").exists());
    assert_eq!(summary["config"]["calibration"], "bcts");
    assert!(summary["inputs"]["echoes"].is_null());
    // Given texts, and a model that is asked for echoes of documents to measure by alone.
    let given =
        RUN.replace("--num-prompts 60", "--use-cached-generations texts.jsonl --num-echoes 45");
    scratch.run(&format!("{given} {ECHOES} --training-source real --run-name given")).exited(0);
    let summary = json(&scratch, "out/given/summary.json");
    let n_used = summary["inputs"]["echoes"]["n_used"].as_u64().unwrap();
    // A text without its beginning may be empty.
    assert_eq!(n_used + summary["inputs"]["echoes"]["n_empty"].as_u64().unwrap(), 45);
    assert!(n_used > 30, "{n_used}");
    assert!(!scratch.path("out/given/generations.jsonl").exists());
    let verdicts = lines(&scratch, "out/given/predictions.jsonl");
    let n_measured = verdicts.iter().filter(|line| line["kind"] == "validation").count();
    assert_eq!(n_measured as u64, n_used, "all of the echoes measure");
    let error = scratch
        .run(&format!("{RUN} --calibration echo --calibration-source real"))
        .exited(2)
        .stderr();
    assert!(
        error.contains("--calibration echo and --calibration-source real say different"),
        "{error}"
    );
    let nobody = "labelshift --local-samples-dir samples";
    let error = scratch.run(nobody).exited(2).stderr();
    assert!(error.contains("give --target-model MODEL or --endpoint URL"), "{error}");
    let error = scratch
        .run(&format!("{nobody} --use-cached-generations texts.jsonl --calibration echo"))
        .exited(2)
        .stderr();
    assert!(error.contains("echoes are continuations by the model"), "{error}");
}

#[test]
fn prompted_texts_have_echoes_without_their_beginnings() {
    let scratch = with_model();
    scratch.write("prompts.txt", "The court\nStir the sauce\n");
    scratch.run(&format!("{RUN} {ECHOES} --prompts_file prompts.txt")).exited(0);
    let meta = json(&scratch, "out/labelshift/echoes.jsonl.meta.json");
    assert_eq!(meta["config"]["max_new_tokens"], 24);
    assert!(meta["config"]["keep_prompts"].is_null());
    scratch.run(&format!("{RUN} --preset seed --run-name seed")).exited(0);
    let meta = json(&scratch, "out/seed/generations.jsonl.meta.json");
    assert_eq!(meta["config"]["lead_in"], 8, "asked for, so given");
    assert_eq!(
        (&meta["config"]["temperature"], &meta["config"]["top_p"]),
        (&0.8.into(), &0.9.into())
    );
}

#[test]
fn another_document_comes_before_a_text_unless_it_is_prompted() {
    let scratch = with_model();
    let run = RUN.replace(" --lead-in 8", "");
    let lead_in = |flags: &str, name: &str| {
        scratch.run(&format!("{run} {flags} --run-name {name}")).exited(0);
        let meta = json(&scratch, &format!("out/{name}/generations.jsonl.meta.json"));
        let summary = json(&scratch, &format!("out/{name}/summary.json"));
        let warned = codes(&summary).contains(&"no_lead_in");
        (meta["config"]["lead_in"].as_u64(), summary["inputs"]["lead_in"].as_u64(), warned)
    };
    // A quarter of the context of 128 that the model has.
    assert_eq!(lead_in("", "default"), (Some(32), Some(32), false));
    assert_eq!(lead_in("--lead-in 0", "none"), (None, Some(0), true));
    assert_eq!(lead_in("--preset seed", "prompted"), (None, Some(0), false));
    let texts = |name: &str| scratch.read(&format!("out/{name}/generations.jsonl"));
    assert_ne!(texts("default"), texts("none"));
    let error = scratch.run(&format!("{run} --lead-in 126 --run-name long")).exited(2).stderr();
    assert!(error.contains("leaves no room in the model's context"), "{error}");
}
