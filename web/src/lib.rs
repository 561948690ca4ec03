//! Thin doors from JavaScript to core: every number on the page comes through here, none is made
//! here.

mod failure;
mod plots;
mod sample;
mod study;
mod workspace;

pub use plots::{draw_picture, draw_plot, plot_alt, plot_size, plot_svg, study_plots};
pub use sample::sample_files;
pub use study::StudyRun;
pub use workspace::Workspace;

use wasm_bindgen::prelude::wasm_bindgen;

/// Returns the version of the program this module was built from.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Runs once, when the module starts: a panic then leaves a message that the page can show.
#[wasm_bindgen(start)]
pub fn start() {
    failure::keep_panic_messages();
}
