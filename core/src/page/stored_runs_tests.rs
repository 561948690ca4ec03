use super::*;
use crate::openings::planted::PlantedOpenings;
use crate::openings::summary::OpeningsSummary;
use crate::page::report_page::ViewOptions;
use crate::page::study_plot::{StudyPlot, StudyResult};
use crate::page::workspace::{FileKind, Opened};

fn openings(planted: &PlantedOpenings) -> String {
    let evidence = planted.evidence(1);
    let expectations = evidence.expectations.iter().map(|one| evidence.expectation_line(one));
    evidence.head_lines() + &expectations.collect::<String>()
}

/// A model that begins otherwise than the reference documents.
fn strange() -> PlantedOpenings {
    PlantedOpenings { nuisance: 0.8, ..PlantedOpenings::default() }
}

fn add(workspace: &mut Workspace, path: &str, text: &str) -> Opened {
    workspace.add(path, text.as_bytes())
}

/// The text of a summary that the page makes in steps, with these choices or the run's own.
fn estimated(workspace: &Workspace, id: u64, choices: Option<&str>) -> String {
    let run = workspace.stored_study(id).unwrap();
    let own = serde_json::to_value(run.source()).unwrap()["choices"].to_string();
    let mut study = run.begin(choices.unwrap_or(&own)).unwrap();
    (0..study.n_steps()).for_each(|_| study.step());
    study.files().json
}

const FEW: &str = r#"{"n_boot": 4, "unit": "documents"}"#;

#[test]
fn openings_alone_are_estimated_again_step_by_step_as_all_at_once() {
    let mut workspace = Workspace::new();
    let text = openings(&PlantedOpenings::default());
    let opened = add(&mut workspace, "big/openings.jsonl", &text);
    assert_eq!((opened.kind, opened.name.as_str()), (FileKind::Openings, "big"));
    let source = serde_json::to_value(workspace.stored_study(opened.id).unwrap().source()).unwrap();
    assert_eq!(source["method"], "openings");
    assert_eq!(source["knows_lengths"], false);
    assert_eq!((&source["n_documents"], &source["n_leads"]), (&8000.0.into(), &800.0.into()));
    assert_eq!(source["choices"]["smoothing"], 0.5);

    let StoredStudy::Openings(run) = workspace.stored_study(opened.id).unwrap() else {
        panic!("{source}")
    };
    let choices: OpeningsChoices = serde_json::from_str(FEW).unwrap();
    let study = run.study(&choices).unwrap();
    let replicates: Vec<_> = (0..4).map(|index| study.replicate(index)).collect();
    let whole = OpeningsSummary::of_study(&study, &replicates, run.context(&choices)).to_json();
    assert_eq!(estimated(&workspace, opened.id, Some(FEW)), whole);

    assert!(workspace.inspect(opened.id).is_err());
    workspace.remove(opened.id);
    assert!(workspace.stored_study(opened.id).is_err());
}

#[test]
fn the_summary_beside_openings_gives_their_choices_whether_it_has_an_answer_or_not() {
    for (planted, kind) in
        [(PlantedOpenings::default(), FileKind::Run), (strange(), FileKind::Unidentified)]
    {
        let mut workspace = Workspace::new();
        let id = add(&mut workspace, "one/openings.jsonl", &openings(&planted)).id;
        let summary = estimated(&workspace, id, Some(FEW));
        assert_eq!(add(&mut workspace, "two/summary.json", &summary).kind, kind);
        assert!(estimated(&workspace, id, Some(FEW)) == summary, "another folder's summary counts");
        assert_eq!(add(&mut workspace, "one/summary.json", &summary).kind, kind);
        assert!(estimated(&workspace, id, None) == summary, "{kind:?}");
    }
}

#[test]
fn a_run_without_an_answer_says_why_and_stands_beside_one_with_an_answer() {
    let mut workspace = Workspace::new();
    let id = add(&mut workspace, "a/openings.jsonl", &openings(&strange())).id;
    let refused = estimated(&workspace, id, Some(FEW));
    let opened = add(&mut workspace, "a/summary.json", &refused);
    assert_eq!((opened.kind, opened.name.as_str()), (FileKind::Unidentified, "a"));
    let message = opened.message.unwrap();
    let beginning =
        "a/summary.json: the run found no mixture: its shares are not identifiable by openings: ";
    assert!(message.starts_with(beginning) && message.contains("begins no reference document"));
    assert!(opened.hint.unwrap().contains("--merge A+B=AB"));

    let id = add(&mut workspace, "b/openings.jsonl", &openings(&PlantedOpenings::default())).id;
    let answered = estimated(&workspace, id, Some(FEW));
    assert_eq!(add(&mut workspace, "a/summary.json", &answered).kind, FileKind::Run);
    let places = [&workspace.unidentified[0].place, &workspace.runs[0].place];
    let texts = places.map(|place| workspace.summary_in(place));
    assert_eq!(texts, [&refused, &answered].map(|text| Some(("a/summary.json", text.as_str()))));
    assert_eq!(add(&mut workspace, "a/summary.json", &refused).kind, FileKind::Ignored);
}

