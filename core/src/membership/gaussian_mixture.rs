//! One normal distribution, and mixtures of two, fitted by expectation-maximisation.

use serde::{Deserialize, Serialize};

use crate::numeric::math;
use crate::numeric::rng::RandomStream;
use crate::numeric::termination::Termination;

/// One normal distribution of a mixture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Its share of the mixture.
    pub weight: f64,
    /// Its mean.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
}

impl Component {
    /// `ln (weight · density)` at `value`.
    fn log_density(&self, value: f64) -> f64 {
        let deviation = value - self.mean;
        math::ln(self.weight)
            - 0.5
                * (math::ln(core::f64::consts::TAU * self.variance)
                    + deviation * deviation / self.variance)
    }
}

/// How to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitOptions {
    /// How many starts are tried; the likeliest end wins, the first of equals.
    pub n_starts: u64,
    /// Start number `i` draws from the stream `(seed, i)`.
    pub seed: u64,
    /// A start stops when an iteration raises the mean log-likelihood per value by less.
    pub tolerance: f64,
    /// A start stops after so many iterations, or the one that is begun, converged or not.
    pub max_iterations: usize,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { n_starts: 4, seed: 0, tolerance: 1e-8, max_iterations: 500 }
    }
}

/// The least variance of a component as a share of that of all values: a component a hundredth as
/// wide as the whole is a handful of equal values, not a group.
pub const VARIANCE_FLOOR_SHARE: f64 = 1e-4;

/// A fitted mixture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GaussianMixture {
    /// Its components, by rising mean.
    pub components: Vec<Component>,
    /// The log-likelihood of all values in nats.
    pub log_likelihood: f64,
    /// Iterations of the winning start.
    pub iterations: usize,
    /// Why the winning start stopped.
    pub termination: Termination,
    /// How many starts were tried.
    pub n_starts: u64,
    /// How many starts ended within a thousandth of a nat of the winner.
    pub n_agreeing: u64,
}

impl GaussianMixture {
    /// The mixture of one or two components that explains the values best; none for any other
    /// number, or if there are fewer than two values per component, all are equal, or one is not
    /// finite.
    ///
    /// Each start draws its centres by k-means++ (Arthur & Vassilvitskii 2007), improves them by
    /// Lloyd's iteration, and goes on by expectation-maximisation (Dempster, Laird & Rubin 1977) in
    /// log space, each variance being at least [`VARIANCE_FLOOR_SHARE`] of that of all values.
    ///
    /// Time: some 40 ns per value and iteration.
    pub fn fit(values: &[f64], n_components: usize, options: &FitOptions) -> Option<Self> {
        let whole = whole(values)?;
        if !(1..=2).contains(&n_components) || values.len() < 2 * n_components {
            return None;
        }
        if n_components == 1 {
            return Some(Self::single(values, whole));
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let floor = VARIANCE_FLOOR_SHARE * whole.variance;
        let thinned = thinned(&sorted);
        let start = |index| {
            let mut stream = RandomStream::new(options.seed, index);
            let centres = lloyd(&thinned, seeded_centres(&thinned, &mut stream));
            climb(&thinned, grouped(&thinned, centres, floor), floor, options)
        };
        let ends: Vec<Self> = (0..options.n_starts.max(1)).map(start).collect();
        let best = ends.iter().fold(&ends[0], |best, end| {
            if end.log_likelihood > best.log_likelihood { end } else { best }
        });
        let agrees = |end: &&Self| end.log_likelihood > best.log_likelihood - 1e-3;
        let n_agreeing = ends.iter().filter(agrees).count() as u64;
        let found = match thinned.len() == sorted.len() {
            true => best.clone(),
            false => best.refit(&sorted, options)?,
        };
        Some(Self { n_starts: options.n_starts.max(1), n_agreeing, ..found })
    }

    /// The optimum next to this mixture for other values, such as a resample of those it was
    /// fitted to; none as for [`fit`](Self::fit), or if this has one component.
    pub fn refit(&self, values: &[f64], options: &FitOptions) -> Option<Self> {
        let floor = VARIANCE_FLOOR_SHARE * whole(values)?.variance;
        let &[lower, upper] = self.components.as_slice() else { return None };
        Some(climb(values, [lower, upper], floor, options))
    }

    fn single(values: &[f64], whole: Component) -> Self {
        let log_likelihood = values.iter().map(|&value| whole.log_density(value)).sum();
        Self {
            components: vec![whole],
            log_likelihood,
            iterations: 0,
            termination: Termination::Direct,
            n_starts: 1,
            n_agreeing: 1,
        }
    }

    /// The logarithm of the density at `value`.
    pub fn log_density(&self, value: f64) -> f64 {
        let terms: Vec<f64> = self.components.iter().map(|part| part.log_density(value)).collect();
        math::log_sum_exp(&terms)
    }

    /// The Bayesian information criterion (Schwarz 1978): lower is better.
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
    pub fn bic(&self, n_values: usize) -> f64 {
        let n_parameters = 3 * self.components.len() - 1;
        n_parameters as f64 * math::ln(n_values as f64) - 2.0 * self.log_likelihood
    }

    /// A value drawn from the mixture.
    pub fn draw(&self, stream: &mut RandomStream) -> f64 {
        let weights: Vec<f64> = self.components.iter().map(|part| part.weight).collect();
        let part = self.components[stream.categorical(&weights)];
        part.mean + part.variance.sqrt() * stream.normal()
    }
}

/// All values as one component; none if they are no sample of a density.
fn whole(values: &[f64]) -> Option<Component> {
    let (mean, variance) = moments(values)?;
    (variance > 0.0 && variance.is_finite()).then_some(Component { weight: 1.0, mean, variance })
}

/// Mean and variance (divided by the number of values); none for no values.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
pub(super) fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let n_values = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n_values;
    let variance =
        values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n_values;
    (!values.is_empty()).then_some((mean, variance))
}

