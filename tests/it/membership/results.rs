use std::collections::BTreeMap;
use std::fs::File;

use data_anatomy_core::membership::attack::Attack;
use data_anatomy_core::membership::evidence::{Evidence, TokenStatistics, mean_log_prob};
use data_anatomy_core::membership::scorer::{Scorer, ScorerOptions};
use data_anatomy_core::membership::token_frequencies::{TokenCounts, TokenFrequencies};
use data_anatomy_tests::Scratch;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::Value;

use super::{ALL, with_everything};

/// Rows of the first part of a folder of scores, as other readers of Parquet see them.
fn rows(scratch: &Scratch, folder: &str) -> Vec<Row> {
    let file = File::open(scratch.path(format!("{folder}/part-00000.parquet"))).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    reader.get_row_iter(None).unwrap().map(|row| row.unwrap()).collect()
}

fn field<'row>(row: &'row Row, name: &str) -> &'row Field {
    row.get_column_iter().find(|(found, _)| *found == name).unwrap().1
}

fn floats(row: &Row, name: &str) -> Vec<f32> {
    let Field::ListInternal(list) = field(row, name) else { panic!("{name} is no list") };
    let float = |element: &Field| match element {
        Field::Float(value) => *value,
        other => panic!("{name} holds {other}"),
    };
    list.elements().iter().map(float).collect()
}

fn ids(row: &Row) -> Vec<i32> {
    let Field::ListInternal(list) = field(row, "token_ids") else { panic!("no list") };
    let id = |element: &Field| match element {
        Field::Int(value) => *value,
        other => panic!("token_ids holds {other}"),
    };
    list.elements().iter().map(id).collect()
}

fn text(row: &Row, name: &str) -> String {
    let Field::Str(text) = field(row, name) else { panic!("{name} is no text") };
    text.clone()
}

fn number(row: &Row, name: &str) -> usize {
    let Field::Int(number) = field(row, name) else { panic!("{name} is no number") };
    usize::try_from(*number).unwrap()
}

/// The lines of a CSV file as maps by heading; no field here holds a comma.
fn csv(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines();
    let headings: Vec<&str> = lines.next().unwrap().split(',').collect();
    let line = |line: &str| {
        let fields = line.split(',').map(str::to_owned);
        headings.iter().map(|heading| (*heading).to_owned()).zip(fields).collect()
    };
    lines.map(line).collect()
}

#[test]
fn scores_equal_core_s_on_what_other_readers_find_in_the_files() {
    let scratch = with_everything(30);
    scratch.run(&format!("{ALL} --no-plots")).exited(0);
    let written = csv(&scratch.read("out/membership/document_scores.csv"));
    assert_eq!(written.len(), 180);
    let counts: Value = serde_json::from_str(
        &scratch.read("out/membership/scores/token_frequencies.json"),
    )
    .unwrap();
    let counts: Vec<u64> = serde_json::from_value(counts["token_counts"].clone()).unwrap();
    let frequencies = TokenFrequencies::new(&TokenCounts::of(counts));
    let mut scorer = Scorer::new(ScorerOptions::default(), Some(&frequencies));
    let mut lines = written.iter();
    for pool in ["candidates", "nonmembers"] {
        let of = |kind: &str| rows(&scratch, &format!("out/membership/scores/{pool}/{kind}"));
        let mean = |row: &Row| mean_log_prob(&floats(row, "log_prob"));
        let [lowercase, reference, recall] =
            ["lowercase", "reference", "recall"].map(|kind| of(kind).iter().map(mean).collect::<Vec<_>>());
        let copies: Vec<f64> = of("neighbours").iter().map(|row| mean(row).unwrap()).collect();
        for (index, row) in of("plain").iter().enumerate() {
            let lists = ["log_prob", "mean", "variance"].map(|name| floats(row, name));
            let evidence = Evidence {
                statistics: TokenStatistics { log_prob: &lists[0], mean: &lists[1], variance: &lists[2] },
                token_ids: &ids(row),
                compressed_length: Some(number(row, "zlib_bytes")),
                lowercase: lowercase[index],
                reference: reference[index],
                prefixed: recall[index],
                perturbed: &copies[3 * index..3 * index + 3],
            };
            let line = lines.next().unwrap();
            assert_eq!(line["pool"], pool);
            assert_eq!(line["doc_id"], text(row, "doc_id"));
            assert_eq!(line["category"], text(row, "category"));
            assert_eq!(line["member"], if pool == "candidates" { "" } else { "false" });
            for (attack, score) in Attack::ALL.iter().zip(scorer.scores(&Attack::ALL, &evidence)) {
                assert_eq!(line[attack.name()], score.unwrap().to_string(), "{}", attack.name());
            }
        }
    }
}
