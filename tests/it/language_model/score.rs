use std::fs::File;

use data_anatomy_tests::Scratch;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::{Field, Row, RowAccessor as _};

use super::{files, json, with_model, written};

const RUN: &str = "score --target-model model --device cpu --local-samples-dir samples";

/// Rows of a part as other readers of Parquet see them.
fn rows(scratch: &Scratch, name: &str) -> Vec<Row> {
    let file = File::open(scratch.path(name)).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    reader.get_row_iter(None).unwrap().map(|row| row.unwrap()).collect()
}

/// A column of a row: its numbers.
fn list(row: &Row, name: &str) -> Vec<f64> {
    let field = row.get_column_iter().find(|(found, _)| *found == name).unwrap().1;
    let Field::ListInternal(list) = field else { panic!("{name} is no list") };
    list.elements()
        .iter()
        .map(|element| match element {
            Field::Int(value) => f64::from(*value),
            Field::Float(value) => f64::from(*value),
            other => panic!("{name} holds {other}"),
        })
        .collect()
}

fn with_samples() -> Scratch {
    let scratch = with_model();
    let long = "water ".repeat(500);
    scratch.write(
        "samples/law.jsonl",
        format!("{{\"text\": \"The court\"}}\n{{\"text\": \"\"}}\n{{\"text\": \"{long}\"}}\n"),
    );
    scratch.write("samples/recipes.jsonl", "{\"text\": \"Stir the sauce, then bake.\"}\n");
    scratch
}

#[test]
fn every_document_gets_its_numbers_and_the_same_command_changes_nothing() {
    let scratch = with_samples();
    let ran = scratch.run(RUN).exited(0);
    assert!(ran.stderr().ends_with(" tokens\n") && ran.stdout().is_empty(), "{}", ran.stderr());
    let rows = rows(&scratch, "scores/part-00000.parquet");
    let names: Vec<(String, String)> = rows
        .iter()
        .map(|row| (row.get_string(0).unwrap().clone(), row.get_string(1).unwrap().clone()))
        .collect();
    let expected = [("law:1", "law"), ("law:3", "law"), ("recipes:1", "recipes")];
    assert_eq!(names, expected.map(|(id, category)| (id.to_owned(), category.to_owned())));
    let lengths: Vec<usize> = rows.iter().map(|row| list(row, "token_ids").len()).collect();
    assert_eq!(lengths[1], 128, "a long document is cut where the context ends");
    for (row, length) in rows.iter().zip(&lengths) {
        for name in ["log_prob", "mean", "variance"] {
            assert_eq!(list(row, name).len(), length - 1);
        }
        assert!(list(row, "log_prob").iter().all(|value| *value < 0.0));
        assert!(list(row, "variance").iter().all(|value| *value >= 0.0));
    }
    let meta = json(&scratch, "scores/meta.json");
    assert_eq!(meta["complete"], true);
    assert_eq!(meta["counts"]["documents"], 3);
    assert_eq!(meta["counts"]["tokens"], lengths.iter().sum::<usize>());
    assert_eq!(meta["inputs"][0]["n_empty"], 1, "the empty document is passed over and counted");
    let names = ["scores/part-00000.parquet", "scores/meta.json"];
    let before = names.map(|name| written(&scratch, name));
    scratch.run(RUN).exited(0);
    assert_eq!(names.map(|name| written(&scratch, name)), before);
    let found: Vec<String> = files(&scratch, "scores").into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, ["meta.json", "part-00000.parquet"]);
}

