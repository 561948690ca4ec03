use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use super::{Checkpoint, ElementType, WeightType};

/// The bytes of a safetensors file with this header and these bytes after it.
fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// A file of tensors of two floats each, all of them the tensor's place.
fn floats(names: &[&str]) -> Vec<u8> {
    let mut header = serde_json::Map::new();
    let mut data = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let offsets = [8 * place, 8 * place + 8];
        header.insert(
            (*name).to_owned(),
            json!({"dtype": "F32", "shape": [1, 2], "data_offsets": offsets}),
        );
        data.extend([place as f32; 2].iter().flat_map(|value| value.to_le_bytes()));
    }
    file(&serde_json::Value::Object(header).to_string(), &data)
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// What is said of the folder, its own path left out.
fn refusal(folder: &Path) -> String {
    let error = format!("{:#}", Checkpoint::open(folder).unwrap_err());
    error
        .replace(&format!("{}/", folder.display()), "")
        .replace(&folder.display().to_string(), "FOLDER")
}

/// What is said of a `model.safetensors` of these bytes.
fn refusal_of(bytes: &[u8]) -> String {
    refusal(folder(&[("model.safetensors", bytes)]).path())
}

/// What is said of shards with this index.
fn refusal_of_index(index: &str, shards: &[(&str, &[u8])]) -> String {
    let folder = folder(shards);
    fs::write(folder.path().join("model.safetensors.index.json"), index).unwrap();
    refusal(folder.path())
}

#[test]
fn a_file_gives_its_tensors_by_name() {
    let header = r#"{"__metadata__":{"format":"pt"},
        "b":{"dtype":"BF16","shape":[3],"data_offsets":[4,10]},
        "a":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},
        "mask":{"dtype":"BOOL","shape":[2],"data_offsets":[10,12]}}"#;
    let data = [0x00, 0x3c, 0x00, 0xc0, 0x80, 0x3f, 0x40, 0x40, 0x80, 0xbf, 1, 0];
    let folder = folder(&[("model.safetensors", &file(header, &data))]);
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    assert_eq!(checkpoint.names().collect::<Vec<_>>(), ["a", "b", "mask"]);
    assert_eq!(checkpoint.shape("a"), Some(&[2, 1][..]));
    assert_eq!(checkpoint.element_type("b"), Some(ElementType::Bf16));
    assert_eq!((checkpoint.n_parameters(), checkpoint.n_bytes()), (5, 10));
    let tensor = checkpoint.tensor("b").unwrap();
    assert_eq!(tensor.dtype, WeightType::Bf16);
    assert_eq!(tensor.to_f32(), [1.0, 3.0, -1.0]);
    assert_eq!(checkpoint.tensor("a").unwrap().to_f32(), [1.0, -2.0]);
    assert_eq!(checkpoint.shape("c"), None);
}

#[test]
fn shards_give_their_tensors_together() {
    let index = json!({"metadata": {"total_size": 24},
        "weight_map": {"a": "one.safetensors", "b": "two.safetensors", "c": "two.safetensors"}});
    let folder = folder(&[
        ("one.safetensors", &floats(&["a"])),
        ("two.safetensors", &floats(&["b", "c"])),
        ("model.safetensors.index.json", index.to_string().as_bytes()),
    ]);
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    assert_eq!(checkpoint.names().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(checkpoint.tensor("c").unwrap().to_f32(), [1.0, 1.0]);
}

#[test]
fn the_tensors_of_published_layouts_are_those_their_index_lists() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/lm");
    for (folder, index) in
        [("llama", "model.safetensors.index.json"), ("gpt_neo", "pytorch_model.bin.index.json")]
    {
        let folder = fixtures.join(folder);
        let index: serde_json::Value =
            serde_json::from_slice(&fs::read(folder.join(index)).unwrap()).unwrap();
        let checkpoint = Checkpoint::open(&folder).unwrap();
        assert!(checkpoint.names().eq(index["weight_map"].as_object().unwrap().keys()));
        let mut n_bytes = 0;
        for name in checkpoint.names() {
            let n_elements: usize = checkpoint.shape(name).unwrap().iter().product();
            n_bytes += n_elements as u64 * checkpoint.element_type(name).unwrap().n_bytes();
        }
        assert_eq!(Some(n_bytes), index["metadata"]["total_size"].as_u64());
    }
}

