//! Training: terms are chosen and weighed, and a logistic regression is fitted to them.

use anyhow::{Result, ensure};
use rayon::prelude::*;

use super::counts::Counts;
use super::design::{Block, Design};
use super::features::Features;
use super::model::{TfidfClassifier, fingerprints};
use super::ngrams::NgramKind;
use super::options::Options;
use super::training_set::TrainingSet;
use super::vocabulary::{Choice, Vocabulary};
use super::weighing::{inverse_norm, smooth_idf};
use crate::logistic::{Problem, Stop};
use crate::progress::Progress;

impl TfidfClassifier {
    /// The classifier that is trained on these rows alone: vocabulary and frequencies come from
    /// them, too. It is the same, bit for bit, as one trained on a corpus of only these documents,
    /// on any number of threads; nothing is drawn at random.
    ///
    /// Whether the optimisation converged stands in [`TfidfClassifier::convergence`].
    ///
    /// Memory, besides the corpus: 8 bytes for each distinct feature of each row.
    ///
    /// # Errors
    /// If rows and classes differ in number, a row or class does not exist, a category has no
    /// document, no document has any term, or an option is out of its range.
    pub fn fit(
        training: TrainingSet<'_>,
        options: &Options,
        progress: &Progress<'_>,
    ) -> Result<Self> {
        training.check()?;
        options.check()?;
        // Within the pool, the many small pieces of work below need no waking of threads.
        rayon::scope(|_| Self::fit_checked(training, options, progress))
    }

    fn fit_checked(
        training: TrainingSet<'_>,
        options: &Options,
        progress: &Progress<'_>,
    ) -> Result<Self> {
        let n_classes = training.categories.len();
        let (vocabularies, blocks): (Vec<_>, Vec<_>) = NgramKind::ALL
            .iter()
            .enumerate()
            .map(|(done, &kind)| {
                progress("choose terms", done, NgramKind::ALL.len());
                block(kind, training, options.max_features)
            })
            .unzip();
        ensure!(
            vocabularies.iter().any(|vocabulary| vocabulary.len() > 0),
            "no terms: every training document is empty or nearly so"
        );
        progress("choose terms", NgramKind::ALL.len(), NgramKind::ALL.len());
        let design = Design { blocks, n_docs: training.rows.len() };
        let problem = Problem {
            design: &design,
            classes: training.classes,
            n_classes,
            inverse_regularization: options.inverse_regularization,
        };
        let stop = Stop { tolerance: options.tolerance, max_iterations: options.max_iterations };
        let solution =
            problem.minimise(stop, &|iteration| progress("fit", iteration, options.max_iterations));
        let mut features =
            vocabularies.into_iter().zip(&design.blocks).map(|(vocabulary, block)| {
                Features::new(vocabulary, block.weights(&solution.coefficients, n_classes))
            });
        let features = std::array::from_fn(|_| features.next().expect("one for each kind"));
        Ok(Self {
            categories: training.categories.clone(),
            options: *options,
            convergence: solution.convergence,
            features,
            intercepts: solution.intercepts,
            trained_on: fingerprints(&training.documents()),
        })
    }
}

/// Vocabulary and features of one kind of n-gram over the training rows.
pub(super) fn block(
    kind: NgramKind,
    training: TrainingSet<'_>,
    max_features: usize,
) -> (Vocabulary, Block) {
    let TrainingSet { corpus, rows, .. } = training;
    let counts = corpus.counts(kind);
    let choice = Choice::most_frequent(counts, rows, max_features);
    let n_features = choice.hashes.len();
    let by_row = Counts::from_lines(rows.len(), n_features, |position, line| {
        choice.features(counts, rows[position], line);
    });
    let by_column = by_row.transposed(n_features);
    let frequency = |column: usize| {
        u32::try_from(by_column.totals(column).count()).expect("memory ends before 2^32 documents")
    };
    let frequencies: Vec<u32> = (0..n_features).into_par_iter().map(frequency).collect();
    let n_docs = u32::try_from(rows.len()).expect("memory ends before 2^32 documents");
    let idf: Vec<f64> = frequencies.iter().map(|&df| smooth_idf(df, n_docs)).collect();
    let inverse_norms = (0..rows.len())
        .into_par_iter()
        .map(|row| {
            let values =
                by_row.totals(row).map(|(column, count)| count as f64 * idf[column as usize]);
            inverse_norm(values)
        })
        .collect();
    let texts = choice.texts(kind, corpus, rows, &by_column);
    let vocabulary = Vocabulary::new(kind, texts, frequencies, n_docs)
        .expect("terms of distinct hashes are distinct");
    (vocabulary, Block { by_row, by_column, idf, inverse_norms })
}
