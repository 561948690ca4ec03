//! Calibration of a classifier: temperature scaling, with or without a bias per class.
//!
//! A [`Calibration`] maps log-probabilities to calibrated ones. [`fit`] finds it by a [`CalibrationMethod`]
//! for [`WeightedDocuments`], whose classes are known; [`negative_log_likelihood`] and
//! [`expected_calibration_error`] say how good the probabilities are then.

mod map;
mod method;
mod newton;
mod quality;
mod weighted_documents;

#[cfg(test)]
mod tests;

pub use map::Calibration;
pub use method::CalibrationMethod;
pub use newton::{CalibrationFit, fit};
pub use quality::{expected_calibration_error, negative_log_likelihood};
pub use weighted_documents::WeightedDocuments;