#[test]
fn a_tensor_that_is_asked_for_wrongly_is_named() {
    let header = r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
        "mask":{"dtype":"BOOL","shape":[2],"data_offsets":[4,6]}}"#;
    let folder = folder(&[("model.safetensors", &file(header, &[0; 6]))]);
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    let said = |result: anyhow::Result<_>| {
        let _: super::HostTensor<'_> = match result {
            Ok(tensor) => return format!("{tensor:?}"),
            Err(error) => {
                return format!("{error:#}")
                    .replace(&folder.path().display().to_string(), "FOLDER");
            }
        };
    };
    assert_eq!(
        said(checkpoint.tensor("b")),
        "FOLDER: no tensor is called `b`, which this architecture needs; the weights hold 2 others: \
         are they another model's?"
    );
    assert_eq!(
        said(checkpoint.tensor("mask")),
        "FOLDER/model.safetensors: tensor `mask`: it holds booleans; expected f32, f16, bf16, or f64"
    );
    assert_eq!(
        said(checkpoint.tensor_of_shape("a", &[2, 3])),
        "FOLDER: tensor `a` has shape [1]; config.json asks for [2, 3]"
    );
    assert_eq!(checkpoint.tensor_of_shape("a", &[1]).unwrap().to_f32(), [0.0]);
}

#[test]
fn a_folder_without_weights_is_told_what_was_looked_for() {
    assert_eq!(
        refusal(folder(&[]).path()),
        "FOLDER: no weights are there; looked for model.safetensors, \
         model.safetensors.index.json, pytorch_model.bin, pytorch_model.bin.index.json"
    );
}

#[test]
fn a_file_too_short_for_a_length_is_refused() {
    assert_eq!(
        refusal_of(b"abc"),
        "model.safetensors: the file holds 3 bytes, too few for safetensors; get it again"
    );
}

#[test]
fn a_header_beyond_the_limit_is_refused() {
    assert_eq!(
        refusal_of(b"<!DOCTYPE html>"),
        "model.safetensors: the header claims 5789751444030890300 bytes, more than safetensors \
         allows: not such a file?"
    );
}

#[test]
fn a_file_cut_within_its_header_is_refused() {
    let whole = floats(&["a"]);
    assert_eq!(
        refusal_of(&whole[..20]),
        "model.safetensors: the file ends within its header, of which 12 of 56 bytes are there; get \
         it again"
    );
}

#[test]
fn a_header_that_is_no_json_is_refused() {
    let said = refusal_of(&file("{\"a\":", &[]));
    assert!(
        said.starts_with("model.safetensors: the header is no valid safetensors header: EOF while"),
        "{said}"
    );
}

#[test]
fn a_file_cut_within_its_tensors_names_the_first_missing() {
    let whole = floats(&["a", "b", "c"]);
    assert_eq!(
        refusal_of(&whole[..whole.len() - 9]),
        "model.safetensors: the file is cut off: 15 bytes of weights of 24 are there; get it again \
         (the first missing is `b`)"
    );
}

#[test]
fn bytes_after_the_last_tensor_are_refused() {
    let mut bytes = floats(&["a"]);
    bytes.extend_from_slice(b"more");
    assert_eq!(
        refusal_of(&bytes),
        "model.safetensors: 4 bytes follow the last tensor; expected none"
    );
}

#[test]
fn tensors_that_overlap_or_leave_gaps_are_named() {
    for (start, data) in [(2, 6), (6, 10)] {
        let header = format!(
            r#"{{"a":{{"dtype":"F32","shape":[1],"data_offsets":[0,4]}},
                "b":{{"dtype":"F32","shape":[1],"data_offsets":[{start},{data}]}}}}"#
        );
        let said = refusal_of(&file(&header, &vec![0; data]));
        assert!(said.contains("invalid offset for tensor `b`"), "{said}");
    }
}

#[test]
fn a_shape_that_its_bytes_contradict_is_refused() {
    let header = r#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}"#;
    let said = refusal_of(&file(header, &[0; 4]));
    assert!(said.contains("invalid shape, data type, or offset"), "{said}");
}

