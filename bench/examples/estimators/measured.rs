//! What each estimator makes of one problem, and whether the intervals hold.

use std::time::Instant;

use anyhow::Result;
use data_anatomy_core::label_shift::analysis::{LabelShiftOptions, analyze};
use data_anatomy_core::label_shift::calibration::CalibrationMethod;
use data_anatomy_core::label_shift::estimate::Estimator;
use data_anatomy_core::label_shift::study::{Study, StudyOptions, StudyReplicate, UnknownChoice};
use data_anatomy_core::messages::check::ALARM_LEVEL;
use data_anatomy_core::numeric::interval::Interval;
use data_anatomy_core::numeric::math::total_variation;
use data_anatomy_core::shares::unit::Unit;

use super::posed::Posed;
use super::suite::Kind;

/// Estimators with their calibrations, as columns of the table.
pub(crate) const METHODS: [(Estimator, CalibrationMethod); 8] = [
    (Estimator::Em, CalibrationMethod::BiasCorrected),
    (Estimator::Pacc, CalibrationMethod::BiasCorrected),
    (Estimator::Acc, CalibrationMethod::BiasCorrected),
    (Estimator::Counting, CalibrationMethod::BiasCorrected),
    (Estimator::Seed, CalibrationMethod::BiasCorrected),
    (Estimator::Em, CalibrationMethod::Temperature),
    (Estimator::Em, CalibrationMethod::None),
    (Estimator::Pacc, CalibrationMethod::None),
];

/// The results on one problem.
pub(crate) struct Measured {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// `1 - L1 / 2` of each of [`METHODS`].
    pub(crate) accuracies: Vec<f64>,
    /// The same of `pacc` where fit or typicality fails, and of `em` elsewhere.
    pub(crate) switched: f64,
    /// Seconds that the default estimate takes.
    pub(crate) seconds: f64,
    /// Share of categories whose interval of 95 % holds the truth, as it is shown.
    pub(crate) coverage: f64,
    /// The same of intervals that know of chance alone.
    pub(crate) coverage_of_chance: f64,
    /// The mean width of the intervals that are shown.
    pub(crate) width: f64,
    /// By how much variances are widened.
    pub(crate) dispersion: f64,
    /// The mean distance of the replicates from the estimate: the error that the run itself expects.
    pub(crate) expected_error: f64,
}

const N_REPLICATES: u64 = 100;

impl Measured {
    pub(crate) fn of(posed: &Posed) -> Result<Self> {
        let mut accuracies = Vec::new();
        let mut seconds = 0.0;
        for (estimator, calibration) in METHODS {
            let problem = posed.problem(calibration)?;
            let start = Instant::now();
            let analysis = analyze(problem, LabelShiftOptions { estimator, calibration });
            if accuracies.is_empty() {
                seconds = start.elapsed().as_secs_f64();
            }
            accuracies
                .push(1.0 - total_variation(analysis.estimate.mixture.shares(), &posed.truth));
        }
        let study = study(posed)?;
        let replicates: Vec<StudyReplicate> =
            (0..N_REPLICATES).map(|index| study.replicate(index)).collect();
        let shown: Vec<Interval> =
            (0..posed.truth.len()).map(|class| study.interval(class, &replicates)).collect();
        let chance: Vec<Interval> = (0..posed.truth.len())
            .map(|class| study.interval_of_chance(class, &replicates))
            .collect();
        let alarm = study.checks(&replicates).iter().any(|check| {
            ["fit", "typicality"].contains(&check.name)
                && check.p_value.is_some_and(|p| p < ALARM_LEVEL)
        });
        let n_classes = posed.truth.len() as f64;
        let held = |intervals: &[Interval]| {
            let pairs = intervals.iter().zip(&posed.truth);
            pairs.filter(|(interval, share)| interval.contains(**share)).count() as f64 / n_classes
        };
        Ok(Self {
            kind: posed.kind,
            name: posed.name.clone(),
            switched: accuracies[usize::from(alarm)],
            accuracies,
            seconds,
            coverage: held(&shown),
            coverage_of_chance: held(&chance),
            width: shown.iter().map(|interval| interval.width()).sum::<f64>() / n_classes,
            dispersion: study.dispersion(&replicates),
            expected_error: study.shares(&replicates, &shown).expected_error.unwrap_or(f64::NAN),
        })
    }
}

fn study(posed: &Posed) -> Result<Study> {
    let (estimator, calibration) = METHODS[0];
    let options = StudyOptions {
        estimator,
        calibration,
        merges: Vec::new(),
        unit: Unit::Documents,
        unknown: UnknownChoice::Ignored,
        level: 0.95,
        n_replicates: N_REPLICATES,
        seed: 42,
    };
    Ok(Study::of_problem(posed.problem(calibration)?, None, options))
}
