//! Whether two estimators tell the same.

use crate::label_shift::analysis::LabelShift;
use crate::label_shift::bootstrap::Replicate;
use crate::messages::check::Check;
use crate::numeric::p_value::{count, p_value};

/// Whether `em` and `pacc` differ by more than resampling makes them differ.
pub(super) fn check(analysis: &LabelShift, replicates: &[Replicate]) -> Check {
    const NAME: &str = "agreement";
    if !analysis.options.estimator.is_consistent() {
        let sentence = format!("`{}` was not compared with `em`", analysis.options.estimator);
        return Check::not_tested(NAME, sentence);
    }
    let own = analysis.estimate.mixture.shares();
    let rival = analysis.rival.shares();
    let difference: Vec<f64> = own.iter().zip(rival).map(|(own, rival)| own - rival).collect();
    let observed = 0.5 * difference.iter().map(|entry| entry.abs()).sum::<f64>();
    let by_chance: Vec<f64> = replicates
        .iter()
        .filter_map(|replicate| {
            let rival = replicate.rival.as_ref()?;
            let moved = replicate.mixture.shares().iter().zip(rival.shares()).zip(&difference);
            Some(0.5 * moved.map(|((own, rival), fixed)| (own - rival - fixed).abs()).sum::<f64>())
        })
        .collect();
    let p = p_value(observed, by_chance.iter().copied());
    let usual = by_chance.iter().sum::<f64>() / count(by_chance.len()).max(1.0);
    let (name, other) = (analysis.options.estimator, analysis.options.estimator.rival());
    let figures = format!(
        "`{name}` and `{other}` differ on {:.1} % of the mixture; chance alone makes that {:.1} % on average",
        100.0 * observed,
        100.0 * usual
    );
    let fails = format!("{figures}: label shift or the calibration does not hold");
    Check::tested(NAME, (observed, p), (figures, fails))
}
