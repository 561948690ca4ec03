use std::fs;

use tempfile::TempDir;

use super::super::shard;
use super::*;

fn corpus(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn sources(folder: &TempDir, telling: &Telling) -> Vec<(String, Source)> {
    let shards = shard::find(folder.path(), "none".as_ref(), &text()).unwrap().shards;
    let (assigned, _) = assign(shards, folder.path(), telling, &text()).unwrap();
    assigned.into_iter().map(|(shard, source)| (shard.name, source)).collect()
}

fn text() -> Vec<String> {
    vec!["text".to_owned(), "content".to_owned()]
}

fn name(name: &str) -> Source {
    Source::Name(name.to_owned())
}

#[test]
fn trees_of_well_known_corpora_are_recognised() {
    let slimpajama = r#"{"text": "a", "meta": {"redpajama_set_name": "RedPajamaC4"}}"#;
    let pile = r#"{"text": "a", "meta": {"pile_set_name": "Pile-CC"}}"#;
    let dolma = r#"{"id": "1", "text": "a", "source": "common-crawl", "lang": "en"}"#;
    let stack = r#"{"content": "a", "lang": "Python", "ext": "py"}"#;
    let web = r#"{"text": "a", "language": "en"}"#;
    for (line, field) in [
        (slimpajama, Some("meta.redpajama_set_name")),
        (pile, Some("meta.pile_set_name")),
        (dolma, Some("source")),
        (stack, Some("lang")),
        (web, None),
    ] {
        let folder =
            corpus(&[("train/chunk1/news-0.jsonl", line), ("train/2020/part-0.jsonl", line)]);
        // Where there is no such field, neither a number nor a chunk says what is in it.
        let expected =
            |file: &str| field.map_or_else(|| name(file), |field| Source::Field(path(field)));
        assert_eq!(
            sources(&folder, &Telling::Recognised),
            [
                ("train/2020/part-0.jsonl".to_owned(), expected("part")),
                ("train/chunk1/news-0.jsonl".to_owned(), expected("news")),
            ]
        );
    }
}

#[test]
fn the_first_document_tells_whatever_comes_before_it() {
    let document = r#"{"text": "a", "meta": {"redpajama_set_name": "RedPajamaC4"}}"#;
    let list = format!("[{document}]");
    let cases: [&[(&str, String)]; 6] = [
        &[("x.jsonl", format!("\n\n{document}\n"))],
        &[("x.jsonl", format!("\u{feff}{document}\n"))],
        &[("x.jsonl", format!("{{\"text\": \"a\n{document}\n"))],
        &[("x.json", list)],
        &[("a.jsonl", String::new()), ("x.jsonl", document.to_owned())],
        &[
            ("checksums.json", r#"{"x.jsonl": "d41d8"}"#.to_owned()),
            ("x.jsonl", document.to_owned()),
        ],
    ];
    for files in cases {
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, content)| (*name, content.as_str())).collect();
        let found = sources(&corpus(&files), &Telling::Recognised);
        let field = Source::Field(path("meta.redpajama_set_name"));
        assert!(found.iter().all(|(_, source)| *source == field), "{files:?} {found:?}");
    }
}

#[test]
fn folders_and_files_of_well_known_names_tell() {
    let line = r#"{"text": "a", "meta": {}}"#;
    let folder = corpus(&[
        ("RedPajamaBook/chunk1/x_0.jsonl", line),
        ("common_crawl/2019-30/en_head_0000.jsonl", line),
        ("flat/arxiv_00012-of-00024.jsonl", line),
    ]);
    let found: Vec<Source> =
        sources(&folder, &Telling::Recognised).into_iter().map(|(_, source)| source).collect();
    assert_eq!(found, [name("RedPajamaBook"), name("common_crawl"), name("arxiv")]);
}

#[test]
fn languages_are_told_by_their_folders_where_no_field_does() {
    let line = r#"{"content": "a", "id": 1}"#;
    let folder =
        corpus(&[("python/train-00000-of-00059.jsonl", line), ("c++/data/train-0.jsonl", line)]);
    let found: Vec<Source> =
        sources(&folder, &Telling::Recognised).into_iter().map(|(_, source)| source).collect();
    assert_eq!(found, [name("c++"), name("python")]);
}

#[test]
fn maps_take_what_they_fit_in_their_order_and_must_fit_something() {
    let folder = corpus(&[("a/x.jsonl", ""), ("a/b/y.jsonl", ""), ("z.jsonl", "")]);
    let telling = |maps: &[&str]| {
        Telling::new(&maps.iter().map(|map| (*map).to_owned()).collect::<Vec<_>>(), None).unwrap()
    };
    assert_eq!(
        sources(&folder, &telling(&["Law=a/*.jsonl", "News=a/**/*.jsonl"])),
        [("a/b/y.jsonl".to_owned(), name("News")), ("a/x.jsonl".to_owned(), name("Law"))]
    );
    let shards = shard::find(folder.path(), "none".as_ref(), &text()).unwrap().shards;
    let error =
        assign(shards, folder.path(), &telling(&["Law=q/*"]), &text()).unwrap_err().to_string();
    assert!(error.starts_with("--map Law=q/*: fits no file below "), "{error}");
    let error = Telling::new(&["Law".to_owned()], None).unwrap_err().to_string();
    assert_eq!(error, "--map Law: expected CATEGORY=GLOB");
}

#[test]
fn stems_lose_endings_and_numbers_alone() {
    for (file, expected) in [
        ("c4-00012-of-01024.jsonl.zst", "c4"),
        ("c++.jsonl", "c++"),
        ("web.json.gz", "web"),
        ("0001.parquet", "0001"),
        ("my.file_3.jsonl", "my.file"),
    ] {
        assert_eq!(stem(file), expected);
    }
}
