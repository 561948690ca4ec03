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
//! A document goes this way: [`ngrams`] cuts it and [`hash`] names the pieces; [`corpus`] counts
//! them once for all fits; [`vocabulary`] chooses the features from the training rows; [`counts`]
//! and [`design`] are the matrix, which [`super::logistic`] fits; [`model`] is the result and [`file`]
//! its form on disk.

mod corpus;
mod counts;
mod design;
mod file;
mod hash;
mod model;
mod ngrams;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use super::logistic::{Convergence, Termination};
pub use corpus::Corpus;
pub use file::load;
pub use model::{Options, TfidfClassifier, TrainingSet};
pub use ngrams::NgramKind;

/// The name by which the command line and result files call this kind of classifier.
pub const NAME: &str = "tfidf";
