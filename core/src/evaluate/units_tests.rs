use super::*;
use crate::evaluate::evaluation::{EvaluateOptions, Evaluation};
use crate::files::spec::SpecFile;
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::unit;
use serde_json::{Value, json};

const SEED: u64 = 5;

fn truth(unit: &str) -> Spec {
    let unit = if unit.is_empty() { String::new() } else { format!("unit: {unit}\n") };
    let text = format!(
        "schema: category-mixture-v1\nname: M\n{unit}categories: [a, b, c]\n\
         category_weights: {{a: 50, b: 30, c: 20}}\n"
    );
    SpecFile::parse("t.yaml", text.as_bytes()).unwrap().main
}

fn lengths() -> Value {
    let of = |mean: f64| json!({"n": 40, "mean": mean, "sd": mean});
    json!({"measure": "tokens", "categories": [of(10.0), of(40.0), of(200.0)]})
}

/// Replicates in documents and in tokens, the latter with the lengths that each drew.
fn replicates() -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let lengths: DocumentLengths = serde_json::from_value(lengths()).unwrap();
    let documents: Vec<Vec<f64>> = (0..60)
        .map(|index| {
            let shift = 0.002 * f64::from(index);
            vec![0.6 - shift, 0.3 + shift, 0.1]
        })
        .collect();
    let tokens = (0..).zip(&documents);
    let tokens = tokens
        .map(|(at, row)| unit::token_shares(row, &unit::replicate_means(&lengths, SEED, at)))
        .collect();
    (documents, tokens)
}

fn mean(rows: &[Vec<f64>]) -> Vec<f64> {
    (0..3).map(|at| rows.iter().map(|row| row[at]).sum::<f64>() / 60.0).collect()
}

/// A summary in tokens that holds both units, changed by `change`.
fn summary(change: impl Fn(&mut Value)) -> Run {
    let (documents, tokens) = replicates();
    let point = [0.55, 0.35, 0.1];
    let in_tokens = unit::token_shares(&point, &[10.0, 40.0, 200.0]);
    let short = |row: &Vec<f64>| row.iter().map(|x| (x * 1e6).round() / 1e6).collect::<Vec<_>>();
    let ends = |lo: f64, hi: f64| (vec![lo; 3], vec![hi; 3]);
    let (lo, hi) = ends(0.02, 0.9);
    let mut value = json!({
        "schema_version": 1, "method": "labelshift", "unit": "tokens",
        "config": {"seed": SEED},
        "categories": ["a", "b", "c"],
        "priors": {"point": in_tokens, "mean": mean(&tokens), "ci_lo": lo, "ci_hi": hi, "level": 0.9,
                   "replicates": tokens.iter().map(short).collect::<Vec<_>>()},
        "shares": {
            "documents": {"point": point, "mean": mean(&documents), "ci_lo": [0.5, 0.3, 0.05], "ci_hi": [0.6, 0.4, 0.2]},
            "tokens": {"point": in_tokens, "mean": mean(&tokens), "ci_lo": lo, "ci_hi": hi},
        },
        "document_lengths": lengths(),
    });
    change(&mut value);
    Run::parse("r/summary.json", value.to_string().as_bytes()).unwrap()
}

fn scored(run: Run, truth: &Spec, unit: Option<Unit>) -> Evaluation {
    let options = EvaluateOptions { unit, ..EvaluateOptions::default() };
    Evaluation::new(&[run], truth, &options).unwrap()
}

#[test]
fn a_run_is_scored_in_the_unit_of_the_truth() {
    let run = summary(|_| {});
    for counted in ["tokens", "bytes", "sampled tokens"] {
        let found = &scored(run.clone(), &truth(counted), None).runs[0];
        assert_eq!((found.unit, &found.estimate[..]), (Some(Unit::Tokens), run.estimate.shares()));
        assert!(in_unit_of(&truth(counted), &run, None).unwrap().diagnostics.is_empty());
    }
    let found = &scored(run, &truth("documents"), None).runs[0];
    assert_eq!(
        (found.unit, found.estimate.as_slice()),
        (Some(Unit::Documents), &[0.55, 0.35, 0.1][..])
    );
    assert_eq!(found.intervals.as_ref().map(|all| all[2].hi()), Some(0.2));
    assert!((found.metrics.overlap_accuracy - 0.9).abs() < 1e-12);
    assert_eq!(found.diagnostics[0].code, "other_unit");
}

#[test]
fn replicates_of_the_other_unit_are_those_that_were_drawn() {
    let run = summary(|_| {});
    let found = in_unit_of(&truth("documents"), &run, None).unwrap();
    let rows = found.run.replicates.as_ref().unwrap();
    for (row, drawn) in rows.iter().zip(replicates().0) {
        let far = row.iter().zip(drawn).map(|(found, drawn)| (found - drawn).abs());
        assert!(far.fold(0.0, f64::max) < 2e-5, "{row:?}");
    }
    assert!(scored(run, &truth("documents"), None).runs[0].overlap_accuracy_ci.is_some());
}

#[test]
fn replicates_that_do_not_lead_to_the_stored_mean_are_left_out_and_that_is_said() {
    for change in [(|one: &mut Value| one["config"]["seed"] = 6.into()) as fn(&mut Value), |one| {
        one["document_lengths"] = Value::Null;
    }] {
        let found = &scored(summary(change), &truth("documents"), None).runs[0];
        assert_eq!(found.overlap_accuracy_ci, None);
        assert!(found.intervals.is_some());
        assert!(found.diagnostics[0].message.contains("no interval"), "{:?}", found.diagnostics);
    }
}

#[test]
fn a_run_of_another_unit_alone_is_refused_unless_it_is_insisted_on() {
    let lacking = summary(|one| one["shares"]["documents"] = Value::Null);
    let documents = truth("documents");
    let error = in_unit_of(&documents, &lacking, None).unwrap_err();
    assert_eq!(
        error.message(),
        "r/summary.json:unit: the run has shares of tokens alone, and shares of documents are wanted, to be \
         scored against t"
    );
    let hint = error.hint().unwrap_or_default();
    assert!(hint.contains("--document-lengths") && hint.contains("--unit tokens"), "{hint}");
    assert!(in_unit_of(&truth("tokens"), &lacking, Some(Unit::Documents)).is_err());
    let found = &scored(lacking, &documents, Some(Unit::Tokens)).runs[0];
    assert_eq!(found.unit, Some(Unit::Tokens));
    assert_eq!(found.diagnostics[0].code, "different_units");
}

#[test]
fn what_does_not_say_its_unit_is_scored_as_it_is_and_that_is_said() {
    let silent = summary(|one| one["unit"] = Value::Null);
    let point = silent.estimate.shares().to_vec();
    let cases = [(silent, "documents"), (summary(|_| {}), "")];
    for (run, counted) in cases {
        let found = &scored(run, &truth(counted), None).runs[0];
        assert_eq!(found.estimate, point);
        assert_eq!(found.diagnostics[0].code, "unit_unknown");
    }
}

#[test]
fn guesses_count_what_the_truth_counts() {
    let six = crate::files::bundled_specs::find("amber").unwrap();
    let run = Run::of_spec(six);
    let baseline = |unit| {
        let truth = Spec { id: "t".to_owned(), family: None, unit, ..six.clone() };
        let found = scored(Run { unit: None, ..run.clone() }, &truth, None);
        found.runs[0].baselines.mean_of_other_specs
    };
    assert!(baseline(six.unit).is_some());
    assert_eq!(baseline(Some(crate::files::spec::Unit::Documents)), None);
}
