use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use serde::Deserialize;
use tempfile::TempDir;

use super::Checkpoint;

/// What torch.load makes of a tensor; see tests/oracle/pytorch_files.py.
#[derive(Deserialize)]
struct Expected {
    shape: Vec<usize>,
    r#type: String,
    values: Vec<f32>,
}

fn fixture(name: &str) -> Vec<u8> {
    let folder =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/lm/pytorch"));
    fs::read(folder.join(name)).unwrap()
}

fn folder_of(bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pytorch_model.bin"), bytes).unwrap();
    folder
}

/// What is said of a `pytorch_model.bin` of these bytes, its folder left out.
fn refusal_of(bytes: &[u8]) -> String {
    let folder = folder_of(bytes);
    let error = format!("{:#}", Checkpoint::open(folder.path()).unwrap_err());
    error.replace(&format!("{}/", folder.path().display()), "")
}

/// A file of PyTorch before 1.6 whose state dict is this pickle and whose one storage holds `values`.
fn legacy(state_dict: &[u8], values: &[f32]) -> Vec<u8> {
    let magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
    let protocol_and_system = b"\x80\x02M\xe9\x03.\x80\x02}X\x0d\0\0\0little_endian\x88s.";
    let keys = b"\x80\x02]X\x01\0\0\x000a.";
    let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let n_values = (values.len() as u64).to_le_bytes();
    [&magic[..], protocol_and_system, state_dict, keys, &n_values, &data].concat()
}

/// The pickle of `{"a": function(storage, offset, shape, strides, False, OrderedDict())}`, where the
/// storage is of `n_values` floats.
fn rebuilt(function: &str, n_values: u32, offset: u32, shape: &[u32], strides: &[u32]) -> Vec<u8> {
    let tuple = |numbers: &[u32]| {
        let items: String = numbers.iter().map(|number| format!("I{number}\n")).collect();
        format!("({items}t")
    };
    let storage = format!("(Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nI{n_values}\ntQ");
    let (shape, strides) = (tuple(shape), tuple(strides));
    let hooks = "ccollections\nOrderedDict\n(tR";
    format!("}}Va\nc{function}\n({storage}I{offset}\n{shape}{strides}I00\n{hooks}tRs.").into_bytes()
}

const REBUILD: &str = "torch._utils\n_rebuild_tensor_v2";

