//! Plots as PNG files.

use std::path::Path;

use data_anatomy_core::show::figure::WIDTH;
use data_anatomy_core::show::plot::{Plot, Theme};
use data_anatomy_job::files;

use crate::png;

/// Writes the plot, light, at the width of a page, twice as fine as it is shown.
///
/// # Errors
/// If the file cannot be written.
pub fn write(path: &Path, plot: &dyn Plot) -> anyhow::Result<()> {
    let size = plot.preferred_size(WIDTH);
    files::write(path, &png::png(plot, size, Theme::LIGHT, png::DEFAULT_SCALE)?)
}
