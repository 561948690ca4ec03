use super::*;
use crate::input_error::Problem;
use crate::membership::analysis::CategoryScores;
use crate::membership::planted::{PlantedScores, Shape};
use crate::run::{Dialect, Run};

const OPTIONS: AnalysisOptions = AnalysisOptions { level: 0.95, n_replicates: 50, seed: 3 };

fn results(shifts: [f64; 2]) -> Vec<CategoryResult> {
    let names = ["Web", "Code"];
    (0..2)
        .map(|index| {
            let problem = PlantedScores {
                shape: Shape::Normal,
                shift: shifts[index],
                share: 0.4,
                n_candidates: 200,
                n_nonmembers: 200,
                n_members: 0,
            };
            let drawn = problem.draw(7, index as u64);
            let scores = CategoryScores {
                name: names[index].to_owned(),
                candidates: drawn.candidates,
                nonmembers: drawn.nonmembers,
                ..CategoryScores::default()
            };
            CategoryResult::of(&scores, index as u64, &OPTIONS)
        })
        .collect()
}

fn context() -> Context {
    Context {
        tool: ToolRecord {
            name: "data-anatomy".to_owned(),
            version: "0".to_owned(),
            commit: "unknown".to_owned(),
        },
        created: Some("2025-01-01T00:00:00Z".to_owned()),
        config: Map::new(),
        inputs: Value::Null,
        diagnostics: Vec::new(),
    }
}

fn summary(shifts: [f64; 2], sizes: Option<&[f64]>) -> MembershipSummary {
    MembershipSummary::new(Attack::MinKPlusPlus, &results(shifts), sizes, &OPTIONS, context())
}

fn codes(summary: &MembershipSummary) -> Vec<&str> {
    summary.diagnostics.iter().map(|doubt| doubt.code.as_str()).collect()
}

#[test]
fn a_pool_is_read_back_and_called_a_pool() {
    let summary = summary([4.0, 4.0], None);
    assert_eq!(codes(&summary), ["pool_share"]);
    let json = summary.to_json();
    let run = Run::parse("out/run/summary.json", json.as_bytes()).unwrap();
    assert_eq!((run.dialect, run.method.as_deref()), (Dialect::Ours, Some("membership")));
    let pool = summary.global_mixture_over_sampled_pool.clone().unwrap();
    assert_eq!(run.estimate.shares(), pool);
    let value: Value = serde_json::from_str(&json).unwrap();
    let row = &value["per_category"][0];
    for field in [
        "category",
        "n",
        "pi_hat",
        "pi_mean",
        "ci_lo",
        "ci_hi",
        "score_mean",
        "score_std",
        "gmm_means",
    ] {
        assert!(!row[field].is_null(), "the seed's {field}");
    }
    assert_eq!(value["attack"], "minkpp");
    let again: CategoryRecord = serde_json::from_value(row.clone()).unwrap();
    assert_eq!(again, summary.per_category[0]);
}

#[test]
fn sizes_make_a_mixture_with_intervals() {
    let summary = summary([4.0, 4.0], Some(&[800.0, 200.0]));
    assert!(codes(&summary).is_empty(), "{:?}", summary.diagnostics);
    let run = Run::parse("summary.json", summary.to_json().as_bytes()).unwrap();
    assert!((run.estimate.shares()[0] - 0.8).abs() < 0.1, "equal shares, so sizes decide");
    assert!(run.intervals.unwrap()[0].contains(0.8));
    assert_eq!(run.replicates.unwrap().len(), 50);
}

#[test]
fn an_unknown_share_is_null_and_the_run_says_why_it_cannot_be_scored() {
    let summary = summary([4.0, 0.1], Some(&[1.0, 1.0]));
    assert_eq!(codes(&summary)[0], "not_identifiable");
    assert!(summary.priors.is_none() && summary.global_mixture_over_sampled_pool.is_none());
    assert_eq!(summary.per_category[1].pi_hat, None);
    let error = Run::parse("summary.json", summary.to_json().as_bytes()).unwrap_err();
    assert_eq!(error.problem, Problem::NotIdentified);
}

#[test]
fn tables_have_a_row_per_category_and_dashes_for_what_is_unknown() {
    let summary = summary([4.0, 0.1], None);
    let csv = summary.categories_table().to_csv();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("category,n,pi_hat,pi_mean,ci_lo,ci_hi,score_mean,score_std"));
    assert!(lines[2].starts_with("Code,200,,,"), "{}", lines[2]);
    let mixture = summary.mixture_table().to_csv();
    assert!(mixture.contains("Web,,,,"), "{mixture}");
}
