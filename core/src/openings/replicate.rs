//! One replicate of an estimate: from other documents, other lead-ins, and a model that erred otherwise.

use super::following::{Exactness, Following, following};
use super::prepared::Prepared;
use super::resampling::{drawn_counts, drawn_expectations};
use super::trust::TrustDraw;
use crate::numeric::rng::RandomStream;

/// What replicate `index` of a study gives.
#[derive(Debug, Clone, PartialEq)]
pub struct OpeningsReplicate {
    /// Shares of documents.
    pub documents: Vec<f64>,
    /// The mean lengths that it takes, where lengths are known.
    pub mean_lengths: Option<Vec<f64>>,
    /// What a world in which nothing is wrong shows, for the first replicates.
    pub trust: Option<TrustDraw>,
}

/// The model's own error: as if the mixture that it learned were counted on so many documents.
///
/// Where beginnings are learned imperfectly the estimate is off however many documents and lead-ins there are.
/// Measured on planted models, half of which chose the number (`tests/oracle/openings_study.py`).
pub const MODEL_DOCUMENTS: f64 = 80.0;

/// The estimate from resampled documents and lead-ins.
pub(super) fn resampled(study: &Prepared, stream: &mut RandomStream) -> Following {
    let evidence = &study.evidence;
    let counts: Vec<Vec<f64>> = evidence
        .references
        .iter()
        .map(|references| drawn_counts(&references.counts, references.n_documents(), stream))
        .collect();
    let counts: Vec<&[f64]> = counts.iter().map(Vec::as_slice).collect();
    let beginnings = study.as_learned(&counts);
    let expected = drawn_expectations(evidence, stream);
    following(&expected, &beginnings, Some(&study.following.weights), Exactness::Rough)
}
