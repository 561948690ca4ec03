//! How a plot is put on a back end: its colours, and how large a logical pixel is.

use super::theme::Theme;

/// The longest side of a canvas that every browser still draws, in device pixels.
pub const MAX_SIDE: u32 = 16_384;

/// How a plot is put on a back end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Its colours.
    pub theme: Theme,
    /// Device pixels to a logical pixel: fonts, strokes and margins grow with it.
    pub scale: f64,
}

impl Style {
    /// The style whose scale is `scale`, or less where the longer side of `size` (logical pixels)
    /// would go beyond [`MAX_SIDE`] device pixels; 1 if `scale` is no positive number.
    pub fn fitting(theme: Theme, scale: f64, size: (u32, u32)) -> Self {
        let longest = f64::from(size.0.max(size.1).max(1));
        let style = Self { theme, scale };
        Self { theme, scale: style.usable_scale().min(f64::from(MAX_SIDE) / longest) }
    }

    /// The size in device pixels of a plot of `size` logical pixels.
    pub fn device_size(&self, size: (u32, u32)) -> (u32, u32) {
        let side = |logical: u32| {
            let device = (f64::from(logical) * self.usable_scale()).round();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let device = device.clamp(1.0, f64::from(MAX_SIDE)) as u32;
            device
        };
        (side(size.0), side(size.1))
    }

    /// The scale; 1 if it is no positive number.
    pub(super) fn usable_scale(&self) -> f64 {
        if self.scale > 0.0 && self.scale.is_finite() { self.scale } else { 1.0 }
    }
}
