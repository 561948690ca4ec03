//! Estimates of the mixture of a sample from what a classifier says of it, under label shift.
//!
//! | estimator | explains | by |
//! |---|---|---|
//! | [`Estimator::Em`] | the calibrated posterior of each text | maximum likelihood |
//! | [`Estimator::Pacc`] | mean probabilities | the soft matrix, least squares on the simplex |
//! | [`Estimator::Acc`] | shares of hard predictions | the hard matrix, least squares on the simplex |
//! | [`Estimator::Counting`] | – | mean probabilities, not corrected |
//! | [`Estimator::Seed`] | mean probabilities | the hard matrix, solved and projected |
//!
//! The last two are for comparison: neither converges to the mixture.
//!
//! Imports, of its own room, [`calibration`](crate::label_shift::calibration) and
//! [`confusion_matrix`](crate::label_shift::confusion_matrix); of others [`numeric`](crate::numeric),
//! [`shares`](crate::shares), [`messages`](crate::messages).

pub mod doubt;
pub mod inversion;
pub mod posterior_ratios;
pub mod problem;
pub(crate) mod surety;

use crate::numeric::termination::Termination;
use crate::shares::mixture::Mixture;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which estimator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    /// Maximum likelihood of the mixture given calibrated posteriors: the fixed point of the EM
    /// iteration of Saerens, Latinne & Decaestecker (2002). Runs of an earlier version may say `auto`, which
    /// meant this one unless a test failed.
    #[default]
    #[serde(alias = "auto")]
    Em,
    /// Probabilistic adjusted classify and count (Bella et al. 2010): soft means, soft matrix.
    Pacc,
    /// Adjusted classify and count (Forman 2008): hard shares, hard matrix.
    Acc,
    /// Probabilistic classify and count: the soft means as they are. Biased towards the mixture of
    /// the validation documents.
    Counting,
    /// The seed study's: soft means with the hard matrix, unconstrained least squares, projected
    /// onto the simplex. Does not converge to the mixture, whatever the sample.
    Seed,
}

impl Estimator {
    /// All estimators, the default first.
    pub const ALL: [Self; 5] = [Self::Em, Self::Pacc, Self::Acc, Self::Counting, Self::Seed];

    /// The name used in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Em => "em",
            Self::Pacc => "pacc",
            Self::Acc => "acc",
            Self::Counting => "counting",
            Self::Seed => "seed",
        }
    }

    /// The estimator of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|estimator| estimator.name() == name)
    }

    /// The estimator that this one is compared with.
    pub fn rival(self) -> Self {
        if self == Self::Em { Self::Pacc } else { Self::Em }
    }

    /// Whether it converges to the mixture when label shift holds and the sample grows.
    pub fn is_consistent(self) -> bool {
        matches!(self, Self::Em | Self::Pacc | Self::Acc)
    }
}

impl fmt::Display for Estimator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// An estimated mixture, and how far it is known to be from the optimum it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub mixture: Mixture,
    /// Which estimator made it.
    pub estimator: Estimator,
    /// An upper bound on the distance of its objective from the optimum: of the mean
    /// log-likelihood in nats for `em`, of half the squared residual for `acc` and `pacc`, 0 for
    /// closed forms.
    pub certificate: f64,
    /// Iterations of the solver.
    pub iterations: usize,
    /// Why the solver stopped.
    pub termination: Termination,
}

/// The shares of a solver as a mixture.
///
/// # Panics
/// If they are not shares, which would be a fault of the solver.
fn mixture_of(shares: &[f64]) -> Mixture {
    Mixture::from_weights(shares).expect("a solver on the simplex returns shares")
}
