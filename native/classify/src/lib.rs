//! Classifiers: documents in, log-probabilities of categories out.
//!
//! A classifier is shown documents whose category is known, and then says of any document how probable each
//! category is. There are three kinds: `tfidf` counts words and characters and needs seconds; `embedding`
//! rests on a frozen encoder; `encoder` (`distilbert` on the command line) fine-tunes one. The last two are
//! there where the feature `burn` is.
//!
//! The data goes one way:
//!
//! ```text
//! TrainingDocuments ─ Recipe::train ─▶ Classifier ─ log_probabilities ─▶ one row per document
//!                     Recipe::load  ─▶     │
//!                                          └─ save ─▶ a file, or a folder
//! ```
//!
//! Begin with [`Recipe`], which says how a classifier is made, makes it, and loads one that it made before.
//! What anybody needs of a trained one is the trait [`Classifier`]: nobody outside this crate knows which
//! kind it is. Who wants terms and weights, or many fits on parts of one corpus, goes to [`tfidf`].
//!
//! ```
//! use data_anatomy_classify::{Recipe, TrainingDocuments, tfidf};
//! use data_anatomy_core::shares::taxonomy::Taxonomy;
//! use data_anatomy_job::progress::Progress;
//!
//! # fn main() -> anyhow::Result<()> {
//! let texts = [
//!     "fn main() { let total = a + b; }",
//!     "for i in 0..n { total += values[i]; }",
//!     "She closed the door and walked down to the sea.",
//!     "It rained all night, and nobody came to the house.",
//! ];
//! let categories = Taxonomy::new(["code", "prose"])?;
//! let classes = [0, 0, 1, 1];
//! let documents =
//!     TrainingDocuments { texts: &texts, sources: &texts, classes: &classes, categories: &categories };
//! let recipe = Recipe::Tfidf(tfidf::Options::default());
//! let classifier = recipe.train(documents, &Progress::new(true))?;
//!
//! let asked = ["let n = values.len();", "The sea was calm, and she walked home."];
//! let rows = classifier.log_probabilities(&asked, &|_, _, _| {})?;
//! assert!(rows[0] > rows[1] && rows[2] < rows[3]);
//! // What it learnt from can measure nothing, so it remembers.
//! assert!(classifier.trained_on(texts[0]) && !classifier.trained_on(asked[0]));
//! # Ok(())
//! # }
//! ```
//!
//! What it does not know: how often a classifier errs, which is measured on documents that it has not seen;
//! which documents those are; and what shares the categories have in anything. It takes a row of verdicts to
//! be about one document, and draws no conclusion from many.

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
