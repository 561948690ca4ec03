//! Whether two estimators tell the same.

use crate::label_shift::analysis::LabelShift;
use crate::label_shift::bootstrap::Replicate;
use crate::messages::check::{ALARM_LEVEL, Check};
use crate::numeric::interval::quantile;
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
    if p >= ALARM_LEVEL
        && let Some(least) = least_noticed(&by_chance).filter(|least| *least > WORTH_NOTICING)
    {
        return Check::not_tested(
            NAME,
            format!(
                "{figures}: too unsure a comparison to tell anything, as only a difference beyond {:.1} % would \
                 have been noticed",
                100.0 * least
            ),
        );
    }
    let fails = format!("{figures}: label shift or the calibration does not hold");
    Check::tested(NAME, (observed, p), (figures, fails))
}

/// A difference of so much of the mixture is worth being noticed: where only larger ones would be, that none is
/// noticed says nothing.
const WORTH_NOTICING: f64 = 0.1;

/// The least difference that would be noticed, by those that chance makes.
fn least_noticed(by_chance: &[f64]) -> Option<f64> {
    let mut sorted = by_chance.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 1.0 - ALARM_LEVEL)
}
