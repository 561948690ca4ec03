//! Some rows of a corpus, with their classes.

use anyhow::{Result, ensure};
use data_anatomy_core::shares::taxonomy::Taxonomy;

use super::corpus::Corpus;

/// What to train on: some rows of a corpus, and their classes.
#[derive(Debug, Clone, Copy)]
pub struct TrainingSet<'a> {
    /// The documents.
    pub corpus: &'a Corpus<'a>,
    /// Those of them that are trained on.
    pub rows: &'a [usize],
    /// The class of each of `rows`, as its position in `categories`.
    pub classes: &'a [usize],
    /// The names of the classes.
    pub categories: &'a Taxonomy,
}

impl<'a> TrainingSet<'a> {
    /// The documents that are trained on.
    pub(super) fn documents(&self) -> Vec<&'a str> {
        self.rows.iter().map(|&row| self.corpus.document(row)).collect()
    }

    /// # Errors
    /// If rows and classes differ in number, a row or class does not exist, or a category has no
    /// document.
    pub(super) fn check(&self) -> Result<()> {
        let Self { corpus, rows, classes, categories } = *self;
        ensure!(
            rows.len() == classes.len(),
            "there are {} rows, but {} classes",
            rows.len(),
            classes.len()
        );
        if let Some(row) = rows.iter().find(|&&row| row >= corpus.n_docs()) {
            anyhow::bail!(
                "the corpus has {} documents, so there is no row `{row}`",
                corpus.n_docs()
            );
        }
        let mut n_docs = vec![0_usize; categories.len()];
        for &class in classes {
            ensure!(
                class < n_docs.len(),
                "there are {} categories, so there is no class `{class}`",
                n_docs.len()
            );
            n_docs[class] += 1;
        }
        if let Some(empty) = n_docs.iter().position(|&n| n == 0) {
            anyhow::bail!("no training document in category `{}`", categories.names()[empty]);
        }
        Ok(())
    }
}
