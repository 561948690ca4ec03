//! Which numbers training sets to zero: the same for a seed on every device.

use data_anatomy_core::numeric::rng::RandomStream;

use super::tensors::{Device, Floats, floats};

/// Draws of one number of 64 bits.
const DRAWS_PER_WORD: u32 = 4;
/// What a draw of 16 bits is below.
const DRAW_RANGE: f64 = 65_536.0;

/// Draws masks one after the other; none outside of training.
#[derive(Debug)]
pub(super) struct Dropout {
    stream: Option<RandomStream>,
}

impl Dropout {
    /// Masks of the stream `index` of `seed`.
    pub(super) fn new(seed: u64, index: u64) -> Self {
        Self { stream: Some(RandomStream::new(seed, index)) }
    }

    /// No masks.
    pub(super) fn off() -> Self {
        Self { stream: None }
    }

    /// A mask of 0 with probability `rate` (to 1/65,536) and else of what keeps the mean at 1; none
    /// where nothing is dropped.
    pub(super) fn mask<const D: usize>(
        &mut self,
        rate: f64,
        shape: [usize; D],
        device: &Device,
    ) -> Option<Floats<D>> {
        let stream = self.stream.as_mut()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is from 0 to below 1"
        )]
        let threshold = (rate * DRAW_RANGE).round() as u64;
        if threshold == 0 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "24 bits are enough")]
        let kept = (DRAW_RANGE / (DRAW_RANGE - threshold as f64)) as f32;
        let n: usize = shape.iter().product();
        let mut values = vec![kept; n];
        for chunk in values.chunks_mut(DRAWS_PER_WORD as usize) {
            let mut bits = stream.bits();
            for value in chunk {
                if bits & 0xffff < threshold {
                    *value = 0.0;
                }
                bits >>= u64::BITS / DRAWS_PER_WORD;
            }
        }
        Some(floats(values, shape, device))
    }
}

/// `x` with some numbers set to zero.
pub(super) fn apply<const D: usize>(x: Floats<D>, mask: Option<&Floats<D>>) -> Floats<D> {
    match mask {
        Some(mask) => x * mask.clone(),
        None => x,
    }
}

#[cfg(test)]
mod tests {
    use burn_flex::FlexDevice;

    use super::super::tensors::values;
    use super::*;

    #[test]
    fn masks_drop_their_share_and_keep_the_mean() {
        let device: Device = FlexDevice.into();
        let mask = |index| Dropout::new(3, index).mask(0.2, [1000, 101], &device).unwrap();
        let found = values(mask(0)).unwrap();
        let n = found.len() as f64;
        let dropped = found.iter().filter(|&&value| value == 0.0).count() as f64 / n;
        let mean = found.iter().map(|&value| f64::from(value)).sum::<f64>() / n;
        // Five standard deviations of a share of 0.2 among 101,000 draws.
        assert!((dropped - 0.2).abs() < 0.0063, "{dropped}");
        assert!((mean - 1.0).abs() < 0.0079, "{mean}");
        assert_eq!(found, values(mask(0)).unwrap());
        assert_ne!(found, values(mask(1)).unwrap());
    }

    #[test]
    fn nothing_is_dropped_where_nothing_is_asked_for() {
        let device: Device = FlexDevice.into();
        assert!(Dropout::new(3, 0).mask(0.0, [4], &device).is_none());
        assert!(Dropout::off().mask(0.5, [4], &device).is_none());
    }
}
