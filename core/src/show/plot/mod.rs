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
//!
//! Imports [`numeric`](crate::numeric).

#[rustfmt::skip]
mod advances;
mod axis;
mod bars;
mod chart;
mod densities;
mod errors;
mod every_plot;
mod groups;
mod heatmap;
mod legend;
mod page;
mod paint;
mod roc;
mod scatter;
mod scene;
mod series;
mod sizes;
mod style;
mod svg;
mod table;
mod text;
mod theme;

#[cfg(test)]
mod curve_tests;
#[cfg(test)]
mod tests;

pub use self::axis::Unit;
pub use self::bars::GroupedBars;
pub use self::densities::{Bell, Bins, Densities, DensityPanel};
pub use self::errors::ErrorBars;
pub use self::every_plot::Plot;
pub use self::heatmap::{Heatmap, RowReading};
pub use self::paint::{NoFont, draw};
pub use self::roc::{RocCurve, RocPlot};
pub use self::scatter::{Scatter, ScatterPoint};
pub use self::scene::{Anchor, Area, Label, Mark, Scene};
pub use self::series::Series;
pub use self::style::{MAX_SIDE, Style};
pub use self::svg::svg;
pub use self::table::{Table, TableRow};
pub use self::text::text_width;
pub use self::theme::{Color, Hatch, Look, Marker, N_COLORS, Theme};
