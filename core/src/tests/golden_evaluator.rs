//! The seed study's own evaluator on made-up runs: every case of `tests/golden/evaluator`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads files and fails loudly"
)]

use std::fs;
use std::path::{Path, PathBuf};

use crate::evaluate::evaluation::{EvaluateOptions, Evaluation, RunEvaluation};
use crate::files::run::Run;
use crate::files::spec::SpecFile;
use crate::shares::merge::Merge;
use serde_json::Value;

/// The golden figures are those of 64-bit floats added in another order.
const TOLERANCE: f64 = 1e-12;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/evaluator")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let scale = expected.abs().max(1.0);
        assert!(
            (found - expected).abs() <= TOLERANCE * scale,
            "{what}[{index}]: {found} {expected}"
        );
    }
}

fn check_run(found: &RunEvaluation, expected: &Value, case: &str) {
    assert_close(&found.estimate, &numbers(&expected["estimate"]), case);
    let metrics = serde_json::to_value(&found.metrics).unwrap();
    for (name, value) in expected.as_object().unwrap() {
        if name == "estimate" {
            continue;
        }
        // Where a run has no intervals the seed reports a coverage of 0, we report none.
        if name == "ci_coverage_rate" && metrics[name].is_null() {
            assert!(value.is_null() || value == 0.0, "{case}: {name}");
            continue;
        }
        let wanted = value.as_f64().unwrap_or_else(|| panic!("{case}: {name} is {value}"));
        assert_close(&[metrics[name].as_f64().unwrap()], &[wanted], &format!("{case}: {name}"));
    }
}

#[test]
fn matches_the_seed_evaluator_on_every_golden_case() {
    let mut n_runs = 0;
    let mut cases: Vec<PathBuf> =
        fs::read_dir(golden()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    for case in cases {
        let label = case.file_name().unwrap().to_string_lossy().into_owned();
        let spec_path = case.join("spec.yaml");
        let spec = SpecFile::parse("spec.yaml", &fs::read(spec_path).unwrap()).unwrap().main;
        let expected: Value =
            serde_json::from_slice(&fs::read(case.join("expected.json")).unwrap()).unwrap();
        let mut options = EvaluateOptions {
            tolerance: expected["tol"].as_f64().unwrap(),
            ..EvaluateOptions::default()
        };
        let runs = expected["runs"].as_object().unwrap();
        if expected["scheme"] == "6-class" && runs.len() > 1 {
            options.align.merges = vec![Merge::parse("CommonCrawl+C4=Web").unwrap()];
        }
        for (name, wanted) in runs {
            let path = case.join(name).join("summary.json");
            let run = Run::parse(&path.to_string_lossy(), &fs::read(&path).unwrap()).unwrap();
            assert_eq!(&run.name, name);
            let evaluation = Evaluation::new(&[run], &spec, &options).unwrap();
            let found = &evaluation.runs[0];
            assert_close(&found.ground_truth, &numbers(&expected["ground_truth"]), &label);
            let categories: Vec<&str> = expected["categories"]
                .as_array()
                .unwrap()
                .iter()
                .map(|name| name.as_str().unwrap().trim())
                .collect();
            assert_eq!(found.scheme.categories, categories, "{label}");
            check_run(found, wanted, &format!("{label}/{name}"));
            n_runs += 1;
        }
    }
    assert!(n_runs >= 16, "only {n_runs} golden runs were found");
}
