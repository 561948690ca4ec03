//! Files that are refused, each with its exact message: what was found, where, and what to do.

use crate::page::report_page::ViewOptions;
use crate::page::scored::Answer;
use crate::page::workspace::{FileKind, Workspace};

/// One refused file: its name, its bytes, and the message (place and remedy included).
struct Case {
    path: &'static str,
    bytes: Vec<u8>,
    expected: &'static str,
}

fn case(path: &'static str, text: impl Into<Vec<u8>>, expected: &'static str) -> Case {
    Case { path, bytes: text.into(), expected }
}

const SPEC: &str = "schema: category-mixture-v1\nname: M\ncategories: [a, b]\n";

fn spec(rest: &str) -> Vec<u8> {
    format!("{SPEC}{rest}").into_bytes()
}

fn summary(rest: &str) -> Vec<u8> {
    format!("{{\"categories\": [\"a\", \"b\"], {rest}}}").into_bytes()
}

fn cases() -> Vec<Case> {
    let mut cases = summary_cases();
    cases.extend(spec_cases());
    cases.extend(byte_cases());
    cases.extend(more_summary_cases());
    cases.extend(prediction_cases());
    cases
}

fn byte_cases() -> Vec<Case> {
    vec![
        case(
            "r.json",
            "",
            "r.json: the file is empty | was the run interrupted? run the same command again",
        ),
        case(
            "r.json",
            " \n\t\n",
            "r.json: the file is empty | was the run interrupted? run the same command again",
        ),
        case(
            "r.json",
            b"\xff\xfe{\0}\0".to_vec(),
            "r.json: expected JSON or YAML text, found UTF-16 text | save the file again as UTF-8",
        ),
        case(
            "r.json",
            b"\x1f\x8b\x08rest".to_vec(),
            "r.json: expected JSON or YAML text, found gzip-compressed data | unpack it first, then give the file inside",
        ),
        case(
            "r.json",
            b"\x28\xb5\x2f\xfdrest".to_vec(),
            "r.json: expected JSON or YAML text, found zstd-compressed data | unpack it first, then give the file inside",
        ),
        case(
            "plot.json",
            b"\x89PNG\r\n\x1a\n".to_vec(),
            "plot.json: expected JSON or YAML text, found a PNG picture | give a run's summary.json or a spec such as bench/specs/olmo1b.yaml",
        ),
        case(
            "r.json",
            b"{\"a\": \"\xc3\x28\"}".to_vec(),
            "r.json:1:8: expected JSON or YAML text, found bytes that are not UTF-8 | save the file again as UTF-8",
        ),
        case(
            "r.json",
            b"{\"a\": \0}".to_vec(),
            "r.json: expected JSON or YAML text, found binary data | give a run's summary.json or a spec such as bench/specs/olmo1b.yaml",
        ),
        case(
            "notes.txt",
            "just a note",
            "notes.txt: neither a summary (JSON) nor a ground-truth spec (YAML) | give a run's summary.json or a spec such as bench/specs/olmo1b.yaml",
        ),
    ]
}

