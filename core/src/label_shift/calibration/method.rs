//! How far a calibration may go.

use serde::{Deserialize, Serialize};

/// How log-probabilities are calibrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum CalibrationMethod {
    /// They are taken as they are.
    #[serde(rename = "none")]
    None,
    /// One temperature for all (Guo et al. 2017, arXiv 1706.04599, section 4.2).
    #[serde(rename = "temperature")]
    Temperature,
    /// A temperature and a bias per class: "bias-corrected temperature scaling" (Alexandari,
    /// Kundaje & Shrikumar 2020, arXiv 1901.06852, section 2.3).
    #[default]
    #[serde(rename = "bcts")]
    BiasCorrected,
}
