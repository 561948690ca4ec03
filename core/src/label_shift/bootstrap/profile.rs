//! The profile log-likelihood of one share, tabulated.

use super::influence::LikelihoodInfluence;
use crate::numeric::highest_density::LogDensity;
use crate::numeric::mixture_likelihood;

/// Exact evaluations per side of the estimate, beyond those that find the side's end.
const N_NODES: u32 = 6;
/// Points tabulated between two exact evaluations.
const N_BETWEEN: u32 = 32;
/// Searches for a side's end after which the last one is taken; 2 or 3 are usual.
const MAX_SEARCHES: usize = 30;
/// No share is fixed at more than this: at 1 the other shares would mean nothing.
const LARGEST_SHARE: f64 = 1.0 - 1e-9;

/// The profile log-likelihood of the share of `class`, less its maximum and over `dispersion`,
/// on both sides of the estimate down to `-depth` or a bound.
///
/// The profile is concave. It is evaluated exactly at some 8 shares per side, each a small
/// optimisation warm-started by its neighbour, and interpolated by cubics that match its values
/// and slopes there.
pub(super) fn log_density(
    influence: &LikelihoodInfluence,
    class: usize,
    dispersion: f64,
    depth: f64,
) -> LogDensity {
    let profile = Profile { influence, class, dispersion };
    let peak = profile.peak();
    let mut nodes = profile.side(&peak, 0.0, depth);
    nodes.reverse();
    nodes.push(peak.node);
    nodes.extend(profile.side(&peak, LARGEST_SHARE, depth));
    let (mut points, mut values) = (vec![nodes[0].share], vec![nodes[0].value]);
    for pair in nodes.windows(2) {
        for step in 1..=N_BETWEEN {
            let fraction = f64::from(step) / f64::from(N_BETWEEN);
            points.push(pair[0].share + fraction * (pair[1].share - pair[0].share));
            values.push(interpolate(&pair[0], &pair[1], fraction));
        }
    }
    LogDensity::new(points, values)
}

/// The profile log-likelihood of one share, less its maximum.
#[cfg(test)]
pub(super) fn value_at(influence: &LikelihoodInfluence, class: usize, share: f64) -> f64 {
    let profile = Profile { influence, class, dispersion: 1.0 };
    profile.at(share, &profile.peak().others).node.value
}

/// A share, the log-density there and its slope.
#[derive(Debug, Clone, Copy)]
struct Node {
    share: f64,
    value: f64,
    slope: f64,
}

/// A node and the mixture of the other classes there, from which the next fit starts.
struct Fit {
    node: Node,
    others: Vec<f64>,
}

struct Profile<'a> {
    influence: &'a LikelihoodInfluence,
    class: usize,
    dispersion: f64,
}

impl Profile<'_> {
    fn peak(&self) -> Fit {
        let shares = &self.influence.shares;
        let share = shares[self.class].min(LARGEST_SHARE);
        let slope = self.slope(self.influence.gradient[self.class], share);
        let others: Vec<f64> = (shares[..self.class].iter())
            .chain(&shares[self.class + 1..])
            .map(|other| other / (1.0 - share))
            .collect();
        let usable = others.iter().sum::<f64>() > 0.5;
        #[expect(clippy::cast_precision_loss, reason = "a count of classes")]
        let equal = 1.0 / others.len() as f64;
        let others = if usable { others } else { vec![equal; others.len()] };
        // At a maximum inside the bounds the slope is 0 but for the solver's tolerance.
        let slope = if share > 0.0 && share < LARGEST_SHARE { 0.0 } else { slope };
        Fit { node: Node { share, value: 0.0, slope }, others }
    }

    /// By the envelope theorem the slope of the profile is that of the likelihood with the other
    /// shares shrunk in proportion: `n (g_k - 1) / (1 - share)`.
    fn slope(&self, gradient: f64, share: f64) -> f64 {
        self.influence.ratios.total_weight() * (gradient - 1.0) / (1.0 - share) / self.dispersion
    }

    fn at(&self, share: f64, start: &[f64]) -> Fit {
        let ratios = self.influence.ratios.with_fixed(self.class, share);
        let fit = mixture_likelihood::maximize_roughly(&ratios, Some(start));
        let fall = ratios.mean_log_likelihood(&fit.shares) - self.influence.mean_log_likelihood;
        let value = (self.influence.ratios.total_weight() * fall / self.dispersion).min(0.0);
        let mut shares: Vec<f64> = fit.shares.iter().map(|other| other * (1.0 - share)).collect();
        shares.insert(self.class, share);
        let gradient = self.influence.ratios.gradient(&shares)[self.class];
        Fit { node: Node { share, value, slope: self.slope(gradient, share) }, others: fit.shares }
    }

    /// Nodes from the peak (not included) to where the density has fallen by `depth`, or `bound`.
    fn side(&self, peak: &Fit, bound: f64, depth: f64) -> Vec<Node> {
        let room = bound - peak.node.share;
        if room.abs() < 1e-9 {
            return Vec::new();
        }
        let end = self.end(peak, room, depth);
        let mut nodes = Vec::new();
        let mut others = peak.others.clone();
        for step in 1..N_NODES {
            let share = peak.node.share
                + (end.share - peak.node.share) * (f64::from(step) / f64::from(N_NODES));
            let fit = self.at(share, &others);
            nodes.push(fit.node);
            others = fit.others;
        }
        nodes.push(end);
        nodes
    }

    /// The node where the density has fallen by `depth` to `2 depth`, or the bound if it has not
    /// fallen so far there.
    fn end(&self, peak: &Fit, room: f64, depth: f64) -> Node {
        let n = self.influence.ratios.total_weight();
        let deviation = (self.dispersion * self.influence.model_variance(self.class)).sqrt();
        // Invariant: at `near` the density has fallen too little, at `far` too much.
        let (mut near, mut far) = (0.0, room.abs());
        let mut reach = (4.0 * deviation).max(2.0 / n).min(far);
        let mut others = peak.others.clone();
        let mut end = peak.node;
        for _ in 0..MAX_SEARCHES {
            let fit = self.at(peak.node.share + reach * room.signum(), &others);
            let ratio = (-fit.node.value / depth).sqrt();
            if ratio <= 1.5 {
                end = fit.node;
                if ratio >= 1.0 || reach >= room.abs() {
                    break;
                }
                near = reach;
                others = fit.others;
            } else {
                far = reach;
            }
            // The fall is about quadratic in the reach, or linear at a bound, so steps by the root
            // of the ratio close in; where they leave the bracket it is halved.
            let wanted = reach * if ratio.is_finite() { 1.2 / ratio } else { 0.0 };
            let beyond_unbounded = far >= room.abs() && wanted >= far;
            reach = if wanted > near && wanted < far {
                wanted.min(4.0 * reach)
            } else if beyond_unbounded && reach < far {
                far.min(4.0 * reach)
            } else {
                0.5 * (near + far)
            };
        }
        end
    }
}

/// The cubic through two nodes with their slopes, at a fraction of the way, kept within what a
/// concave function through them can be: above the chord and below both tangents.
fn interpolate(left: &Node, right: &Node, fraction: f64) -> f64 {
    let width = right.share - left.share;
    let (t, s) = (fraction, 1.0 - fraction);
    let cubic = s * s * (1.0 + 2.0 * t) * left.value
        + t * t * (1.0 + 2.0 * s) * right.value
        + width * t * s * (s * left.slope - t * right.slope);
    let chord = s * left.value + t * right.value;
    let tangents = (left.value + t * width * left.slope).min(right.value - s * width * right.slope);
    cubic.min(tangents).max(chord)
}
