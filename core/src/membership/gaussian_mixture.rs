//! One normal distribution, and mixtures of two, fitted by expectation-maximisation.

use serde::{Deserialize, Serialize};

use crate::math;
use crate::rng::RandomStream;
use crate::termination::Termination;

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
    /// A start stops after so many iterations, converged or not.
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

/// Expectation-maximisation from these components to the top of their hill.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
fn climb(
    values: &[f64],
    mut components: [Component; 2],
    floor: f64,
    options: &FitOptions,
) -> GaussianMixture {
    let mut before = f64::NEG_INFINITY;
    let mut iterations = 0;
    let mut of_upper = vec![0.0; values.len()];
    let (log_likelihood, termination) = loop {
        let log_likelihood = expect(values, &components, &mut of_upper);
        let gain = log_likelihood - before;
        if !(gain >= options.tolerance * values.len() as f64) {
            break (log_likelihood, Termination::Converged);
        }
        if iterations == options.max_iterations {
            break (log_likelihood, Termination::IterationLimit);
        }
        before = log_likelihood;
        iterations += 1;
        let [lower, upper] = components;
        components = [
            maximise(values, &of_upper, |share| 1.0 - share, lower.mean, floor),
            maximise(values, &of_upper, |share| share, upper.mean, floor),
        ];
    };
    components.sort_by(|one, other| one.mean.total_cmp(&other.mean));
    GaussianMixture {
        components: components.to_vec(),
        log_likelihood,
        iterations,
        termination,
        n_starts: 1,
        n_agreeing: 1,
    }
}

/// Sets the probability of the second component given each value; gives the log-likelihood.
fn expect(values: &[f64], components: &[Component; 2], of_upper: &mut [f64]) -> f64 {
    let constant = |part: &Component| {
        math::ln(part.weight) - 0.5 * math::ln(core::f64::consts::TAU * part.variance)
    };
    let constants = [constant(&components[0]), constant(&components[1])];
    let precisions = [0.5 / components[0].variance, 0.5 / components[1].variance];
    let mut log_likelihood = 0.0;
    for (value, share) in values.iter().zip(of_upper) {
        let deviations = [value - components[0].mean, value - components[1].mean];
        let lower = constants[0] - precisions[0] * deviations[0] * deviations[0];
        let upper = constants[1] - precisions[1] * deviations[1] * deviations[1];
        // One exponential, of what is not positive, serves both.
        let ratio = math::exp(-(upper - lower).abs());
        let of_likelier = 1.0 / (1.0 + ratio);
        *share = if upper > lower { of_likelier } else { 1.0 - of_likelier };
        log_likelihood += upper.max(lower) + math::ln_1p(ratio);
    }
    log_likelihood
}

/// The component that fits the values best, each counted by its probability of belonging to it;
/// `old_mean` stays where none does.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
fn maximise(
    values: &[f64],
    of_upper: &[f64],
    probability: impl Fn(f64) -> f64,
    old_mean: f64,
    floor: f64,
) -> Component {
    let (mut total, mut sum) = (0.0, 0.0);
    for (value, share) in values.iter().zip(of_upper) {
        let weight = probability(*share);
        total += weight;
        sum += weight * value;
    }
    // An abandoned component keeps a weight that has a logarithm.
    let weight = (total / values.len() as f64).max(f64::MIN_POSITIVE);
    if !(total > 0.0) {
        return Component { weight, mean: old_mean, variance: floor };
    }
    let mean = sum / total;
    let mut variance = 0.0;
    for (value, share) in values.iter().zip(of_upper) {
        variance += probability(*share) * (value - mean) * (value - mean);
    }
    Component { weight, mean, variance: (variance / total).max(floor) }
}

#[cfg(test)]
#[path = "gaussian_mixture_tests.rs"]
mod tests;
