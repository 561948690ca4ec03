use std::fs;
use std::path::Path;

use data_anatomy_core::numeric::rng::RandomStream;
use serde_json::{Map, Value, json};

use super::layout::{Layout, TOKENS_PER_PART, part_name};
use super::*;

fn sections(max_tokens: u64) -> Map<String, Value> {
    Map::from_iter([("config".to_owned(), json!({"model": "m", "max_tokens": max_tokens}))])
}

#[expect(clippy::cast_possible_truncation, reason = "any number will do")]
fn narrow(number: f64) -> f32 {
    number as f32
}

/// Scores that depend on the document's number alone; every seventh document is empty.
fn scores(number: u64) -> DocumentScores {
    let mut stream = RandomStream::new(3, number);
    let n_tokens = if number % 7 == 3 { 0 } else { 1 + stream.index(40) };
    let n_scored = n_tokens.saturating_sub(1);
    let category = ["web", "code", "bücher"][stream.index(3)].to_owned();
    let mut list = |sign: f32| (0..n_scored).map(|_| sign * narrow(stream.unit())).collect();
    let (log_prob, mean, variance) = (list(-9.0), list(-5.0), list(4.0));
    DocumentScores {
        doc_id: format!("doc-{number}"),
        category,
        token_ids: (0..n_tokens).map(|_| i32::try_from(stream.index(50_304)).unwrap()).collect(),
        log_prob,
        mean,
        variance,
        text_bytes: i32::try_from(3 * n_tokens).unwrap(),
        zlib_bytes: i32::try_from(stream.index(99)).unwrap(),
    }
}

const ELSEWHERE: &str = "another --output-dir";

/// So many tokens a document that a part holds five.
const MAX_TOKENS: u64 = TOKENS_PER_PART / 5;

fn open(folder: &Path, n_documents: u64) -> anyhow::Result<ScoreWriter> {
    let size = ScoreSize { n_documents, max_tokens: MAX_TOKENS, together: 1 };
    ScoreWriter::open(folder, sections(MAX_TOKENS), size, ELSEWHERE, false)
}

/// Scores up to `limit` of the missing documents, those of each pair of parts in a random order.
fn add_missing(writer: &mut ScoreWriter, limit: usize, seed: u64) {
    let mut numbers = Vec::new();
    for ranges in writer.missing().chunks(2) {
        let mut pair: Vec<u64> = ranges.iter().cloned().flatten().collect();
        RandomStream::new(seed, 0).shuffle(&mut pair);
        numbers.extend(pair);
    }
    for number in numbers.into_iter().take(limit) {
        writer.add(number, scores(number)).unwrap();
    }
}

fn complete(folder: &Path, n_documents: u64, seed: u64) -> Vec<(String, Vec<u8>)> {
    let mut writer = open(folder, n_documents).unwrap();
    add_missing(&mut writer, usize::MAX, seed);
    let tally = writer.finish().unwrap();
    assert_eq!((tally.n_documents, tally.missing), (n_documents, vec![]));
    contents(folder)
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

fn read_all(folder: &Path) -> Vec<DocumentScores> {
    let mut documents = Vec::new();
    let reader = ScoreReader::open(folder).unwrap();
    reader
        .for_each(|document| {
            documents.push(DocumentScores {
                doc_id: document.doc_id.to_owned(),
                category: document.category.to_owned(),
                token_ids: document.token_ids.to_vec(),
                log_prob: document.log_prob.to_vec(),
                mean: document.mean.to_vec(),
                variance: document.variance.to_vec(),
                text_bytes: document.text_bytes.try_into().unwrap(),
                zlib_bytes: document.zlib_bytes.try_into().unwrap(),
            });
            Ok(())
        })
        .unwrap();
    documents
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let files = complete(folder.path(), 23, 1);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let parts = [part_name(0), part_name(1), part_name(2), part_name(3), part_name(4)];
    assert_eq!(names, [&["meta.json".to_owned()][..], &parts].concat());
    let expected: Vec<DocumentScores> = (0..23).map(scores).collect();
    assert_eq!(read_all(folder.path()), expected);
    let n_tokens: usize = expected.iter().map(|document| document.token_ids.len()).sum();
    let reader = ScoreReader::open(folder.path()).unwrap();
    let mut log_probs = Vec::new();
    for part in 0..reader.n_parts() {
        assert_eq!(reader.documents_of(part).start, log_probs.len() as u64);
        reader
            .read_log_probs(part, |list| {
                log_probs.push(list.to_vec());
                Ok(())
            })
            .unwrap();
    }
    assert!(log_probs.iter().eq(expected.iter().map(|document| &document.log_prob)));
    let counts = json!({"documents": 23, "tokens": n_tokens, "parts": 5});
    assert_eq!(Value::Object(reader.description().counts.clone()), counts);
    assert_eq!((reader.n_documents(), reader.n_parts()), (23, 5));
}

#[test]
fn resumed_anywhere_equals_uninterrupted() {
    let whole = tempfile::tempdir().unwrap();
    let expected = complete(whole.path(), 18, 1);
    for n_before in 0..18 {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = open(folder.path(), 18).unwrap();
        add_missing(&mut writer, n_before, n_before as u64);
        drop(writer);
        // What a kill in the middle of a part leaves beside it.
        fs::write(folder.path().join(".partial-abc"), "PAR1").unwrap();
        assert_eq!(complete(folder.path(), 18, 7), expected, "{n_before}");
    }
}

#[test]
fn a_finished_run_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path(), 9, 1);
    let times = || {
        let modified =
            |name: &str| fs::metadata(folder.path().join(name)).unwrap().modified().unwrap();
        ["meta.json", "part-00000.parquet"].map(modified)
    };
    let before = times();
    assert!(open(folder.path(), 9).unwrap().missing().is_empty());
    assert_eq!(times(), before);
}

