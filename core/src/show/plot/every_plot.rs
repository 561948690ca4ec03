//! What every plot can say of itself.

use super::scene::Scene;
use super::style::MAX_SIDE;
use super::table::Table;
use super::theme::Theme;

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
