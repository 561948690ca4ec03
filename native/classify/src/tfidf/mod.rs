//! The classifier `tfidf`: words and characters, counted, weighed and fed to a logistic regression.
//!
//! Features are those of scikit-learn 1.9's
//!
//! ```text
//! FeatureUnion([TfidfVectorizer(analyzer="word", ngram_range=(1, 2), max_features=200_000),
//!               TfidfVectorizer(analyzer="char", ngram_range=(3, 5), max_features=200_000)])
//! ```
//!
//! each block of unit length on its own; the classifier is its `LogisticRegression(C=4)`, run to
//! convergence. Where equally frequent terms compete for the last places, those with the smaller
//! hashes win; scikit-learn leaves the choice open.
//!
//! A document goes this way: `ngrams` cuts it and `hash` names the pieces; `corpus` counts
//! them once for all fits. A `training_set` is some of its rows: `training` has `vocabulary` choose
//! the terms and `weighing` weigh their counts; `counts` and `design` are the matrix, which
//! `logistic` fits as `options` say. `features` are the terms with their weights, `model`
//! the whole, `file` its form on disk, and `classifier` what the rest of the program sees of it.

mod classifier;
mod corpus;
mod counts;
mod design;
mod features;
mod file;
mod hash;
mod model;
mod ngrams;
mod options;
#[cfg(test)]
mod tests;
mod training;
mod training_set;
mod vocabulary;
mod weighing;

pub use crate::logistic::{Convergence, Termination};
pub use classifier::NAME;
pub use corpus::Corpus;
pub use file::load;
pub use model::TfidfClassifier;
pub use ngrams::NgramKind;
pub use options::Options;
pub use training_set::TrainingSet;
