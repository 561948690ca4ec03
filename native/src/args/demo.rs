//! What can be typed after `demo`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Folder for everything the demo writes.
    #[arg(long, value_name = "DIR", default_value = "out/demo")]
    pub output_dir: PathBuf,
    /// Seed of the demo's documents.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub seed: u64,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}
