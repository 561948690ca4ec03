use super::*;
use crate::page::report_page::ViewOptions;
use crate::page::scored::Answer;

fn spec(share: u32) -> Vec<u8> {
    format!(
        "schema: category-mixture-v1\nname: M\ncategories: [a, b]\n\
         category_weights: {{a: {share}, b: 1}}\nvariants:\n  seed:\n    category_weights: {{a: 1, b: 1}}\n"
    )
    .into_bytes()
}

fn ids(workspace: &Workspace) -> Vec<String> {
    let opened = workspace
        .spec_choices(&ViewOptions::default())
        .unwrap()
        .into_iter()
        .filter(|choice| !choice.bundled);
    opened.map(|choice| choice.id).collect()
}

#[test]
fn specs_of_one_name_stand_beside_each_other_and_none_replaces_another() {
    let mut workspace = Workspace::new();
    workspace.add("one/spec.yaml", &spec(1));
    workspace.add("two/spec.yaml", &spec(2));
    assert_eq!(ids(&workspace), ["spec", "spec@seed", "spec (2)", "spec (2)@seed"]);
    let again = workspace.add("two/spec.yaml", &spec(2));
    assert_eq!((again.kind, again.message.as_deref()), (FileKind::Ignored, Some("already open")));
    workspace.add("two/spec.yaml", &spec(3));
    assert_eq!(ids(&workspace).len(), 6);
    assert_eq!(workspace.find_spec("spec (2)").map(|spec| spec.weights[0]), Ok(2.0));
    assert_eq!(workspace.find_spec("spec (3)").map(|spec| spec.weights[0]), Ok(3.0));
}

fn summary(share: f64) -> Vec<u8> {
    let rest = 1.0 - share;
    format!(
        "{{\"schema_version\": 1, \"categories\": [\"a\", \"b\"], \"priors\": {{\"point\": [{share}, {rest}]}}}}"
    )
    .into_bytes()
}

#[test]
fn mailed_summaries_of_one_name_stand_beside_each_other_in_a_saved_report_too() {
    let mut workspace = Workspace::new();
    workspace.add("truth.yaml", &spec(1));
    for share in [0.2, 0.4, 0.6] {
        workspace.add("summary.json", &summary(share));
    }
    let names = |workspace: &Workspace| -> Vec<(String, f64)> {
        let answer = workspace.evaluate(&ViewOptions::default()).unwrap();
        let Answer::Scored(evaluation, _) = answer else { panic!("the truth is open") };
        let runs = evaluation.runs;
        runs.into_iter().map(|run| (run.name, run.estimate[0])).collect()
    };
    let expected = [("summary", 0.2), ("summary 2", 0.4), ("summary 3", 0.6)];
    let expected: Vec<_> = expected.map(|(name, share)| (name.to_owned(), share)).to_vec();
    assert_eq!(names(&workspace), expected);
    let mut opened = Workspace::new();
    for file in workspace.report_data(&ViewOptions::default()).unwrap().files {
        opened.add(&file.path, file.text.as_bytes());
    }
    assert_eq!(names(&opened), expected);
}