/// Two centres: any value, and one that is as likely as the square of its distance from the first.
fn seeded_centres(values: &[f64], stream: &mut RandomStream) -> [f64; 2] {
    let first = values[stream.index(values.len())];
    let distance2 = |value: &f64| (value - first) * (value - first);
    let total: f64 = values.iter().map(distance2).sum();
    let shares: Vec<f64> = values.iter().map(|value| distance2(value) / total).collect();
    let second = values[stream.categorical(&shares)];
    [first.min(second), first.max(second)]
}

/// Lloyd's iteration on ascending values: centres become the means of the values nearest to them.
fn lloyd(sorted: &[f64], mut centres: [f64; 2]) -> [f64; 2] {
    for _ in 0..100 {
        let groups = split(sorted, centres);
        let mean = |index: usize| moments(groups[index]).map_or(centres[index], |found| found.0);
        let moved = [mean(0), mean(1)];
        if moved == centres {
            break;
        }
        centres = moved;
    }
    centres
}

/// The ascending values nearest to each of the ascending centres.
fn split(sorted: &[f64], centres: [f64; 2]) -> [&[f64]; 2] {
    let border = 0.5 * (centres[0] + centres[1]);
    let (lower, upper) = sorted.split_at(sorted.partition_point(|&value| value < border));
    [lower, upper]
}

/// The components of the groups around the centres.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
fn grouped(sorted: &[f64], centres: [f64; 2], floor: f64) -> [Component; 2] {
    let groups = split(sorted, centres);
    [0, 1].map(|index| {
        let (mean, variance) = moments(groups[index]).unwrap_or((centres[index], floor));
        // An empty group, as ties can leave one, gets half a value.
        let weight = (groups[index].len() as f64).max(0.5) / sorted.len() as f64;
        Component { weight, mean, variance: variance.max(floor) }
    })
}

/// Up to so many values every start climbs on all of them.
const MAX_WHOLE: usize = 4096;

/// Of more, on so many of their quantiles; the best end then climbs on all, from next to the optimum.
const N_QUANTILES: usize = 512;

/// The values, or quantiles of them where they are many.
fn thinned(sorted: &[f64]) -> std::borrow::Cow<'_, [f64]> {
    if sorted.len() <= MAX_WHOLE {
        return sorted.into();
    }
    // The middle of each of equal parts.
    let at = |part: usize| sorted[(2 * part + 1) * sorted.len() / (2 * N_QUANTILES)];
    (0..N_QUANTILES).map(at).collect()
}

/// Expectation-maximisation from these components to the top of their hill, in the long steps of
/// SQUAREM (Varadhan & Roland 2008, Scand. J. Statist. 35, scheme S3): two iterations tell how far
/// further ones would go, and the point there is taken where it is likelier. Heaps that overlap need
/// hundreds of plain iterations.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
fn climb(
    values: &[f64],
    components: [Component; 2],
    floor: f64,
    options: &FitOptions,
) -> GaussianMixture {
    let enough = options.tolerance * values.len() as f64;
    let mut at = Expected::of(values, components);
    let mut iterations = 0;
    let termination = loop {
        let before = at;
        at = Expected::of(values, before.maximised(floor));
        iterations += 1;
        if !(at.log_likelihood - before.log_likelihood >= enough) {
            break Termination::Converged;
        }
        if iterations >= options.max_iterations {
            break Termination::IterationLimit;
        }
        let second = at.maximised(floor);
        iterations += 1;
        let far = Expected::of(values, leap(before.components, at.components, second, floor));
        at = match far.log_likelihood >= at.log_likelihood {
            true => far,
            false => Expected::of(values, second),
        };
    };
    let mut components = at.components;
    components.sort_by(|one, other| one.mean.total_cmp(&other.mean));
    GaussianMixture {
        components: components.to_vec(),
        log_likelihood: at.log_likelihood,
        iterations,
        termination,
        n_starts: 1,
        n_agreeing: 1,
    }
}

