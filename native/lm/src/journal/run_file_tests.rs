use super::*;

fn sections(temperature: f64) -> Map<String, Value> {
    let config = json!({"model": "m", "seed": 1, "temperature": temperature});
    Map::from_iter([("config".to_owned(), config), ("tokenizer".to_owned(), json!({"bos": 0}))])
}

fn generation(id: u64) -> Generation {
    Generation {
        id,
        prompt_id: (id % 2 == 1).then(|| format!("p{id}")),
        text: format!("text {id}\nwith \"marks\" and ünïcode"),
        n_tokens: (id != 2).then_some(id),
        finish: if id.is_multiple_of(3) { "eos" } else { "length" }.to_owned(),
    }
}

fn open(path: &Path, n_wanted: u64) -> anyhow::Result<Journal> {
    Journal::open(path, sections(1.0), n_wanted, false, "another --output")
}

/// Makes what is missing, in the order that `shuffled` gives, and returns both files' bytes.
fn complete(path: &Path, n_wanted: u64, seed: u64) -> (Vec<u8>, Vec<u8>) {
    let journal = open(path, n_wanted).unwrap();
    let mut missing = journal.missing();
    data_anatomy_core::numeric::rng::RandomStream::new(seed, 0).shuffle(&mut missing);
    for id in missing {
        journal.append(&generation(id)).unwrap();
    }
    let tally = journal.finish().unwrap();
    assert_eq!((tally.n_texts, tally.missing.len()), (n_wanted, 0));
    (fs::read(path).unwrap(), fs::read(beside(path, ".meta.json")).unwrap())
}

fn refusal(path: &Path, n_wanted: u64) -> String {
    format!("{:#}", open(path, n_wanted).unwrap_err())
}

#[test]
fn any_order_gives_the_same_sorted_file() {
    let folder = tempfile::tempdir().unwrap();
    let first = complete(&folder.path().join("a.jsonl"), 20, 1);
    let second = complete(&folder.path().join("b.jsonl"), 20, 2);
    assert_eq!(first, second);
    let ids: Vec<u64> = first
        .0
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| serde_json::from_slice::<Generation>(line).unwrap().id)
        .collect();
    assert_eq!(ids, (0..20).collect::<Vec<_>>());
    let line = r#"{"id":0,"prompt_id":null,"text":"text 0\nwith \"marks\" and ünïcode","n_tokens":0,"finish":"eos"}"#;
    assert!(first.0.starts_with(line.as_bytes()));
    let meta: Value = serde_json::from_slice(&first.1).unwrap();
    assert_eq!(
        meta["counts"],
        json!({"texts": 20, "tokens": 188, "finish": {"eos": 7, "length": 13}})
    );
    assert_eq!((&meta["complete"], &meta["config"]["seed"]), (&json!(true), &json!(1)));
}

/// A killed run leaves some prefix of what it appended: every one is taken up.
#[test]
fn resumed_from_any_byte_equals_uninterrupted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("killed.jsonl");
    let expected = complete(&folder.path().join("whole.jsonl"), 6, 1);
    let journal = open(&path, 6).unwrap();
    for id in [4, 0, 5, 2, 1, 3] {
        journal.append(&generation(id)).unwrap();
    }
    drop(journal);
    let appended = fs::read(&path).unwrap();
    for n_bytes in 0..=appended.len() {
        fs::write(&path, &appended[..n_bytes]).unwrap();
        let n_lines = appended[..n_bytes].iter().filter(|&&byte| byte == b'\n').count();
        assert_eq!(open(&path, 6).unwrap().missing().len(), 6 - n_lines);
        assert_eq!(complete(&path, 6, n_bytes as u64), expected, "{n_bytes}");
    }
}

/// Between the sorted file and its description, and before the first text.
#[test]
fn resumed_between_files_equals_uninterrupted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    let expected = complete(&path, 5, 1);
    Description::new(sections(1.0)).write(&beside(&path, ".meta.json")).unwrap();
    assert_eq!(complete(&path, 5, 2), expected);
    fs::remove_file(&path).unwrap();
    assert_eq!(complete(&path, 5, 3), expected);
}

