use super::*;
use crate::files::predictions::{Origin, stored_probability};
use crate::label_shift::planted::{GaussianWorld, PlantedProblem};

fn stored_row(row: &[f64]) -> Vec<f64> {
    row.iter().map(|&value| stored_probability(value)).collect()
}

/// Verdicts as a run stores them.
fn predictions(names: &[&str]) -> Vec<Prediction> {
    let planted = PlantedProblem {
        world: GaussianWorld::equidistant(names.len(), 0.85),
        truth: crate::shares::mixture::Mixture::new(vec![0.6, 0.3, 0.1]).unwrap(),
        temperature: 0.5,
        n_validation: 90,
        n_folds: 2,
        n_generations: 60,
    };
    let (validation, generations) = planted.draw(5, 0);
    let blank = |kind, id: usize, row: &[f64]| Prediction {
        kind,
        id: id.to_string(),
        prompt_id: None,
        true_class: None,
        fold: None,
        categories: None,
        snippet: None,
        probabilities: stored_row(row),
    };
    let mut all: Vec<Prediction> = (0..90)
        .map(|doc| Prediction {
            true_class: Some(names[validation.classes[doc]].to_owned()),
            fold: u32::try_from(validation.folds[doc]).ok(),
            ..blank(Origin::Validation, doc, validation.scores.row(doc))
        })
        .collect();
    all.extend((0..60).map(|text| blank(Origin::Generation, text, generations.scores.row(text))));
    all[0].categories = Some(names.iter().map(|name| (*name).to_owned()).collect());
    all
}

const NAMES: [&str; 3] = ["Books", "Web", "Code"];

fn summary_of(run: &StoredRun, choices: &Choices) -> String {
    let study = run.study(choices).unwrap();
    let replicates: Vec<_> = (0..choices.n_boot).map(|index| study.replicate(index)).collect();
    let intervals: Vec<_> =
        (0..study.n_intervals()).map(|class| study.interval(class, &replicates)).collect();
    crate::label_shift::summary::Summary::of_study(
        &study,
        &replicates,
        &intervals,
        run.context(choices),
    )
    .to_json()
}

#[test]
fn a_run_estimated_again_with_its_own_choices_gives_its_own_summary() {
    let alone = StoredRun::new("p.jsonl", predictions(&NAMES), None).unwrap();
    let choices = Choices { n_boot: 20, unknown: true, ..Choices::default() };
    let first = summary_of(&alone, &choices);
    let again =
        StoredRun::new("p.jsonl", predictions(&NAMES), Some(("summary.json", &first))).unwrap();
    assert_eq!(again.choices(), choices);
    assert_eq!(summary_of(&again, &again.choices()), first);
    let value: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(
        value["categories_with_unknown"],
        serde_json::json!(["Books", "Web", "Code", "Unknown"])
    );
    let shares: Vec<f64> =
        serde_json::from_value(value["priors_with_unknown"]["point"].clone()).unwrap();
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{shares:?}");
    assert_eq!(value["unit"], "documents");
    let codes: Vec<&str> = value["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"lengths_unknown") && codes.contains(&"fit"), "{codes:?}");
    assert!(codes.iter().all(|code| makes_diagnostic(code)), "{codes:?}");
}

#[test]
fn lengths_of_the_summary_give_tokens_also_after_a_merge() {
    let lengths = r#"{"measure": "tokens", "categories": [
        {"n": 100, "mean": 1000, "sd": 100}, {"n": 100, "mean": 10, "sd": 1}, {"n": 50, "mean": 100, "sd": 10}]}"#;
    let summary =
        format!(r#"{{"categories": ["Books", "Web", "Code"], "document_lengths": {lengths}}}"#);
    let run = StoredRun::new("p.jsonl", predictions(&NAMES), Some(("s.json", &summary))).unwrap();
    let choices =
        Choices { n_boot: 20, merge: vec!["Web+Code=Rest".to_owned()], ..Choices::default() };
    let value: Value = serde_json::from_str(&summary_of(&run, &choices)).unwrap();
    assert_eq!(value["categories"], serde_json::json!(["Books", "Rest"]));
    assert_eq!(value["unit"], "tokens");
    let point = |unit: &str| value["shares"][unit]["point"][0].as_f64().unwrap();
    let books = point("documents");
    // Thirty validation documents of each: the joined mean is (10 + 100) / 2.
    let tokens = books * 1000.0 / (books * 1000.0 + (1.0 - books) * 55.0);
    assert!((point("tokens") - tokens).abs() < 1e-12);
    assert_eq!(value["priors"]["point"], value["shares"]["tokens"]["point"]);
    assert_eq!(value["config"]["merge"], serde_json::json!(["Web+Code=Rest"]));
}

#[test]
fn what_cannot_be_estimated_again_is_refused() {
    let mut nameless = predictions(&NAMES);
    nameless[0].categories = None;
    let message = |result: Result<StoredRun, InputError>| result.unwrap_err().message();
    assert_eq!(
        message(StoredRun::new("p.jsonl", nameless, None)),
        "p.jsonl:1:1: expected the names of the categories, found none"
    );
    let other = r#"{"categories": ["Books", "Web"]}"#;
    assert_eq!(
        message(StoredRun::new("p.jsonl", predictions(&NAMES), Some(("s.json", other)))),
        "p.jsonl:1:1: 3 probabilities for 2 categories"
    );
    let lengths =
        r#"{"categories": ["Books", "Web", "Code"], "document_lengths": {"categories": []}}"#;
    assert_eq!(
        message(StoredRun::new("p.jsonl", predictions(&NAMES), Some(("s.json", lengths)))),
        "s.json:document_lengths: expected a `measure` and one entry of `n`, `mean` and `sd` per category"
    );
    let run = StoredRun::new("p.jsonl", predictions(&NAMES), None).unwrap();
    let refusal = |choices: Choices| run.study(&choices).unwrap_err().message();
    assert_eq!(
        refusal(Choices { level: 1.0, ..Choices::default() }),
        "--level: expected a level between 0 and 1, found 1"
    );
    assert!(
        refusal(Choices { n_boot: 1, ..Choices::default() }).starts_with("--n-boot: expected 0")
    );
    assert!(
        refusal(Choices { unknown_threshold: Some(0.0), ..Choices::default() })
            .starts_with("--unknown-threshold: expected a probability")
    );
}
