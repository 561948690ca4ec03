//! The study behind the default estimator and the intervals that are shown: estimators on planted problems in which
//! label shift holds, in which no temperature calibrates the classifier and in which label shift is violated, and on
//! runs on planted language models. One half of the problems chose, the other half is reported.
//!
//! ```text
//! cargo run --release -p data-anatomy-bench --example estimators -- study [FOLDER OF RUNS]
//! cargo run --release -p data-anatomy-bench --example estimators -- write FOLDER [FOLDER OF RUNS]
//! ```
//!
//! `write` stores the problems for `bench/peers/quapy_estimators.py`. A folder of runs holds a folder per run with
//! `predictions.jsonl` (or `.jsonl.zst`) and `truth.json`; without one, those of the tests are taken.

mod measured;
mod posed;
mod suite;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

use measured::Measured;
use posed::Posed;

/// Runs on planted language models.
const RUNS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/label_shift/planted");

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", folder, runs @ ..] => {
            for posed in problems(runs.first().copied())? {
                posed.write(Path::new(folder))?;
            }
        }
        ["study", runs @ ..] => {
            print!("{}", table::markdown(&measured(&problems(runs.first().copied())?)?));
        }
        _ => bail!("expected `study` or `write FOLDER`, and a folder of runs if you like"),
    }
    Ok(())
}

fn problems(runs: Option<&str>) -> Result<Vec<Posed>> {
    let mut posed = suite::cases().iter().map(Posed::of_case).collect::<Result<Vec<_>>>()?;
    let runs = Path::new(runs.unwrap_or(RUNS));
    let listed = std::fs::read_dir(runs).with_context(|| format!("{}", runs.display()))?;
    let mut folders: Vec<PathBuf> =
        listed.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    for folder in folders {
        posed.push(Posed::of_folder(&folder)?);
    }
    Ok(posed)
}

/// The results, in the order of the problems, made on all cores.
fn measured(problems: &[Posed]) -> Result<Vec<Measured>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let work = || {
        while let Some((index, posed)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            problems.get(index).map(|posed| (index, posed))
        } {
            let result = Measured::of(posed);
            results.lock().expect("no thread panics with it").push((index, result));
            eprint!("\r{} of {} problems ", index + 1, problems.len());
        }
    };
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        (0..n_threads).for_each(|_| {
            scope.spawn(work);
        });
    });
    eprintln!();
    let mut results = results.into_inner().expect("no thread panics with it");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
