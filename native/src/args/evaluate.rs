//! What can be typed after `evaluate` and `report`.

use std::path::PathBuf;

use clap::Args;
use data_anatomy_core::evaluate::evaluation::DEFAULT_TOLERANCE;
use data_anatomy_core::files::spec::Spec;
use data_anatomy_core::page::choices::NO_TRUTH;
use data_anatomy_core::page::report_page::ViewOptions;

use super::share::share;
use super::unit::UnitKind;

/// How runs are seen beside a ground truth.
#[derive(Debug, Args)]
pub struct ViewArgs {
    /// The error of a share that counts as within tolerance.
    #[arg(long, value_name = "SHARE", default_value_t = DEFAULT_TOLERANCE)]
    pub tol: f64,
    /// Count categories together, on both sides: A+B=AB. Can be given more than once.
    #[arg(long, value_name = "A+B=AB")]
    pub merge: Vec<String>,
    /// Count categories that a run lacks as 0; marked in the result.
    #[arg(long)]
    pub missing_as_zero: bool,
    /// Score shares of documents or of tokens, whatever the ground truth counts; without it, what the ground truth
    /// counts.
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<UnitKind>,
    /// Compare every run with the run of this name: difference of accuracy, and of classifiers on
    /// shared validation documents.
    #[arg(long, value_name = "NAME")]
    pub baseline: Option<String>,
}

impl ViewArgs {
    /// The choices in core's terms, with this ground truth or none.
    pub fn options(&self, truth: Option<&Spec>) -> ViewOptions {
        ViewOptions {
            spec: Some(truth.map_or(NO_TRUTH, |spec| &spec.id).to_owned()),
            tolerance: self.tol,
            merge: self.merge.clone(),
            missing_as_zero: self.missing_as_zero,
            baseline: self.baseline.clone(),
            unit: self.unit.map(Into::into),
        }
    }
}

/// Arguments of `evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// The run to score: its folder, or a summary file.
    #[arg(
        long,
        value_name = "RUN",
        required_unless_present = "compare",
        conflicts_with = "compare"
    )]
    pub results_dir: Option<PathBuf>,
    /// Several runs to score side by side.
    #[arg(long, value_name = "RUN", num_args = 1..)]
    pub compare: Vec<PathBuf>,
    /// The published mixture: a spec file, or the name of a bundled one (`data-anatomy specs list`).
    #[arg(long, value_name = "SPEC")]
    pub ground_truth: String,
    /// The view.
    #[command(flatten)]
    pub view: ViewArgs,
    /// Folder for report.md, report.html and plots; nothing is written without it.
    #[arg(long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
    /// Write no plots.
    #[arg(long)]
    pub no_plots: bool,
    /// Write no report.
    #[arg(long)]
    pub no_report: bool,
    /// Print JSON to stdout in place of the table.
    #[arg(long)]
    pub json: bool,
    /// Exit with 1 if a run's overlap accuracy is below this.
    #[arg(long, value_name = "ACC", value_parser = share)]
    pub fail_below: Option<f64>,
}

impl EvaluateArgs {
    /// The runs to score.
    pub fn runs(&self) -> Vec<PathBuf> {
        self.results_dir.iter().chain(&self.compare).cloned().collect()
    }
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The runs: their folders, or summary files.
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<PathBuf>,
    /// A published mixture to score against: a spec file, or the name of a bundled one. Without it, the report shows
    /// the estimates themselves.
    #[arg(long, value_name = "SPEC")]
    pub ground_truth: Option<String>,
    /// The view.
    #[command(flatten)]
    pub view: ViewArgs,
    /// The file to write.
    #[arg(long, short, value_name = "FILE", default_value = "report.html")]
    pub output: PathBuf,
}
