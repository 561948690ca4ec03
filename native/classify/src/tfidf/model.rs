//! The trained model: terms, their weights, and what it makes of a document.

use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_corpus::fingerprint::fingerprint;
use rayon::prelude::*;

use super::corpus::Corpus;
use super::features::Features;
use super::options::Options;
use super::vocabulary::Choice;
use crate::logistic::{Convergence, log_softmax};

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

impl TfidfClassifier {
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
    /// for bit, as [`Classifier::log_probabilities`](crate::Classifier::log_probabilities) of their documents.
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
    pub(super) fn classify(&self, features: impl Fn(usize, &mut Vec<(u32, u32)>)) -> Vec<f64> {
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

/// The fingerprints of these documents, ascending.
pub(super) fn fingerprints(documents: &[&str]) -> Vec<u64> {
    let mut fingerprints: Vec<u64> =
        documents.par_iter().map(|document| fingerprint(document)).collect();
    fingerprints.sort_unstable();
    fingerprints
}