#[test]
fn lengths_whose_sum_overflows_are_refused() {
    // Nine tensors that claim all of a 64-bit address space but a few bytes.
    let size = (1_u64 << 61) - 1;
    let tensors: Vec<String> = (0..8)
        .map(|place| {
            let (start, end) = (place * size, (place + 1) * size);
            format!(r#""{place}":{{"dtype":"U8","shape":[{size}],"data_offsets":[{start},{end}]}}"#)
        })
        .collect();
    let said = refusal_of(&file(&format!("{{{}}}", tensors.join(",")), &[0; 8]));
    assert!(
        said.contains("the file is cut off: 8 bytes of weights of 18446744073709551608"),
        "{said}"
    );
}

#[test]
fn a_shard_that_is_missing_is_named() {
    let index = r#"{"weight_map":{"a":"one.safetensors"}}"#;
    assert_eq!(
        refusal_of_index(index, &[]),
        "model.safetensors.index.json: a shard that it lists: one.safetensors: cannot be read: there \
         is no such file"
    );
}

#[test]
fn a_shard_without_its_tensor_is_named() {
    let index = r#"{"weight_map":{"a":"one.safetensors","b":"one.safetensors"}}"#;
    assert_eq!(
        refusal_of_index(index, &[("one.safetensors", &floats(&["a"]))]),
        "model.safetensors.index.json: tensor `b` is not in one.safetensors, where it should be"
    );
}

#[test]
fn a_tensor_in_two_shards_is_named() {
    let index = r#"{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}"#;
    let shards: &[(&str, &[u8])] =
        &[("one.safetensors", &floats(&["a"])), ("two.safetensors", &floats(&["a", "b"]))];
    assert_eq!(
        refusal_of_index(index, shards),
        "model.safetensors.index.json: a shard that it lists: two.safetensors: tensor `a` is in \
         one.safetensors too; expected it once"
    );
}

#[test]
fn a_tensor_listed_twice_is_named() {
    let index = r#"{"weight_map":{"a":"one.safetensors","a":"two.safetensors"}}"#;
    let said = refusal_of_index(index, &[]);
    assert!(said.contains("tensor `a` is listed twice"), "{said}");
}

#[test]
fn an_index_that_leaves_its_folder_is_refused() {
    for outside in ["../x", "/etc/passwd", "a/../../x", "", ".", "..\\\\x", "C:x"] {
        let said = refusal_of_index(&format!(r#"{{"weight_map":{{"a":"{outside}"}}}}"#), &[]);
        let shown = outside.replace("\\\\", "\\");
        assert_eq!(
            said,
            format!(
                "model.safetensors.index.json: it names `{shown}` for tensor `a`, which is outside \
                 its folder; expected a file's name"
            )
        );
    }
}

#[test]
fn an_index_of_nothing_or_of_no_json_is_refused() {
    assert_eq!(
        refusal_of_index(r#"{"weight_map":{}}"#, &[]),
        "model.safetensors.index.json: it lists no tensors"
    );
    let said = refusal_of_index("[]", &[]);
    assert!(
        said.starts_with("model.safetensors.index.json: not the JSON that is expected"),
        "{said}"
    );
}

/// Opens these bytes as weights and reads all that they give.
fn read_all(bytes: &[u8]) {
    let folder = folder(&[("model.safetensors", bytes)]);
    let Ok(checkpoint) = Checkpoint::open(folder.path()) else { return };
    let mut n_elements = 0;
    for name in checkpoint.names() {
        if let Ok(tensor) = checkpoint.tensor(name) {
            assert_eq!(tensor.to_f32().len(), tensor.shape.iter().product::<usize>());
            n_elements += tensor.n_elements() as u64;
        }
    }
    assert_eq!(checkpoint.n_parameters(), n_elements);
}

proptest! {
    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read_all(&bytes);
        let length = (bytes.len() as u64 / 2).to_le_bytes();
        read_all(&[&length[..], &bytes].concat());
    }

    #[test]
    fn a_file_changed_anywhere_never_panics(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = floats(&["a", "b"]);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        read_all(&bytes);
        read_all(&bytes[..end.index(bytes.len())]);
    }
}