/// Two components with what each value's probability of belonging to either adds up to.
#[derive(Debug, Clone, Copy)]
struct Expected {
    components: [Component; 2],
    log_likelihood: f64,
    /// Of each component: the sum of probabilities, of deviations from its mean weighted by them, and
    /// of their squares.
    sums: [[f64; 3]; 2],
    n_values: f64,
}

/// So many factors between 1 and 2 are multiplied before a logarithm is taken.
const N_FACTORS: usize = 512;

impl Expected {
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
    fn of(values: &[f64], components: [Component; 2]) -> Self {
        let constant = |part: &Component| {
            math::ln(part.weight) - 0.5 * math::ln(core::f64::consts::TAU * part.variance)
        };
        let constants = [constant(&components[0]), constant(&components[1])];
        let precisions = [0.5 / components[0].variance, 0.5 / components[1].variance];
        let mut log_likelihood = 0.0;
        let mut sums = [[0.0; 3]; 2];
        for chunk in values.chunks(N_FACTORS) {
            let mut product = 1.0;
            for value in chunk {
                let deviations = [value - components[0].mean, value - components[1].mean];
                let squares = [deviations[0] * deviations[0], deviations[1] * deviations[1]];
                let lower = constants[0] - precisions[0] * squares[0];
                let upper = constants[1] - precisions[1] * squares[1];
                // One exponential, of what is not positive, serves both.
                let ratio = math::exp(-(upper - lower).abs());
                let of_likelier = 1.0 / (1.0 + ratio);
                let of_upper = if upper > lower { of_likelier } else { 1.0 - of_likelier };
                for (side, share) in [1.0 - of_upper, of_upper].into_iter().enumerate() {
                    sums[side][0] += share;
                    sums[side][1] += share * deviations[side];
                    sums[side][2] += share * squares[side];
                }
                product *= 1.0 + ratio;
                log_likelihood += upper.max(lower);
            }
            log_likelihood += math::ln(product);
        }
        Self { components, log_likelihood, sums, n_values: values.len() as f64 }
    }

    /// The components that fit the values best, each counted by its probability of belonging to them.
    fn maximised(&self, floor: f64) -> [Component; 2] {
        [0, 1].map(|side| {
            let [total, sum, sum_of_squares] = self.sums[side];
            // An abandoned component keeps a weight that has a logarithm, and its place.
            let weight = (total / self.n_values).max(f64::MIN_POSITIVE);
            let old = self.components[side];
            if !(total > 0.0) {
                return Component { weight, mean: old.mean, variance: floor };
            }
            let moved = sum / total;
            let variance = (sum_of_squares / total - moved * moved).max(floor);
            Component { weight, mean: old.mean + moved, variance }
        })
    }
}

/// The longest step of SQUAREM, in iterations.
const LONGEST_STEP: f64 = 256.0;

/// Where iterations that go on as the last two did would lead; `second` itself where they do not tell.
fn leap(
    before: [Component; 2],
    first: [Component; 2],
    second: [Component; 2],
    floor: f64,
) -> [Component; 2] {
    let unit = second[0].variance.max(second[1].variance).sqrt();
    // Coordinates without bounds, about equally long.
    let coordinates = |[lower, upper]: [Component; 2]| {
        [
            math::ln(upper.weight / lower.weight),
            lower.mean / unit,
            upper.mean / unit,
            math::ln(lower.variance),
            math::ln(upper.variance),
        ]
    };
    let [before, first, last] = [before, first, second].map(coordinates);
    let (mut steps, mut bends) = ([0.0; 5], [0.0; 5]);
    for axis in 0..5 {
        steps[axis] = first[axis] - before[axis];
        bends[axis] = last[axis] - first[axis] - steps[axis];
    }
    let length = math::dot(&steps, &steps).sqrt() / math::dot(&bends, &bends).sqrt();
    if !length.is_finite() || length <= 1.0 {
        return second;
    }
    let length = length.min(LONGEST_STEP);
    let mut to = before;
    for axis in 0..5 {
        to[axis] += 2.0 * length * steps[axis] + length * length * bends[axis];
    }
    let upper_weight = 1.0 / (1.0 + math::exp(-to[0]));
    let component = |weight: f64, mean: f64, log_variance: f64| Component {
        weight: weight.max(f64::MIN_POSITIVE),
        mean: mean * unit,
        variance: math::exp(log_variance).max(floor),
    };
    [component(1.0 - upper_weight, to[1], to[3]), component(upper_weight, to[2], to[4])]
}

#[cfg(test)]
#[path = "gaussian_mixture_tests.rs"]
mod tests;
