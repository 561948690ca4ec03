use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _};

use super::Tokenizer;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(path)
}

/// A tokenizer of words, `<s>` before each text if `adds_bos`, with these files beside it.
fn folder(adds_bos: bool, files: &[(&str, Value)]) -> TempDir {
    let post_processor = adds_bos.then(|| {
        json!({"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}})
    });
    let special = |(id, content): (u32, &str)| {
        json!({"id": id, "content": content, "special": true, "normalized": false,
            "single_word": false, "lstrip": false, "rstrip": false})
    };
    let added: Vec<Value> =
        [(1, "<s>"), (2, "</s>"), (3, "<|endoftext|>")].into_iter().map(special).collect();
    let tokenizer = json!({"version": "1.0", "truncation": {"direction": "Right", "max_length": 2,
            "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": null,
            "pad_id": 0, "pad_type_id": 0, "pad_token": "?"},
        "added_tokens": added, "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": post_processor, "decoder": null,
        "model": {"type": "WordLevel", "vocab": {"?": 0, "<s>": 1, "</s>": 2, "<|endoftext|>": 3,
            "a": 4, "b": 5}, "unk_token": "?"}});
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
    for (name, value) in files {
        fs::write(folder.path().join(name), value.to_string()).unwrap();
    }
    folder
}

fn open(adds_bos: bool, files: &[(&str, Value)]) -> Tokenizer {
    Tokenizer::open(folder(adds_bos, files).path()).unwrap()
}

fn refusal(folder: &Path) -> String {
    let error = format!("{:#}", Tokenizer::open(folder).unwrap_err());
    error.replace(&folder.display().to_string(), "FOLDER")
}

#[derive(Deserialize)]
struct Expected {
    bos_token_id: u32,
    eos_token_id: u32,
    texts: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    text: String,
    ids: Vec<u32>,
    decoded: String,
}

#[test]
fn ids_and_texts_are_those_of_transformers() {
    let golden = fs::read(project("fixtures/lm/tokenizers.json")).unwrap();
    let golden: Value = serde_json::from_slice(&golden).unwrap();
    for name in ["tokenizer", "tokenizer_llama"] {
        let tokenizer = Tokenizer::open(&project("fixtures/lm").join(name)).unwrap();
        let expected: Expected = serde_json::from_value(golden[name].clone()).unwrap();
        assert_eq!(tokenizer.bos(), Some(expected.bos_token_id));
        assert_eq!(tokenizer.eos(), Some(expected.eos_token_id));
        assert_eq!(tokenizer.separator(), Some(expected.bos_token_id));
        assert_eq!(tokenizer.n_ids(), 320);
        let texts: Vec<&str> = expected.texts.iter().map(|row| row.text.as_str()).collect();
        let batch = tokenizer.encode_batch(&texts).unwrap();
        for (Row { text, ids, decoded }, of_batch) in expected.texts.iter().zip(batch) {
            assert_eq!(&tokenizer.encode(text).unwrap(), ids, "{name}: {text:?}");
            assert_eq!(&of_batch, ids, "{name}: {text:?}");
            assert_eq!(&tokenizer.decode(ids).unwrap(), decoded, "{name}: {text:?}");
        }
    }
}

#[derive(Deserialize)]
struct Splits {
    texts: Vec<String>,
    cases: Vec<SplitCase>,
}

#[derive(Deserialize)]
struct SplitCase {
    name: String,
    pre_tokenizer: PreTokenizerWrapper,
    ends: Vec<Vec<usize>>,
}

#[test]
fn texts_are_split_where_oniguruma_splits_them() {
    let golden = fs::read(project("golden/split_patterns.json")).unwrap();
    let golden: Splits = serde_json::from_slice(&golden).unwrap();
    for SplitCase { name, pre_tokenizer, ends } in &golden.cases {
        for (text, expected) in golden.texts.iter().zip(ends) {
            let mut pieces = PreTokenizedString::from(text.as_str());
            pre_tokenizer.pre_tokenize(&mut pieces).unwrap();
            let splits = pieces.get_splits(OffsetReferential::Original, OffsetType::Char);
            let found: Vec<usize> = splits.iter().map(|(_, (_, end), _)| *end).collect();
            assert_eq!(&found, expected, "{name}: {text:?}");
        }
    }
}

#[test]
fn documents_are_neither_cut_nor_filled_up() {
    assert_eq!(open(false, &[]).encode("a b a").unwrap(), [4, 5, 4]);
}

#[test]
fn bos_comes_once_whoever_asks_for_it() {
    let config = |adds: Value| {
        (
            "tokenizer_config.json",
            json!({"bos_token": "<s>", "eos_token": "</s>", "add_bos_token": adds}),
        )
    };
    for (by_file, by_config, expected) in [
        (false, json!(null), &[4][..]),
        (true, json!(null), &[1, 4]),
        (false, json!(true), &[1, 4]),
        (true, json!(true), &[1, 4]),
        (true, json!(false), &[4]),
        (false, json!(false), &[4]),
    ] {
        let tokenizer = open(by_file, &[config(by_config.clone())]);
        assert_eq!(tokenizer.encode("a").unwrap(), expected, "{by_file} {by_config}");
        assert_eq!(tokenizer.encode_open("a").unwrap(), expected, "{by_file} {by_config}");
        assert_eq!(tokenizer.encode("").unwrap(), expected[..expected.len() - 1]);
    }
}

#[test]
fn eos_ends_documents_but_not_prompts() {
    let config = json!({"eos_token": {"content": "</s>"}, "add_eos_token": true});
    let tokenizer = open(true, &[("tokenizer_config.json", config)]);
    assert_eq!(tokenizer.encode("a b").unwrap(), [1, 4, 5, 2]);
    assert_eq!(tokenizer.encode_open("a b").unwrap(), [1, 4, 5]);
    assert_eq!(tokenizer.decode(&[1, 4, 5, 2, 77]).unwrap(), "a b");
}

#[test]
fn rules_are_stated_in_words_and_for_programs() {
    let config = json!({"bos_token": "<s>", "eos_token": "</s>", "add_eos_token": true});
    let generation = json!({"eos_token_id": [2, 3]});
    let files = [("tokenizer_config.json", config), ("generation_config.json", generation)];
    let rules = open(true, &files).rules();
    assert_eq!(
        rules.to_string(),
        "before a document: `<s>` (1); behind it: `</s>` (2); generation begins with: `<s>` (1); it \
         ends at: `</s>` (2) or `<|endoftext|>` (3)"
    );
    let shown = serde_json::to_value(&rules).unwrap();
    assert_eq!(shown["before_document"], json!([{"id": 1, "token": "<s>"}]));
    assert_eq!(shown["generation_begins_with"], json!({"id": 1, "token": "<s>"}));
}

#[test]
fn markers_are_found_in_the_files_in_their_order() {
    let found = |files: &[(&str, Value)]| {
        let tokenizer = open(false, files);
        (tokenizer.bos(), tokenizer.eos(), tokenizer.stops().to_vec(), tokenizer.separator())
    };
    // No file says anything: the name that GPT-2's heirs share.
    assert_eq!(found(&[]), (None, Some(3), vec![3], Some(3)));
    // The model's configuration, by number.
    let config = ("config.json", json!({"bos_token_id": 1, "eos_token_id": 2}));
    assert_eq!(found(std::slice::from_ref(&config)), (Some(1), Some(2), vec![2], Some(1)));
    // A list, of which the tokenizer knows some.
    let listed = ("config.json", json!({"bos_token_id": null, "eos_token_id": [99, 2, 3]}));
    assert_eq!(found(&[listed]), (None, Some(2), vec![2, 3], Some(2)));
    // What generation ends at goes before the model's, the tokenizer's names before either.
    let generation = ("generation_config.json", json!({"eos_token_id": 3}));
    let names = ("tokenizer_config.json", json!({"bos_token": null, "eos_token": "</s>"}));
    let all = [config.clone(), generation.clone(), names];
    assert_eq!(found(&all), (Some(1), Some(2), vec![3], Some(1)));
    let map = ("special_tokens_map.json", json!({"bos_token": {"content": "<|endoftext|>"}}));
    assert_eq!(found(&[config, generation, map]), (Some(3), Some(3), vec![3], Some(3)));
    // A name that is no token.
    let strange = ("tokenizer_config.json", json!({"bos_token": "<none>", "eos_token": "</s>"}));
    assert_eq!(found(&[strange]), (None, Some(2), vec![2], Some(2)));
}

#[test]
fn a_missing_tokenizer_is_said_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        refusal(folder.path()),
        "FOLDER: there is no tokenizer.json; copy the model's own beside its weights"
    );
    fs::write(folder.path().join("vocab.json"), "{}").unwrap();
    fs::write(folder.path().join("merges.txt"), "").unwrap();
    assert_eq!(
        refusal(folder.path()),
        "FOLDER: there is no tokenizer.json, but vocab.json and merges.txt; convert it once by \
         transformers: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)"
    );
}

