//! Every plot, drawn once.
//!
//! A plot is plain data: [`GroupedBars`], [`ErrorBars`], [`Heatmap`], [`Scatter`],
//! [`Densities`], [`RocPlot`]. It lays itself out as a [`Scene`] in logical pixels, and [`draw`] puts
//! that on any plotters back end: a canvas in the browser, pixels on a server, SVG anywhere. No text
//! is ever measured by a back end, so the layout is the same everywhere.
//!
#![doc = include_str!("example.md")]
//!
//! Values that are not finite are left out of a drawing and shown as a dash in its table.

mod table;
mod text;
#[rustfmt::skip]
mod advances;
mod axis;
mod bars;
mod chart;
mod densities;
mod errors;
mod groups;
mod heatmap;
mod legend;
mod page;
mod paint;
mod roc;
mod scatter;
mod scene;
mod series;
mod svg;

#[cfg(test)]
mod curve_tests;
#[cfg(test)]
mod tests;
mod theme;

use plotters_backend::{DrawingBackend, DrawingErrorKind};

pub use self::axis::Unit;
pub use self::bars::GroupedBars;
pub use self::densities::{Bell, Bins, Densities, DensityPanel};
pub use self::errors::ErrorBars;
pub use self::heatmap::Heatmap;
pub use self::paint::NoFont;
pub use self::roc::{RocCurve, RocPlot};
pub use self::scatter::{Scatter, ScatterPoint};
pub use self::scene::{Anchor, Area, Label, Mark, Scene};
pub use self::series::Series;
pub use self::svg::svg;
pub use self::table::{Table, TableRow};
pub use self::text::text_width;
pub use self::theme::{Color, Hatch, Look, Marker, N_COLORS, Theme};

/// The longest side of a canvas that every browser still draws, in device pixels.
pub const MAX_SIDE: u32 = 16_384;

/// The longest side a plot asks for, in logical pixels: twice that many device pixels still draw.
const MAX_PREFERRED_SIDE: u32 = MAX_SIDE / 2;

/// A plot: data that can lay itself out, and say itself in words and in a table.
pub trait Plot {
    /// The line above the plot; may be empty.
    fn title(&self) -> &str;

    /// One sentence with the finding, for those who cannot see the plot.
    fn alt_text(&self) -> String;

    /// Every value the plot shows.
    fn table(&self) -> Table;

    /// The height in logical pixels at which everything reads well, for a width.
    fn preferred_height(&self, width: f64) -> f64;

    /// The plot laid out in logical pixels. Any size will do; what does not fit is left out.
    fn scene(&self, width: f64, height: f64, theme: &Theme) -> Scene;

    /// The size in logical pixels (width, height) to draw at when `width` pixels are free; neither
    /// side is 0 or longer than 8,192.
    fn preferred_size(&self, width: u32) -> (u32, u32) {
        let width = width.clamp(1, MAX_PREFERRED_SIDE);
        let height = self.preferred_height(f64::from(width)).ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let height = height.clamp(1.0, f64::from(MAX_PREFERRED_SIDE)) as u32;
        (width, height)
    }
}

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

    fn usable_scale(&self) -> f64 {
        if self.scale > 0.0 && self.scale.is_finite() { self.scale } else { 1.0 }
    }
}

/// Draws the plot over the whole of a back end, whose size is in device pixels.
///
/// Font sizes handed to the back end are device pixels per em. A back end that leaves text to its
/// text style gets [`NoFont`]: the ones of plotters for canvas and SVG draw text themselves.
///
/// # Errors
/// What the back end reports.
pub fn draw<B: DrawingBackend>(
    plot: &dyn Plot,
    backend: &mut B,
    style: &Style,
) -> Result<(), DrawingErrorKind<B::ErrorType>> {
    let scale = style.usable_scale();
    let (width, height) = backend.get_size();
    let scene = plot.scene(f64::from(width) / scale, f64::from(height) / scale, &style.theme);
    paint::paint(&scene, backend, scale)
}