fn summary_cases() -> Vec<Case> {
    let deep = format!("{{\"config\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    vec![
        case(
            "r.json",
            "{\"categories\": [\"a\", \"b\"], \"priors\": {\"mean\": [0.5, ",
            "r.json:1:52: the text ends before the document does | the file looks cut off; copy it again or run the same command again",
        ),
        case(
            "r.json",
            summary("\"priors\": {\"mean\": [NaN, 0.5]}"),
            "r.json:1:48: expected a finite number, found `NaN` | a value that could not be computed is not a share; mend the run that wrote it",
        ),
        case(
            "r.json",
            summary("\"priors\": {\"mean\": [null, 0.5]}"),
            "r.json:priors.mean[0]: expected a finite number, found `null` | a value that could not be computed is not a share; mend the run that wrote it",
        ),
        case(
            "r.json",
            summary("\"priors\": {\"mean\": [-Infinity, 0.5]}"),
            "r.json:1:49: expected a finite number, found `-Infinity` | a value that could not be computed is not a share; mend the run that wrote it",
        ),
        case(
            "r.json",
            summary("\"priors\": {\"mean\": [-0.5, 1.5]}"),
            "r.json:priors.mean[0] (a): expected a number of at least 0, found `-0.5` | shares and weights are never negative; mend it",
        ),
        case(
            "r.json",
            summary("\"priors\": {\"mean\": [0.5, 0.4]}"),
            "r.json:priors.mean: the shares sum to 0.9, not to 1 | is a category missing? the shares must cover the whole",
        ),
        case(
            "r.json",
            summary("\"priors\": {\"mean\": [0.2, 0.3, 0.5]}"),
            "r.json:priors.mean: 3 values for 2 categories | give exactly one value for each category",
        ),
        case(
            "r.json",
            summary("\"priors\": {\"mean\": [\"0.5\", 0.5]}"),
            "r.json:1:52: expected a number, found string \"0.5\"",
        ),
        case(
            "r.json",
            summary("\"priors\": [0.5, 0.5]"),
            "r.json:1:41: expected a list, found number `0.5`",
        ),
        case(
            "r.json",
            summary("\"priors\": {\"mean\": [0.5, 0.5]}, \"priors\": {}"),
            "r.json:1:67: `priors` stands twice",
        ),
        case(
            "r.json",
            summary("\"config\": {}"),
            "r.json: expected `priors.point`, `priors.mean`, `global_mixture_over_sampled_pool`, `global_mixture` or `per_category[].normalized_proportion`, found none",
        ),
        case(
            "r.json",
            "{\"priors\": {\"mean\": [0.5, 0.5]}}",
            "r.json: expected `categories`, found none",
        ),
        case(
            "r.json",
            "{\"categories\": [\"a\", \"A\"], \"priors\": {\"mean\": [0.5, 0.5]}}",
            "r.json:categories: two names for one category: `a` and `A` | give each category one name of its own",
        ),
        case(
            "r.json",
            "{\"categories\": [\"a\", \" \"], \"priors\": {\"mean\": [0.5, 0.5]}}",
            "r.json:categories: category 2 has an empty name | give each category one name of its own",
        ),
        case(
            "r.json",
            "{\"categories\": [], \"priors\": {\"mean\": []}}",
            "r.json:categories: no categories | give each category one name of its own",
        ),
        case(
            "r.json",
            summary("\"global_mixture\": {\"a\": 0.5, \"c\": 0.5}"),
            "r.json:global_mixture: `c` is in the shares but not in `categories` | give a share for each of `categories`, and for no other",
        ),
        case(
            "r.json",
            summary("\"global_mixture\": {\"a\": 1.0}"),
            "r.json:global_mixture: `b` is in `categories` but not in the shares | give a share for each of `categories`, and for no other",
        ),
        case(
            "r.json",
            summary("\"global_mixture\": {\"a\": 0.5, \"a\": 0.5}"),
            "r.json:1:59: `a` stands twice",
        ),
        case(
            "r.json",
            summary("\"global_mixture\": 3"),
            "r.json:1:46: expected a list or a map of shares, found integer `3`",
        ),
        case(
            "r.json",
            summary(
                "\"priors\": {\"mean\": [0.5, 0.5], \"ci_lo\": [0.6, 0.1], \"ci_hi\": [0.5, 0.9]}",
            ),
            "r.json:priors.ci_lo[0]: expected an interval within 0 and 1, found 0.6 to 0.5",
        ),
        case(
            "r.json",
            summary("\"priors\": {\"mean\": [0.5, 0.5], \"ci_lo\": [0.1], \"ci_hi\": [0.5, 0.9]}"),
            "r.json:priors.ci_lo: 1 values for 2 categories | give exactly one value for each category",
        ),
        case(
            "r.json",
            summary("\"schema_version\": 7, \"priors\": {\"point\": [0.5, 0.5]}"),
            "r.json:schema_version: schema_version is 7, this program knows up to 1 | get the version of data-anatomy that wrote it",
        ),
        case("r.json", "[1, 2, 3]", "r.json:1:1: expected a summary (an object in braces)"),
        case("r.json", "{\"categories\": [\"a\", \"b\"],}", "r.json:1:27: trailing comma"),
        case("r.json", deep, "r.json:1:11: expected an object in braces, found list"),
    ]
}

