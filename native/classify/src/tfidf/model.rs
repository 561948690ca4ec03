//! The trained classifier.

use std::path::Path;

use anyhow::{Result, ensure};
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_corpus::fingerprint::fingerprint;
use rayon::prelude::*;

use super::super::logistic::{Convergence, Problem, Stop, Termination, log_softmax};
use super::super::{Classifier, Progress};
use super::corpus::Corpus;
use super::counts::Counts;
use super::design::{Block, Design};
use super::ngrams::NgramKind;
use super::vocabulary::{Choice, Vocabulary, smooth_idf};

/// Documents that are classified between two calls of the progress callback.
const DOCS_PER_CALL: usize = 1024;

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How many terms of each kind are kept; default 200,000.
    pub max_features: usize,
    /// `C` of the logistic regression, the inverse of the penalty's strength; default 4.
    pub inverse_regularization: f64,
    /// The Euclidean norm of the gradient, divided by `C` times the number of documents, at which
    /// training has converged; default 1e-6. Probabilities of unseen texts are then within about
    /// 1e-5 of the optimum's (measured on real text with 6 and with 87 classes).
    pub tolerance: f64,
    /// Most steps of the optimiser; default 1,000.
    pub max_iterations: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_features: 200_000,
            inverse_regularization: 4.0,
            tolerance: 1e-6,
            max_iterations: 1000,
        }
    }
}

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

/// Features of one kind with their weights.
#[derive(Debug)]
pub(super) struct Features {
    pub(super) vocabulary: Vocabulary,
    /// `[n_features, n_classes]`, row-major.
    pub(super) weights: Vec<f32>,
    /// `[n_features]`
    idf: Vec<f64>,
}

/// A trained tf-idf classifier.
///
/// Memory: about `80 + 4 · n_classes` bytes for each of at most twice 200,000 terms.
#[derive(Debug)]
pub struct TfidfClassifier {
    pub(super) categories: Taxonomy,
    pub(super) options: Options,
    pub(super) convergence: Convergence,
    pub(super) features: [Features; 2],
    pub(super) intercepts: Vec<f64>,
    /// Fingerprints of the documents that were trained on, ascending.
    pub(super) trained_on: Vec<u64>,
}

impl Features {
    pub(super) fn new(vocabulary: Vocabulary, weights: Vec<f32>) -> Self {
        let n_docs = vocabulary.n_training_docs();
        let frequencies = vocabulary.document_frequencies().iter();
        let idf = frequencies.map(|&frequency| smooth_idf(frequency, n_docs)).collect();
        Self { vocabulary, weights, idf }
    }

    /// Adds weights times tf-idf values to `logits`.
    fn add_to(&self, features: &mut [(u32, u32)], logits: &mut [f64]) {
        features.sort_unstable_by_key(|&(column, _)| column);
        let values: Vec<(usize, f64)> = features
            .chunk_by(|left, right| left.0 == right.0)
            .map(|same| {
                let column = same[0].0 as usize;
                let count = same.iter().map(|&(_, count)| u64::from(count)).sum::<u64>();
                (column, count as f64 * self.idf[column])
            })
            .collect();
        let inverse_norm = inverse_norm(values.iter().map(|&(_, value)| value));
        let n_classes = logits.len();
        for (column, value) in values {
            let weights = &self.weights[column * n_classes..(column + 1) * n_classes];
            for (logit, &weight) in logits.iter_mut().zip(weights) {
                *logit += value * inverse_norm * f64::from(weight);
            }
        }
    }
}

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
        check(training, options)?;
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
            trained_on: fingerprints(&rows_of(training)),
        })
    }

    /// Remembers these documents as those that were trained on: the wholes of what was trained on in parts.
    pub fn remember(&mut self, documents: &[&str]) {
        self.trained_on = fingerprints(documents);
    }

    /// How far the optimisation came; a caller should tell the user if it did not converge.
    pub fn convergence(&self) -> &Convergence {
        &self.convergence
    }

    /// How it was trained.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The logarithms of the categories' probabilities for some rows of a corpus; the same, bit
    /// for bit, as [`Classifier::log_probabilities`] of their documents.
    ///
    /// # Shapes
    /// `[rows.len(), n_classes]`, row-major.
    pub fn log_probabilities_of_rows(&self, corpus: &Corpus<'_>, rows: &[usize]) -> Vec<f64> {
        let choices = self.features.each_ref().map(|features| {
            let counts = corpus.counts(features.vocabulary.kind());
            (Choice::of_vocabulary(counts, &features.vocabulary), counts)
        });
        let probabilities = rows.par_iter().flat_map_iter(|&row| {
            self.classify(|kind_idx, columns| {
                let (choice, counts) = &choices[kind_idx];
                choice.features(counts, row, columns);
            })
        });
        probabilities.collect()
    }

    /// The terms that speak most for a category: the largest weights, with their terms.
    ///
    /// A term's weight is the change of the category's logit for one unit of its tf-idf value.
    ///
    /// # Panics
    /// If there is no such category.
    pub fn informative_terms(&self, category: usize, n_terms: usize) -> Vec<(&str, f32)> {
        let n_classes = self.categories.len();
        assert!(category < n_classes, "there are {n_classes} categories");
        let mut terms: Vec<(f32, usize, usize)> = Vec::new();
        for (kind_idx, features) in self.features.iter().enumerate() {
            let weights = features.weights.iter().skip(category).step_by(n_classes);
            terms.extend(weights.enumerate().map(|(column, &weight)| (weight, kind_idx, column)));
        }
        let by_weight = |left: &(f32, usize, usize), right: &(f32, usize, usize)| {
            right.0.total_cmp(&left.0).then_with(|| (left.1, left.2).cmp(&(right.1, right.2)))
        };
        terms.sort_unstable_by(by_weight);
        terms.truncate(n_terms);
        let text = |kind_idx: usize, column| self.features[kind_idx].vocabulary.term(column);
        terms
            .into_iter()
            .map(|(weight, kind_idx, column)| (text(kind_idx, column), weight))
            .collect()
    }

    /// The log-probabilities of one document, whose features of each kind are appended by
    /// `features` as columns and counts.
    fn classify(&self, features: impl Fn(usize, &mut Vec<(u32, u32)>)) -> Vec<f64> {
        let mut logits = self.intercepts.clone();
        let mut columns = Vec::new();
        for (kind_idx, block) in self.features.iter().enumerate() {
            columns.clear();
            features(kind_idx, &mut columns);
            block.add_to(&mut columns, &mut logits);
        }
        log_softmax(&mut logits);
        logits
    }
}