#[test]
fn tensors_are_those_that_torch_reads() {
    let expected: BTreeMap<String, Expected> =
        serde_json::from_slice(&fixture("expected.json")).unwrap();
    for name in ["zip.bin", "legacy.bin"] {
        let folder = folder_of(&fixture(name));
        let checkpoint = Checkpoint::open(folder.path()).unwrap();
        assert!(checkpoint.names().eq(expected.keys()), "{name}");
        for (key, Expected { shape, r#type, values }) in &expected {
            assert_eq!(checkpoint.shape(key), Some(shape.as_slice()), "{name}: {key}");
            let tensor = checkpoint.tensor(key);
            if ["torch.bool", "torch.int64"].contains(&r#type.as_str()) {
                assert!(tensor.is_err(), "{name}: {key}");
                continue;
            }
            let found = tensor.unwrap().to_f32();
            assert_eq!(found, *values, "{name}: {key}");
        }
    }
}

#[test]
fn a_file_written_by_hand_is_read() {
    let state_dict = rebuilt(REBUILD, 4, 1, &[2], &[2]);
    let folder = folder_of(&legacy(&state_dict, &[1.0, 2.0, 3.0, 4.0]));
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    assert_eq!(checkpoint.tensor("a").unwrap().to_f32(), [2.0, 4.0]);
}

#[test]
fn a_file_that_would_run_a_command_is_read_as_data() {
    let folder = folder_of(&fixture("calls.bin"));
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    assert_eq!(checkpoint.names().collect::<Vec<_>>(), ["weight"]);
    assert_eq!(checkpoint.tensor("weight").unwrap().to_f32(), [0.0, 0.0]);
    assert!(!PathBuf::from("it-was-run").exists());
}

#[test]
fn tensors_made_by_an_unknown_call_are_named() {
    let state_dict = rebuilt("torch._utils\n_rebuild_sparse_tensor", 2, 0, &[2], &[1]);
    let said = refusal_of(&legacy(&state_dict, &[1.0, 2.0]));
    assert!(said.starts_with("pytorch_model.bin: no readable PyTorch weights: "), "{said}");
    assert!(said.contains("torch._utils._rebuild_sparse_tensor"), "{said}");
}

#[test]
fn a_tensor_beyond_its_storage_is_refused() {
    for (offset, shape, stride) in [(3, 2, 1), (0, 3, 2), (5, 1, 1), (u32::MAX, 1, 1)] {
        let state_dict = rebuilt(REBUILD, 4, offset, &[shape], &[stride]);
        let said = refusal_of(&legacy(&state_dict, &[0.0; 4]));
        assert!(said.contains("but storage '0' declares 4"), "{said}");
    }
}

#[test]
fn a_storage_beyond_the_file_is_refused() {
    let state_dict = rebuilt(REBUILD, 400, 0, &[4], &[1]);
    let said = refusal_of(&legacy(&state_dict, &[0.0; 4]));
    assert!(said.contains("storage '0' (1600 bytes) extends beyond the end of the file"), "{said}");
}

#[test]
fn one_number_repeated_without_end_is_refused() {
    let state_dict = rebuilt(REBUILD, 1, 0, &[1_000_000, 1000], &[0, 0]);
    let bytes = legacy(&state_dict, &[0.0]);
    assert_eq!(
        refusal_of(&bytes),
        format!(
            "pytorch_model.bin: tensor `a` claims 4000000000 bytes, more than the file's {}",
            bytes.len()
        )
    );
}

#[test]
fn a_file_of_no_tensors_is_refused() {
    assert_eq!(
        refusal_of(&legacy(b"}.", &[])),
        "pytorch_model.bin: no readable PyTorch weights: \
        invalid PyTorch file format: storage '0' is listed in the legacy key list but never \
        referenced by the pickle"
    );
    assert_eq!(refusal_of(b"\x80\x02}."), "pytorch_model.bin: it holds no tensors");
}

#[test]
fn a_file_that_is_none_is_refused() {
    for bytes in [&b""[..], b"<!DOCTYPE html>", b"PK\x03\x04", b"version https://git-lfs"] {
        let said = refusal_of(bytes);
        assert!(said.starts_with("pytorch_model.bin: no readable PyTorch weights: "), "{said}");
    }
}

#[test]
fn a_file_cut_anywhere_is_refused_or_its_tensors_are() {
    for name in ["zip.bin", "legacy.bin"] {
        let whole = fixture(name);
        for length in (0..whole.len()).step_by(7) {
            let folder = folder_of(&whole[..length]);
            let Ok(checkpoint) = Checkpoint::open(folder.path()) else { continue };
            let all_read = checkpoint
                .names()
                .filter(|name| checkpoint.element_type(name).unwrap().is_float())
                .all(|name| checkpoint.tensor(name).is_ok());
            assert!(!all_read, "{name}: nothing is missing at {length} bytes");
        }
    }
}

#[test]
fn shards_of_pytorch_are_read_by_their_index() {
    let folder = folder_of(&[]);
    fs::remove_file(folder.path().join("pytorch_model.bin")).unwrap();
    let index = r#"{"weight_map":{"a":"one.bin","weight":"two.bin"}}"#;
    fs::write(folder.path().join("pytorch_model.bin.index.json"), index).unwrap();
    let one = legacy(&rebuilt(REBUILD, 1, 0, &[1], &[1]), &[5.0]);
    fs::write(folder.path().join("one.bin"), one).unwrap();
    fs::write(folder.path().join("two.bin"), fixture("calls.bin")).unwrap();
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    assert_eq!(checkpoint.names().collect::<Vec<_>>(), ["a", "weight"]);
    assert_eq!(checkpoint.tensor("a").unwrap().to_f32(), [5.0]);
}

/// Opens these bytes as weights and reads all that they give.
fn read_all(bytes: &[u8]) {
    let folder = folder_of(bytes);
    let Ok(checkpoint) = Checkpoint::open(folder.path()) else { return };
    for name in checkpoint.names() {
        if let Ok(tensor) = checkpoint.tensor(name) {
            assert_eq!(tensor.to_f32().len(), tensor.shape.iter().product::<usize>());
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
        read_all(&[b"\x80\x02", &bytes[..]].concat());
        read_all(&legacy(&bytes, &[1.0, 2.0]));
    }

    #[test]
    fn a_file_changed_anywhere_never_panics(
        name in prop::sample::select(vec!["zip.bin", "legacy.bin", "calls.bin"]),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = fixture(name);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        read_all(&bytes);
    }
}
