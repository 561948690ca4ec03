//! The model as what the rest of the program needs: verdicts, doubts, a file.

use std::path::Path;

use anyhow::Result;
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_corpus::fingerprint::fingerprint;
use rayon::prelude::*;

use super::file;
use super::model::TfidfClassifier;
use crate::classifier::Classifier;
use crate::logistic::Termination;
use crate::progress::Progress;

/// The name by which the command line and result files call this kind of classifier.
pub const NAME: &str = "tfidf";

/// Documents that are classified between two calls of the progress callback.
const DOCS_PER_CALL: usize = 1024;

impl Classifier for TfidfClassifier {
    fn name(&self) -> &'static str {
        NAME
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
        file::save(self, path)
    }
}
