//! The documents that a classifier is trained on, whatever its kind.

#[cfg(feature = "burn")]
use anyhow::{Context as _, Result};
use data_anatomy_core::shares::taxonomy::Taxonomy;
#[cfg(feature = "burn")]
use data_anatomy_corpus::fingerprint::fingerprint;
#[cfg(feature = "burn")]
use rayon::prelude::*;

/// What to train on.
#[derive(Debug, Clone, Copy)]
pub struct TrainingDocuments<'a> {
    /// What is trained on.
    pub texts: &'a [&'a str],
    /// The document that each is a part of, or stands for: such are remembered, and must not measure.
    pub sources: &'a [&'a str],
    /// The class of each, as its position in `categories`.
    pub classes: &'a [usize],
    /// The names of the classes.
    pub categories: &'a Taxonomy,
}

#[cfg(feature = "burn")]
impl TrainingDocuments<'_> {
    /// # Errors
    /// If a class does not exist, or a category has no document.
    pub(crate) fn check(&self) -> Result<()> {
        let mut n_docs = vec![0_usize; self.categories.len()];
        for &class in self.classes {
            let n_classes = n_docs.len();
            let n = n_docs.get_mut(class);
            *n.with_context(|| format!("{n_classes} categories have no class `{class}`"))? += 1;
        }
        if let Some(empty) = n_docs.iter().position(|&n| n == 0) {
            anyhow::bail!("no training document in category `{}`", self.categories.names()[empty]);
        }
        Ok(())
    }

    /// The fingerprints of the sources, ascending, each once.
    pub(crate) fn fingerprints(&self) -> Vec<u64> {
        let mut fingerprints: Vec<u64> =
            self.sources.par_iter().map(|source| fingerprint(source)).collect();
        fingerprints.sort_unstable();
        fingerprints.dedup();
        fingerprints
    }
}
