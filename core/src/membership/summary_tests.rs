use super::*;
use crate::evaluate::evaluation::{EvaluateOptions, Evaluation, Evaluator};
use crate::evaluate::report;
use crate::files::run::{Dialect, Run, StoredAnswer};
use crate::files::spec::{Spec, SpecFile};
use crate::membership::analysis::CategoryScores;
use crate::membership::figures;
use crate::membership::planted::{PlantedScores, Shape};
use crate::messages::input_error::Problem;
use crate::messages::verdict::Usability;
use crate::page::report_page::{self, Shown};
use crate::show::plot::Plot as _;

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
    assert_eq!(run.member_shares.len(), 2);
    assert_eq!(run.member_shares[0].share, summary.per_category[0].pi_hat);
    assert!(run.member_shares[0].interval.unwrap().contains(0.4));
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
    let Problem::NotIdentified { method: "membership", reasons } = error.problem else {
        panic!("{error}");
    };
    assert!(
        reasons[1].starts_with("Code (")
            && reasons[1].contains("): the share of members is not identifiable"),
        "{reasons:?}"
    );
}

#[test]
fn a_report_shows_the_share_of_members_beside_the_mixture() {
    let run = Run::parse("r/summary.json", summary([4.0, 4.0], None).to_json().as_bytes()).unwrap();
    let evaluation = Evaluation::new(&[run], &truth(), &EvaluateOptions::default()).unwrap();
    let table = report::member_shares_table(&evaluation.runs[0]).unwrap();
    assert_eq!(table.rows.len(), 2);
    assert!(report::markdown(&evaluation).contains("| category | members | interval |"));
    assert!(
        report_page::standalone(Shown::Scored(&evaluation), &[], &[])
            .contains("Share of members in r")
    );
    let again: Evaluation = serde_json::from_str(&evaluation.to_json()).unwrap();
    assert_eq!(again, evaluation);
}

fn truth() -> Spec {
    let text = "schema: category-mixture-v1\nname: t\nfamily: t\ntokenizer_name: t\n\
                categories: [Web, Code]\ncategory_weights: {Web: 1, Code: 1}\n";
    SpecFile::parse("t.yaml", text.as_bytes()).unwrap().main
}

/// One category's share is known, the other's is not: both are told, and nothing is scored.
#[test]
fn a_run_without_a_mixture_is_an_answer_and_is_shown_as_one() {
    let json = summary([4.0, 0.1], None).to_json();
    let answer = StoredAnswer::parse("r/summary.json", json.as_bytes()).unwrap();
    let StoredAnswer::Unidentified(run) = &answer else { panic!("{answer:?}") };
    assert_eq!((run.name.as_str(), run.method.as_str()), ("r", "membership"));
    let (spec, options) = (truth(), EvaluateOptions::default());
    let mut evaluator = Evaluator::new(&spec, &options);
    evaluator.take(&answer).unwrap();
    evaluator.take(&answer).unwrap();
    let evaluation = evaluator.finish();
    assert!(evaluation.runs.is_empty());
    let [first, second] = evaluation.unidentified.as_slice() else { panic!("two runs") };
    assert_eq!((first.name.as_str(), second.name.as_str()), ("r", "r 2"));
    let [web, code] = first.member_shares.as_slice() else { panic!("two categories") };
    assert!(web.share.is_some() && code.share.is_none() && code.interval.is_some());
    assert!(first.finding.contains("no mixture was found"), "{}", first.finding);
    assert!(first.verdict.as_ref().is_some_and(|verdict| verdict.usability == Usability::WithCare));
    assert!(first.reasons.iter().any(|reason| reason.starts_with("Code (")), "{:?}", first.reasons);
    let (markdown, html) = (
        report::markdown(&evaluation),
        report_page::standalone(Shown::Scored(&evaluation), &[], &[]),
    );
    for part in [
        "2 runs without a mixture",
        "no mixture was found",
        "Share of members in r",
        "What was run",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(markdown.contains("| category | members | interval |"), "{markdown}");
    assert!(!html.contains("<h2>Runs</h2>") && !markdown.contains("## Runs"), "nothing is scored");
    let again: Evaluation = serde_json::from_str(&evaluation.to_json()).unwrap();
    assert_eq!(again, evaluation);
}

#[test]
fn no_members_anywhere_are_told_apart_from_members_that_are_not_known() {
    let mut value: Value = serde_json::from_str(&summary([4.0, 0.1], None).to_json()).unwrap();
    for category in 0..2 {
        value["per_category"][category]["pi_hat"] = 0.0.into();
    }
    let answer = StoredAnswer::parse("s.json", value.to_string().as_bytes()).unwrap();
    let (spec, options) = (truth(), EvaluateOptions::default());
    let mut evaluator = Evaluator::new(&spec, &options);
    evaluator.take(&answer).unwrap();
    let finding = &evaluator.finish().unidentified[0].finding;
    assert_eq!(finding, "no mixture was found: no category has members");
}

#[test]
fn malformed_shares_are_refused_with_their_place() {
    let mut value: Value = serde_json::from_str(&summary([4.0, 4.0], None).to_json()).unwrap();
    value["per_category"][1]["pi_hat"] = 1.5.into();
    let error = Run::parse("s.json", value.to_string().as_bytes()).unwrap_err();
    let expected = "s.json:per_category[1].pi_hat: expected a share between 0 and 1, found `1.5`";
    assert_eq!(error.message(), expected);
    value["per_category"][1]["pi_hat"] = Value::Null;
    value["per_category"][1]["ci_lo"] = (-0.1).into();
    let error = Run::parse("s.json", value.to_string().as_bytes()).unwrap_err();
    assert!(error.message().starts_with("s.json:per_category[1].ci_lo: expected an interval"));
}

#[test]
fn figures_show_what_is_known_and_say_what_is_not() {
    let summary = summary([4.0, 0.1], None);
    let records = &summary.per_category;
    let shares = figures::shares("run", records);
    assert!(shares.series[0].value(0).is_some() && shares.series[0].value(1).is_none());
    assert!(shares.series[0].interval(1).is_some(), "bounds of what is not known");
    let densities = figures::densities("run", "Min-K%++", records);
    assert_eq!((densities.panels.len(), densities.panels[0].bells.len()), (2, 2));
    assert!(densities.panels[0].note.ends_with("% members"));
    assert_eq!(densities.panels[1].note, "not identifiable");
    let curves: Vec<(String, &AttackQuality)> = records
        .iter()
        .map(|record| (record.category.clone(), record.quality.as_ref().unwrap()))
        .collect();
    let roc = figures::roc("ROC", &curves, true);
    assert!(roc.alt_text().contains("of Web"));
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
