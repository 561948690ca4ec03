use super::*;

fn write_part(folder: &Path, name: &str, texts: impl Iterator<Item = String>) {
    let lines = texts.map(|text| serde_json::json!({"text": text, "id": name}).to_string() + "\n");
    fs::write(folder.join(name), lines.collect::<String>()).unwrap();
}

fn settings(folder: &Path, total: usize) -> Settings {
    Settings { total, seed: 1, ..Settings::of(folder) }
}

fn ids(folder: &Path) -> Vec<String> {
    let web = fs::read_to_string(folder.join("web.jsonl")).unwrap();
    web.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].to_string()).collect()
}

#[test]
fn half_of_each_is_drawn_and_what_both_hold_once() {
    let folder = tempfile::tempdir().unwrap();
    write_part(folder.path(), "commoncrawl.jsonl", (0..300).map(|n| format!("document {n}")));
    write_part(folder.path(), "c4.jsonl", (200..500).map(|n| format!("Document  {n}")));
    let merged = run(&settings(folder.path(), 101)).unwrap();
    let kept: Vec<usize> = merged.parts.iter().map(|part| part.n_kept).collect();
    assert_eq!(kept, [51, 50]);
    assert_eq!(ids(folder.path()).len(), 101);
    let texts = fs::read_to_string(folder.path().join("web.jsonl")).unwrap();
    let distinct: BTreeSet<u64> = texts
        .lines()
        .map(|line| {
            fingerprint(serde_json::from_str::<Value>(line).unwrap()["text"].as_str().unwrap())
        })
        .collect();
    assert_eq!(distinct.len(), 101);
    let again = run(&settings(folder.path(), 101)).unwrap_err().to_string();
    assert!(again.contains("web.jsonl: is there already"), "{again}");
    assert_eq!(run(&Settings { force: true, ..settings(folder.path(), 101) }).unwrap(), merged);
}

#[test]
fn shares_follow_the_corpora_where_the_manifest_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    write_part(folder.path(), "commoncrawl.jsonl", (0..300).map(|n| format!("a {n}")));
    write_part(folder.path(), "c4.jsonl", (0..300).map(|n| format!("b {n}")));
    let by_documents = Settings { share: ShareKind::Documents, ..settings(folder.path(), 100) };
    assert!(run(&by_documents).unwrap_err().to_string().contains("manifest.json"));
    let manifest = r#"{"categories": [{"name": "C4", "n_qualified": 100}, {"name": "CommonCrawl", "n_qualified": 300}]}"#;
    fs::write(folder.path().join(MANIFEST), manifest).unwrap();
    let merged = run(&by_documents).unwrap();
    assert_eq!(merged.parts.iter().map(|part| part.n_kept).collect::<Vec<_>>(), [75, 25]);
}

#[test]
fn a_missing_part_is_named_and_a_small_one_gives_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    write_part(folder.path(), "commoncrawl.jsonl", (0..9).map(|n| format!("a {n}")));
    let error = run(&settings(folder.path(), 100)).unwrap_err().to_string();
    assert!(error.contains("expected c4.jsonl, found none"), "{error}");
    write_part(folder.path(), "c4.jsonl", (0..90).map(|n| format!("b {n}")));
    let merged = run(&settings(folder.path(), 100)).unwrap();
    assert_eq!(merged.parts.iter().map(|part| part.n_kept).collect::<Vec<_>>(), [9, 50]);
}

#[test]
fn documents_come_out_as_they_went_in_and_those_without_a_text_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let line = r#"{"z": 1, "n": 123456789012345678901234567890, "text": "a \u00e9", "big": 1e400, "a": {"text": 2}}"#;
    fs::write(folder.path().join("commoncrawl.jsonl"), format!("{line}\n{{\"no\": 1}}\n")).unwrap();
    write_part(folder.path(), "c4.jsonl", ["b".to_owned()].into_iter());
    let huge = run(&settings(folder.path(), usize::MAX)).unwrap();
    assert_eq!(huge.parts.iter().map(|part| part.n_kept).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(huge.parts.iter().map(|part| part.n_without_text).collect::<Vec<_>>(), [1, 0]);
    let web = fs::read_to_string(folder.path().join("web.jsonl")).unwrap();
    assert!(web.lines().any(|other| other == line), "{web}");
    fs::write(folder.path().join("c4.jsonl"), "{\"no\": 1}\n").unwrap();
    let settings = Settings { force: true, ..settings(folder.path(), 10) };
    let error = run(&settings).unwrap_err().to_string();
    assert!(error.contains("c4.jsonl: expected documents with a text, found none"), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("web.jsonl")).unwrap(), web);
}

#[test]
fn a_part_that_shares_all_its_documents_is_filled_with_what_the_other_has_over() {
    let folder = tempfile::tempdir().unwrap();
    write_part(folder.path(), "commoncrawl.jsonl", (0..30).map(|n| format!("document {n}")));
    write_part(folder.path(), "c4.jsonl", (0..30).map(|n| format!("Document  {n}")));
    for total in [10, 29, 30] {
        let merged = run(&Settings { force: true, ..settings(folder.path(), total) }).unwrap();
        let kept: usize = merged.parts.iter().map(|part| part.n_kept).sum();
        assert_eq!(kept, total);
    }
}
