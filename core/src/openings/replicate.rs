//! One replicate of an estimate: from other documents, other lead-ins, and a model that erred otherwise.

use super::evidence::Evidence;
use super::following::{Exactness, Following, following};
use super::study::Study;
use super::trust::TrustDraw;
use crate::numeric::matrix::Matrix;
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

/// So much of a document is added to each category before its share is drawn: one that seems absent need not be.
const LEAST_DOCUMENTS: f64 = 0.25;

/// The estimate from resampled documents and lead-ins.
pub(super) fn resampled(study: &Study, stream: &mut RandomStream) -> Following {
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

/// A mixture that a model of this kind may have learned where `shares` were read: Dirichlet about them.
pub(super) fn with_model_error(shares: &[f64], stream: &mut RandomStream) -> Vec<f64> {
    let concentrations: Vec<f64> =
        shares.iter().map(|share| MODEL_DOCUMENTS * share + LEAST_DOCUMENTS).collect();
    stream.dirichlet(&concentrations)
}

/// Counts of as many documents, drawn in proportion to `weights`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of documents, at least 1 and far below 2^52"
)]
pub(super) fn drawn_counts(weights: &[f64], n: f64, stream: &mut RandomStream) -> Vec<f64> {
    let mut cumulative: Vec<(usize, f64)> = Vec::new();
    let mut total = 0.0;
    for (cell, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        total += weight;
        cumulative.push((cell, total));
    }
    let mut counts = vec![0.0; weights.len()];
    for _ in 0..n.round() as usize {
        let place = stream.unit() * total;
        let found = cumulative.partition_point(|(_, upto)| *upto <= place);
        let cell = cumulative[found.min(cumulative.len() - 1)].0;
        counts[cell] += 1.0;
    }
    counts
}

/// The mean of as many expectations of each row, drawn with replacement.
fn drawn_expectations(evidence: &Evidence, stream: &mut RandomStream) -> Matrix {
    let mut mean = Matrix::zeros(evidence.n_rows(), evidence.cells.len());
    for row in 0..mean.n_rows() {
        let own: Vec<_> = evidence.of_row(row).collect();
        let drawn: Vec<_> = own.iter().map(|_| own[stream.index(own.len())]).collect();
        let n_leads: f64 = drawn.iter().map(|expectation| expectation.n_leads).sum();
        for expectation in drawn {
            let weight = expectation.n_leads / n_leads;
            let entries = mean.row_mut(row).iter_mut().zip(&expectation.shares);
            entries.for_each(|(entry, share)| *entry += weight * share);
        }
    }
    mean
}
