//! Every command of the seed study's README, with `data-anatomy COMMAND` in place of `python …/SCRIPT.py`: on a
//! small corpus, and with small models under the names of those that it uses.

use std::process::Command;

use data_anatomy_tests::{Scratch, project};
use serde_json::{Value, json};

/// The sets of the corpus, as its files name them, each with words of its own.
const SETS: [(&str, &str); 7] = [
    ("RedPajamaCommonCrawl", "page click home contact offer today free online best store"),
    ("RedPajamaC4", "recipe travel family garden weekend review season style local team"),
    ("RedPajamaGithub", "import return class def self value index struct void const"),
    ("RedPajamaWikipedia", "born century province district album railway species river county war"),
    (
        "RedPajamaBook",
        "whispered lantern carriage stairs sighed mother window evening letter horse",
    ),
    ("RedPajamaArXiv", "theorem lemma equation proof manifold spectrum boson lattice norm kernel"),
    (
        "RedPajamaStackExchange",
        "question answer error thanks tried edit works code problem solution",
    ),
];

/// A document of the set: a hundred words, seven of ten from its own list.
fn document(set: usize, number: usize) -> Value {
    let lists: Vec<Vec<&str>> = SETS.iter().map(|(_, words)| words.split(' ').collect()).collect();
    let mut state = (set * 10_007 + number) as u64 + 1;
    let mut next = |n: usize| {
        // A multiplicative generator (Knuth): any scatter will do here.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % n
    };
    let words: Vec<&str> = (0..100)
        .map(|_| {
            let from = if next(10) < 7 { set } else { next(SETS.len()) };
            lists[from][next(10)]
        })
        .collect();
    json!({"text": words.join(" "), "meta": {"redpajama_set_name": SETS[set].0}})
}

/// Puts the folders of a small model into the hub's cache under a name.
fn write_cached_model(scratch: &Scratch, id: &str, revision: &str, fixtures: &[&str]) {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let folder = format!("hub/models--{}", id.replace('/', "--"));
    scratch.write(&format!("{folder}/refs/{revision}"), commit);
    for fixture in fixtures {
        scratch.write_fixture(&format!("{folder}/snapshots/{commit}"), fixture);
    }
}

/// The corpus, the models and the published mixture that the commands name.
fn prepare(scratch: &Scratch) {
    for shard in 0..3 {
        let numbers = (0..40).flat_map(|number| (0..SETS.len()).map(move |set| (set, number)));
        let lines =
            numbers.map(|(set, number)| format!("{}\n", document(set, 100 * shard + number)));
        let name = format!("SlimPajama-627B-DC/train/chunk1/example_train_{shard}.jsonl");
        scratch.write(&name, lines.collect::<String>());
    }
    let olmo = ["lm/olmo", "lm/tokenizer"];
    write_cached_model(scratch, "allenai/OLMo-1B", "step20000-tokens84B", &olmo);
    let pythia = ["lm/gpt_neox", "lm/tokenizer"];
    write_cached_model(scratch, "EleutherAI/pythia-2.8b", "main", &pythia);
    write_cached_model(scratch, "distilbert-base-uncased", "main", &["encoder/distilbert"]);
    let spec = std::fs::read(project("bench/specs/olmo1b.yaml")).unwrap();
    scratch.write("bench/specs/olmo1b.yaml", spec);
    scratch.write(
        "path/to/gens.jsonl",
        (0..40).map(|n| format!("{}\n", document(n % 7, 9_000 + n))).collect::<String>(),
    );
}

/// The command, run without a network and with the cache of this test.
fn run(scratch: &Scratch, arguments: &str) -> String {
    let mut command: Command = scratch.command(arguments);
    command.env("HF_HUB_CACHE", scratch.path("hub")).env("HF_HUB_OFFLINE", "1");
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "data-anatomy {arguments}\n{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_of_the_seed_studys_readme_works() {
    let scratch = Scratch::new();
    prepare(&scratch);
    run(
        &scratch,
        "sample --slimpajama_root SlimPajama-627B-DC/train --n_per_category 5000 --out_dir data_samples",
    );
    for name in ["commoncrawl", "c4", "github", "wikipedia", "books", "arxiv", "stackexchange"] {
        assert!(scratch.path(format!("data_samples/{name}.jsonl")).is_file(), "{name}");
    }
    let labelshift = "labelshift --local_samples_dir data_samples --merge_web \
                      --target_model allenai/OLMo-1B --hf_revision step20000-tokens84B --num_prompts 300 \
                      --max_new_tokens 512 --output_dir out";
    run(&scratch, &format!("{labelshift} --classifier distilbert --run_name labelshift_olmo1b"));
    for name in
        ["summary.json", "summary.csv", "confusion_matrix.png", "priors.png", "pbar_vs_ctpi.png"]
    {
        assert!(scratch.path("out/labelshift_olmo1b").join(name).is_file(), "{name}");
    }
    let summary: Value =
        serde_json::from_str(&scratch.read("out/labelshift_olmo1b/summary.json")).unwrap();
    assert_eq!(summary["categories"].as_array().unwrap().len(), 6, "CommonCrawl and C4 are one");
    assert_eq!(summary["unit"], "tokens", "the sample's manifest tells how long documents are");
    for part in ["mean", "ci_lo", "ci_hi"] {
        assert_eq!(summary["priors"][part].as_array().unwrap().len(), 6, "{part}");
    }
    run(
        &scratch,
        &format!(
            "{labelshift} --classifier tfidf --use_cached_generations path/to/gens.jsonl --run_name cached"
        ),
    );
    let minkpp = "minkpp --local_samples_dir data_samples --merge_web --target_model EleutherAI/pythia-2.8b \
                  --mink_ratio 0.1 --max_tokens 128 --output_dir out";
    run(&scratch, &format!("{minkpp} --run_name minkpp_mix"));
    run(&scratch, &format!("{minkpp} --half --run_name minkpp_half"));
    let report = "--ground_truth bench/specs/olmo1b.yaml --tol 0.02 --output_dir benchmark_output";
    let evaluate = |runs: &str| format!("evaluate {runs} {report}");
    let shown = run(&scratch, &evaluate("--results_dir out/labelshift_olmo1b"));
    assert!(shown.contains("labelshift_olmo1b"), "{shown}");
    let shown = run(&scratch, &evaluate("--compare out/labelshift_olmo1b out/cached"));
    assert!(shown.contains("labelshift_olmo1b") && shown.contains("cached"), "{shown}");
    // The model has random weights and saw nothing: the seed's code gives shares here all the same.
    for runs in ["--results_dir out/minkpp_mix", "--compare out/labelshift_olmo1b out/minkpp_mix"] {
        let shown = run(&scratch, &evaluate(runs));
        assert!(shown.contains("no mixture was found"), "{shown}");
    }
    for name in ["report.md", "report.html", "comparison.png"] {
        assert!(scratch.path("benchmark_output").join(name).is_file(), "{name}");
    }
}
