//! What can be typed on the command line.

mod classifier;
mod labelshift;
mod lm;
mod membership;
mod reestimate;
mod sample;
mod threads;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use data_anatomy_core::evaluate::evaluation::DEFAULT_TOLERANCE;
use data_anatomy_core::label_shift::calibration::CalibrationMethod;
use data_anatomy_core::label_shift::estimate::Estimator;
use data_anatomy_core::label_shift::estimate::choice::EstimatorChoice;
use data_anatomy_core::page::report_page::ViewOptions;

use crate::tool;
pub use classifier::EncoderArgs;
pub use labelshift::{
    CalibrationChoice, EchoArgs, LabelshiftArgs, SplitArgs, TypedLengthMatch, TypedSource,
};
pub use lm::{AuthorArgs, DrawingArgs, GenerateArgs, ModelArgs, Preset, ScoreArgs};
pub use membership::{
    AnalysisArgs, AttackArgs, AttackChoice, MembershipArgs, MinkppArgs, PoolArgs,
};
pub use reestimate::{ReestimateArgs, StudyViewArgs, UnitKind};
pub use sample::{HubArgs, MergeWebArgs, SampleArgs, ShareKind, WindowKind};
use threads::threads;

/// The arguments with `--flag_name` spelled `--flag-name`, so that every flag also works as the seed
/// study spells it. Values, and what follows a bare `--`, stay as they are.
pub fn kebab_case_flags(
    arguments: impl Iterator<Item = OsString>,
) -> impl Iterator<Item = OsString> {
    let mut flags_ended = false;
    arguments.map(move |argument| {
        flags_ended |= argument == "--";
        match argument.to_str() {
            Some(text) if !flags_ended && text.starts_with("--") => {
                let (flag, value) = match text.split_once('=') {
                    Some((flag, value)) => (flag, Some(value)),
                    None => (text, None),
                };
                let flag = flag.replace('_', "-");
                OsString::from(value.map_or(flag.clone(), |value| format!("{flag}={value}")))
            }
            _ => argument,
        }
    })
}

const EXAMPLES: &str = "Examples:
  See the whole thing work, without a model or a network:
    data-anatomy demo
  Estimate the mixture of a model, which writes the texts that this takes:
    data-anatomy labelshift --local-samples-dir samples --target-model ./my_model --run-name my_model
  Score it against a published mixture and write a page to pass on:
    data-anatomy evaluate --results-dir out/my_model --ground-truth olmo1b --output-dir report
";

const EXIT_CODES: &str = "Exit codes: 0 done; 1 done, but a gate you set failed (--fail-below); \
2 bad usage or bad input; 3 partly done (what failed is named)";

/// Estimates what a language model was trained on, says how sure it is, and scores estimates against
/// published mixtures.
#[derive(Debug, Parser)]
#[command(name = "data-anatomy", version = tool::version(), before_help = EXAMPLES, after_help = EXIT_CODES)]
#[command(propagate_version = true, subcommand_required = true, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sample reference documents of each category from a corpus, uniformly and without duplicates.
    #[command(before_help = "Examples:
  data-anatomy sample --root SlimPajama-627B/train --n-per-category 5000 --out-dir data_samples
  data-anatomy sample --stack-root the-stack/data --categories python rust
  data-anatomy sample --root corpus --map Law='law/**/*.jsonl.gz' --map News='news/*.parquet'
  data-anatomy sample --root dolma --category-field source --window random --exclude benchmark")]
    Sample(SampleArgs),
    /// Join the sampled CommonCrawl and C4 as Web.
    #[command(before_help = "Example:
  data-anatomy merge-web --data-dir data_samples --total 5000")]
    MergeWeb(MergeWebArgs),
    /// Estimate the mixture from texts that the model writes, by a classifier and label-shift correction.
    #[command(before_help = "Examples:
  data-anatomy labelshift --local-samples-dir samples --target-model EleutherAI/pythia-160m \\
    --num-prompts 1000 --max-new-tokens 256 --output-dir out --run-name my_model
  data-anatomy labelshift --local-samples-dir samples --use-cached-generations texts.jsonl")]
    Labelshift(Box<LabelshiftArgs>),
    /// Estimate a run again from its stored verdicts, with other choices: no model, no documents needed.
    #[command(before_help = "Examples:
  data-anatomy reestimate out/my_model --estimator pacc --merge CommonCrawl+C4=Web
  data-anatomy reestimate out/my_model --unknown --unit documents --output out/again/summary.json")]
    Reestimate(ReestimateArgs),
    /// Make texts with a language model, from its weights or by a server.
    #[command(before_help = "Examples:
  data-anatomy generate --target-model EleutherAI/pythia-160m --num-prompts 1000 --output texts.jsonl
  data-anatomy generate --target-model ./my_model --device cpu --half --max-new-tokens 256
  data-anatomy generate --endpoint http://localhost:8000 --model my_model --concurrency 16
  data-anatomy generate --target-model ./my_model --preset seed")]
    Generate(GenerateArgs),
    /// Compute what a language model says about every token of documents, once for all membership methods.
    #[command(before_help = "Example:
  data-anatomy score --target-model EleutherAI/pythia-160m --local-samples-dir samples \\
    --max-tokens 512 --output-dir scores")]
    Score(ScoreArgs),
    /// Estimate which share of each category the model was trained on, by Min-K%++.
    #[command(before_help = "Examples:
  data-anatomy minkpp --local-samples-dir samples --nonmembers held_out \\
    --target-model EleutherAI/pythia-2.8b --category-sizes sizes.json --run-name my_model
  data-anatomy minkpp --scores out/my_model/scores --mink-ratio 0.2 --run-name again")]
    Minkpp(MinkppArgs),
    /// Estimate which documents, and which share of each category, the model was trained on, by any of
    /// nine attacks.
    #[command(before_help = "Examples:
  data-anatomy membership --attack minkpp zlib recall --local-samples-dir samples \\
    --nonmembers held_out --target-model EleutherAI/pythia-2.8b --run-name my_model
  data-anatomy membership --attack all --scores out/my_model/scores --truth members.json")]
    Membership(MembershipArgs),
    /// Score one run or several against a published mixture.
    #[command(before_help = "Examples:
  data-anatomy evaluate --results-dir out/my_model --ground-truth olmo1b
  data-anatomy evaluate --compare out/a out/b --ground-truth bench/specs/llama1.yaml --json")]
    Evaluate(EvaluateArgs),
    /// Write one HTML file of runs and their ground truth, which opens offline and computes again.
    #[command(before_help = "Example:
  data-anatomy report out/a out/b --ground-truth olmo1b --output report.html")]
    Report(ReportArgs),
    /// List, show or check published mixtures.
    #[command(before_help = "Examples:
  data-anatomy specs list
  data-anatomy specs show olmo1b
  data-anatomy specs lint my_model.yaml")]
    Specs {
        /// What to do with them.
        #[command(subcommand)]
        action: SpecsAction,
    },
    /// List what this program can compute language models on, and why it cannot on more.
    #[command(before_help = "Example:
  data-anatomy devices --json")]
    Devices {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Run the main job on documents and generations that this program carries, and write its page.
    #[command(before_help = "Example:
  data-anatomy demo --output-dir out/demo")]
    Demo(DemoArgs),
}

/// Classifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClassifierKind {
    /// Word and character n-grams with logistic regression.
    Tfidf,
    /// An encoder, fine-tuned on the documents.
    Distilbert,
    /// A frozen encoder's embeddings with logistic regression.
    Embedding,
}

/// Estimators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EstimatorKind {
    /// em, or pacc where a test finds the texts unlike the documents that measure the classifier.
    Auto,
    /// Maximum likelihood by EM on calibrated probabilities.
    Em,
    /// Mean probabilities corrected by a soft confusion matrix.
    Pacc,
    /// Counted decisions corrected by a hard confusion matrix.
    Acc,
    /// Mean probabilities as they are.
    Counting,
    /// The seed study's estimator, which does not converge; for comparison.
    Seed,
}

/// Calibration maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalibrationKind {
    /// None.
    None,
    /// One temperature.
    Temperature,
    /// Bias-corrected temperature scaling.
    Bcts,
}

impl From<EstimatorKind> for EstimatorChoice {
    fn from(kind: EstimatorKind) -> Self {
        match kind {
            EstimatorKind::Auto => Self::Auto,
            EstimatorKind::Em => Estimator::Em.into(),
            EstimatorKind::Pacc => Estimator::Pacc.into(),
            EstimatorKind::Acc => Estimator::Acc.into(),
            EstimatorKind::Counting => Estimator::Counting.into(),
            EstimatorKind::Seed => Estimator::Seed.into(),
        }
    }
}

impl From<CalibrationKind> for CalibrationMethod {
    fn from(kind: CalibrationKind) -> Self {
        match kind {
            CalibrationKind::None => Self::None,
            CalibrationKind::Temperature => Self::Temperature,
            CalibrationKind::Bcts => Self::BiasCorrected,
        }
    }
}

/// A number from 0 to 1.
fn share(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "expected a share from 0 to 1, such as 0.9".to_owned())
}

/// The ground truth and the view of it.
#[derive(Debug, Args)]
pub struct ViewArgs {
    /// The published mixture: a spec file, or the name of a bundled one (`data-anatomy specs list`).
    #[arg(long, value_name = "SPEC")]
    pub ground_truth: String,
    /// The error of a share that counts as within tolerance.
    #[arg(long, value_name = "SHARE", default_value_t = DEFAULT_TOLERANCE)]
    pub tol: f64,
    /// Count categories together, on both sides: A+B=AB. Can be given more than once.
    #[arg(long, value_name = "A+B=AB")]
    pub merge: Vec<String>,
    /// Count categories that a run lacks as 0; marked in the result.
    #[arg(long)]
    pub missing_as_zero: bool,
    /// Compare every run with the run of this name: difference of accuracy, and of classifiers on
    /// shared validation documents.
    #[arg(long, value_name = "NAME")]
    pub baseline: Option<String>,
}

impl ViewArgs {
    /// The choices in core's terms.
    pub fn options(&self, spec_id: &str) -> ViewOptions {
        ViewOptions {
            spec: Some(spec_id.to_owned()),
            tolerance: self.tol,
            merge: self.merge.clone(),
            missing_as_zero: self.missing_as_zero,
            baseline: self.baseline.clone(),
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
    /// Ground truth and view.
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
    /// Ground truth and view.
    #[command(flatten)]
    pub view: ViewArgs,
    /// The file to write.
    #[arg(long, short, value_name = "FILE", default_value = "report.html")]
    pub output: PathBuf,
}

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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_flag_table_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn seed_spellings_are_flags_and_values_stay() {
        let typed = ["x", "--run_name", "a_b", "--n_boot=3", "--tag_x=a_b", "--", "--not_a_flag"];
        let flags: Vec<OsString> = kebab_case_flags(typed.iter().map(OsString::from)).collect();
        let expected =
            ["x", "--run-name", "a_b", "--n-boot=3", "--tag-x=a_b", "--", "--not_a_flag"];
        assert_eq!(flags, expected.map(OsString::from));
    }
}
