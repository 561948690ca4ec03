//! Planted models: their mixtures are known, and are found by openings, from what is stored of each in `fixtures`.
//!
//! The models were trained by `oracle/plant_models.py`, and what they expect was reduced to few cells and groups by
//! `oracle/openings_study.py fixture`, so that shares differ by some thousandths from those of the models themselves.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use data_anatomy_core::evaluate::metrics::overlap_accuracy;
use data_anatomy_core::openings::evidence::Evidence;
use data_anatomy_core::openings::reestimate::{OpeningsChoices, StoredOpenings};
use data_anatomy_core::openings::replicate::OpeningsReplicate;
use data_anatomy_core::shares::document_lengths::DocumentLengths;
use data_anatomy_tests::project;
use serde_json::Value;

/// A planted model as it is stored.
struct Planted {
    name: String,
    run: StoredOpenings,
    documents: Vec<f64>,
    tokens: Vec<f64>,
}

fn planted() -> Vec<Planted> {
    let folder = project("tests/fixtures/openings/planted");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let open = |name: String| {
        let read = |file: &str| std::fs::read(folder.join(&name).join(file)).unwrap();
        let evidence = Evidence::parse(&name, &read("openings.jsonl")).unwrap();
        let truth: Value = serde_json::from_slice(&read("truth.json")).unwrap();
        let shares =
            |field: &str| -> Vec<f64> { serde_json::from_value(truth[field].clone()).unwrap() };
        let lengths: DocumentLengths =
            serde_json::from_value(truth["document_lengths"].clone()).unwrap();
        let mut run = StoredOpenings::new(evidence, None).unwrap();
        run.lengths = Some(lengths);
        Planted { run, documents: shares("documents"), tokens: shares("tokens"), name }
    };
    names.into_iter().map(open).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn mixtures_of_planted_models_are_found_in_both_units() {
    let models = planted();
    assert!(models.len() >= 8, "{}", models.len());
    let choices = OpeningsChoices { n_boot: 0, ..OpeningsChoices::default() };
    let (mut documents, mut tokens, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    for model in &models {
        let study = model.run.study(&choices).unwrap();
        assert!(study.refusals().is_empty(), "{}: {:?}", model.name, study.refusals());
        let shares = study.shares(&[]);
        documents.push(overlap_accuracy(&shares.documents.point, &model.documents));
        tokens.push(overlap_accuracy(&shares.tokens.unwrap().point, &model.tokens));
        let unlearned = OpeningsChoices { learning: false, ..choices.clone() };
        let shares = model.run.study(&unlearned).unwrap().shares(&[]);
        plain.push(overlap_accuracy(&shares.documents.point, &model.documents));
        let names = (&model.name, documents.last(), tokens.last(), plain.last());
        println!("{names:?}");
    }
    let least = documents.iter().copied().fold(1.0, f64::min);
    assert!(
        least > 0.89 && mean(&documents) > 0.94 && mean(&tokens) > 0.93,
        "{documents:?} {tokens:?}"
    );
    // What is not learned yet must be made up for: it is worth two points.
    assert!(mean(&documents) > mean(&plain) + 0.015, "{documents:?} {plain:?}");
}

#[test]
fn intervals_hold_planted_mixtures() {
    let choices = OpeningsChoices { n_boot: 100, ..OpeningsChoices::default() };
    let (mut n_held, mut n_all, mut n_absent, mut n_absent_held) = (0, 0, 0, 0);
    for model in &planted() {
        let study = model.run.study(&choices).unwrap();
        let replicates: Vec<OpeningsReplicate> =
            (0..choices.n_boot).map(|index| study.replicate(index)).collect();
        let shares = study.shares(&replicates).documents;
        let ends = shares.ci_lo.unwrap().into_iter().zip(shares.ci_hi.unwrap());
        for ((lo, hi), &truth) in ends.zip(&model.documents) {
            let is_absent = truth == 0.0;
            // An interval of a share that is exactly 0 is as good where it begins just above.
            n_held += usize::from(lo <= truth + if is_absent { 1e-3 } else { 0.0 } && truth <= hi);
            n_all += 1;
            n_absent += usize::from(is_absent);
            n_absent_held += usize::from(is_absent && lo < 0.02);
        }
    }
    assert!(10 * n_held >= 9 * n_all, "{n_held} of {n_all}");
    assert!(n_absent >= 4 && 10 * n_absent_held >= 9 * n_absent, "{n_absent_held} of {n_absent}");
}