#[test]
fn a_report_carries_openings_unless_they_have_many_megabytes() {
    let mut workspace = Workspace::new();
    let text = openings(&strange());
    let id = add(&mut workspace, "a/openings.jsonl", &text).id;
    let refused = estimated(&workspace, id, Some(FEW));
    add(&mut workspace, "a/summary.json", &refused);
    let verdict = r#"{"kind":"generation","id":"0","probabilities":[1.0]}"#;
    add(&mut workspace, "b/predictions.jsonl", verdict);
    let carried = |workspace: &Workspace, baseline: Option<&str>| -> Vec<String> {
        let baseline = baseline.map(str::to_owned);
        let options = ViewOptions { baseline, ..ViewOptions::default() };
        let data = workspace.report_data(&options).unwrap();
        data.files.into_iter().map(|file| file.path).collect()
    };
    let all = ["a/summary.json", "b/predictions.jsonl", "a/openings.jsonl"];
    assert_eq!(carried(&workspace, None), all);
    workspace.remove(id);
    add(&mut workspace, "a/openings.jsonl", &(text + &"\n".repeat(9 << 20)));
    assert_eq!(carried(&workspace, None), all[..2]);
    assert_eq!(carried(&workspace, Some("a")), all[..2]);
}

#[test]
fn malformed_openings_and_choices_are_refused_with_their_place() {
    let mut workspace = Workspace::new();
    let text = openings(&PlantedOpenings::default());
    let broken = text.replacen("\"n_leads\":20.0", "\"n_leads\":0", 1);
    let line = 1 + text.lines().position(|line| line.contains("n_leads")).unwrap();
    let opened = add(&mut workspace, "r/openings.jsonl", &broken);
    let message = format!("r/openings.jsonl:{line}:1: expected one lead-in or more, found 0");
    assert_eq!((opened.kind, opened.message), (FileKind::Error, Some(message)));

    let id = add(&mut workspace, "r/openings.jsonl", &text).id;
    let run = workspace.stored_study(id).unwrap();
    let refusal = |choices: &str| run.begin(choices).unwrap_err().message();
    assert_eq!(
        refusal(r#"{"smoothing": 0}"#),
        "--smoothing: expected a number of documents above 0 (0.5 is usual), found 0"
    );
    assert!(refusal(r#"{"estimator": "em"}"#).starts_with("choices: unknown field `estimator`"));
    let other = r#"{"schema_version": 1, "method": "openings", "categories": ["x"], "priors": {"point": [1.0]}}"#;
    add(&mut workspace, "r/summary.json", other);
    let error = workspace.stored_study(id).unwrap_err().message();
    assert!(error.starts_with("r/summary.json:categories: expected the categories of"), "{error}");
}

#[test]
fn a_result_has_plots_also_where_there_is_no_answer() {
    let plots = |planted: &PlantedOpenings| -> Vec<&str> {
        let mut workspace = Workspace::new();
        let id = add(&mut workspace, "openings.jsonl", &openings(planted)).id;
        let summary = estimated(&workspace, id, Some(FEW));
        let text = format!("{{\"run\": \"r\", \"summary\": {summary}}}");
        let result: StudyResult = serde_json::from_str(&text).unwrap();
        let drawn = |plot: &StudyPlot| !plot.of(&result).unwrap().alt_text().is_empty();
        assert!(result.plots().iter().all(drawn));
        let told = StudyPlot::Tokens.of(&result).unwrap().alt_text();
        assert!(told.starts_with("Of the first tokens that the model expects most"), "{told}");
        result.plots().into_iter().map(StudyPlot::name).collect()
    };
    assert_eq!(plots(&PlantedOpenings::default()), ["shares", "following", "tokens"]);
    assert_eq!(plots(&strange()), ["following", "tokens"]);
    let without = PlantedOpenings { n_groups: 0, ..PlantedOpenings::default() };
    assert_eq!(plots(&without), ["shares", "tokens"]);
}
