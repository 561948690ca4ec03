//! What calibrated posteriors say of a mixture.

use crate::label_shift::calibration::Calibration;
use crate::numeric::log_probabilities::LogProbabilities;
use crate::numeric::math;
use crate::numeric::matrix::Matrix;
use crate::numeric::mixture_likelihood::LikelihoodRatios;

/// The likelihood ratios of the texts that have weight: calibrated posteriors over `prior`, the shares of
/// the classes in the documents that the calibration was fitted on (Alexandari et al. 2020, arXiv 1901.06852,
/// section 2.2).
pub fn posterior_ratios(
    scores: &LogProbabilities,
    calibration: &Calibration,
    prior: &[f64],
    weights: &[f64],
) -> LikelihoodRatios {
    let log_prior: Vec<f64> = prior.iter().map(|&share| math::ln(share)).collect();
    let used: Vec<usize> = (0..weights.len()).filter(|&doc| weights[doc] > 0.0).collect();
    let mut log_densities = Matrix::zeros(used.len(), scores.n_classes());
    for (row_idx, &document) in used.iter().enumerate() {
        let row = log_densities.row_mut(row_idx);
        calibration.logits(scores.row(document), row);
        row.iter_mut().zip(&log_prior).for_each(|(entry, log_share)| *entry -= log_share);
    }
    let weights = used.into_iter().map(|document| weights[document]).collect();
    LikelihoodRatios::of_log_densities(&log_densities, weights)
}
