//! A study whose estimate is made: what its replicates and all results are computed from.

use super::merged_lengths::merged_lengths;
use super::options::{StudyOptions, UnknownChoice};
use super::replicate::StudyReplicate;
use crate::label_shift::analysis::{LabelShift, LabelShiftOptions, analyze};
use crate::label_shift::bootstrap::{Bootstrap, Replicate};
use crate::label_shift::estimate::doubt;
use crate::label_shift::estimate::problem::Problem;
use crate::label_shift::trust::{self, DecisionRecord, Trust, TrustDraw};
use crate::label_shift::verdicts::Verdicts;
use crate::messages::check::Check;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::InputError;
use crate::numeric::interval::Interval;
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::unit::{self, Unit};

/// A study that is prepared: its estimate is made, its replicates are not.
#[derive(Debug)]
pub struct Study {
    pub(super) bootstrap: Bootstrap<'static>,
    trust: Trust,
    lengths: Option<DocumentLengths>,
    options: StudyOptions,
}

impl Study {
    /// The study of these verdicts. `lengths`, if known, are those of the verdicts' categories as they
    /// are before any merge.
    ///
    /// # Errors
    /// If a merge names what is not there, or the verdicts pose no label-shift problem.
    pub fn new(
        verdicts: &Verdicts,
        lengths: Option<&DocumentLengths>,
        options: StudyOptions,
    ) -> Result<Self, InputError> {
        let merged = verdicts.merged(&options.merges)?;
        let problem = merged.problem(options.calibration)?;
        let lengths = lengths.map(|lengths| merged_lengths(verdicts, &merged, lengths));
        Ok(Self::of_problem(problem, lengths, options))
    }

    /// The study of a problem that is posed already, with the lengths of its categories if known; merges
    /// in the options are taken as done.
    pub fn of_problem(
        problem: Problem,
        lengths: Option<DocumentLengths>,
        options: StudyOptions,
    ) -> Self {
        let StudyOptions { estimator, calibration, .. } = options;
        let analysis = analyze(problem, LabelShiftOptions { estimator, calibration });
        let trust = Trust::new(&analysis, options.seed);
        let bootstrap = Bootstrap::owning(analysis, options.seed);
        let bootstrap = match options.unknown {
            UnknownChoice::Ignored => bootstrap,
            UnknownChoice::Estimated => bootstrap.with_open_set(),
            UnknownChoice::Threshold(threshold) => bootstrap.with_threshold(threshold),
        };
        Self { bootstrap, trust, lengths, options }
    }

    /// The analysis that the study starts from.
    pub fn analysis(&self) -> &LabelShift {
        self.bootstrap.analysis()
    }

    /// What was asked for.
    pub fn options(&self) -> &StudyOptions {
        &self.options
    }

    /// The lengths of whole documents, after merging, if they are known.
    pub fn lengths(&self) -> Option<&DocumentLengths> {
        self.lengths.as_ref()
    }

    /// The unit of the shares shown first: the one asked for, or documents where lengths are unknown.
    pub fn unit(&self) -> Unit {
        if self.lengths.is_some() { self.options.unit } else { Unit::Documents }
    }

    /// Replicate number `index`, below `options.n_replicates`.
    pub fn replicate(&self, index: u64) -> StudyReplicate {
        let seed = self.options.seed;
        let means = |lengths| unit::replicate_means(lengths, seed, index);
        StudyReplicate {
            replicate: self.bootstrap.replicate(index),
            mean_lengths: self.lengths.as_ref().map(means),
            trust: (index < trust::N_DRAWS).then(|| self.trust.draw(index)),
        }
    }

    /// How many intervals the study has: one per category, none without replicates.
    pub fn n_intervals(&self) -> usize {
        if self.options.n_replicates > 1 { self.analysis().problem.taxonomy().len() } else { 0 }
    }

    /// The interval of the share of documents of category `class`, below [`Study::n_intervals`], from
    /// all replicates in order. Each takes a while, so they too may be made in any order.
    ///
    /// It is as wide as [`Trust::dispersion`] asks for: where texts fit no mixture of the categories, chance alone
    /// would make it too narrow.
    pub fn interval(&self, class: usize, replicates: &[StudyReplicate]) -> Interval {
        self.interval_spread_by(self.dispersion(replicates).sqrt(), class, replicates)
    }

