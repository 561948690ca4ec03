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
    let counts: Value =
        serde_json::from_str(&scratch.read("out/membership/scores/token_frequencies.json"))
            .unwrap();
    let counts: Vec<u64> = serde_json::from_value(counts["token_counts"].clone()).unwrap();
    let frequencies = TokenFrequencies::new(&TokenCounts::of(counts));
    let mut scorer = Scorer::new(ScorerOptions::default(), Some(&frequencies));
    let mut lines = written.iter();
    for pool in ["candidates", "nonmembers"] {
        let of = |kind: &str| rows(&scratch, &format!("out/membership/scores/{pool}/{kind}"));
        let mean = |row: &Row| mean_log_prob(&floats(row, "log_prob"));
        let [lowercase, reference, recall] = ["lowercase", "reference", "recall"]
            .map(|kind| of(kind).iter().map(mean).collect::<Vec<_>>());
        let copies: Vec<f64> = of("neighbours").iter().map(|row| mean(row).unwrap()).collect();
        for (index, row) in of("plain").iter().enumerate() {
            let lists = ["log_prob", "mean", "variance"].map(|name| floats(row, name));
            let evidence = Evidence {
                statistics: TokenStatistics {
                    log_prob: &lists[0],
                    mean: &lists[1],
                    variance: &lists[2],
                },
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

fn json(scratch: &Scratch, name: &str) -> Value {
    serde_json::from_str(&scratch.read(name)).unwrap()
}

/// The names of the files in a folder, in order.
fn listed(scratch: &Scratch, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(scratch.path(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The command of the seed study's README, with its Python script as `minkpp`.
#[test]
fn the_seed_study_s_command_works_as_written_and_claims_nothing() {
    let scratch = with_everything(40);
    scratch.write_model("EleutherAI/pythia-2.8b", "gpt_neox");
    std::fs::rename(scratch.path("samples"), scratch.path("data_samples")).unwrap();
    let ran = scratch
        .run(
            "minkpp --local_samples_dir data_samples --merge_web --target_model EleutherAI/pythia-2.8b \
             --mink_ratio 0.1 --max_tokens 128 --output_dir out --run_name minkpp_mix",
        )
        .exited(0);
    let written = listed(&scratch, "out/minkpp_mix");
    for name in [
        "summary.json",
        "per_category.csv",
        "global_mixture.csv",
        "document_scores.csv",
        "member_shares.png",
        "score_densities.png",
    ] {
        assert!(written.iter().any(|found| found == name), "{name} of {written:?}");
    }
    let summary = json(&scratch, "out/minkpp_mix/summary.json");
    assert_eq!(summary["method"], "membership");
    assert_eq!(summary["attack"], "minkpp");
    assert_eq!(summary["config"]["mink_ratio"], 0.1);
    assert_eq!(summary["config"]["max_tokens"], 128);
    assert_eq!(summary["categories"], serde_json::json!(["law", "recipes", "sport"]));
    // Random weights, and no non-members: nothing can be said, and the seed study's code would say it.
    for category in summary["per_category"].as_array().unwrap() {
        assert_eq!(category["n"], 40);
        assert_eq!(category["pi_hat"], Value::Null, "{category}");
        assert_eq!(category["identifiable"], false);
    }
    assert_eq!(summary["global_mixture_over_sampled_pool"], Value::Null);
    assert!(ran.stdout().contains("not identifiable"), "{}", ran.stdout());
    // That nothing can be said is an answer, and is shown as one.
    let evaluate = "evaluate --results_dir out/minkpp_mix --ground_truth olmo1b --tol 0.02";
    let told = scratch.run(&format!("{evaluate} --output-dir report")).exited(0).stdout();
    for part in [
        "1 run without a mixture",
        "no mixture was found",
        "What was run",
        "Min-K%++",
        "recipes 40",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    for (report, part) in
        [("report.md", "Methods, for a paper"), ("report.html", "Share of members in")]
    {
        assert!(scratch.read(&format!("report/{report}")).contains(part), "{report}: {part}");
    }
    scratch.run(&format!("{evaluate} --fail-below 0.1")).exited(1);
    scratch.run("report out/minkpp_mix --ground-truth olmo1b --output one.html").exited(0);
    assert!(scratch.read("one.html").contains("no mixture was found"));
}

#[test]
fn each_attack_has_its_folder_and_attacks_are_measured_where_the_truth_is_known() {
    let scratch = with_everything(60);
    scratch
        .write("truth.json", r#"{"members": {"law": 30, "recipes": [1, 2, 3, 60], "sport": 0}}"#);
    scratch.write("sizes.json", r#"{"law": 1000, "recipes": 3000, "sport": 500}"#);
    let command = "membership --attack loss minkpp zlib --target-model model --device cpu \
                   --local-samples-dir samples --nonmembers held_out --quiet --truth truth.json \
                   --category-sizes sizes.json --run-name run";
    let text = scratch.run(command).exited(0).stdout();
    assert!(text.contains("Min-K%++") && text.contains("auroc"), "{text}");
    for attack in ["loss", "minkpp", "zlib"] {
        let summary = json(&scratch, &format!("out/run-{attack}/summary.json"));
        assert_eq!(summary["attack"], attack);
        let category = &summary["per_category"][0];
        assert_eq!((&category["category"], &category["n_nonmembers"]), (&"law".into(), &60.into()));
        // Candidates and non-members are drawn alike, so that a share of 0 must be possible.
        assert!(category["ci_lo"].as_f64().unwrap() < 0.2, "{category}");
        assert!(category["blind"]["blind_auroc"].is_number(), "{category}");
    }
    let attacks = json(&scratch, "out/run/attacks.json");
    assert_eq!(attacks["compared"], "members against non-members");
    let law = &attacks["attacks"][0]["per_category"][0]["quality"];
    assert_eq!((&law["n_members"], &law["n_nonmembers"]), (&30.into(), &90.into()));
    let sport = &attacks["attacks"][0]["per_category"][2];
    assert_eq!((&sport["category"], &sport["quality"]), (&"sport".into(), &Value::Null));
    let rows = csv(&scratch.read("out/run/attacks.csv"));
    assert_eq!(rows.len(), 3 * 4);
    let all = &rows[3];
    assert_eq!((all["attack"].as_str(), all["category"].as_str()), ("loss", "all"));
    assert_eq!((all["n_members"].as_str(), all["n_nonmembers"].as_str()), ("34", "326"));
    // By hand, from the scores that were written: members against all others.
    let documents = csv(&scratch.read("out/run/document_scores.csv"));
    let scores = |member: &str| -> Vec<f64> {
        let own = documents.iter().filter(|line| line["member"] == member);
        own.map(|line| line["loss"].parse().unwrap()).collect()
    };
    let (members, others) = (scores("true"), scores("false"));
    let wins = |one: &f64| -> f64 {
        let win =
            |other: &f64| if one > other { 1.0 } else { f64::from(u8::from(one == other)) / 2.0 };
        others.iter().map(win).sum()
    };
    let n_pairs = (members.len() * others.len()) as f64;
    let auroc = members.iter().map(wins).sum::<f64>() / n_pairs;
    assert!((all["auroc"].parse::<f64>().unwrap() - auroc).abs() < 1e-12, "{all:?}: {auroc}");
}

/// Three attacks on three categories of which nothing is known, beside non-members or not.
#[test]
fn what_is_so_of_all_attacks_and_categories_is_said_once_and_candidates_are_called_so() {
    let scratch = with_everything(40);
    let command = "membership --attack loss minkpp zlib --target-model model --device cpu \
                   --local-samples-dir samples --quiet --no-plots";
    let alone = scratch.run(&format!("{command} --run-name alone")).exited(0).stdout();
    assert_eq!(
        alone.matches("the share of members is not identifiable from").count(),
        1,
        "{alone}"
    );
    assert!(alone.contains("all 3 categories: the share of members"), "{alone}");
    let beside = scratch
        .run(&format!("{command} --nonmembers held_out --no-blind-baseline --run-name beside"))
        .exited(0)
        .stdout();
    assert!(beside.matches("warning:").count() <= 6, "{beside}");
    let attacks = json(&scratch, "out/beside/attacks.json");
    assert_eq!(attacks["compared"], "candidates against non-members");
    let quality = &attacks["attacks"][0]["per_category"][0]["quality"];
    assert_eq!((&quality["n_candidates"], quality.get("n_members")), (&40.into(), None));
    let rows = csv(&scratch.read("out/beside/attacks.csv"));
    assert_eq!((rows[3]["n_candidates"].as_str(), rows[3].get("n_members")), ("120", None));
    let config = &json(&scratch, "out/beside-loss/summary.json")["config"];
    assert_eq!(config["changed"], serde_json::json!(["blind_baseline"]));
}

#[test]
fn settings_out_of_range_and_bad_files_are_refused() {
    let scratch = with_everything(30);
    let told = |more: &str| {
        let command = format!(
            "membership --attack loss --target-model model --device cpu --local-samples-dir samples \
             --nonmembers held_out --quiet --no-plots {more}"
        );
        scratch.run(&command).exited(2).stderr()
    };
    for (flags, expected) in [
        ("--mink-ratio 0", "error: --mink-ratio: expected a share above 0 and up to 1, found 0\n"),
        ("--level 1", "error: --level: expected a level between 0 and 1, found 1\n"),
        (
            "--n_boot 1",
            "error: --n-boot: expected from 2 to 100000 replicates (200 are plenty), found 1\n",
        ),
        ("--span_length 0", "error: --span-length: expected 1 or more, found 0\n"),
        (
            "--run-name a/b",
            "error: --run-name: expected the name of a folder, found `a/b`; the folder it is made in is \
             --output-dir\n",
        ),
        ("--truth none.json", "error: none.json: cannot be read: there is no such file\n"),
    ] {
        let found = told(flags);
        assert!(found.starts_with(expected), "{flags}: {found}");
    }
    scratch.write("sizes.json", r#"{"law": 3}"#);
    assert_eq!(
        told("--category-sizes sizes.json"),
        "error: sizes.json: no size of the category `recipes`; give one for each category\n"
    );
    scratch.write("truth.json", r#"{"members": {"law": 3}}"#);
    let lacking = told("--truth truth.json");
    assert!(lacking.starts_with("error: truth.json: says nothing of `recipes`"), "{lacking}");
}
