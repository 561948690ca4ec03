//! The members' mean and deviation that make a share likeliest.

use super::likelihood::{Counts, Link, Ratio};
use crate::numeric::math;

/// How far the logarithm of the members' deviation is believed to be from that of non-members.
pub const SPREAD_DEVIATION: f64 = 0.15;

/// Means that a search starts from, in deviations of non-members.
const FIRST_SHIFTS: [f64; 8] = [0.0, 0.3, 0.6, 1.0, 1.5, 2.2, 3.2, 5.0];

/// Deviations that a search starts from, in standard deviations of `ln τ`.
const FIRST_SPREADS: [f64; 2] = [-1.0, 1.0];

/// Differences from which derivatives are made, of mean and deviation.
const STEPS: [f64; 2] = [0.05, 0.15];

/// A step goes no farther than this, in mean and deviation.
const FARTHEST: [f64; 2] = [1.0, 1.0];

/// A search stops when a step raises the log-likelihood by less: far below what moves an interval.
const TOLERANCE: f64 = 1e-3;

/// The most steps of a search.
const MAX_STEPS: usize = 12;

/// Where the likelihood of a share is highest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Optimum {
    /// The scale on which members are moved.
    link: Link,
    /// The penalised log-likelihood there.
    pub(super) log_likelihood: f64,
    /// The mean of members.
    pub(super) shift: f64,
    /// `ln τ` in its standard deviations.
    log_spread: f64,
    log_scale: f64,
}

impl Optimum {
    /// What every search with this link can start from.
    pub(super) fn start(link: Link) -> Self {
        let log_likelihood = f64::NEG_INFINITY;
        Self { link, log_likelihood, shift: 1.0, log_spread: 0.0, log_scale: 0.0 }
    }

    /// The deviation of members.
    pub(super) fn spread(&self) -> f64 {
        math::exp(self.log_spread * SPREAD_DEVIATION)
    }

    /// The density ratio there.
    pub(super) fn ratio(&self, counts: &Counts) -> Ratio {
        Ratio::new(counts, self.link, self.shift, self.spread())
    }

    /// The likelihood of another share at the same mean and deviation.
    fn of_share(&self, counts: &Counts, share: f64) -> Self {
        self.moved(counts, share, self.shift, self.log_spread)
    }

    /// The likelihood at another mean and deviation, normalised starting from here.
    fn moved(&self, counts: &Counts, share: f64, shift: f64, log_spread: f64) -> Self {
        let mut moved = Self { shift, log_spread, ..*self };
        let (value, log_scale) = moved.ratio(counts).log_likelihood(counts, share, self.log_scale);
        moved.log_likelihood = value - 0.5 * log_spread * log_spread;
        moved.log_scale = log_scale;
        moved
    }
}

/// Of so many shares one is searched from many starts, the others from their neighbours.
const STRIDE: usize = 10;

/// The optima for ascending shares.
pub(super) fn profile(counts: &Counts, link: Link, shares: &[f64]) -> Vec<Optimum> {
    let mut optima: Vec<Optimum> = Vec::with_capacity(shares.len());
    let mut neighbour = Optimum::start(link);
    for (place, &share) in shares.iter().enumerate() {
        neighbour = match place.is_multiple_of(STRIDE) {
            true => maximise(counts, share, neighbour),
            false => climb(counts, share, neighbour.of_share(counts, share)),
        };
        optima.push(neighbour);
    }
    // What a later share found may be better for those before it, too.
    for place in (1..shares.len()).rev() {
        let [before, after] = [optima[place - 1], optima[place]];
        let start = after.of_share(counts, shares[place - 1]);
        if start.log_likelihood > before.log_likelihood {
            optima[place - 1] = climb(counts, shares[place - 1], start);
        }
    }
    optima
}

/// The optimum for `share` from the best of many starts, of which `neighbour` is one.
fn maximise(counts: &Counts, share: f64, neighbour: Optimum) -> Optimum {
    let mut best = neighbour.of_share(counts, share);
    let mut start = best;
    for shift in FIRST_SHIFTS {
        for log_spread in FIRST_SPREADS {
            start = start.moved(counts, share, shift, log_spread);
            if start.log_likelihood > best.log_likelihood {
                best = start;
            }
        }
    }
    climb(counts, share, best)
}

