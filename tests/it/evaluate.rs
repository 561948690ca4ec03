use data_anatomy_tests::{Scratch, project};
use serde_json::{Value, json};

fn golden(case: &str) -> String {
    project("tests/golden/evaluator").join(case).display().to_string()
}

/// A run of three categories whose estimate is `values`, as JSON text.
fn run_of(categories: &str, values: &str) -> String {
    format!(
        "{{\"schema_version\": 1, \"unit\": \"tokens\", \"categories\": {categories}, \"priors\": {{\"point\": {values}}}}}"
    )
}

const TRUTH: &str = "schema: category-mixture-v1\nname: M\nunit: tokens\ncategories: [a, b, c]\n\
                     category_weights: {a: 50, b: 30, c: 20}\n";

/// The evaluation of one run against [`TRUTH`].
fn evaluate(summary: &str, flags: &str) -> data_anatomy_tests::Ran {
    let scratch = Scratch::new();
    scratch.write("truth.yaml", TRUTH);
    scratch.write("run/summary.json", summary);
    scratch.run(&format!("evaluate --results_dir run --ground_truth truth.yaml {flags}"))
}

#[test]
fn a_golden_case_scores_as_in_the_seed_study() {
    let expected: Value = serde_json::from_slice(
        &std::fs::read(project("tests/golden/evaluator/case-11-03/expected.json")).unwrap(),
    )
    .unwrap();
    let case = golden("case-11-03");
    let found = Scratch::new()
        .run(&format!(
            "evaluate --compare {case}/ls7 {case}/ls6 {case}/mink6 --ground_truth {case}/spec.yaml \
             --tol 0.02 --merge CommonCrawl+C4=Web --json"
        ))
        .exited(0)
        .json();
    for run in found["runs"].as_array().unwrap() {
        let wanted = &expected["runs"][run["name"].as_str().unwrap()]["overlap_accuracy"];
        let accuracy = run["metrics"]["overlap_accuracy"].as_f64().unwrap();
        assert!((accuracy - wanted.as_f64().unwrap()).abs() < 1e-12);
    }
}

#[test]
fn a_run_scores_the_same_alone_and_beside_others() {
    let case = golden("case-11-03");
    let score = |runs: &str| {
        Scratch::new()
            .run(&format!("evaluate --compare {runs} --ground_truth {case}/spec.yaml --json"))
            .exited(0)
            .json()["runs"][0]
            .clone()
    };
    assert_eq!(score(&format!("{case}/ls7")), score(&format!("{case}/ls7 {case}/ls6")));
}

#[test]
fn metrics_baselines_and_skill_stand_beside_each_other() {
    let found =
        evaluate(&run_of("[\"a\", \"b\", \"c\"]", "[0.4, 0.3, 0.3]"), "--json").exited(0).json();
    let run = &found["runs"][0];
    let close = |value: &Value, wanted: f64| (value.as_f64().unwrap() - wanted).abs() < 1e-12;
    assert!(close(&run["metrics"]["overlap_accuracy"], 0.9));
    assert!(close(
        &run["baselines"]["uniform"],
        1.0 - 0.5 * (0.5 - 1.0 / 3.0 + 1.0 / 30.0 + 2.0 / 15.0)
    ));
    assert!(close(&run["baselines"]["largest_category"], 0.5));
    assert_eq!(run["baselines"]["mean_of_other_specs"], Value::Null);
    // Uniform reaches 5/6; (0.9 - 5/6) / (1 - 5/6) = 0.4.
    assert!(close(&run["metrics"]["skill"], 0.4));
    assert_eq!(run["metrics"]["ci_coverage_rate"], Value::Null);
}

#[test]
fn what_is_not_a_mixture_over_the_categories_is_refused_with_place_and_remedy() {
    let all = "[\"a\", \"b\", \"c\"]";
    let cases = [
        (
            run_of("[\"a\", \"b\"]", "[0.5, 0.5]"),
            "lacks categories of truth: `c`",
            "--missing-as-zero",
        ),
        (run_of("[\"a\", \"b\", \"d\"]", "[0.5, 0.3, 0.2]"), "that truth lacks: `d`", "a, b, c"),
        (run_of(all, "[0.5, 0.3]"), "priors.point: 2 values for 3 categories", "exactly one value"),
        (run_of(all, "[0.5, 0.3, 0.1]"), "priors.point: the shares sum to 0.9", "category missing"),
        (run_of(all, "[0.5, NaN, 0.1]"), "expected a finite number, found `NaN`", "mend the run"),
        (
            run_of(all, "[0.7, -0.1, 0.4]"),
            "priors.point[1] (b): expected a number of",
            "never negative",
        ),
        (
            run_of("[\"a\", \"b\", \"A\"]", "[0.5, 0.3, 0.2]"),
            "two names for one category",
            "one name",
        ),
    ];
    for (summary, message, remedy) in cases {
        let error = evaluate(&summary, "").exited(2).stderr();
        assert!(error.starts_with("error: run/summary.json") && error.contains(message), "{error}");
        let hint = error.split("\nhint: ").nth(1).unwrap_or_default();
        assert!(hint.contains(remedy), "{error}");
    }
}