#[test]
fn a_finished_run_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    complete(&path, 5, 1);
    let times = || {
        [path.clone(), beside(&path, ".meta.json")]
            .map(|path| fs::metadata(path).unwrap().modified().unwrap())
    };
    let before = times();
    complete(&path, 5, 1);
    assert_eq!(times(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn more_texts_may_be_wanted_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    complete(&path, 4, 1);
    assert_eq!(open(&path, 9).unwrap().missing(), [4, 5, 6, 7, 8]);
    assert!(!Description::read(&beside(&path, ".meta.json")).unwrap().unwrap().complete);
    assert_eq!(complete(&path, 9, 1), complete(&folder.path().join("whole.jsonl"), 9, 2));
    let told = refusal(&path, 8);
    assert!(told.contains("out.jsonl:9: holds text 8 while 8 texts are wanted"), "{told}");
}

#[test]
fn another_configuration_is_refused_and_force_starts_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    complete(&path, 3, 1);
    let other = || Journal::open(&path, sections(0.8), 3, false, "another --output");
    let told = other().unwrap_err().to_string();
    assert!(
        told.contains("(temperature: 1 → 0.8); --force starts anew, another --output"),
        "{told}"
    );
    let forced = Journal::open(&path, sections(0.8), 3, true, "another --output").unwrap();
    assert_eq!(forced.missing(), [0, 1, 2]);
    drop(forced);
    assert_eq!(other().unwrap().missing(), [0, 1, 2]);
}

#[test]
fn a_file_of_somebody_else_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    fs::write(&path, "precious").unwrap();
    let told = refusal(&path, 3);
    assert!(told.contains("out.jsonl: is there already, and no "), "{told}");
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    assert!(
        Journal::open(&path, sections(1.0), 3, true, "another --output").unwrap().missing().len()
            == 3
    );
    let told = refusal(folder.path(), 3);
    assert!(told.ends_with("stands there already and is no file"), "{told}");
}

#[test]
fn one_process_writes_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    let _first = open(&path, 3).unwrap();
    assert!(refusal(&path, 3).contains("out.jsonl: another run is writing to it"));
}

#[test]
fn malformed_lines_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    complete(&path, 2, 1);
    let whole = fs::read_to_string(&path).unwrap();
    let told = |added: &str| {
        fs::write(&path, format!("{whole}{added}")).unwrap();
        refusal(&path, 3)
    };
    let message = told("{\"id\":2}\n");
    assert!(
        message.contains("out.jsonl:3:8: expected a text of this run: missing field"),
        "{message}"
    );
    assert!(told("\n").contains("out.jsonl:3:"));
    let again = whole.lines().next().unwrap().to_owned() + "\n";
    assert!(told(&again).contains("out.jsonl:3: text 0 is there twice"));
}

#[test]
fn only_missing_texts_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder.path().join("out.jsonl"), 2).unwrap();
    journal.append(&generation(1)).unwrap();
    assert!(journal.append(&generation(1)).is_err());
    assert!(journal.append(&generation(2)).is_err());
    assert_eq!(journal.so_far(), (1, 1));
    assert_eq!(journal.finish().unwrap(), Tally { n_texts: 1, n_tokens: 1, missing: vec![0] });
}

#[test]
fn what_a_killed_run_left_half_written_is_removed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let left = [".partial-a.jsonl.Ab3xYz", ".partial-a.jsonl.meta.json.0aB1cD"];
    let others =
        [".partial-a.jsonl.more.Ab3xYz", ".partial-b.jsonl.Ab3xYz", ".partial-a.jsonl.note"];
    for name in left.iter().chain(&others) {
        fs::write(folder.path().join(name), "half").unwrap();
    }
    complete(&path, 3, 1);
    let there = |name: &&&str| folder.path().join(name).exists();
    assert_eq!(left.iter().filter(there).count(), 0);
    assert_eq!(others.iter().filter(there).count(), others.len());
}

#[test]
fn a_temporary_file_is_named_as_the_remover_expects() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let name = std::cell::RefCell::new(String::new());
    files::write_with(&path, |_| {
        let entry = fs::read_dir(folder.path())?.next().unwrap()?;
        *name.borrow_mut() = entry.file_name().into_string().unwrap();
        Ok(())
    })
    .unwrap();
    // A copy under the very name stands for a process that was killed there.
    fs::write(folder.path().join(name.borrow().as_str()), "half").unwrap();
    files::remove_partial(&path).unwrap();
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["a.jsonl"]);
}
