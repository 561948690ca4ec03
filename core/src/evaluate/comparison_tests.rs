use crate::evaluate::evaluation::{EvaluateOptions, Evaluation};
use crate::evaluate::finding::Finding;
use crate::files::run::Run;
use crate::files::spec::SpecFile;
use serde_json::json;

/// A run of two categories, the first with this share, whose replicates spread so far around it.
fn run(name: &str, share: f64, spread: f64, seed: u64) -> Run {
    let rows: Vec<[f64; 2]> = (-50..=50)
        .map(|step| {
            let first = share + spread * f64::from(step) / 50.0;
            [first, 1.0 - first]
        })
        .collect();
    let summary = json!({
        "schema_version": 1, "unit": "tokens", "config": {"seed": seed}, "inputs": "the same",
        "categories": ["a", "b"],
        "priors": {"point": [share, 1.0 - share], "ci_lo": [0.1, 0.1], "ci_hi": [0.9, 0.9],
                   "level": 0.95, "replicates": rows},
    });
    Run::parse(&format!("{name}/summary.json"), summary.to_string().as_bytes()).unwrap()
}

fn evaluated(runs: &[Run]) -> Evaluation {
    let truth = "schema: category-mixture-v1\nname: M\nunit: tokens\ncategories: [a, b]\n\
                 category_weights: {a: 50, b: 50}\n";
    let truth = SpecFile::parse("t.yaml", truth.as_bytes()).unwrap().main;
    Evaluation::new(runs, &truth, &EvaluateOptions::default()).unwrap()
}

#[test]
fn a_run_is_called_closest_only_where_paired_tests_say_so() {
    // Replicates move together: the difference of accuracy is 10 points in each of them.
    let (near, far) = (run("near", 0.6, 0.05, 1), run("far", 0.7, 0.05, 1));
    let found = evaluated(&[far.clone(), near.clone()]);
    assert_eq!(found.closest.as_deref(), Some("near"));
    assert_eq!(
        Finding::of(&found).text,
        "Of 2 runs, “near” is closest: it places 90.0 % of the mixture rightly (85.2 % to 94.8 %); a blind guess \
         does as well or better, with 100.0 %. Shares are counted in tokens."
    );
    // The same numbers, drawn apart, are no pair; and one run alone is closest to nothing.
    for runs in [vec![far, run("near", 0.6, 0.05, 2)], vec![near]] {
        assert_eq!(evaluated(&runs).closest, None);
    }
    // Paired, and the difference may be 0.
    let found = evaluated(&[run("one", 0.6, 0.1, 1), run("two", 0.601, -0.1, 1)]);
    assert_eq!(found.closest, None);
    let text = Finding::of(&found).text;
    assert_eq!(
        text,
        "2 runs place 89.9 % to 90.0 % of the mixture rightly; no clear difference between them by a paired \
         test. Shares are counted in tokens."
    );
}
