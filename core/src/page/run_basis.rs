//! What a run's estimate is made of: the file beside its summary from which it is estimated again.

use super::file_kind::FileKind;
use crate::files::predictions::{self, Prediction};
use crate::messages::input_error::InputError;
use crate::openings::evidence::Evidence;

/// The basis of the run whose other files lie in the same place.
#[derive(Debug)]
pub(super) struct RunBasis {
    /// What lies there.
    pub(super) basis: Basis,
}

/// What an estimate is made of, by method.
#[derive(Debug)]
pub(super) enum Basis {
    /// A classifier's verdicts.
    Predictions(Vec<Prediction>),
    /// What a model expects at the beginning of a document.
    Openings(Evidence),
}

impl RunBasis {
    /// The basis in this text, of the kind that it was found to be.
    ///
    /// # Errors
    /// If it is malformed.
    pub(super) fn parse(kind: FileKind, path: &str, text: &str) -> Result<Self, InputError> {
        let basis = match kind {
            FileKind::Openings => Basis::Openings(Evidence::parse(path, text.as_bytes())?),
            _ => Basis::Predictions(predictions::parse(path, text)?),
        };
        Ok(Self { basis })
    }

    /// Its kind.
    pub(super) fn kind(&self) -> FileKind {
        match self.basis {
            Basis::Predictions(_) => FileKind::Predictions,
            Basis::Openings(_) => FileKind::Openings,
        }
    }

    /// Its verdicts, if it holds such.
    pub(super) fn predictions(&self) -> Option<&Vec<Prediction>> {
        match &self.basis {
            Basis::Predictions(predictions) => Some(predictions),
            Basis::Openings(_) => None,
        }
    }
}
