use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::super::shard;
use super::*;

/// What was read of a shard: places, texts or faults; and why it ended early.
type Outcome = (Vec<(String, std::result::Result<String, String>)>, Option<String>);

fn read_file(path: &Path, part: Part, category: &[&str]) -> Outcome {
    let shards =
        shard::find(path, "none".as_ref(), &["text".to_owned(), "id".to_owned()]).unwrap().shards;
    let fields = Fields {
        text: vec!["text".to_owned()],
        category: category.iter().map(|step| (*step).to_owned()).collect(),
    };
    let n_read = AtomicU64::new(0);
    let mut found = Vec::new();
    let lost = read(&shards[0], part, &fields, &n_read, &mut |place, document| {
        let document = document.map(|document| {
            let text = document.text.unpacked().unwrap().into_owned();
            document.category.map_or_else(|| text.clone(), |category| format!("{category}/{text}"))
        });
        found.push((place.to_string(), document.map_err(|fault| fault.detail)));
    });
    (found, lost)
}

fn texts(outcome: &Outcome) -> Vec<&str> {
    outcome.0.iter().map(|(_, text)| text.as_deref().unwrap()).collect()
}

fn lines(n: usize) -> Vec<u8> {
    (0..n)
        .map(|number| format!("{{\"text\": \"document {number}\"}}\n"))
        .collect::<String>()
        .into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A Parquet file of rows (text or null, category), with so many rows per group.
fn parquet(path: &Path, rows: &[(Option<&str>, &str)], per_group: usize) {
    let schema = "message m { optional binary text (UTF8); optional group meta { required binary set (UTF8); } }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let file = fs::File::create(path).unwrap();
    let mut writer =
        SerializedFileWriter::new(file, schema, Arc::new(WriterProperties::new())).unwrap();
    for rows in rows.chunks(per_group) {
        let mut group = writer.next_row_group().unwrap();
        let texts: Vec<ByteArray> =
            rows.iter().filter_map(|(text, _)| Some(ByteArray::from((*text)?))).collect();
        let levels: Vec<i16> = rows.iter().map(|(text, _)| i16::from(text.is_some())).collect();
        let sets: Vec<ByteArray> = rows.iter().map(|(_, set)| ByteArray::from(*set)).collect();
        for (values, levels) in [(texts, levels), (sets, vec![1; rows.len()])] {
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn every_format_gives_the_same_documents() {
    let folder = tempfile::tempdir().unwrap();
    let plain = lines(500);
    let (first, second) = plain.split_at(plain.len() / 3);
    let two_frames =
        [zstd::encode_all(first, 3).unwrap(), zstd::encode_all(second, 1).unwrap()].concat();
    let list = format!(
        "\u{feff} [{}]",
        String::from_utf8(lines(500)).unwrap().trim_end().replace('\n', ",\n")
    );
    let expected: Vec<String> = (0..500).map(|number| format!("document {number}")).collect();
    for (name, bytes) in [
        ("a.jsonl", plain.clone()),
        ("a.jsonl.zst", two_frames),
        ("a.json.gz", [gzip(first), gzip(second)].concat()),
        ("a.json", list.clone().into_bytes()),
        ("list.json.zst", zstd::encode_all(list.as_bytes(), 1).unwrap()),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let outcome = read_file(&path, Part::Whole, &[]);
        assert_eq!(texts(&outcome), expected, "{name}");
        assert_eq!(outcome.1, None, "{name}");
    }
    let path = folder.path().join("a.parquet");
    let rows: Vec<(Option<&str>, &str)> =
        expected.iter().map(|text| (Some(text.as_str()), "x")).collect();
    parquet(&path, &rows, 300);
    assert_eq!(texts(&read_file(&path, Part::Whole, &[])), expected);
    assert_eq!(texts(&read_file(&path, Part::Whole, &["meta", "set"]))[499], "x/document 499");
}

#[test]
fn damaged_shards_give_what_comes_before_and_say_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    // Incompressible enough for several blocks.
    let many: Vec<u8> = (0..40_000_u64)
        .map(|n| format!("{{\"text\": \"{:x}\"}}\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        .collect::<String>()
        .into_bytes();
    let zst = zstd::encode_all(many.as_slice(), 3).unwrap();
    let gz = gzip(&many);
    let mut flipped = zst.clone();
    flipped[zst.len() / 2] ^= 0xff;
    for (name, bytes, lost, at_least) in [
        ("cut.zst", &zst[..zst.len() / 2], "it ends before its data do", 1_000),
        ("cut.gz", &gz[..gz.len() / 2], "it ends before its data do", 1_000),
        ("flipped.zst", &flipped, "", 0),
        ("plain.zst", &many, "expected Zstandard data, found something else", 0),
        ("plain.gz", &many, "expected gzip data, found something else", 0),
        ("pointer.zst", b"version https://git-lfs.github.com/spec/v1\n", "pointer of Git LFS", 0),
        ("empty.jsonl", b"", "it is empty", 0),
        ("cut.parquet", b"PAR1 and nothing", "", 0),
        ("cut.json", b"[{\"text\": \"a\"}, {\"text\"", "it ends before its data do", 1),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let (found, reason) = read_file(&path, Part::Whole, &[]);
        let is_named = reason.as_ref().is_some_and(|reason| reason.contains(lost));
        // A flipped byte may also pass as another text, which no checksum of this frame denies.
        assert!(is_named || name == "flipped.zst", "{name}: {reason:?}");
        assert!(found.len() >= at_least && found.len() <= 40_001, "{name}: {}", found.len());
    }
}

#[test]
fn bad_lines_are_named_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    fs::write(
        &path,
        b"{\"text\": \"a\"}\n\n{\"text\": 3}\nno\n{\"text\": \"\xff\"}\n{\"text\": \"b\"}",
    )
    .unwrap();
    let (found, lost) = read_file(&path, Part::Whole, &[]);
    assert_eq!(lost, None);
    let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["line 1", "line 3", "line 4", "line 5", "line 6"]);
    let read: Vec<bool> = found.iter().map(|(_, text)| text.is_ok()).collect();
    assert_eq!(read, [true, false, false, false, true]);
}

#[test]
fn nulls_and_wrong_columns_of_parquet_are_faults_with_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    parquet(&path, &[(Some("a"), "x"), (None, "x"), (Some("b"), "y")], 2);
    let (found, lost) = read_file(&path, Part::Whole, &["meta", "set"]);
    assert_eq!(lost, None);
    let expected = [
        ("row 1".to_owned(), Ok("x/a".to_owned())),
        ("row 2".to_owned(), Err("expected a text, found null".to_owned())),
        ("row 3".to_owned(), Ok("y/b".to_owned())),
    ];
    assert_eq!(found, expected);
    let (found, lost) = read_file(&path, Part::Whole, &["source"]);
    assert!(found.is_empty());
    assert_eq!(lost.unwrap(), "expected a column source, found text, meta.set");
}

#[test]
fn a_random_part_reads_every_line_as_often_as_its_share_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    // Lines of one length, so that each byte that may begin the part stands for one line.
    let content: String = (100..200).map(|n| format!("{{\"text\": \"{n}\"}}\n")).collect();
    fs::write(&path, &content).unwrap();
    let mut counts = vec![0.0_f64; 100];
    let n_seeds = 3_000;
    for seed in 0..n_seeds {
        let outcome = read_file(&path, Part::Random { share: 0.1, seed }, &[]);
        let texts = texts(&outcome);
        assert!((9..=11).contains(&texts.len()), "{texts:?}");
        for text in texts {
            counts[text.parse::<usize>().unwrap() - 100] += 1.0;
        }
    }
    // Each is read with probability 0.1; four standard errors.
    let expected = 0.1 * f64::from(u32::try_from(n_seeds).unwrap());
    let allowed = 4.0 * (expected * 0.9).sqrt();
    assert!(counts.iter().all(|count| (count - expected).abs() < allowed), "{counts:?}");
}

#[test]
fn a_beginning_is_all_that_is_read_of_a_stream_in_part() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl.gz");
    fs::write(&path, gzip(&lines(300_000))).unwrap();
    let (found, lost) = read_file(&path, Part::Head { bytes: 1 << 17 }, &[]);
    assert_eq!(lost, None);
    assert!(!found.is_empty() && found.len() < 200_000, "{}", found.len());
}

