//! Estimators that invert a confusion matrix, and the one that does not correct at all.

use super::{Estimate, Estimator, mixture_of};
use crate::label_shift::confusion_matrix::{ConfusionMatrix, Hard, PredictedShares, Soft};
use crate::numeric::simplex;
use crate::numeric::termination::Termination;

/// The `acc` estimate: the mixture whose hard confusion explains the hard predictions best, by
/// least squares on the simplex (Forman 2008; Bunse 2022 for the constraint). `start`, a similar
/// mixture, saves time.
pub fn acc(
    confusion: &ConfusionMatrix<Hard>,
    predicted: &PredictedShares<Hard>,
    start: Option<&[f64]>,
) -> Estimate {
    matched(Estimator::Acc, confusion, predicted, start)
}

/// The `pacc` estimate: the mixture whose soft confusion explains the mean probabilities best, by
/// least squares on the simplex (Bella et al. 2010). `start`, a similar mixture, saves time.
pub fn pacc(
    confusion: &ConfusionMatrix<Soft>,
    predicted: &PredictedShares<Soft>,
    start: Option<&[f64]>,
) -> Estimate {
    matched(Estimator::Pacc, confusion, predicted, start)
}

fn matched<V>(
    estimator: Estimator,
    confusion: &ConfusionMatrix<V>,
    predicted: &PredictedShares<V>,
    start: Option<&[f64]>,
) -> Estimate {
    let fit = simplex::least_squares(confusion.pred_from_true(), &predicted.shares(), start);
    Estimate {
        mixture: mixture_of(&fit.shares),
        estimator,
        certificate: fit.duality_gap,
        iterations: fit.iterations,
        termination: fit.termination,
    }
}

/// The `counting` estimate: the mean probabilities themselves.
pub fn counting(predicted: &PredictedShares<Soft>) -> Estimate {
    direct(Estimator::Counting, &predicted.shares())
}

/// The `seed` estimate: the least-squares solution of least norm of the *hard* matrix times the
/// mixture = the *soft* means, projected onto the simplex; for comparison with the seed study.
pub fn seed(confusion: &ConfusionMatrix<Hard>, predicted: &PredictedShares<Soft>) -> Estimate {
    let unconstrained = confusion.pred_from_true().least_squares(&predicted.shares());
    direct(Estimator::Seed, &simplex::project(&unconstrained))
}

fn direct(estimator: Estimator, shares: &[f64]) -> Estimate {
    Estimate {
        mixture: mixture_of(shares),
        estimator,
        certificate: 0.0,
        iterations: 0,
        termination: Termination::Direct,
    }
}
