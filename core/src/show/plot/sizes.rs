//! Sizes that all plots share, in logical pixels.

use super::scene::LINE;

/// Font size of names and legends.
pub(super) const FONT: f64 = 12.0;
/// Font size of tick labels and notes.
pub(super) const SMALL: f64 = 11.0;
/// Air around everything.
pub(super) const MARGIN: f64 = 12.0;
/// Air between a label and what it belongs to.
pub(super) const GAP: f64 = 6.0;
/// The room of tick labels.
pub(super) const TICKS: f64 = SMALL * LINE + GAP;
/// The room of the axis title.
pub(super) const AXIS_TITLE: f64 = SMALL * LINE + 2.0;
