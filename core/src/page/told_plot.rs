//! A plot whose finding is told in a sentence of its own.

use crate::show::plot::{Plot, Scene, Table, Theme};

/// A plot as it is, but for its sentence.
pub(super) struct ToldPlot<P> {
    pub(super) plot: P,
    /// The finding.
    pub(super) finding: String,
}

impl<P: Plot> Plot for ToldPlot<P> {
    fn title(&self) -> &str {
        self.plot.title()
    }

    fn alt_text(&self) -> String {
        self.finding.clone()
    }

    fn table(&self) -> Table {
        self.plot.table()
    }

    fn preferred_height(&self, width: f64) -> f64 {
        self.plot.preferred_height(width)
    }

    fn scene(&self, width: f64, height: f64, theme: &Theme) -> Scene {
        self.plot.scene(width, height, theme)
    }
}
