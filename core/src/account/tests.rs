use serde_json::{Value, json};

use super::run_account::RunAccount;
use crate::files::run::Run;

fn account(summary: &Value) -> RunAccount {
    let run = Run::parse("run/summary.json", summary.to_string().as_bytes()).unwrap();
    RunAccount::of(&run.provenance)
}

fn fact<'a>(account: &'a RunAccount, name: &str) -> &'a str {
    let found = account.facts.iter().find(|fact| fact.name == name);
    &found.unwrap_or_else(|| panic!("no {name} in {:?}", account.facts)).value
}

fn label_shift() -> Value {
    json!({
        "schema_version": 1,
        "method": "labelshift",
        "tool": {"name": "data-anatomy", "version": "0.1.0", "commit": "abc1234"},
        "created": "2026-01-02T03:04:05Z",
        "unit": "tokens",
        "config": {
            "target_model": "some/model", "hf_revision": "step1", "classifier": "tfidf", "seed": 7,
            "estimator": "em", "calibration": "bcts", "level": 0.95, "n_boot": 50, "max_per_class": 30,
            "training_source": "real", "calibration_source": "real",
            "drawing": {"max_new_tokens": 128, "temperature": 1.0, "top_p": null},
            "changed": ["n_boot", "max_per_class", "max_new_tokens"],
        },
        "categories": ["Web", "Books"],
        "priors": {"point": [0.6, 0.4]},
        "estimator": {"name": "em", "calibration": {"method": "bcts"}},
        "val_metrics": {"val_acc": 0.825, "n_docs": [30, 10]},
        "inputs": {
            "reference": [
                {"category": "Web", "n_used": 20},
                {"category": "Books", "n_used": 10},
                {"category": "Web", "n_used": 10},
            ],
            "generations": {"n_used": 400, "n_characters": {"min": 10, "median": 300, "max": 900}},
            "n_train": 32, "n_validation": 8, "n_classifiers": 5,
        },
        "diagnostics": [],
    })
}

#[test]
fn a_run_of_label_shift_is_told_in_full() {
    let account = account(&label_shift());
    assert_eq!(fact(&account, "method"), "label shift");
    assert_eq!(fact(&account, "model"), "some/model, revision step1");
    // Two files of one category count together.
    assert_eq!(fact(&account, "reference documents"), "40 in 2 categories: Web 30, Books 10");
    let texts = fact(&account, "texts of the model");
    assert!(
        texts.starts_with("400, 10 to 900 characters, median 300; written for this run"),
        "{texts}"
    );
    assert!(texts.contains("128 tokens at most, temperature 1.0"), "{texts}");
    assert!(fact(&account, "classifier").contains("82.5 % of 40 documents"), "{account:?}");
    assert_eq!(fact(&account, "estimator"), "em, calibrated by bcts");
    assert_eq!(fact(&account, "seed"), "7");
    assert_eq!(fact(&account, "intervals"), "95 %, 50 replicates");
    let changed = fact(&account, "settings that differ from the default");
    assert_eq!(changed, "n_boot = 50, max_per_class = 30, max_new_tokens = 128");
    assert_eq!(fact(&account, "program"), "data-anatomy 0.1.0 (commit abc1234)");
    assert_eq!(fact(&account, "date"), "2026-01-02T03:04:05Z");
    assert!(account.facts.iter().all(|fact| fact.value != "the file does not say"), "{account:?}");
}

#[test]
fn the_paragraph_names_what_was_done_and_cites_it() {
    let account = account(&label_shift());
    for part in [
        "The training mixture of some/model (revision step1) was estimated by label shift: 400 texts",
        "trained on and measured by 40 reference documents (Web 30, Books 10)",
        "bias-corrected temperature scaling (Alexandari et al. 2020)",
        "(Saerens et al. 2002)",
        "95 % rest on 50 bootstrap replicates",
        "data-anatomy 0.1.0 (commit abc1234) on 2026-01-02T03:04:05Z, with the seed 7.",
        "n_boot = 50",
    ] {
        assert!(account.methods.contains(part), "{part}: {}", account.methods);
    }
    assert!(!account.methods.contains("does not say"), "{}", account.methods);
    let cited: Vec<&str> =
        account.references.iter().filter_map(|text| text.split([',', ' ']).next()).collect();
    assert_eq!(cited, ["Alexandari", "Saerens"]);
}

