//! What the classifier decides of each document, and how sure it is.

use crate::numeric::log_probabilities::LogProbabilities;
use crate::numeric::math;

/// The decision on each document and the log-odds that it is right, from the classifier's own
/// probabilities: no calibration enters, so that documents and texts are seen through the same eyes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Surety {
    /// The most probable class of each document.
    pub(crate) decided: Vec<usize>,
    /// Its log-odds against all others.
    pub(crate) log_odds: Vec<f64>,
}

impl Surety {
    /// The decisions on these documents.
    pub(crate) fn of(scores: &LogProbabilities) -> Self {
        Self::from_rows((0..scores.n_docs()).map(|doc| decide(scores.row(doc), None)))
    }

    /// The decisions on documents of known class if the classifier did not know that class: what it
    /// would make of texts of a category that it lacks.
    pub(crate) fn without_own_class(scores: &LogProbabilities, classes: &[usize]) -> Self {
        Self::from_rows(
            classes.iter().enumerate().map(|(doc, &class)| decide(scores.row(doc), Some(class))),
        )
    }

    fn from_rows(rows: impl Iterator<Item = (usize, f64)>) -> Self {
        let (decided, log_odds) = rows.unzip();
        Self { decided, log_odds }
    }
}

/// The most probable class but `left_out`, and its log-odds against the others that are left; infinite
/// where there are none.
fn decide(log_probabilities: &[f64], left_out: Option<usize>) -> (usize, f64) {
    let candidates = || (0..log_probabilities.len()).filter(|&class| Some(class) != left_out);
    let best = candidates().fold(None, |best: Option<usize>, class| match best {
        Some(held) if log_probabilities[held] >= log_probabilities[class] => Some(held),
        _ => Some(class),
    });
    let Some(best) = best else { return (0, f64::INFINITY) };
    let others: f64 = candidates()
        .filter(|&class| class != best)
        .map(|class| math::exp(log_probabilities[class] - log_probabilities[best]))
        .sum();
    (best, if others > 0.0 { rounded(-math::ln(others)) } else { f64::INFINITY })
}

/// Log-odds to nine decimals: probabilities in another order add up to another last bit, and verdicts that
/// are the same must be equally sure.
fn rounded(log_odds: f64) -> f64 {
    const DECIMALS: f64 = 1e9;
    (log_odds * DECIMALS).round() / DECIMALS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_odds_match_the_closed_form() {
        let scores =
            LogProbabilities::from_probabilities(&[[0.7, 0.2, 0.1], [0.2, 0.2, 0.6]]).unwrap();
        let surety = Surety::of(&scores);
        assert_eq!(surety.decided, [0, 2]);
        assert!((surety.log_odds[0] - math::ln(0.7 / 0.3)).abs() < 1e-9);
        let without = Surety::without_own_class(&scores, &[0, 2]);
        assert_eq!(without.decided, [1, 0]);
        assert!((without.log_odds[0] - math::ln(2.0)).abs() < 1e-9);
        assert!(without.log_odds[1].abs() < 1e-12);
    }

    #[test]
    fn the_order_of_probabilities_changes_nothing() {
        let values = [0.5, 0.1, 0.3, 0.04, 0.06];
        let mut rows = Vec::new();
        for shift in 0..5 {
            rows.push([0, 1, 2, 3, 4].map(|class| values[(class + shift) % 5]));
            rows.push([4, 2, 0, 3, 1].map(|class| values[(class + shift) % 5]));
        }
        let surety = Surety::of(&LogProbabilities::from_probabilities(&rows).unwrap());
        assert!(surety.log_odds.iter().all(|odds| *odds == surety.log_odds[0]));
    }

    #[test]
    fn a_lone_class_is_certain() {
        let scores = LogProbabilities::from_probabilities(&[[0.5, 0.5]]).unwrap();
        assert_eq!(Surety::without_own_class(&scores, &[0]).log_odds, [f64::INFINITY]);
    }
}
