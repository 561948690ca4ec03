//! The runs of openings that the tests of the page open, and what the program writes of them.
//!
//! `WRITE_FIXTURES=1 cargo test -p data-anatomy-web --test openings_fixtures` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use data_anatomy_core::openings::evidence::Evidence;
use data_anatomy_core::openings::planted::PlantedOpenings;
use data_anatomy_core::openings::reestimate::{OpeningsChoices, StoredOpenings};
use data_anatomy_core::openings::summary::OpeningsSummary;
use data_anatomy_core::shares::document_lengths::DocumentLengths;

/// Names of tokens that must stay text wherever they are shown.
const HOSTILE: [&str; 4] =
    ["<img src=x onerror=\"document.title='owned'\">", "</script>\n", "\u{202e}gnp", " the"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/openings")
}

/// The text of `openings.jsonl`, whose most expected tokens have hostile names.
fn openings(planted: &PlantedOpenings, seed: u64) -> String {
    let mut evidence = planted.evidence(seed);
    let mut cells: Vec<usize> = (0..evidence.cells.len()).collect();
    let expected = |cell: &usize| -> f64 {
        evidence.expectations.iter().map(|expectation| expectation.shares[*cell]).sum()
    };
    cells.sort_by(|left, right| expected(right).total_cmp(&expected(left)));
    for (name, cell) in HOSTILE.into_iter().zip(cells) {
        evidence.cells[cell] = name.to_owned();
    }
    let expectations = evidence.expectations.iter().map(|one| evidence.expectation_line(one));
    evidence.head_lines() + &expectations.collect::<String>()
}

/// The run in this text, as the program would open it.
fn run(openings: &str, summary: Option<&str>) -> StoredOpenings {
    let evidence =
        Evidence::parse("openings.jsonl", openings.as_bytes()).expect("what is stored is read");
    StoredOpenings::new(evidence, summary.map(|text| ("summary.json", text)))
        .expect("its own summary")
}

fn summary(run: &StoredOpenings, choices: &OpeningsChoices) -> OpeningsSummary {
    let study = run.study(choices).expect("choices within their ranges");
    let replicates: Vec<_> = (0..choices.n_boot).map(|index| study.replicate(index)).collect();
    OpeningsSummary::of_study(&study, &replicates, run.context(choices))
}

/// Every file, with its path in the folder and its text.
fn files() -> Vec<(&'static str, String)> {
    let planted = openings(&PlantedOpenings::default(), 1);
    let mut known = run(&planted, None);
    let lengths = r#"{"a": {"n": 80, "mean": 900, "sd": 400}, "b": {"n": 80, "mean": 700, "sd": 300},
        "c": {"n": 80, "mean": 4000, "sd": 2000}, "d": {"n": 80, "mean": 1500, "sd": 800}}"#;
    let taxonomy = &known.evidence.taxonomy;
    let lengths = DocumentLengths::parse("", lengths.as_bytes(), taxonomy);
    known.lengths = Some(lengths.expect("lengths of all categories"));
    let own = OpeningsChoices { n_boot: 60, seed: 5, ..OpeningsChoices::default() };
    let first = summary(&known, &own);
    let other = OpeningsChoices {
        smoothing: 2.5,
        learning: false,
        merge: vec!["c+d=rest".to_owned()],
        unit: data_anatomy_core::shares::unit::Unit::Documents,
        level: 0.8,
        n_boot: 40,
        seed: 7,
        ..OpeningsChoices::default()
    };
    let changed = summary(&run(&planted, Some(&first.to_json())), &other);
    let strange = PlantedOpenings {
        nuisance: 0.8,
        n_cells: 20,
        n_documents: 500,
        n_groups: 2,
        ..PlantedOpenings::default()
    };
    let strange = openings(&strange, 2);
    let refused = summary(&run(&strange, None), &own);
    assert!(first.identified && changed.identified && !refused.identified);
    vec![
        ("known/openings.jsonl", planted),
        ("known/summary.csv", first.shares_table().csv()),
        ("known/summary.json", first.to_json()),
        ("known_otherwise.csv", changed.shares_table().csv()),
        ("known_otherwise.json", changed.to_json()),
        ("refused/openings.jsonl", strange),
        ("refused/summary.csv", refused.shares_table().csv()),
        ("refused/summary.json", refused.to_json()),
    ]
}

#[test]
fn the_fixtures_are_what_core_makes_of_planted_openings() {
    let mut n_bytes = 0;
    for (name, text) in files() {
        let path = folder().join(name);
        n_bytes += text.len();
        if std::env::var_os("WRITE_FIXTURES").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let stored = fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == text, "{name} differs: see the head of this test");
    }
    assert!(n_bytes <= 100_000, "{n_bytes} bytes");
}