    /// The same of chance alone, as if texts fitted: for comparison.
    pub fn interval_of_chance(&self, class: usize, replicates: &[StudyReplicate]) -> Interval {
        self.interval_spread_by(1.0, class, replicates)
    }

    fn interval_spread_by(
        &self,
        spread: f64,
        class: usize,
        replicates: &[StudyReplicate],
    ) -> Interval {
        let center = self.analysis().estimate.mixture.shares()[class];
        let unbounded: Vec<f64> = replicates
            .iter()
            .map(|one| center + spread * (one.replicate.unbounded[class] - center))
            .collect();
        self.bootstrap.interval(class, &unbounded, self.options.level)
    }

    /// By how much all variances exceed those of chance alone, from all replicates; see [`Trust::dispersion`].
    pub fn dispersion(&self, replicates: &[StudyReplicate]) -> f64 {
        let draws: Vec<TrustDraw> = replicates.iter().filter_map(|one| one.trust).collect();
        self.trust.dispersion(&draws, self.options.level)
    }

    /// The tests of what the estimate rests on, from all replicates in order.
    pub fn checks(&self, replicates: &[StudyReplicate]) -> Vec<Check> {
        let draws: Vec<TrustDraw> = replicates.iter().filter_map(|one| one.trust).collect();
        let resampled: Vec<Replicate> =
            replicates.iter().map(|one| one.replicate.clone()).collect();
        self.trust.checks(self.analysis(), &draws, &resampled)
    }

    /// What the classifier decides of the texts beside what it decides of documents mixed by the estimate.
    pub fn decisions(&self) -> Vec<DecisionRecord> {
        self.trust.decisions(self.analysis())
    }

    /// All that a reader must know, the checks and the dispersion ([`Study::dispersion`]) among it.
    pub fn diagnostics(&self, checks: &[Check], dispersion: f64) -> Vec<Diagnostic> {
        let mut diagnostics: Vec<Diagnostic> =
            self.analysis().doubts.iter().map(Diagnostic::from).collect();
        diagnostics.extend(checks.iter().map(Check::diagnostic));
        diagnostics.extend(widened(dispersion));
        diagnostics.extend(self.doubt_of_unit());
        diagnostics
    }

    fn doubt_of_unit(&self) -> Option<Diagnostic> {
        if self.lengths.is_some() {
            return None;
        }
        let message = "these are shares of documents: how long whole documents of each category are is \
                       not known, so shares of tokens, which published mixtures are, cannot be given \
                       (--document-lengths FILE tells)";
        Some(if self.options.unit == Unit::Tokens {
            Diagnostic::warning(LENGTHS_UNKNOWN, message)
        } else {
            Diagnostic::note(LENGTHS_UNKNOWN, message)
        })
    }
}

/// The code of the doubt about the unit.
pub(super) const LENGTHS_UNKNOWN: &str = "lengths_unknown";

/// What a reader must know of intervals that are wider than by chance alone.
fn widened(dispersion: f64) -> Option<Diagnostic> {
    let factor = dispersion.sqrt();
    let message = format!(
        "intervals are {factor:.1} times as wide as chance alone would make them: by so much more than documents \
         like the reference do the texts stray from every mixture of the categories"
    );
    (factor >= SHOWN_WIDENING).then(|| Diagnostic::note(INTERVALS_WIDENED, message))
}

/// Widening below this factor is not worth a word.
const SHOWN_WIDENING: f64 = 1.1;

/// The code of the note about intervals that are widened.
const INTERVALS_WIDENED: &str = "intervals_widened";

/// The code of a note of earlier versions about the choice of the estimator, which a new estimate drops.
const ESTIMATOR_CHOSEN: &str = "estimator_chosen";

/// Whether a diagnostic of this code comes from a study, and not from what was before it.
pub fn makes_diagnostic(code: &str) -> bool {
    [LENGTHS_UNKNOWN, INTERVALS_WIDENED, ESTIMATOR_CHOSEN].contains(&code)
        || doubt::CODES.contains(&code)
        || trust::CODES.contains(&code)
}