#[test]
fn documents_are_cut_at_the_limit_and_the_beginning_stays_the_same() {
    let scratch = with_samples();
    scratch.run(&format!("{RUN} --output-dir whole")).exited(0);
    scratch.run(&format!("{RUN} --output-dir cut --max_tokens 7")).exited(0);
    let (whole, cut) =
        (rows(&scratch, "whole/part-00000.parquet"), rows(&scratch, "cut/part-00000.parquet"));
    for (whole, cut) in whole.iter().zip(&cut) {
        for (name, limit) in [("token_ids", 7), ("log_prob", 6), ("mean", 6), ("variance", 6)] {
            let (whole, cut) = (list(whole, name), list(cut, name));
            assert_eq!(cut, whole[..whole.len().min(limit)], "{name}");
        }
    }
    assert_eq!(json(&scratch, "cut/meta.json")["config"]["max_tokens"], 7);
    let error = scratch.run(&format!("{RUN} --output-dir cut --max-tokens 8")).exited(2).stderr();
    assert_eq!(
        error,
        "error: cut: made with another configuration (max_tokens: 7 → 8); --force starts anew, \
         another --output-dir keeps both\n"
    );
    scratch.run(&format!("{RUN} --output-dir cut --max-tokens 8 --force")).exited(0);
}

#[test]
fn scores_are_the_same_in_batches_of_any_size_and_parts_that_are_gone_are_made_again() {
    let scratch = with_model();
    let lines = (0..1300).map(|number| format!("{{\"text\": \"No. {number}\"}}\n"));
    scratch.write("samples/law.jsonl", lines.collect::<String>());
    scratch.run(RUN).exited(0);
    let whole = files(&scratch, "scores");
    assert_eq!(whole.len(), 3, "two parts and their description");
    scratch.run(&format!("{RUN} --batch-tokens 64 --output-dir small")).exited(0);
    assert_eq!(files(&scratch, "small"), whole);
    std::fs::remove_file(scratch.path("scores/part-00001.parquet")).unwrap();
    scratch.write("scores/part-00000.parquet", &whole[1].1[..500]);
    let ran = scratch.run(RUN).exited(0);
    assert!(ran.stderr().contains("made again: scores/part-00000.parquet: "), "{}", ran.stderr());
    assert_eq!(files(&scratch, "scores"), whole);
    scratch.write("samples/law.jsonl", "{\"text\": \"other\"}\n");
    let error = scratch.run(RUN).exited(2).stderr();
    assert!(
        error.starts_with("error: scores: made with another configuration (inputs["),
        "{error}"
    );
}

#[test]
fn half_and_int8_weights_give_nearly_the_same_numbers() {
    let scratch = with_samples();
    scratch.run(&format!("{RUN} --output-dir exact")).exited(0);
    // Weights of this fixture are large: bf16 moves a log-probability by up to 0.083, int8 by up to 0.2.
    for (flag, tolerance) in [("--half", 0.12), ("--int8", 0.3)] {
        let folder = &flag[2..];
        scratch.run(&format!("{RUN} {flag} --output-dir {folder}")).exited(0);
        let exact = rows(&scratch, "exact/part-00000.parquet");
        let found = rows(&scratch, &format!("{folder}/part-00000.parquet"));
        let pairs = exact.iter().zip(&found);
        let differences: Vec<f64> = pairs
            .flat_map(|(a, b)| list(a, "log_prob").into_iter().zip(list(b, "log_prob")))
            .map(|(a, b)| (a - b).abs())
            .collect();
        let largest = differences.iter().copied().fold(0.0, f64::max);
        assert!(0.0 < largest && largest < tolerance, "{flag}: {largest}");
    }
}

#[test]
fn folders_without_documents_are_refused() {
    let scratch = with_model();
    scratch.write("samples/law.jsonl", "{\"text\": \" \"}\n");
    let error = scratch.run(RUN).exited(2).stderr();
    let expected = "error: samples: no documents are there; expected CATEGORY.jsonl files\n";
    assert_eq!(error, expected);
    scratch.write("samples/law.jsonl", "{\"text\": \"a\"}\n{\"txt\": \"b\"}\n");
    let error = scratch.run(RUN).exited(2).stderr();
    assert!(error.starts_with("error: samples/law.jsonl:2"), "{error}");
    assert!(!scratch.path("scores").exists());
}
