//! What to do with verdicts.

use crate::label_shift::calibration::CalibrationMethod;
use crate::label_shift::estimate::Estimator;
use crate::shares::merge::Merge;
use crate::shares::unit::Unit;

/// How texts of no category are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum UnknownChoice {
    /// Not at all.
    #[default]
    Ignored,
    /// By [`crate::label_shift::open_set`].
    Estimated,
    /// By a threshold of the largest probability, as the seed study does.
    Threshold(f64),
}

/// What to do with verdicts.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyOptions {
    /// The estimator.
    pub estimator: Estimator,
    /// The calibration of the classifier.
    pub calibration: CalibrationMethod,
    /// Categories to count as one, in this order.
    pub merges: Vec<Merge>,
    /// The unit of the shares that are shown first.
    pub unit: Unit,
    /// How texts of no category are looked for.
    pub unknown: UnknownChoice,
    /// Level of the intervals, between 0 and 1.
    pub level: f64,
    /// Bootstrap replicates (0: no intervals and no tests).
    pub n_replicates: u64,
    /// Seed of every random choice.
    pub seed: u64,
}