#[test]
fn files_that_are_not_what_they_should_be_are_named() {
    let broken = folder(true, &[]);
    fs::write(broken.path().join("tokenizer.json"), "{\"version\":\"1.0\"").unwrap();
    let said = refusal(broken.path());
    assert!(said.starts_with("FOLDER/tokenizer.json: no JSON: EOF"), "{said}");
    // What the library panics at.
    let normalizer = json!({"type": "Precompiled", "precompiled_charsmap": "!"});
    let model = json!({"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"});
    let tokenizer = json!({"version": "1.0", "normalizer": normalizer, "model": model});
    fs::write(broken.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
    let expected = "FOLDER/tokenizer.json: no tokenizer: its parts do not go together";
    assert_eq!(refusal(broken.path()), expected);
    for (name, value, problem) in [
        ("tokenizer_config.json", json!({"bos_token": 3}), "a token's name, or an object"),
        ("tokenizer_config.json", json!({"add_bos_token": "yes"}), "expected a boolean"),
        ("config.json", json!({"eos_token_id": -1}), "a token's id, or a list of ids"),
        ("generation_config.json", json!([]), "expected"),
    ] {
        let said = refusal(folder(true, &[(name, value)]).path());
        assert!(said.starts_with(&format!("FOLDER/{name}: ")), "{said}");
        assert!(said.contains(problem), "{said}");
    }
}

proptest! {
    // Each case builds a tokenizer.
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_tokenizer_changed_anywhere_never_panics(
        name in prop::sample::select(vec!["tokenizer", "tokenizer_llama"]),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = fs::read(project("fixtures/lm").join(name).join("tokenizer.json")).unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tokenizer.json"), bytes).unwrap();
        if let Ok(tokenizer) = Tokenizer::open(folder.path()) {
            let ids = tokenizer.encode("some text, é 漢 \n").unwrap_or_default();
            let _ = tokenizer.decode(&ids);
        }
    }
}

#[test]
fn heads_tell_how_much_of_the_text_they_stand_for() {
    let tokenizer = open(true, &[]);
    assert_eq!(tokenizer.encode_head("b  a b", 9).unwrap(), (vec![1, 5, 4, 5], 6));
    assert_eq!(tokenizer.encode_head("b  a b", 4).unwrap(), (vec![1, 5, 4, 5], 6));
    assert_eq!(tokenizer.encode_head("b  a b", 3).unwrap(), (vec![1, 5, 4], 4));
    assert_eq!(tokenizer.encode_head("b  a b", 1).unwrap(), (vec![1], 0));
    assert_eq!(tokenizer.encode_bare("b a").unwrap(), [5, 4]);
    assert_eq!(tokenizer.before_document(), [1]);
}
