//! Arguments of `reestimate`, and those that it shares with `labelshift`.

use std::path::PathBuf;

use clap::Args;
use data_anatomy_core::label_shift::reestimate::Choices;
use data_anatomy_core::openings::reestimate::OpeningsChoices;

use super::estimation::{CalibrationKind, EstimatorKind};
use super::openings::BeginningsArgs;
use super::unit::UnitKind;

/// What an estimate is a view of: categories joined, texts of no category counted.
#[derive(Debug, Args)]
pub struct StudyViewArgs {
    /// Count categories as one and estimate anew: A+B=AB. Can be given more than once.
    #[arg(long, value_name = "A+B=AB")]
    pub merge: Vec<String>,
    /// Estimate the share of texts that belong to no category.
    #[arg(long)]
    pub unknown: bool,
    /// Count texts whose largest probability is below this as of no category, as the seed study does.
    #[arg(long, value_name = "PROBABILITY", conflicts_with = "unknown")]
    pub unknown_threshold: Option<f64>,
}

/// Arguments of `reestimate`: what is not given is as the run has it.
#[derive(Debug, Args)]
pub struct ReestimateArgs {
    /// The run: its folder, its predictions.jsonl, or its openings.jsonl.
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// The estimator.
    #[arg(long, value_enum)]
    pub estimator: Option<EstimatorKind>,
    /// How the classifier's probabilities are calibrated.
    #[arg(long, value_enum)]
    pub calibration: Option<CalibrationKind>,
    /// The unit of the shares.
    #[arg(long, value_enum)]
    pub unit: Option<UnitKind>,
    /// Lengths of whole documents by category: {"books": {"n": …, "mean": …, "sd": …}, …}, or the
    /// manifest.json of `sample`. The run's own if not given.
    #[arg(long, value_name = "FILE")]
    pub document_lengths: Option<PathBuf>,
    /// Merges and texts of no category.
    #[command(flatten)]
    pub view: StudyViewArgs,
    /// How beginnings become distributions.
    #[command(flatten)]
    pub beginnings: BeginningsArgs,
    /// How many bootstrap replicates the intervals rest on (0: no intervals).
    #[arg(long, value_name = "N")]
    pub n_boot: Option<u64>,
    /// Level of the intervals.
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<f64>,
    /// Seed of every random choice.
    #[arg(long, value_name = "SEED")]
    pub seed: Option<u64>,
    /// Write the new summary to this file.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Print the summary as JSON to stdout.
    #[arg(long)]
    pub json: bool,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

impl ReestimateArgs {
    /// A flag that was given and that runs of openings alone know.
    pub fn openings_flag(&self) -> Option<&'static str> {
        let given = [
            (self.beginnings.smoothing.is_some(), "--smoothing"),
            (self.beginnings.no_nuisances, "--no-nuisances"),
            (self.beginnings.no_learning, "--no-learning"),
        ];
        given.into_iter().find(|(is_given, _)| *is_given).map(|(_, flag)| flag)
    }

    /// A flag that was given and that runs of label shift alone know.
    pub fn verdicts_flag(&self) -> Option<&'static str> {
        let given = [
            (self.estimator.is_some(), "--estimator"),
            (self.calibration.is_some(), "--calibration"),
            (self.view.unknown, "--unknown"),
            (self.view.unknown_threshold.is_some(), "--unknown-threshold"),
        ];
        given.into_iter().find(|(is_given, _)| *is_given).map(|(_, flag)| flag)
    }

    /// The own choices of a run of openings, but for those given.
    pub fn openings_choices(&self, own: &OpeningsChoices) -> OpeningsChoices {
        OpeningsChoices {
            merge: self.view.merge.clone(),
            unit: self.unit.map_or(own.unit, Into::into),
            level: self.level.unwrap_or(own.level),
            n_boot: self.n_boot.unwrap_or(own.n_boot),
            seed: self.seed.unwrap_or(own.seed),
            ..self.beginnings.choices(own)
        }
    }

    /// The run's own choices, but for those given.
    pub fn choices(&self, own: &Choices) -> Choices {
        let asks_for_unknown = self.view.unknown || self.view.unknown_threshold.is_some();
        let threshold =
            if asks_for_unknown { self.view.unknown_threshold } else { own.unknown_threshold };
        Choices {
            estimator: self.estimator.map_or(own.estimator, Into::into),
            calibration: self.calibration.map_or(own.calibration, Into::into),
            merge: self.view.merge.clone(),
            unit: self.unit.map_or(own.unit, Into::into),
            unknown: self.view.unknown || own.unknown,
            unknown_threshold: threshold,
            level: self.level.unwrap_or(own.level),
            n_boot: self.n_boot.unwrap_or(own.n_boot),
            seed: self.seed.unwrap_or(own.seed),
        }
    }
}
