//! Which classifier `labelshift` uses, and how it is trained.

use super::{ClassifierKind, LabelshiftArgs};
use crate::classifier::{Recipe, tfidf};

impl ClassifierKind {
    /// The name by which the command line and result files call this kind of classifier.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tfidf => tfidf::NAME,
            Self::Distilbert => "distilbert",
        }
    }
}

impl LabelshiftArgs {
    /// The recipe of the classifier that is asked for.
    ///
    /// # Errors
    /// If this program cannot make it.
    pub fn recipe(&self) -> anyhow::Result<Recipe> {
        match self.classifier {
            ClassifierKind::Tfidf => Ok(Recipe::Tfidf(tfidf::Options::default())),
            ClassifierKind::Distilbert => anyhow::bail!(
                "--classifier distilbert is not in this version: use --classifier tfidf"
            ),
        }
    }
}
