//! Whole samples of small corpora.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use super::window::WindowKind;
use super::*;

/// A folder in memory where there is one: these tests make many small files.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Settings for documents of any length.
fn settings(root: &Path, out_dir: &Path) -> Settings {
    Settings { min_chars: 1, ..Settings::of(root, out_dir) }
}

fn sample(settings: &Settings) -> anyhow::Result<Sampled> {
    fs::create_dir_all(&settings.out_dir).unwrap();
    run(settings, &Progress::new(true))
}

fn write(root: &Path, name: &str, lines: impl IntoIterator<Item = Value>) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let lines: String = lines.into_iter().map(|line| format!("{line}\n")).collect();
    fs::write(path, lines).unwrap();
}

/// The texts kept of a category.
fn kept(out_dir: &Path, key: &str) -> Vec<String> {
    let content = fs::read_to_string(out_dir.join(format!("{key}.jsonl"))).unwrap();
    let text = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap()["text"].as_str().unwrap().to_owned()
    };
    content.lines().map(text).collect()
}

/// All files of a folder but the manifest, which holds the time.
fn contents(out_dir: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(out_dir).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    files
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

const UNEQUAL: [usize; 5] = [1, 3, 10, 40, 66];

/// Shards of unequal sizes of one category; documents are numbered.
fn unequal_shards(root: &Path) {
    let mut number = 0;
    for (index, n) in UNEQUAL.into_iter().enumerate() {
        let lines = (0..n).map(|_| {
            number += 1;
            json!({"text": format!("{} {}", number - 1, "x".repeat(number % 90))})
        });
        write(root, &format!("c4/{index}.jsonl"), lines);
    }
}

#[test]
fn every_document_of_unequal_shards_is_drawn_alike() {
    const N_SAMPLES: u32 = 2_000;
    const N_DRAWN: usize = 12;
    let folder = folder();
    let (root, out) = (folder.path().join("corpus"), folder.path().join("out"));
    unequal_shards(&root);
    let n_documents: usize = UNEQUAL.iter().sum();
    let mut counts = vec![0.0_f64; n_documents];
    for seed in 0..N_SAMPLES {
        // Little room for candidates, so that much is refused on the way.
        let settings = Settings {
            n_per_category: N_DRAWN,
            seed: u64::from(seed),
            force: true,
            oversample: 1.0,
            near_dup: 0.0,
            ..settings(&root, &out)
        };
        sample(&settings).unwrap();
        let drawn = kept(&out, "c4");
        assert_eq!(drawn.len(), N_DRAWN);
        for text in drawn {
            counts[text.split(' ').next().unwrap().parse::<usize>().unwrap()] += 1.0;
        }
    }
    let ones = vec![1; n_documents];
    // 172.4 is exceeded once in 1,000 with 119 degrees of freedom, 18.47 with 4.
    let chi2 = chi_square(&counts, &ones, N_SAMPLES, N_DRAWN);
    assert!(chi2 < 172.4, "{chi2} {counts:?}");
    let mut rest = counts.as_slice();
    let by_shard = UNEQUAL.map(|n| {
        let (shard, others) = rest.split_at(n);
        rest = others;
        shard.iter().sum::<f64>()
    });
    let chi2 = chi_square(&by_shard, &UNEQUAL, N_SAMPLES, N_DRAWN);
    assert!(chi2 < 18.47, "{chi2} {by_shard:?}");
}

/// Pearson's statistic of how often members of groups of these sizes were in `n_samples` samples of
/// `n_drawn` without replacement, which vary less than draws with replacement do.
fn chi_square(counts: &[f64], sizes: &[usize], n_samples: u32, n_drawn: usize) -> f64 {
    let n_all: usize = sizes.iter().sum();
    let squares = counts.iter().zip(sizes).map(|(count, &size)| {
        let expected = f64::from(n_samples) * (n_drawn * size) as f64 / n_all as f64;
        (count - expected).powi(2) / expected
    });
    squares.sum::<f64>() * (n_all - 1) as f64 / (n_all - n_drawn) as f64
}

/// A mixed corpus: two well-known sets, duplicates within and across them, short documents.
fn mixed_corpus(root: &Path) {
    for shard in 0..7 {
        let lines = (0..50 + 30 * shard).map(|line| {
            let set = if (shard + line) % 3 == 0 { "RedPajamaBook" } else { "RedPajamaC4" };
            let text = match line % 10 {
                0 => format!("the same everywhere {}", line % 20),
                1 => "short".to_owned(),
                _ => (0..40)
                    .map(|word| format!("w{} ", (word * 31 + line * 7 + shard * 1_009) % 4_001))
                    .collect(),
            };
            json!({"meta": {"redpajama_set_name": set}, "text": text})
        });
        write(root, &format!("chunk{}/part_{shard}.jsonl", shard % 2), lines);
    }
}

#[test]
fn one_and_eight_threads_draw_the_same_documents() {
    let folder = folder();
    let root = folder.path().join("corpus");
    mixed_corpus(&root);
    let on_threads = |n: usize| {
        let out = folder.path().join(format!("out{n}"));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        let settings = Settings {
            n_per_category: 40,
            min_chars: 10,
            max_chars: 60,
            window: WindowKind::Random,
            ..settings(&root, &out)
        };
        pool.install(|| sample(&settings)).unwrap();
        contents(&out)
    };
    let one = on_threads(1);
    assert_eq!(one.keys().collect::<Vec<_>>(), ["books.jsonl", "c4.jsonl"]);
    assert_eq!(one, on_threads(8));
    assert_eq!(one, on_threads(3));
}

#[test]
fn little_room_for_candidates_costs_passes_and_changes_nothing() {
    let folder = folder();
    let root = folder.path().join("corpus");
    // Every tenth text is new: nine in ten candidates are near duplicates.
    let words = |n: usize| (0..60).map(|word| format!("w{} ", n * 60 + word)).collect::<String>();
    for shard in 0..4 {
        let lines = (0..200)
            .map(|n| json!({"text": format!("{} end {shard} {n}", words(n / 10 + shard * 20))}));
        write(&root, &format!("c4/{shard}.jsonl"), lines);
    }
    let with = |oversample: f64| {
        let out = folder.path().join(oversample.to_string());
        let settings = Settings { n_per_category: 60, oversample, ..settings(&root, &out) };
        let sampled = sample(&settings).unwrap();
        (contents(&out), sampled.manifest)
    };
    let (little, manifest) = with(1.0);
    assert!(manifest["n_passes"].as_u64().unwrap() > 1, "{manifest}");
    assert_eq!(manifest["categories"][0]["n_kept"], 60);
    let (ample, manifest) = with(50.0);
    assert_eq!(manifest["n_passes"], 1);
    assert_eq!(little, ample);
}

#[test]
fn the_sample_is_full_whatever_the_shards_threads_and_interruptions() {
    let folder = folder();
    // 200 texts, each twice but for its case: every shard has room for its own, all together have not.
    let lines: Vec<Value> = (0..200)
        .flat_map(|n| [format!("text number {n}"), format!("TEXT number {n}")])
        .map(|text| json!({"text": text, "source": "c4"}))
        .collect();
    let settings = |root: PathBuf, out: &Path| Settings {
        n_per_category: 200,
        near_dup: 0.0,
        ..settings(&root, out)
    };
    let corpus = |n_shards: usize| {
        let root = folder.path().join(format!("corpus{n_shards}"));
        for (shard, lines) in lines.chunks(lines.len().div_ceil(n_shards)).enumerate() {
            write(&root, &format!("{shard}.jsonl"), lines.to_vec());
        }
        root
    };
    let texts = |out: &Path| kept(out, "c4");
    let drawn = |n_shards: usize, n_threads: usize| {
        let out = folder.path().join(format!("out{n_shards}-{n_threads}"));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        let sampled = pool.install(|| sample(&settings(corpus(n_shards), &out))).unwrap();
        (texts(&out), sampled.manifest["n_passes"].as_u64())
    };
    let whole = drawn(1, 1);
    assert_eq!((whole.0.len(), whole.1), (200, Some(2)));
    for (n_shards, n_threads) in [(2, 1), (3, 1), (3, 2), (3, 3), (9, 2)] {
        assert_eq!(drawn(n_shards, n_threads), whole, "{n_shards} shards, {n_threads} threads");
    }
    // Interrupted behind the second pass: what it left had more room than the first pass has.
    for n_shards in [1, 3] {
        let out = folder.path().join(format!("again{n_shards}"));
        fs::create_dir_all(out.join("c4.jsonl")).unwrap();
        sample(&settings(corpus(n_shards), &out)).unwrap_err();
        assert!(out.join(".sample-work/shards").read_dir().unwrap().count() > 0);
        fs::remove_dir(out.join("c4.jsonl")).unwrap();
        let sampled = sample(&settings(corpus(n_shards), &out)).unwrap();
        assert_eq!((texts(&out), sampled.manifest["n_passes"].as_u64()), whole);
    }
}

#[test]
fn duplicates_within_and_across_categories_and_excluded_documents_are_left_out() {
    let folder = folder();
    let (root, out) = (folder.path().join("corpus"), folder.path().join("out"));
    let words = |n: usize| (0..100).map(|word| format!("w{} ", n * 100 + word)).collect::<String>();
    let text = |text: String| json!({"text": text});
    write(&root, "c4/0.jsonl", (0..20).map(|n| text(words(n))));
    // The same again: copies of bytes, other case and spacing, one word of a hundred replaced.
    write(&root, "c4/1.jsonl", (0..5).map(|n| text(words(n))));
    write(&root, "c4/2.jsonl", (5..10).map(|n| text(words(n).to_uppercase().replace(' ', "\n "))));
    write(
        &root,
        "arxiv/0.jsonl",
        (10..15)
            .map(|n| text(words(n).replacen('w', "v", 1)))
            .chain((30..40).map(|n| text(words(n)))),
    );
    write(&folder.path().join("held_out"), "eval.jsonl", (18..20).map(|n| text(words(n))));
    let exclude = vec![folder.path().join("held_out")];
    let settings = Settings { exclude, ..Settings::of(&root, &out) };
    let manifest = sample(&settings).unwrap().manifest;
    let texts: Vec<String> = kept(&out, "c4").into_iter().chain(kept(&out, "arxiv")).collect();
    // 20 + 10 different documents, less two that are excluded.
    assert_eq!(texts.len(), 28);
    let distinct: BTreeSet<String> =
        texts.iter().map(|text| text.to_lowercase().split_whitespace().skip(1).collect()).collect();
    assert_eq!(distinct.len(), 28);
    let (arxiv, c4) = (&manifest["categories"][0], &manifest["categories"][1]);
    let sum = |field: &str| {
        arxiv["duplicates"][field].as_u64().unwrap() + c4["duplicates"][field].as_u64().unwrap()
    };
    assert_eq!([sum("copies"), sum("equal"), sum("near"), sum("excluded")], [5, 5, 5, 2]);
    assert_eq!(sum("twin_in_other_category"), 5);
    assert_eq!(manifest["n_documents_to_exclude"], 2);
}

#[test]
fn whole_lengths_are_told_of_all_documents_before_any_cut() {
    let folder = folder();
    let (root, out) = (folder.path().join("corpus"), folder.path().join("out"));
    // 1 to 1,000 characters, of which one in two is two bytes.
    write(
        &root,
        "books/0.jsonl",
        (1..=1_000).map(|n| json!({"text": "aé".repeat(n).chars().take(n).collect::<String>()})),
    );
    let settings =
        Settings { min_chars: 501, max_chars: 100, near_dup: 0.0, ..settings(&root, &out) };
    let manifest = sample(&settings).unwrap().manifest;
    let books = &manifest["categories"][0];
    assert_eq!(
        (&books["n_seen"], &books["n_qualified"], &books["n_kept"]),
        (&json!(1_000), &json!(500), &json!(1))
    );
    assert_eq!(books["document_chars"]["seen"]["mean"], 500.5);
    assert_eq!(books["document_chars"]["qualified"]["mean"], 750.5);
    let median = books["document_chars"]["seen"]["percentiles"]["p50"].as_u64().unwrap();
    assert!(median.abs_diff(500) <= 4, "{median}");
    assert_eq!(books["text_bytes"], 500_500 + 250_000);
    assert!(kept(&out, "books").iter().all(|text| text.chars().count() == 100));
}

#[test]
fn an_interrupted_run_goes_on_and_gives_the_same_sample() {
    let folder = folder();
    let root = folder.path().join("corpus");
    mixed_corpus(&root);
    let with = |n_per_category: usize, out: &Path| {
        sample(&Settings { n_per_category, min_chars: 10, ..settings(&root, out) })
    };
    let whole = folder.path().join("whole");
    with(30, &whole).unwrap();
    // Interrupted by a folder in the way of the manifest, after everything was read.
    let out = folder.path().join("out");
    fs::create_dir_all(out.join("books.jsonl")).unwrap();
    let error = format!("{:#}", with(30, &out).unwrap_err());
    assert!(error.contains("books.jsonl: is there already"), "{error}");
    let work = out.join(".sample-work/shards");
    let reports = || {
        let files = fs::read_dir(&work).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(reports().len(), 7);
    // As killed between shards, and within one that had left half of its candidates.
    let some: Vec<PathBuf> = reports().into_iter().take(3).collect();
    for report in &some {
        fs::remove_file(report).unwrap();
    }
    fs::write(some[0].with_extension("headers"), "{\"category\": \"c4\", \"prio").unwrap();
    // As after a loss of power: the report is there, but not what it tells of.
    for (report, ending) in reports().into_iter().zip(["headers", "texts"]) {
        let unwritten = report.with_extension(ending);
        fs::write(&unwritten, vec![0; fs::read(&unwritten).unwrap().len()]).unwrap();
    }
    fs::remove_dir(out.join("books.jsonl")).unwrap();
    let error = format!("{:#}", with(31, &out).unwrap_err());
    assert!(error.contains("n_per_category was 30, is 31") && error.contains("--force"), "{error}");
    with(30, &out).unwrap();
    assert_eq!(contents(&out), contents(&whole));
    assert!(!out.join(".sample-work").exists());
    let error = with(30, &out).unwrap_err().to_string();
    assert!(error.contains("manifest.json: is there already"), "{error}");
}

#[test]
fn forcing_replaces_the_whole_sample() {
    let folder = folder();
    let (root, out) = (folder.path().join("corpus"), folder.path().join("out"));
    mixed_corpus(&root);
    let settings = Settings { n_per_category: 5, min_chars: 10, ..settings(&root, &out) };
    sample(&settings).unwrap();
    fs::write(out.join("mine.jsonl"), "").unwrap();
    let categories = vec!["c4".to_owned()];
    sample(&Settings { categories, force: true, ..settings }).unwrap();
    assert_eq!(contents(&out).keys().collect::<Vec<_>>(), ["c4.jsonl", "mine.jsonl"]);
}

#[test]
fn a_shard_that_changed_is_read_again() {
    let folder = folder();
    let (root, out) = (folder.path().join("corpus"), folder.path().join("out"));
    let document = |text: String| json!({"text": text, "source": "c4"});
    write(&root, "0.jsonl", (0..3).map(|n| document(format!("before {n}"))));
    fs::create_dir_all(out.join("c4.jsonl")).unwrap();
    sample(&settings(&root, &out)).unwrap_err();
    assert!(out.join(".sample-work/shards").read_dir().unwrap().count() > 0);
    write(&root, "0.jsonl", (0..4).map(|n| document(format!("afterwards {n}"))));
    fs::remove_dir(out.join("c4.jsonl")).unwrap();
    sample(&settings(&root, &out)).unwrap();
    assert!(kept(&out, "c4").iter().all(|text| text.starts_with("afterwards")));
}

#[test]
fn what_is_wrong_with_folders_is_told_before_the_corpus_is_read() {
    let folder = folder();
    let (root, out) = (folder.path().join("corpus"), folder.path().join("out"));
    write(&root, "c4/0.jsonl", (0..3).map(|n| json!({"text": format!("text {n}")})));
    let refused = |settings: Settings| {
        let out = settings.out_dir.clone();
        let error = format!("{:#}", sample(&settings).unwrap_err());
        let shards = out.join(".sample-work/shards");
        assert!(shards.read_dir().into_iter().flatten().count() == 0, "{error}");
        error
    };
    let excluding = |folder: &Path, out: &Path| {
        let exclude = vec![folder.to_owned()];
        Settings { exclude, ..settings(&root, out) }
    };
    let error = refused(excluding("/nonexistent".as_ref(), &out));
    assert_eq!(error, "--exclude: /nonexistent: cannot be read: there is no such file");
    // Mended, it goes on.
    let held_out = folder.path().join("held_out");
    write(&held_out, "eval.jsonl", [json!({"text": "text 1"})]);
    sample(&excluding(&held_out, &out)).unwrap();
    assert_eq!(kept(&out, "c4").len(), 2);
    // A sample can be kept out of the next one, manifest and all.
    let next = folder.path().join("next");
    let manifest = sample(&excluding(&out, &next)).unwrap().manifest;
    assert_eq!(
        (kept(&next, "c4"), &manifest["n_documents_to_exclude"]),
        (vec!["text 1".to_owned()], &json!(2))
    );
    let error = refused(Settings { force: true, ..settings(&root, &root) });
    assert!(error.contains("the corpus lies there"), "{error}");
    assert_eq!(fs::read_to_string(root.join("c4/0.jsonl")).unwrap().lines().count(), 3);
    let other = folder.path().join("other");
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("c4.jsonl"), "mine").unwrap();
    let error = refused(settings(&root, &other));
    assert!(error.contains("c4.jsonl: is there already"), "{error}");
}

#[test]
fn a_run_interrupted_at_its_very_end_is_finished() {
    let folder = folder();
    let (root, out) = (folder.path().join("corpus"), folder.path().join("out"));
    write(&root, "c4/0.jsonl", (0..3).map(|n| json!({"text": format!("text {n}")})));
    let categories = ["c4", "arxiv"].map(str::to_owned).to_vec();
    let settings = Settings { categories, ..settings(&root, &out) };
    let Sampled { manifest, empty } = sample(&settings).unwrap();
    assert_eq!(empty, ["arxiv"]);
    let leaving = out.join(".sample-work.removed");
    fs::create_dir_all(leaving.join("shards")).unwrap();
    let other = Settings { min_chars: 2, ..settings.clone() };
    let error = sample(&other).unwrap_err().to_string();
    assert!(error.contains("is there already"), "{error}");
    fs::create_dir_all(leaving.join("shards")).unwrap();
    let again = sample(&settings).unwrap();
    assert_eq!((again.manifest, again.empty), (manifest, empty));
    assert!(!leaving.exists());
    sample(&settings).unwrap_err();
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let folder = folder();
    let work = Work::at(folder.path()).unwrap();
    let record = serde_json::Map::new();
    work.open(&record, false).unwrap();
    let other = Work::at(folder.path()).unwrap();
    let error = other.open(&record, true).unwrap_err().to_string();
    assert!(error.contains("another run is at work there"), "{error}");
    drop(work);
    other.open(&record, false).unwrap();
}

#[test]
fn what_faults_and_names_repeat_of_a_file_is_short() {
    let folder = folder();
    let (root, out) = (folder.path().join("corpus"), folder.path().join("out"));
    let long = "secret words ".repeat(100_000);
    let name = format!("c{}4", "-".repeat(100_000));
    let bad = [
        json!(long),
        json!([long]),
        json!({"text": "a", "source": name}),
        json!({"text": [long], "source": "c4"}),
    ];
    write(&root, "0.jsonl", [json!({"text": "good", "source": "c4"})].into_iter().chain(bad));
    let sampled = sample(&settings(&root, &out)).unwrap();
    assert_eq!(sampled.manifest["lost"]["documents"], 4);
    let manifest = sampled.manifest.to_string();
    assert!(manifest.len() < 8_000, "{}", manifest.len());
    assert!(manifest.contains("expected an object, found `\\\"secret words"), "{manifest}");
    assert!(manifest.contains("too long for the name of a category"), "{manifest}");
}

#[test]
fn hostile_names_of_categories_are_faults_and_too_many_stop_the_run() {
    let folder = folder();
    let (root, out) = (folder.path().join("corpus"), folder.path().join("out"));
    let line = |set: String| json!({"text": format!("a text of {set}"), "source": set});
    let hostile =
        ["..", "../../etc/passwd", "", "a/b", &"x".repeat(300)].map(|name| line(name.to_owned()));
    write(&root, "0.jsonl", hostile);
    let sampled = sample(&settings(&root, &out)).unwrap();
    assert_eq!(contents(&out).keys().collect::<Vec<_>>(), ["a-b.jsonl", "etc-passwd.jsonl"]);
    assert_eq!(sampled.manifest["lost"]["documents"], 3);
    write(&root, "0.jsonl", (0..2_000).map(|n| line(format!("set {n}"))));
    let error = sample(&settings(&root, &folder.path().join("more"))).unwrap_err().to_string();
    assert!(error.contains("more than 1024 categories"), "{error}");
}
