//! A plot as part of a page: drawn, with its caption.

use super::plot::{Plot, Theme, svg};

/// The width in logical pixels of plots that are not drawn to fit a window.
pub const WIDTH: u32 = 960;

/// A drawn plot with its caption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What the plot shows.
    pub caption: String,
    /// The plot as an SVG element.
    pub svg: String,
}

impl Figure {
    /// The plot as a figure of a report: light, at [`WIDTH`].
    pub fn of(plot: &dyn Plot) -> Self {
        let (width, height) = plot.preferred_size(WIDTH);
        Self { caption: plot.alt_text(), svg: svg(plot, width, height, Theme::LIGHT) }
    }
}
