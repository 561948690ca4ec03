//! How a mixture is estimated, as it can be typed.

use clap::ValueEnum;
use data_anatomy_core::label_shift::calibration::CalibrationMethod;
use data_anatomy_core::label_shift::estimate::Estimator;

/// Estimators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EstimatorKind {
    /// Maximum likelihood by EM on calibrated probabilities.
    Em,
    /// Mean probabilities corrected by a soft confusion matrix.
    Pacc,
    /// Counted decisions corrected by a hard confusion matrix.
    Acc,
    /// Mean probabilities as they are.
    Counting,
    /// The seed study's estimator, which does not converge; for comparison.
    Seed,
}

/// Calibration maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalibrationKind {
    /// None.
    None,
    /// One temperature.
    Temperature,
    /// Bias-corrected temperature scaling.
    Bcts,
}

impl From<EstimatorKind> for Estimator {
    fn from(kind: EstimatorKind) -> Self {
        match kind {
            EstimatorKind::Em => Self::Em,
            EstimatorKind::Pacc => Self::Pacc,
            EstimatorKind::Acc => Self::Acc,
            EstimatorKind::Counting => Self::Counting,
            EstimatorKind::Seed => Self::Seed,
        }
    }
}

impl From<CalibrationKind> for CalibrationMethod {
    fn from(kind: CalibrationKind) -> Self {
        match kind {
            CalibrationKind::None => Self::None,
            CalibrationKind::Temperature => Self::Temperature,
            CalibrationKind::Bcts => Self::BiasCorrected,
        }
    }
}
