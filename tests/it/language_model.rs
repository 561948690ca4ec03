//! `generate` and `score`, on the fixtures of `tests/fixtures/lm`.

// Texts: their file, resuming, seeds, batches, settings.
mod generate;
// kill -9 at ten points of a run of each kind.
mod killed;
// Folders that are no model, or a broken one.
mod refused;
// Scores: the folder, resuming, lengths.
mod score;
// Texts from a server.
pub(crate) mod server;

use data_anatomy_tests::Scratch;
use serde_json::Value;

/// A folder that holds `model`, a small LLaMA.
fn with_model() -> Scratch {
    let scratch = Scratch::new();
    scratch.write_model("model", "llama");
    scratch
}

/// The lines of a file of texts.
fn texts(scratch: &Scratch, name: &str) -> Vec<Value> {
    scratch.read(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A JSON file.
fn json(scratch: &Scratch, name: &str) -> Value {
    serde_json::from_str(&scratch.read(name)).unwrap()
}

/// Every file of a folder with its bytes, by name.
fn files(scratch: &Scratch, folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(scratch.path(folder))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// When a file was last written.
fn written(scratch: &Scratch, name: &str) -> std::time::SystemTime {
    scratch.path(name).metadata().unwrap().modified().unwrap()
}