/// The optimum for `share` by Newton's method from one start.
fn climb(counts: &Counts, share: f64, mut best: Optimum) -> Optimum {
    for _ in 0..MAX_STEPS {
        let next = step(counts, share, &best);
        let gain = next.log_likelihood - best.log_likelihood;
        if !(gain > 0.0) {
            break;
        }
        best = next;
        if gain < TOLERANCE {
            break;
        }
    }
    best
}

/// The best point on the way that Newton's step goes, or of the neighbours where the surface does
/// not bend downward.
fn step(counts: &Counts, share: f64, at: &Optimum) -> Optimum {
    let probe = |shift: f64, spread: f64| {
        at.moved(counts, share, at.shift + shift * STEPS[0], at.log_spread + spread * STEPS[1])
    };
    let [right, left] = [probe(1.0, 0.0), probe(-1.0, 0.0)];
    let [wider, narrower] = [probe(0.0, 1.0), probe(0.0, -1.0)];
    let corner = probe(1.0, 1.0);
    let value = |optimum: &Optimum| optimum.log_likelihood;
    let middle = value(at);
    let gradient = [0.5 * (value(&right) - value(&left)), 0.5 * (value(&wider) - value(&narrower))];
    let bend = [
        value(&right) - 2.0 * middle + value(&left),
        value(&wider) - 2.0 * middle + value(&narrower),
    ];
    let cross = value(&corner) - value(&right) - value(&wider) + middle;
    let determinant = bend[0] * bend[1] - cross * cross;
    let towards = if bend[0] < 0.0 && determinant > 0.0 {
        [
            (cross * gradient[1] - bend[1] * gradient[0]) / determinant,
            (cross * gradient[0] - bend[0] * gradient[1]) / determinant,
        ]
    } else {
        gradient.map(|slope| if slope > 0.0 { 4.0 } else { -4.0 })
    };
    let reach = |axis: usize| (towards[axis] * STEPS[axis]).clamp(-FARTHEST[axis], FARTHEST[axis]);
    let mut best = *at;
    for fraction in [1.0, 0.5, 0.2, 0.05] {
        let shift = (at.shift + fraction * reach(0)).max(0.0);
        let next = at.moved(counts, share, shift, at.log_spread + fraction * reach(1));
        if next.log_likelihood > best.log_likelihood {
            best = next;
            break;
        }
    }
    for neighbour in [right, left, wider, narrower] {
        if neighbour.shift >= 0.0 && neighbour.log_likelihood > best.log_likelihood {
            best = neighbour;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::super::estimate::{N_BINS, share_at};
    use super::super::scores::Scores;
    use super::*;
    use crate::membership::planted::{PlantedScores, Shape};

    /// What is searched from neighbours is as likely as what is searched from everywhere.
    #[test]
    fn neighbours_lead_to_the_optimum() {
        for (shape, share) in [(Shape::Wide, 0.3), (Shape::HeavyTails, 0.8), (Shape::Skewed, 0.0)] {
            let shift = PlantedScores::shift_for(shape, 0.85);
            let (n_candidates, n_nonmembers, n_members) = (300, 300, 0);
            let problem =
                PlantedScores { shape, shift, share, n_candidates, n_nonmembers, n_members };
            let drawn = problem.draw(5, 0);
            let (candidates, nonmembers) = (&drawn.candidates, &drawn.nonmembers);
            let counts = Counts::of(&Scores { candidates, nonmembers, members: &[] }, N_BINS);
            let counts = counts.unwrap();
            let shares: Vec<f64> = (0..=50).map(share_at).collect();
            for link in Link::ALL {
                for (optimum, &share) in profile(&counts, link, &shares).iter().zip(&shares) {
                    let searched = maximise(&counts, share, *optimum).log_likelihood;
                    // A hundredth of what an interval's limit is.
                    let short = searched - optimum.log_likelihood;
                    assert!(short < 0.025, "{shape:?} {link:?} {share}: {short}");
                }
            }
        }
    }
}
