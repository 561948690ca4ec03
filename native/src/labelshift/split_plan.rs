//! Which documents are to train and which to measure, where no classifier was trained before.

use data_anatomy_corpus::split::{Grouped, Split};

/// Folds that take turns where nobody says how many.
const N_FOLDS: usize = 5;

/// Documents of a category of which a part is enough to measure by.
const MANY_IN_CATEGORY: usize = 500;

/// Documents of all categories that are too many to train on several times without being asked to.
const MANY_IN_ALL: usize = 20_000;

/// How documents are split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SplitPlan {
    /// The documents that the user gives for it measure.
    Given,
    /// This share of each category's documents measures, drawn at random.
    Once {
        /// The share, between 0 and 1.
        val_fraction: f64,
    },
    /// So many folds take turns: each measures what the others train.
    Crossed {
        /// Folds, two or more.
        n_folds: usize,
    },
    /// Folds take turns where documents are few and training is cheap; else this share measures.
    AsItPays {
        /// The share, between 0 and 1.
        val_fraction: f64,
    },
}

impl SplitPlan {
    /// The split of these documents; `measures` says of each whether it is given to measure.
    ///
    /// # Errors
    /// If there are too few documents.
    pub fn split(
        self,
        grouped: &Grouped<'_>,
        measures: &[bool],
        seed: u64,
    ) -> anyhow::Result<Split> {
        match self {
            Self::Given => grouped.given(measures),
            Self::Once { val_fraction } => grouped.stratified(val_fraction, seed),
            Self::Crossed { n_folds } => grouped.crossed(n_folds, seed),
            Self::AsItPays { val_fraction } => {
                let crossed = pays(grouped).then(|| grouped.crossed(N_FOLDS, seed));
                match crossed {
                    Some(Ok(split)) => Ok(split),
                    _ => grouped.stratified(val_fraction, seed),
                }
            }
        }
    }
}

/// Whether measuring by every document is worth the training: a small category would leave few, and there are
/// not so many in all that they would take long.
fn pays(grouped: &Grouped<'_>) -> bool {
    grouped.smallest() < MANY_IN_CATEGORY && grouped.classes.len() <= MANY_IN_ALL
}