/// Runs whose names or uncertainty cannot be shown or are none.
fn more_summary_cases() -> Vec<Case> {
    let names = |names: &str| format!("{{\"categories\": {names}, \"priors\": {{\"mean\": [1]}}}}");
    let many: Vec<String> = (0..1_001).map(|index| format!("\"c{index}\"")).collect();
    let uncertain = |rest: &str| summary(&format!("\"priors\": {{\"mean\": [0.5, 0.5], {rest}}}"));
    vec![
        case(
            "r.json",
            names(&format!("[{}]", many.join(","))),
            "r.json:categories: 1001 categories, at most 1000 are compared",
        ),
        case(
            "r.json",
            names(&format!("[\"{}\"]", "x".repeat(201))),
            "r.json:categories: category 1 has a name of more than 200 characters | give it a shorter name",
        ),
        case(
            "r.json",
            names("[\"a\\u001b[31m\"]"),
            "r.json:categories: category 1 has a control character in its name | give each category one name of its own",
        ),
        case(
            "r.json",
            uncertain("\"level\": 7"),
            "r.json:priors.level: expected a level between 0 and 1, found `7`",
        ),
        case(
            "r.json",
            uncertain("\"ci_lo\": [-5, 0.1], \"ci_hi\": [77, 0.9]"),
            "r.json:priors.ci_lo[0]: expected an interval within 0 and 1, found -5 to 77",
        ),
        case(
            "r.json",
            uncertain("\"replicates\": [[0.5, 0.5], [1.5, -0.5]]"),
            "r.json:priors.replicates[1]: expected a number of at least 0, found `-0.5` | shares and weights are never negative; mend it",
        ),
        case(
            "r.json",
            uncertain("\"replicates\": [[0.5, 0.4]]"),
            "r.json:priors.replicates[0]: the shares sum to 0.9, not to 1 | is a category missing? the shares must cover the whole",
        ),
        case(
            "r.json",
            uncertain("\"replicates\": [[0.5]]"),
            "r.json:priors.replicates[0]: 1 values for 2 categories | give exactly one value for each category",
        ),
    ]
}

fn prediction_cases() -> Vec<Case> {
    let line = |probabilities: &str| {
        format!(
            "{{\"kind\": \"validation\", \"id\": \"x:1\", \"true_class\": \"a\", \"probabilities\": {probabilities}}}\n"
        )
    };
    let path = "run/predictions.jsonl";
    vec![
        case(
            path,
            line("[-5, 1e300]"),
            "run/predictions.jsonl:1:1: expected probabilities from 0 to 1 that sum to 1",
        ),
        case(
            path,
            [line("[0.5, 0.5]"), line("[0.5, 0.5]")].concat(),
            "run/predictions.jsonl:2:1: document `x:1` stands twice",
        ),
        case(
            path,
            "[\"validation\", \"x:1\", null, \"a\", 0, [0.5, 0.5]]",
            "run/predictions.jsonl:1:1: expected a verdict (an object in braces)",
        ),
        case(
            path,
            "{\"kind\": \"guess\"}",
            "run/predictions.jsonl:1:16: expected `validation` or `generation`, found `guess`",
        ),
    ]
}

fn spec_cases() -> Vec<Case> {
    // Each line stands for nine of the one before: 9^9 words in all.
    let mut bomb =
        "schema: category-mixture-v1\nname: M\ncategories: [a]\nx0: &x0 [x, x, x]\n".to_owned();
    for level in 1..=9 {
        let before = vec![format!("*x{}", level - 1); 9].join(", ");
        bomb += &format!("x{level}: &x{level} [{before}]\n");
    }
    vec![
        case(
            "s.yaml",
            spec("category_weights:\n  a: 1\n\tb: 2\n"),
            "s.yaml:5:6: expected blanks, found a tab | YAML is indented with blanks; replace the tab",
        ),
        case("s.yaml", spec("category_weights: {a: 1, a: 2}"), "s.yaml:4:26: `a` stands twice"),
        case(
            "s.yaml",
            spec("category_weights: {a: 1}"),
            "s.yaml: `b` is in `categories` but not in `category_weights` | list each category once under `categories` and once under `category_weights`",
        ),
        case(
            "s.yaml",
            spec("category_weights: {a: 1, b: 2, c: 3}"),
            "s.yaml: `c` is in `category_weights` but not in `categories` | list each category once under `categories` and once under `category_weights`",
        ),
        case("s.yaml", spec("category_weights: {a: 1, b: many}"), "s.yaml:4:29: expected a number"),
        case(
            "s.yaml",
            spec("category_weights: {a: 1, b: .nan}"),
            "s.yaml:category_weights.b: expected a finite number, found `NaN` | a value that could not be computed is not a share; mend the run that wrote it",
        ),
        case(
            "s.yaml",
            spec("category_weights: {a: 1, b: -2}"),
            "s.yaml:category_weights.b: expected a number of at least 0, found `-2` | shares and weights are never negative; mend it",
        ),
        case(
            "s.yaml",
            spec("category_weights: {a: 0, b: 0}"),
            "s.yaml:category_weights: all weights are 0",
        ),
        case(
            "s.yaml",
            spec("category_weights: {a: 1, b: 2}\nnot_covered: 40"),
            "s.yaml:not_covered: expected a share from 0 to below 1, found `40`",
        ),
        case(
            "s.yaml",
            spec("category_weights: {a: 1, b: 2}\nunit: kilograms"),
            "s.yaml:5:7: expected one of tokens, bytes, sampled tokens, documents, found `kilograms`",
        ),
        case(
            "s.yaml",
            spec("category_weights: {a: 1, b: 2}\ncolour: red"),
            "s.yaml:5:1: expected one of schema, name, family, tokenizer_name, version, unit, source, not_covered, notes, categories, category_weights, variants, found `colour`",
        ),
        case("s.yaml", spec(""), "s.yaml:3:1: missing field `category_weights`"),
        case(
            "s.yaml",
            spec("category_weights: [1, 2]"),
            "s.yaml:4:19: expected names with values (`name: value`)",
        ),
        case(
            "s.yaml",
            "name: M\ncategories: [a]\ncategory_weights: {a: 1}",
            "s.yaml: expected `schema: category-mixture-v1`, found none",
        ),
        case(
            "s.yaml",
            "schema: other-v9\nname: M",
            "s.yaml:schema: expected schema `category-mixture-v1`, found `other-v9`",
        ),
        case(
            "s.yaml",
            "schema: category-mixture-v1\nname: [unclosed\n",
            "s.yaml:2:7: expected text",
        ),
        case(
            "s.yaml",
            "schema: category-mixture-v1\ncategories: [a]\ncategory_weights: {a: 1}",
            "s.yaml:3:1: missing field `name`",
        ),
        case(
            "s.yaml",
            "schema: category-mixture-v1\nname: M\ncategories: [a, a]\ncategory_weights: {a: 1}",
            "s.yaml:categories: two names for one category: `a` and `a` | give each category one name of its own",
        ),
        case(
            "s.yaml",
            bomb,
            "s.yaml:4:1: expected one of schema, name, family, tokenizer_name, version, unit, source, not_covered, notes, categories, category_weights, variants, found `x0`",
        ),
    ]
}

