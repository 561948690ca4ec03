//! Planted problems of membership: scores whose share of members is known.

use crate::numeric::math;
use crate::numeric::rng::RandomStream;

/// What the scores of members and non-members are distributed like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Both normal, members moved up.
    Normal,
    /// Members moved up, and 1.3 times as wide.
    Wide,
    /// Members moved up, and 0.77 times as wide.
    Narrow,
    /// Student's t with 5 degrees of freedom, members moved up.
    HeavyTails,
    /// A Gamma(3) variable with its long tail down, as log-likelihoods have it, members moved up.
    Skewed,
}

impl Shape {
    /// All shapes.
    pub const ALL: [Self; 5] =
        [Self::Normal, Self::Wide, Self::Narrow, Self::HeavyTails, Self::Skewed];

    /// The score of a document whose distribution is moved up by `shift`.
    fn draw(self, stream: &mut RandomStream, is_member: bool, shift: f64) -> f64 {
        let spread = match self {
            Self::Wide if is_member => 1.3,
            Self::Narrow if is_member => 1.0 / 1.3,
            _ => 1.0,
        };
        let moved = if is_member { shift } else { 0.0 };
        moved
            + match self {
                Self::Normal | Self::Wide | Self::Narrow => spread * stream.normal(),
                // A chi-squared variable with 5 degrees is twice a Gamma(2.5).
                Self::HeavyTails => {
                    let chi_squared = 2.0 * stream.gamma(2.5);
                    stream.normal() / (chi_squared / 5.0).sqrt()
                }
                Self::Skewed => -stream.gamma(3.0) / 3.0_f64.sqrt(),
            }
    }
}

/// A problem whose answer is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlantedScores {
    /// What scores are distributed like.
    pub shape: Shape,
    /// How far members are moved up.
    pub shift: f64,
    /// The probability of a candidate to be a member.
    pub share: f64,
    /// How many candidates there are.
    pub n_candidates: usize,
    /// How many non-members are known.
    pub n_nonmembers: usize,
    /// How many members are known.
    pub n_members: usize,
}

/// Scores drawn from a planted problem.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnScores {
    /// Of candidates.
    pub candidates: Vec<f64>,
    /// Of known non-members.
    pub nonmembers: Vec<f64>,
    /// Of known members.
    pub members: Vec<f64>,
}

/// Draws from which a shift is computed where there is no closed form.
const N_SHIFT_DRAWS: usize = 20_000;

impl PlantedScores {
    /// How far members must be moved up so that a member scores higher than a non-member with the
    /// probability `auroc`: closed for normal scores, else within about 0.003 of `auroc`.
    pub fn shift_for(shape: Shape, auroc: f64) -> f64 {
        let deviation = match shape {
            Shape::Normal => 2.0_f64.sqrt(),
            Shape::Wide => (1.0 + 1.3_f64 * 1.3).sqrt(),
            Shape::Narrow => (1.0 + 1.0 / (1.3_f64 * 1.3)).sqrt(),
            Shape::HeavyTails | Shape::Skewed => return drawn_shift(shape, auroc),
        };
        deviation * math::normal_quantile(auroc)
    }

    /// Draw number `index` of `seed`.
    pub fn draw(&self, seed: u64, index: u64) -> DrawnScores {
        let mut stream = RandomStream::new(seed, index);
        let mut scores = |n_documents: usize, share: f64| -> Vec<f64> {
            let score = |_| {
                let is_member = stream.unit() < share;
                self.shape.draw(&mut stream, is_member, self.shift)
            };
            (0..n_documents).map(score).collect()
        };
        DrawnScores {
            candidates: scores(self.n_candidates, self.share),
            nonmembers: scores(self.n_nonmembers, 0.0),
            members: scores(self.n_members, 1.0),
        }
    }
}

/// The quantile of differences of non-members that a shift must overcome.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a position among the draws"
)]
fn drawn_shift(shape: Shape, auroc: f64) -> f64 {
    let mut stream = RandomStream::new(0x5ee0, 0);
    let mut difference = |_| {
        let member = shape.draw(&mut stream, true, 0.0);
        shape.draw(&mut stream, false, 0.0) - member
    };
    let mut differences: Vec<f64> = (0..N_SHIFT_DRAWS).map(&mut difference).collect();
    differences.sort_by(f64::total_cmp);
    differences[((auroc * N_SHIFT_DRAWS as f64) as usize).min(N_SHIFT_DRAWS - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::membership::auroc::Auroc;

    #[test]
    fn members_are_as_far_apart_as_asked() {
        for shape in Shape::ALL {
            let problem = PlantedScores {
                shape,
                shift: PlantedScores::shift_for(shape, 0.7),
                share: 0.0,
                n_candidates: 0,
                n_nonmembers: 4_000,
                n_members: 4_000,
            };
            let drawn = problem.draw(1, 0);
            let auroc = Auroc::of(&drawn.members, &drawn.nonmembers).unwrap();
            // Five standard errors of about 0.006, and 0.003 of the shift.
            assert!((auroc.value - 0.7).abs() < 0.033, "{shape:?}: {}", auroc.value);
        }
    }
}