#[test]
fn of_a_small_stream_in_part_all_is_used_that_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl.gz");
    fs::write(&path, gzip(&lines(500))).unwrap();
    let (found, lost) = read_file(&path, Part::Head { bytes: 10 }, &[]);
    assert_eq!((found.len(), lost), (500, None));
}

#[test]
fn a_mark_a_list_and_a_damaged_first_line_cost_no_documents() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.jsonl");
    let two = "{\"text\": \"a\"}\n{\"text\": \"b\"}\n";
    let everything = Part::Random { share: 1.0, seed: 1 };
    fs::write(&path, format!("\u{feff}{two}")).unwrap();
    for part in [Part::Whole, everything] {
        let outcome = read_file(&path, part, &[]);
        let mut found = texts(&outcome);
        found.sort_unstable();
        assert_eq!((found, &outcome.1), (vec!["a", "b"], &None));
    }
    for damaged in ["[\"x\"]", "[1, 2"] {
        fs::write(&path, format!("{damaged}\n{two}")).unwrap();
        let (found, lost) = read_file(&path, Part::Whole, &[]);
        let good: Vec<_> = found.iter().filter_map(|(_, text)| text.as_deref().ok()).collect();
        assert_eq!((found.len(), good, lost), (3, vec!["a", "b"], None));
    }
}

#[test]
fn an_object_over_several_lines_is_one_document() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    fs::write(&path, "{\n  \"id\": 1,\n  \"text\": \"a\"\n}\n").unwrap();
    let item = |text: std::result::Result<&str, &str>| {
        ("item 1".to_owned(), text.map(str::to_owned).map_err(str::to_owned))
    };
    assert_eq!(read_file(&path, Part::Whole, &[]), (vec![item(Ok("a"))], None));
    fs::write(&path, "{\n  \"id\": 1\n}\n").unwrap();
    let none = item(Err("expected a field `text`, found none"));
    assert_eq!(read_file(&path, Part::Whole, &[]), (vec![none], None));
}