#[test]
fn damaged_and_lost_parts_are_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let expected = complete(folder.path(), 14, 1);
    fs::remove_file(folder.path().join(part_name(0))).unwrap();
    let second = folder.path().join(part_name(1));
    fs::write(&second, &fs::read(&second).unwrap()[..100]).unwrap();
    // A part of another length.
    fs::copy(folder.path().join(part_name(2)), folder.path().join(part_name(1))).unwrap();
    let writer = open(folder.path(), 14).unwrap();
    assert_eq!(writer.missing(), [0..5, 5..10]);
    assert!(
        writer.damaged()[0].contains("expected 5 documents, found 4"),
        "{:?}",
        writer.damaged()
    );
    drop(writer);
    let told = ScoreReader::open(folder.path()).unwrap_err().to_string();
    assert!(told.contains("the run that writes it is not done"), "{told}");
    assert_eq!(complete(folder.path(), 14, 2), expected);
}

#[test]
fn another_configuration_is_refused_and_force_starts_anew() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path(), 9, 1);
    let told = open(folder.path(), 10).unwrap_err().to_string();
    assert!(
        told.contains("(layout.documents: 9 → 10); --force starts anew, another --output-dir"),
        "{told}"
    );
    let size = ScoreSize { n_documents: 9, max_tokens: 7, together: 1 };
    let other = |force| ScoreWriter::open(folder.path(), sections(7), size, ELSEWHERE, force);
    let told = other(false).unwrap_err().to_string();
    assert!(told.contains("; max_tokens: 52428 → 7)"), "{told}");
    assert_eq!(other(true).unwrap().missing(), vec![0..9; 1]);
    assert_eq!(contents(folder.path()).len(), 1);
}

#[test]
fn parts_of_somebody_else_are_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(part_name(0)), "precious").unwrap();
    let told = open(folder.path(), 9).unwrap_err().to_string();
    assert!(told.contains("holds part-00000.parquet and no meta.json"), "{told}");
    assert_eq!(fs::read(folder.path().join(part_name(0))).unwrap(), b"precious");
}

#[test]
fn one_process_writes_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let _first = open(folder.path(), 9).unwrap();
    assert!(
        open(folder.path(), 9).unwrap_err().to_string().contains("another run is writing to it")
    );
}

#[test]
fn scores_that_cannot_be_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = open(folder.path(), 9).unwrap();
    let mut told = |number, document| writer.add(number, document).unwrap_err().to_string();
    let spoilt = |change: fn(&mut DocumentScores)| {
        let mut document = scores(1);
        change(&mut document);
        document
    };
    assert!(told(1, spoilt(|one| one.mean.truncate(1))).contains("1 values of mean for"));
    assert!(
        told(1, spoilt(|one| one.variance[0] = f32::NAN))
            .contains("gave NaN as variance of token 1")
    );
    assert!(told(9, scores(9)).contains("document 9 is not one of the missing"));
    writer.add(1, scores(1)).unwrap();
    assert!(writer.add(1, scores(1)).is_err());
}