#[test]
fn each_estimator_cites_its_own_and_settings_at_their_defaults_are_said_to_be() {
    for (name, cited) in [("pacc", "Bella"), ("acc", "Lipton"), ("counting", ""), ("seed", "")] {
        let mut summary = label_shift();
        summary["estimator"] = json!({"name": name, "calibration": {"method": "none"}});
        summary["config"]["changed"] = json!([]);
        let account = account(&summary);
        assert_eq!(account.references.is_empty(), cited.is_empty(), "{name}: {account:?}");
        assert!(account.references.concat().contains(cited));
        assert!(account.methods.contains(&format!("({name})")), "{}", account.methods);
        assert!(account.methods.contains("All settings are the program's defaults"));
        assert_eq!(fact(&account, "settings that differ from the default"), "none");
    }
}

#[test]
fn a_file_of_the_seed_study_is_told_as_far_as_it_goes() {
    let account = account(&json!({
        "config": {"classifier": "tfidf", "target_model": "m"},
        "categories": ["a", "b"],
        "priors": {"mean": [0.5, 0.5]},
        "val_metrics": {"val_acc": 0.8},
    }));
    assert_eq!(fact(&account, "method"), "label shift, by the seed study's script");
    assert_eq!(fact(&account, "model"), "m, revision not named");
    assert!(fact(&account, "classifier").starts_with("tfidf; it took 80.0 %"));
    for name in
        ["reference documents", "texts of the model", "estimator", "seed", "program", "date"]
    {
        assert_eq!(fact(&account, name), "the file does not say", "{name}");
    }
    let missing = account.methods.split("The run's file does not say: ").nth(1).unwrap();
    for what in ["the reference documents", "the estimator", "which settings differ", "the date"] {
        assert!(missing.contains(what), "{what}: {missing}");
    }
}

#[test]
fn openings_membership_and_both_methods_together_are_told() {
    let categories = json!(["Web", "Books"]);
    let reference = json!([{"category": "Web", "n_used": 20}, {"category": "Books", "n_used": 10}]);
    let openings = account(&json!({
        "schema_version": 1, "method": "openings", "categories": categories, "unit": "documents",
        "priors": {"point": [0.5, 0.5]}, "inputs": {"reference": reference},
        "config": {"target_model": "m", "leads": 25, "context": 64, "separator": "auto", "level": 0.9, "n_boot": 0},
    }));
    assert_eq!(fact(&openings, "intervals"), "none");
    assert!(openings.methods.contains("on 30 reference documents (Web 20, Books 10)"));
    assert!(openings.methods.contains("No intervals were computed"), "{}", openings.methods);
    let pool =
        json!([{"category": "Web", "n_documents": 20}, {"category": "Books", "n_documents": 10}]);
    let membership = account(&json!({
        "schema_version": 1, "method": "membership", "attack": "minkpp", "categories": categories,
        "global_mixture_over_sampled_pool": [0.5, 0.5],
        "inputs": {"candidates": pool, "nonmembers": pool},
        "config": {"target_model": "m", "mink_ratio": 0.2, "max_tokens": 128},
    }));
    assert_eq!(fact(&membership, "method"), "membership, by the attack Min-K%++");
    assert_eq!(fact(&membership, "known members"), "none");
    assert!(membership.methods.contains("Min-K%++, k = 0.2 (J. Zhang et al. 2025)"));
    assert!(membership.references[0].contains("2404.02936"));
    let fused = account(&json!({
        "schema_version": 1, "method": "fused", "categories": categories, "priors": {"point": [0.5, 0.5]},
        "config": {"target_model": "m", "openings": "op", "labelshift": "ls"},
    }));
    assert!(fused.methods.contains("(the runs op and ls)"), "{}", fused.methods);
}

/// What a file says is shown, but cannot disguise anything, nor fill the page.
#[test]
fn what_strangers_wrote_is_shown_as_codes_and_shortened() {
    let mut summary = label_shift();
    summary["config"]["target_model"] = json!("a\u{1b}[2J\u{202e}b");
    summary["config"]["n_boot"] = json!("x".repeat(100_000));
    summary["config"]["changed"] = json!(vec!["n_boot"; 1_000]);
    summary["tool"] = json!("a program");
    summary["created"] = json!([1, 2]);
    summary["inputs"]["reference"] = json!([{"category": {"a": 1}, "n_used": -1}]);
    let account = account(&summary);
    let all = serde_json::to_string(&account).unwrap();
    assert!(
        !account.methods.contains(['\u{1b}', '\u{202e}']) && all.len() < 20_000,
        "{}",
        all.len()
    );
    assert!(fact(&account, "model").contains("\\u{1b}[2J"), "{account:?}");
    for name in ["program", "date", "reference documents", "intervals"] {
        assert_eq!(fact(&account, name), "the file does not say", "{name}");
    }
}
