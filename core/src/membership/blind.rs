//! The blind baseline: whether texts alone tell candidates from non-members.

use serde::{Deserialize, Serialize};

use super::auroc::{Auroc, AurocDifference};
use super::doubts::CategoryDoubt;
use crate::numeric::interval::Interval;
use crate::show::table::fixed;

/// What a classifier that never sees the model says of the two sets of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlindVerdict {
    /// It cannot tell them apart: what the attack tells is not in the texts.
    AtChance,
    /// It tells them apart, but the attack does better.
    AttackAhead,
    /// It does as well as the attack: the scores need not say anything about membership.
    AsGoodAsAttack,
}

/// A blind classifier beside an attack, both telling candidates from non-members (Das, Zhang &
/// Tramèr 2024, arXiv 2406.16201: blind classifiers beat published attacks on eight data sets).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BlindComparison {
    /// The area under the attack's ROC curve, candidates against non-members.
    pub attack_auroc: f64,
    /// The area under the blind classifier's.
    pub blind_auroc: f64,
    /// The interval of the latter.
    pub blind_interval: Interval,
    /// The attack's area minus the blind one's, with DeLong's covariance.
    pub difference: AurocDifference,
    /// What follows.
    pub verdict: BlindVerdict,
}

impl BlindComparison {
    /// The comparison at this level; `paired` where both scored the same documents in the same
    /// order, as they should. The blind classifier's scores must be of documents it was not trained on.
    ///
    /// It is at chance where the interval of its area reaches down to 1/2, and as good as the attack
    /// where that of the difference reaches down to 0.
    pub fn of(attack: &Auroc, blind: &Auroc, paired: bool, level: f64) -> Self {
        let difference = AurocDifference::of(attack, blind, paired, level);
        let blind_interval = blind.interval(level);
        let verdict = if blind_interval.lo() <= 0.5 {
            BlindVerdict::AtChance
        } else if difference.interval.lo() > 0.0 {
            BlindVerdict::AttackAhead
        } else {
            BlindVerdict::AsGoodAsAttack
        };
        Self {
            attack_auroc: attack.value,
            blind_auroc: blind.value,
            blind_interval,
            difference,
            verdict,
        }
    }

    /// What a reader must know; none where the texts tell nothing.
    pub fn doubt(&self) -> Option<CategoryDoubt> {
        let areas = format!(
            "AUROC {} against {} of the attack",
            fixed(self.blind_auroc, 3),
            fixed(self.attack_auroc, 3)
        );
        let sentence = match self.verdict {
            BlindVerdict::AtChance => return None,
            BlindVerdict::AttackAhead => {
                "a classifier that never sees the model tells candidates from non-members too, so part of the share may \
                 be a difference of texts"
            }
            BlindVerdict::AsGoodAsAttack => {
                "a classifier that never sees the model does as well as the attack: the scores need not say anything \
                 about membership"
            }
        };
        Some(CategoryDoubt::detailed("blind_baseline", sentence, areas))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::rng::RandomStream;

    fn auroc(seed: u64, shift: f64) -> Auroc {
        let mut stream = RandomStream::new(seed, 0);
        let mut draw =
            |mean: f64| -> Vec<f64> { (0..300).map(|_| mean + stream.normal()).collect() };
        let (candidates, nonmembers) = (draw(shift), draw(0.0));
        Auroc::of(&candidates, &nonmembers).unwrap()
    }

    #[test]
    fn the_verdict_follows_from_what_the_texts_tell() {
        let attack = auroc(1, 0.8);
        for (blind, verdict, is_told) in [
            (auroc(2, 0.0), BlindVerdict::AtChance, false),
            (auroc(3, 0.35), BlindVerdict::AttackAhead, true),
            (auroc(4, 0.8), BlindVerdict::AsGoodAsAttack, true),
            (auroc(5, 1.5), BlindVerdict::AsGoodAsAttack, true),
        ] {
            let comparison = BlindComparison::of(&attack, &blind, true, 0.95);
            assert_eq!(comparison.verdict, verdict, "{}", blind.value);
            assert_eq!(comparison.doubt().is_some(), is_told);
        }
    }
}