impl Classifier for TfidfClassifier {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn categories(&self) -> &Taxonomy {
        &self.categories
    }

    fn trained_on(&self, document: &str) -> bool {
        self.trained_on.binary_search(&fingerprint(document)).is_ok()
    }

    fn doubts(&self) -> Vec<Diagnostic> {
        if self.convergence.termination == Termination::Converged {
            return Vec::new();
        }
        let message = "the classifier's training stopped before it converged";
        vec![Diagnostic::warning("classifier_not_converged", message)]
    }

    fn log_probabilities(&self, documents: &[&str], progress: &Progress<'_>) -> Result<Vec<f64>> {
        let mut probabilities = Vec::with_capacity(documents.len() * self.categories.len());
        for (call, chunk) in documents.chunks(DOCS_PER_CALL).enumerate() {
            progress("classify", call * DOCS_PER_CALL, documents.len());
            probabilities.par_extend(chunk.par_iter().flat_map_iter(|document| {
                self.classify(|kind_idx, columns| {
                    let vocabulary = &self.features[kind_idx].vocabulary;
                    vocabulary.kind().for_each(document, |hash, _| {
                        columns.extend(vocabulary.column(hash).map(|column| (column, 1)));
                    });
                })
            }));
        }
        progress("classify", documents.len(), documents.len());
        Ok(probabilities)
    }

    fn save(&self, path: &Path) -> Result<()> {
        super::file::save(self, path)
    }
}

fn rows_of<'a>(training: TrainingSet<'a>) -> Vec<&'a str> {
    training.rows.iter().map(|&row| training.corpus.document(row)).collect()
}

/// Ascending.
fn fingerprints(documents: &[&str]) -> Vec<u64> {
    let mut fingerprints: Vec<u64> =
        documents.par_iter().map(|document| fingerprint(document)).collect();
    fingerprints.sort_unstable();
    fingerprints
}

fn check(training: TrainingSet<'_>, options: &Options) -> Result<()> {
    let TrainingSet { corpus, rows, classes, categories } = training;
    ensure!(
        rows.len() == classes.len(),
        "there are {} rows, but {} classes",
        rows.len(),
        classes.len()
    );
    if let Some(row) = rows.iter().find(|&&row| row >= corpus.n_docs()) {
        anyhow::bail!("the corpus has {} documents, so there is no row `{row}`", corpus.n_docs());
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
    ensure!(options.max_features > 0, "max_features must be positive: `0`");
    ensure!(
        options.inverse_regularization > 0.0 && options.inverse_regularization.is_finite(),
        "inverse_regularization must be positive: `{}`",
        options.inverse_regularization
    );
    ensure!(options.tolerance > 0.0, "tolerance must be positive: `{}`", options.tolerance);
    Ok(())
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

/// One over the Euclidean norm; 0 for a row of zeros.
fn inverse_norm(values: impl Iterator<Item = f64>) -> f64 {
    let square: f64 = values.map(|value| value * value).sum();
    if square > 0.0 { 1.0 / square.sqrt() } else { 0.0 }
}