fn refusal(case: &Case) -> String {
    let mut workspace = Workspace::new();
    let opened = workspace.add(case.path, &case.bytes);
    assert_eq!(
        opened.kind,
        FileKind::Error,
        "{}: {:?}",
        case.path,
        String::from_utf8_lossy(&case.bytes)
    );
    let hint = opened.hint.map(|hint| format!(" | {hint}")).unwrap_or_default();
    format!("{}{hint}", opened.message.unwrap())
}

#[test]
fn verdicts_of_another_run_are_refused() {
    let mut workspace = Workspace::new();
    workspace.add("run/summary.json", &summary("\"priors\": {\"mean\": [0.5, 0.5]}"));
    workspace.add("truth.yaml", &spec("category_weights: {a: 1, b: 3}"));
    let foreign = "{\"kind\": \"generation\", \"id\": \"1\", \"probabilities\": [0.2, 0.3, 0.5]}";
    assert_eq!(
        workspace.add("run/predictions.jsonl", foreign.as_bytes()).kind,
        FileKind::Predictions
    );
    let options = ViewOptions { baseline: Some("run".to_owned()), ..ViewOptions::default() };
    let Answer::Scored(evaluation, refused) = workspace.evaluate(&options).unwrap() else {
        panic!("a truth is chosen")
    };
    assert!(evaluation.runs.is_empty());
    assert_eq!(refused[0].message, "run/predictions.jsonl:1:1: 3 probabilities for 2 categories");
}

#[test]
fn a_bad_file_leaves_good_ones_standing() {
    let mut workspace = Workspace::new();
    let good = summary("\"priors\": {\"mean\": [0.5, 0.5]}");
    assert_eq!(workspace.add("good/summary.json", &good).kind, FileKind::Run);
    let truth = spec("category_weights: {a: 1, b: 3}");
    assert_eq!(workspace.add("truth.yaml", &truth).kind, FileKind::Spec);
    let alone = workspace.evaluate(&ViewOptions::default()).unwrap();
    for case in cases() {
        workspace.add(case.path, &case.bytes);
    }
    assert_eq!(workspace.evaluate(&ViewOptions::default()).unwrap(), alone);
    let Answer::Scored(evaluation, _) = alone else { panic!("a truth is open") };
    assert_eq!(evaluation.runs[0].metrics.overlap_accuracy, 0.75);
}

#[test]
fn every_malformed_file_is_refused_with_its_own_message() {
    for case in cases() {
        assert_eq!(refusal(&case), case.expected);
    }
}
