use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;

use data_anatomy_tests::{Scratch, program};
use serde_json::{Value, json};

/// Lines of a mixed corpus: every third document is a book, the others are of C4.
fn lines(shard: usize, n: usize) -> String {
    let document = |line: usize| {
        let set = if (shard + line).is_multiple_of(3) { "RedPajamaBook" } else { "RedPajamaC4" };
        let words = (0..60).map(|word| {
            format!("w{} ", (word * 7_919 + line * 104_729 + shard * 1_299_709) % 50_021)
        });
        json!({"text": words.collect::<String>(), "meta": {"redpajama_set_name": set}})
    };
    (0..n).map(|line| format!("{}\n", document(line))).collect()
}

/// The files of categories in a folder.
fn categories(scratch: &Scratch, folder: &str) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(scratch.path(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names
        .filter(|name| name.ends_with(".jsonl"))
        .map(|name| (name.clone(), scratch.read(&format!("{folder}/{name}"))))
        .collect()
}

fn manifest(scratch: &Scratch, folder: &str) -> Value {
    serde_json::from_str(&scratch.read(&format!("{folder}/manifest.json"))).unwrap()
}

#[test]
fn a_mixed_corpus_is_sampled_by_the_seed_studys_command() {
    let scratch = Scratch::new();
    for shard in 0..4 {
        scratch.write(&format!("train/chunk1/part_{shard}.jsonl"), lines(shard, 200));
    }
    let ran = scratch
        .run("sample --slimpajama_root train --n_per_category 50 --min_chars 100 --max_chars 120 --out_dir data_samples")
        .exited(0);
    assert!(ran.stdout().contains("Books") && ran.stdout().contains("C4"), "{}", ran.stdout());
    assert!(
        ran.stderr().contains("categories by field meta.redpajama_set_name"),
        "{}",
        ran.stderr()
    );
    let files = categories(&scratch, "data_samples");
    assert_eq!(files.keys().collect::<Vec<_>>(), ["books.jsonl", "c4.jsonl"]);
    for content in files.values() {
        assert_eq!(content.lines().count(), 50);
        for line in content.lines() {
            let document: Value = serde_json::from_str(line).unwrap();
            assert_eq!(document["text"].as_str().unwrap().chars().count(), 120);
        }
    }
    let manifest = manifest(&scratch, "data_samples");
    assert_eq!(manifest["categories"][1]["n_seen"], 533);
    assert_eq!(manifest["files"].as_array().unwrap().len(), 4);
    assert_eq!(manifest["lost"], json!({"files": 0, "documents": 0}));
    let error =
        scratch.run("sample --slimpajama_root train --out_dir data_samples").exited(2).stderr();
    assert!(error.contains("data_samples/manifest.json: is there already"), "{error}");
    assert_eq!(categories(&scratch, "data_samples"), files, "nothing was overwritten");
}

#[test]
fn what_is_damaged_is_named_and_the_rest_sampled_with_exit_3() {
    let scratch = Scratch::new();
    scratch.write("train/good.jsonl", lines(1, 100));
    scratch.write("train/bad.jsonl", format!("{}{{\"text\": 7}}\nnot JSON\n", lines(2, 100)));
    scratch.write("train/cut.jsonl.gz", b"\x1f\x8b\x08\x00\x00\x00");
    let ran = scratch.run("sample --root train --n_per_category 10 --out-dir out --json").exited(3);
    let errors = ran.stderr();
    assert!(
        errors.contains("warning: bad.jsonl: 2 documents cannot be read, the first: line 101: "),
        "{errors}"
    );
    assert!(errors.contains("warning: cut.jsonl.gz: "), "{errors}");
    let manifest = ran.json();
    assert_eq!(manifest["lost"], json!({"files": 1, "documents": 2}));
    assert_eq!(manifest["files"][0]["faults"], json!({"syntax": 1, "text": 1}));
    assert_eq!(categories(&scratch, "out")["c4.jsonl"].lines().count(), 10);
}

#[test]
fn a_category_without_documents_ends_with_exit_2() {
    let scratch = Scratch::new();
    scratch.write("train/a.jsonl", lines(1, 100));
    let error =
        scratch.run("sample --root train --out-dir out --categories c4 arxiv").exited(2).stderr();
    assert!(error.contains("error: no document qualifies of: arxiv"), "{error}");
    let error =
        scratch.run("sample --root train --out-dir more --min-chars 100000").exited(2).stderr();
    assert!(error.contains("no document qualifies of: books, c4"), "{error}");
    scratch.run("sample --root nowhere --out-dir other").exited(2);
    scratch.run("sample --root train --out-dir other --near-dup 7").exited(2);
}

#[test]
fn killed_at_ten_points_it_goes_on_to_the_same_sample() {
    let scratch = Scratch::new();
    for shard in 0..30 {
        scratch.write(&format!("train/part_{shard:02}.jsonl"), lines(shard, 1_500));
    }
    let command = "sample --root train --n-per-category 300 --n-jobs 2 --out-dir";
    scratch.run(&format!("{command} whole")).exited(0);
    let start = || {
        let mut command_line = Command::new(program());
        command_line.current_dir(scratch.path("")).args(command.split(' ')).arg("killed");
        command_line.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let mut n_killed = 0;
    for point in 0..10_u64 {
        let mut child = start();
        std::thread::sleep(Duration::from_millis(5 + 13 * point % 50));
        // SIGKILL; a run that was quicker has ended well.
        child.kill().unwrap();
        n_killed += u32::from(!child.wait().unwrap().success());
        if scratch.path("killed/manifest.json").exists() {
            break;
        }
    }
    assert!(n_killed > 0);
    let ran = scratch.run(&format!("{command} killed"));
    if !ran.stderr().contains("manifest.json: is there already") {
        ran.exited(0);
    }
    assert_eq!(categories(&scratch, "killed"), categories(&scratch, "whole"));
    let (killed, whole) = (manifest(&scratch, "killed"), manifest(&scratch, "whole"));
    assert_eq!(killed["categories"], whole["categories"]);
    assert_eq!(killed["files"], whole["files"]);
    assert!(!scratch.path("killed/.sample-work").exists());
}

#[test]
fn a_budget_reads_a_part_and_says_what_it_costs() {
    let scratch = Scratch::new();
    for shard in 0..5 {
        scratch.write(&format!("train/part_{shard}.jsonl"), lines(shard, 400));
    }
    scratch.run("sample --root train --budget 200kB --n-per-category 20 --out-dir out").exited(0);
    let manifest = manifest(&scratch, "out");
    assert!(manifest["uniformity"].as_str().unwrap().contains("drawn from 5 of 5 shards"));
    let n_seen: u64 = manifest["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|category| category["n_seen"].as_u64().unwrap())
        .sum();
    // About 450 bytes a line.
    assert!((300..600).contains(&n_seen), "{n_seen}");
}

#[test]
fn what_is_sampled_can_be_merged_as_web_and_used() {
    let scratch = Scratch::new();
    scratch.write("corpus/cc/a.jsonl", lines(1, 90));
    scratch.write("corpus/c4/a.jsonl", lines(2, 90));
    scratch.write("corpus/arxiv/a.jsonl", lines(3, 90));
    scratch.run("sample --root corpus --out_dir data_samples").exited(0);
    let ran = scratch.run("merge-web --data_dir data_samples --total 60 --seed 42").exited(0);
    assert!(ran.stderr().contains("c4.jsonl: 30 of 90 documents"), "{}", ran.stderr());
    assert_eq!(scratch.read("data_samples/web.jsonl").lines().count(), 60);
    let error = scratch.run("merge-web --data_dir data_samples").exited(2).stderr();
    assert!(error.contains("data_samples/web.jsonl: is there already"), "{error}");
}