#[test]
fn parts_hold_so_many_documents_as_their_numbers_decide() {
    for (max_tokens, expected) in [(1, 1024), (256, 1024), (512, 512), (2048, 128), (1 << 20, 1)] {
        let layout = Layout::new(ScoreSize { n_documents: 1000, max_tokens, together: 1 });
        assert_eq!(layout.documents_per_part, expected, "{max_tokens}");
        let documents: Vec<u64> =
            (0..layout.n_parts()).flat_map(|part| layout.range(part)).collect();
        assert!(documents.iter().copied().eq(0..1000));
        assert!(documents.iter().all(|&one| layout.range(layout.part_of(one)).contains(&one)));
    }
    let of = |n_documents, max_tokens, together| {
        Layout::new(ScoreSize { n_documents, max_tokens, together })
    };
    assert_eq!(of(0, 512, 1).n_parts(), 0);
    for (max_tokens, together, expected) in [(256, 10, 1020), (512, 10, 510), (1 << 20, 10, 10)] {
        let layout = of(1000 * together, max_tokens, together);
        assert_eq!(layout.documents_per_part, expected, "copies of a text are in one part");
    }
}

#[test]
fn no_documents_are_scores_too() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path(), 0, 1);
    assert_eq!(read_all(folder.path()), []);
}

/// A folder of one part, whose bytes can be changed.
struct OnePart {
    folder: tempfile::TempDir,
    whole: Vec<u8>,
}

impl OnePart {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        complete(folder.path(), 5, 1);
        let whole = fs::read(folder.path().join(part_name(0))).unwrap();
        Self { folder, whole }
    }

    /// What reading gives with these bytes in the part's place: a number of documents or an error.
    fn read(&self, bytes: &[u8]) -> anyhow::Result<usize> {
        fs::write(self.folder.path().join(part_name(0)), bytes).unwrap();
        let mut n_documents = 0;
        let reader = ScoreReader::open(self.folder.path())?;
        // Reads less, and so may miss what is wrong; it must not panic.
        let _ = reader.read_log_probs(0, |_| Ok(()));
        reader.for_each(|_| {
            n_documents += 1;
            Ok(())
        })?;
        Ok(n_documents)
    }
}

#[test]
fn every_truncated_part_is_refused() {
    let part = OnePart::new();
    assert_eq!(part.read(&part.whole).unwrap(), 5);
    for n_bytes in (0..part.whole.len()).step_by(7) {
        assert!(part.read(&part.whole[..n_bytes]).is_err(), "{n_bytes}");
    }
}

/// Half of the cases change the footer, where places and sizes are.
#[test]
fn changed_bytes_never_panic() {
    let part = OnePart::new();
    let mut n_refused = 0;
    for case in 0..2_000 {
        let mut stream = RandomStream::new(8, case);
        let mut bytes = part.whole.clone();
        let start = if case % 2 == 0 { 0 } else { bytes.len() - bytes.len() / 3 };
        for _ in 0..=stream.index(5) {
            let place = start + stream.index(bytes.len() - start);
            bytes[place] = stream.bits().to_le_bytes()[0];
        }
        match part.read(&bytes) {
            // A changed number is not noticed, nor need it be.
            Ok(n_documents) => assert_eq!(n_documents, 5),
            Err(_) => n_refused += 1,
        }
    }
    assert!((200..2_000).contains(&n_refused), "{n_refused}");
}

#[test]
fn folders_of_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let told = || ScoreReader::open(folder.path()).unwrap_err().to_string();
    assert!(told().contains("expected a folder that `data-anatomy score` wrote"), "{}", told());
    let meta = json!({"schema_version": 1, "tool": {"name": "", "version": ""}, "complete": true,
        "layout": {"documents": 3, "documents_per_part": 0}});
    fs::write(folder.path().join("meta.json"), meta.to_string()).unwrap();
    assert!(told().contains("expected the description of scores"), "{}", told());
}
