//! What can be typed after `specs`.

use clap::Subcommand;

/// What to do with specs.
#[derive(Debug, Subcommand)]
pub enum SpecsAction {
    /// List the bundled specs.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a spec with its provenance.
    Show {
        /// A bundled name, `name@variant`, or a file.
        #[arg(value_name = "SPEC")]
        spec: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check spec files: form, sums, provenance.
    Lint {
        /// The files; all bundled specs where none is given.
        #[arg(value_name = "FILE")]
        files: Vec<String>,
    },
}