#[test]
fn missing_as_zero_is_marked_in_the_result() {
    let two = run_of("[\"a\", \"b\"]", "[0.6, 0.4]");
    let run = evaluate(&two, "--missing_as_zero --json").exited(0).json()["runs"][0].clone();
    assert_eq!(run["missing_as_zero"], json!(["c"]));
    assert_eq!(run["estimate"], json!([0.6, 0.4, 0.0]));
    assert_eq!(run["diagnostics"][0]["code"], "missing_as_zero");
    let text = evaluate(&two, "--missing_as_zero").exited(0).stdout();
    assert!(text.contains("warning: counted as 0 although the run lacks it: c"), "{text}");
}

#[test]
fn doubts_stand_under_their_run_and_shared_ones_once() {
    let scratch = Scratch::new();
    scratch.write("truth.yaml", TRUTH);
    let doubt =
        |code: &str, severity: &str| json!({ "code": code, "severity": severity, "message": code });
    for name in ["one", "two"] {
        let summary = json!({
            "unit": "tokens",
            "categories": ["a", "b", "c"],
            "priors": { "point": [0.4, 0.3, 0.3] },
            "diagnostics": [doubt(name, "note"), doubt("both", "warning"), doubt("own", "warning")],
        });
        let summary = if name == "two" {
            summary.to_string().replace("own", name)
        } else {
            summary.to_string()
        };
        scratch.write(&format!("{name}/summary.json"), summary);
    }
    let text =
        scratch.run("evaluate --compare one two --ground-truth truth.yaml").exited(0).stdout();
    let expected = "\nall runs\n  warning: both (both)\n\
                    \none\n  warning: own (own)\n  note: one (one)\n\
                    \ntwo\n  warning: two (two)\n  note: two (two)\n\nWhat was run\n  one: method: label shift";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_gate_that_fails_exits_with_1() {
    let run = run_of("[\"a\", \"b\", \"c\"]", "[0.4, 0.3, 0.3]");
    evaluate(&run, "--fail-below 0.8").exited(0);
    evaluate(&run, "--fail-below 0.95").exited(1);
}

#[test]
fn plots_and_reports_are_written_unless_switched_off() {
    let scratch = Scratch::new();
    scratch.write("truth.yaml", TRUTH);
    scratch.write("run/summary.json", run_of("[\"a\", \"b\", \"c\"]", "[0.4, 0.3, 0.3]"));
    let command = "evaluate --results_dir run --ground_truth truth.yaml --output_dir";
    scratch.run(&format!("{command} deep/full")).exited(0);
    for name in ["comparison.png", "comparison_errors.png", "report.md", "report.html"] {
        assert!(scratch.path("deep/full").join(name).is_file(), "{name}");
    }
    assert!(
        std::fs::read(scratch.path("deep/full/comparison.png")).unwrap().starts_with(b"\x89PNG")
    );
    let printed =
        scratch.run("evaluate --results_dir run --ground_truth truth.yaml --json").stdout();
    assert_eq!(scratch.read("deep/full/evaluation.json"), printed);
    scratch.run(&format!("{command} bare --no_plots --no_report")).exited(0);
    let names: Vec<_> = std::fs::read_dir(scratch.path("bare")).unwrap().collect();
    assert_eq!(names.len(), 1, "evaluation.json alone");
}

#[test]
fn hostile_names_stay_text_in_the_report() {
    let hostile = "</script><img src=x onerror=alert(1)>";
    let scratch = Scratch::new();
    scratch.write("truth.yaml", TRUTH.replace("name: M", &format!("name: \"{hostile}\"")));
    scratch.write("run/summary.json", run_of("[\"a\", \"b\", \"c\"]", "[0.4, 0.3, 0.3]"));
    scratch.run("report run --ground_truth truth.yaml --output report.html").exited(0);
    let html = scratch.read("report.html");
    assert!(!html.contains("<img src=x"), "a name became markup");
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"));
    scratch.run("evaluate --results_dir run --ground_truth truth.yaml --output_dir out").exited(0);
    assert!(!scratch.read("out/report.md").contains("<img"));
}

#[test]
fn a_baseline_that_is_no_run_is_refused_with_the_names() {
    let run = run_of("[\"a\", \"b\", \"c\"]", "[0.4, 0.3, 0.3]");
    let error = evaluate(&run, "--baseline other").exited(2).stderr();
    assert_eq!(error, "error: --baseline: no run is named `other`\nhint: there are: run\n");
}

/// A summary in tokens that holds shares of documents too.
fn both_units() -> Value {
    json!({
        "schema_version": 1, "method": "labelshift", "unit": "tokens", "categories": ["a", "b", "c"],
        "priors": { "point": [0.2, 0.3, 0.5] },
        "shares": {
            "documents": { "point": [0.5, 0.3, 0.2] },
            "tokens": { "point": [0.2, 0.3, 0.5] },
        },
    })
}

#[test]
fn a_run_is_scored_in_the_unit_of_the_truth_or_refused() {
    let scratch = Scratch::new();
    scratch.write("documents.yaml", TRUTH.replace("unit: tokens", "unit: documents"));
    scratch.write("tokens.yaml", TRUTH);
    scratch.write("both/summary.json", both_units().to_string());
    scratch.write("one/summary.json", run_of("[\"a\", \"b\", \"c\"]", "[0.4, 0.3, 0.3]"));
    let score = |run: &str, truth: &str, flags: &str| {
        scratch.run(&format!("evaluate --results-dir {run} --ground-truth {truth}.yaml {flags}"))
    };
    for (truth, accuracy) in [("documents", 1.0), ("tokens", 0.7)] {
        let run = score("both", truth, "--json").exited(0).json()["runs"][0].clone();
        assert_eq!(run["unit"], truth);
        let found = run["metrics"]["overlap_accuracy"].as_f64().unwrap();
        assert!((found - accuracy).abs() < 1e-12, "{found}");
    }
    let error = score("one", "documents", "").exited(2).stderr();
    assert!(
        error.starts_with("error: one/summary.json:unit: the run has shares of tokens alone"),
        "{error}"
    );
    assert!(error.contains("--document-lengths") && error.contains("--unit tokens"), "{error}");
    let text = score("one", "documents", "--unit tokens").exited(0).stdout();
    assert!(
        text.contains("warning: shares of tokens are scored against shares of documents"),
        "{text}"
    );
    let text = score("both", "documents", "").exited(0).stdout();
    assert!(text.contains("Shares are counted in documents."), "{text}");
}

#[test]
fn a_report_needs_no_ground_truth_and_scores_against_none() {
    let scratch = Scratch::new();
    scratch.write("run/summary.json", both_units().to_string());
    scratch.write("other/summary.json", both_units().to_string());
    scratch.run("report run other --output report.html").exited(0);
    let html = scratch.read("report.html");
    let (_, readable) = html.split_once("<main id=\"static\">").unwrap();
    let (readable, _) = readable.split_once("</main>").unwrap();
    assert!(readable.starts_with("<h1>Estimated training mixtures of 2 runs</h1>"), "{readable}");
    assert!(readable.contains("“run” puts most in c: 50.0 % of tokens."), "{readable}");
    assert!(readable.contains("<h2>other</h2><p>method: labelshift; shares of tokens</p>"));
    assert!(readable.contains("share of tokens</th>"), "{readable}");
    assert!(!readable.contains("Amber") && !readable.contains("against"), "{readable}");
}

#[test]
fn runs_are_called_by_their_own_names_or_their_folders() {
    let scratch = Scratch::new();
    scratch.write("truth.yaml", TRUTH);
    let named = |name: &str| {
        let mut summary = both_units();
        summary["config"] = json!({ "run_name": name });
        summary.to_string()
    };
    for (folder, name) in [("a", "first"), ("b", "first"), ("c/b", "first")] {
        scratch.write(&format!("{folder}/summary.json"), named(name));
    }
    let found =
        scratch.run("evaluate --compare a b c/b --ground-truth truth.yaml --json").exited(0).json();
    let names: Vec<&str> =
        found["runs"].as_array().unwrap().iter().map(|run| run["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["first", "b", "first 2"]);
}
