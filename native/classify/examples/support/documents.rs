//! Labelled documents for the examples, and how well a classifier does on them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use data_anatomy_core::shares::taxonomy::Taxonomy;
use serde_json::Value;

/// Documents and the positions of their categories.
#[derive(Default)]
pub(crate) struct Documents {
    pub(crate) texts: Vec<String>,
    pub(crate) classes: Vec<usize>,
}

impl Documents {
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.texts.iter().map(String::as_str).collect()
    }
}

/// The categories, the training and the held-out documents.
pub(crate) fn read(folder: &Path, per_class: usize) -> Result<(Taxonomy, Documents, Documents)> {
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    let (mut train, mut held_out) = (Documents::default(), Documents::default());
    for (class, path) in paths.iter().enumerate() {
        for (index, line) in std::fs::read_to_string(path)?.lines().take(per_class).enumerate() {
            let value: Value = serde_json::from_str(line)?;
            let part = if index % 5 == 4 { &mut held_out } else { &mut train };
            part.texts.push(value["text"].as_str().context("no text")?.to_owned());
            part.classes.push(class);
        }
    }
    let name = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok((Taxonomy::new(paths.iter().map(name))?, train, held_out))
}

/// Accuracy and mean log loss.
pub(crate) fn score(log_probabilities: &[f64], classes: &[usize], n_classes: usize) -> (f64, f64) {
    let (mut n_right, mut loss) = (0_u32, 0.0);
    for (row, &class) in log_probabilities.chunks(n_classes).zip(classes) {
        let best = (0..n_classes).max_by(|&left, &right| row[left].total_cmp(&row[right]));
        n_right += u32::from(best == Some(class));
        loss -= row[class];
    }
    let n_docs = classes.len() as f64;
    (f64::from(n_right) / n_docs, loss / n_docs)
}
