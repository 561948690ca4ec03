//! One run's score, and the run beside another.

use serde::{Deserialize, Serialize};

use crate::account::run_account::RunAccount;
use crate::evaluate::alignment::Scheme;
use crate::evaluate::baselines::Baselines;
use crate::evaluate::metrics::Metrics;
use crate::evaluate::paired::PairedComparison;
use crate::files::run::MemberShare;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::verdict::Verdict;
use crate::numeric::interval::Interval;
use crate::shares::unit::Unit;

/// One run's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunEvaluation {
    /// Name of the run; its folder or a number tells it from another of the same.
    pub name: String,
    /// The method that made the estimate, where the file says so.
    pub method: Option<String>,
    /// What the shares scored here are shares of, where the run's file says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// What the run says that its result is good for; none where its file does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// SHA-256 of the run's file.
    pub sha256: String,
    /// The categories compared, and what was joined to get there.
    pub scheme: Scheme,
    /// Published shares, in scheme order.
    pub ground_truth: Vec<f64>,
    /// Estimated shares, in scheme order.
    pub estimate: Vec<f64>,
    /// Intervals of the estimate, in scheme order, where the run has any.
    pub intervals: Option<Vec<Interval>>,
    /// The level of the intervals, where the run says so.
    pub level: Option<f64>,
    /// Every metric.
    pub metrics: Metrics,
    /// The central interval of the overlap accuracy over the run's bootstrap replicates.
    pub overlap_accuracy_ci: Option<Interval>,
    /// What trivial guesses score.
    pub baselines: Baselines,
    /// Categories that the run lacks and that were counted as 0.
    pub missing_as_zero: Vec<String>,
    /// The comparison with the baseline run, where one was chosen and it is another.
    pub against: Option<Against>,
    /// The share of members in each of the run's own categories, for a membership run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_shares: Vec<MemberShare>,
    /// What was run.
    #[serde(default)]
    pub account: RunAccount,
    /// Doubts: the run's own, then those of the comparison.
    pub diagnostics: Vec<Diagnostic>,
}

/// One run beside the baseline run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// Name of the baseline run.
    pub baseline: String,
    /// Overlap accuracy minus the baseline run's; none where the two are scored on different
    /// categories, for a coarser view scores higher by itself.
    pub overlap_accuracy_difference: Option<f64>,
    /// Its central interval over bootstrap replicates; only where both runs' replicates drew the
    /// same documents and texts.
    pub overlap_accuracy_difference_ci: Option<Interval>,
    /// The two classifiers on the validation documents that both runs have, the baseline's first;
    /// only where the predictions of both were read.
    pub classifiers: Option<PairedComparison>,
}
