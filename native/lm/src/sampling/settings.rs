//! From which distribution tokens are drawn.

use super::error::SamplingError;

/// How tokens are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    pub(super) temperature: f32,
    pub(super) top_k: usize,
    pub(super) top_p: f64,
}

impl Default for Sampling {
    /// The model itself: temperature 1, nothing cut off.
    fn default() -> Self {
        Self { temperature: 1.0, top_k: 0, top_p: 1.0 }
    }
}

impl Sampling {
    /// Drawing at this temperature (0 is greedy) from the `top_k` best tokens (0 means all) and the
    /// share `top_p` of what they have (1 means all).
    ///
    /// # Errors
    /// If the temperature is negative or not finite, or `top_p` is not in (0, 1].
    pub fn new(temperature: f64, top_k: usize, top_p: f64) -> Result<Self, SamplingError> {
        #[expect(clippy::cast_possible_truncation, reason = "logits are no more exact than f32")]
        let narrow = temperature as f32;
        if !(temperature >= 0.0 && narrow.is_finite()) {
            return Err(SamplingError::Temperature { found: temperature });
        }
        if !(top_p > 0.0 && top_p <= 1.0) {
            return Err(SamplingError::TopP { found: top_p });
        }
        Ok(Self { temperature: narrow, top_k, top_p })
    }

    /// Whether the most probable token is always taken.
    pub fn is_greedy(&self) -> bool {
        self.temperature == 0.0
    }
}
