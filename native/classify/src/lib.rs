//! Classifiers: documents in, log-probabilities of categories out.
//!
//! A [`Recipe`] says how a classifier is made and loads one that it made before; what the rest of the
//! program needs of a trained one is the trait [`Classifier`]. Nobody outside this folder knows which
//! kind it is.

mod classifier;
#[cfg(feature = "burn")]
pub mod embedding;
#[cfg(feature = "burn")]
pub mod encoder;
pub mod encoder_defaults;
mod logistic;
mod progress;
mod recipe;
pub mod tfidf;
mod training_documents;

pub use classifier::Classifier;
pub use progress::{Progress, shown};
pub use recipe::Recipe;
pub use training_documents::TrainingDocuments;
