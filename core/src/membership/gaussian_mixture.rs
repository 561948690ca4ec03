//! Mixtures of normal distributions on the line, fitted by expectation-maximisation.

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
        Self { n_starts: 8, seed: 0, tolerance: 1e-10, max_iterations: 2_000 }
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
    /// The mixture of so many components that explains the values best; none if there are fewer
    /// than two values per component, all are equal, or one is not finite.
    ///
    /// Each start draws its centres by k-means++ (Arthur & Vassilvitskii 2007), improves them by
    /// Lloyd's iteration, and goes on by expectation-maximisation (Dempster, Laird & Rubin 1977) in
    /// log space, each variance being at least [`VARIANCE_FLOOR_SHARE`] of that of all values.
    ///
    /// Time: some 50 ns per value, component and iteration.
    pub fn fit(values: &[f64], n_components: usize, options: &FitOptions) -> Option<Self> {
        let whole = whole(values)?;
        if n_components == 0 || values.len() < 2 * n_components {
            return None;
        }
        if n_components == 1 {
            return Some(Self::single(values, whole));
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let floor = VARIANCE_FLOOR_SHARE * whole.variance;
        let start = |index| {
            let mut stream = RandomStream::new(options.seed, index);
            let centres = lloyd(&sorted, seeded_centres(&sorted, n_components, &mut stream));
            climb(&sorted, grouped(&sorted, &centres, floor), floor, options)
        };
        let ends: Vec<Self> = (0..options.n_starts.max(1)).map(start).collect();
        let best = ends.iter().fold(&ends[0], |best, end| {
            if end.log_likelihood > best.log_likelihood { end } else { best }
        });
        let agrees = |end: &&Self| end.log_likelihood > best.log_likelihood - 1e-3;
        let n_agreeing = ends.iter().filter(agrees).count() as u64;
        Some(Self { n_starts: options.n_starts.max(1), n_agreeing, ..best.clone() })
    }

    /// The optimum next to this mixture for other values, such as a resample of those it was
    /// fitted to; none as for [`fit`](Self::fit).
    pub fn refit(&self, values: &[f64], options: &FitOptions) -> Option<Self> {
        let floor = VARIANCE_FLOOR_SHARE * whole(values)?.variance;
        Some(climb(values, self.components.clone(), floor, options))
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

/// Centres drawn one after the other, each value as likely as the square of its distance from the
/// nearest centre so far.
fn seeded_centres(values: &[f64], n_centres: usize, stream: &mut RandomStream) -> Vec<f64> {
    let mut centres = vec![values[stream.index(values.len())]];
    while centres.len() < n_centres {
        let distance = |value: &f64| {
            let nearest = |least: f64, centre: &f64| least.min((value - centre).abs());
            let nearest = centres.iter().fold(f64::INFINITY, nearest);
            nearest * nearest
        };
        let distances: Vec<f64> = values.iter().map(distance).collect();
        let total: f64 = distances.iter().sum();
        let shares: Vec<f64> = distances.iter().map(|distance| distance / total).collect();
        centres.push(values[stream.categorical(&shares)]);
    }
    centres.sort_by(f64::total_cmp);
    centres
}

/// Lloyd's iteration on ascending values: centres become the means of the values nearest to them.
fn lloyd(sorted: &[f64], mut centres: Vec<f64>) -> Vec<f64> {
    for _ in 0..100 {
        let groups = split(sorted, &centres);
        let moved: Vec<f64> = groups
            .iter()
            .zip(&centres)
            .map(|(group, &centre)| moments(group).map_or(centre, |(mean, _)| mean))
            .collect();
        if moved == centres {
            break;
        }
        centres = moved;
    }
    centres
}

/// The ascending values nearest to each of the ascending centres.
fn split<'values>(sorted: &'values [f64], centres: &[f64]) -> Vec<&'values [f64]> {
    let mut rest = sorted;
    let mut groups = Vec::with_capacity(centres.len());
    for pair in centres.windows(2) {
        let border = 0.5 * (pair[0] + pair[1]);
        let (group, after) = rest.split_at(rest.partition_point(|&value| value < border));
        groups.push(group);
        rest = after;
    }
    groups.push(rest);
    groups
}

/// The components of the groups around the centres.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
fn grouped(sorted: &[f64], centres: &[f64], floor: f64) -> Vec<Component> {
    let n_values = sorted.len() as f64;
    split(sorted, centres)
        .into_iter()
        .zip(centres)
        .map(|(group, &centre)| {
            let (mean, variance) = moments(group).unwrap_or((centre, floor));
            // An empty group, as ties can leave one, gets half a value.
            let weight = (group.len() as f64).max(0.5) / n_values;
            Component { weight, mean, variance: variance.max(floor) }
        })
        .collect()
}

/// Expectation-maximisation from these components to the top of their hill.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
fn climb(
    values: &[f64],
    mut components: Vec<Component>,
    floor: f64,
    options: &FitOptions,
) -> GaussianMixture {
    let mut before = f64::NEG_INFINITY;
    let mut iterations = 0;
    let mut responsibilities = Vec::new();
    let (log_likelihood, termination) = loop {
        let log_likelihood = expect(values, &components, &mut responsibilities);
        let gain = log_likelihood - before;
        if !(gain >= options.tolerance * values.len() as f64) {
            break (log_likelihood, Termination::Converged);
        }
        if iterations == options.max_iterations {
            break (log_likelihood, Termination::IterationLimit);
        }
        before = log_likelihood;
        iterations += 1;
        for (index, component) in components.iter_mut().enumerate() {
            *component = maximise(values, &responsibilities, index, component.mean, floor);
        }
    };
    components.sort_by(|one, other| one.mean.total_cmp(&other.mean));
    GaussianMixture {
        components,
        log_likelihood,
        iterations,
        termination,
        n_starts: 1,
        n_agreeing: 1,
    }
}

/// The probability of each component given each value, one component after the other
/// (`[n_components, n_values]`), and the log-likelihood.
fn expect(values: &[f64], components: &[Component], responsibilities: &mut Vec<Vec<f64>>) -> f64 {
    responsibilities.resize(components.len(), Vec::new());
    for (component, column) in components.iter().zip(responsibilities.iter_mut()) {
        let constant = math::ln(component.weight)
            - 0.5 * math::ln(core::f64::consts::TAU * component.variance);
        let precision = 0.5 / component.variance;
        column.clear();
        column.extend(values.iter().map(|value| {
            let deviation = value - component.mean;
            constant - precision * deviation * deviation
        }));
    }
    let mut log_likelihood = 0.0;
    let mut terms = vec![0.0; components.len()];
    for index in 0..values.len() {
        for (term, column) in terms.iter_mut().zip(responsibilities.iter()) {
            *term = column[index];
        }
        log_likelihood += math::softmax(&mut terms);
        for (term, column) in terms.iter().zip(responsibilities.iter_mut()) {
            column[index] = *term;
        }
    }
    log_likelihood
}

/// The component that fits the values best, each counted by its probability of belonging to it;
/// `old_mean` stays where none does.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
fn maximise(
    values: &[f64],
    responsibilities: &[Vec<f64>],
    index: usize,
    old_mean: f64,
    floor: f64,
) -> Component {
    let column = &responsibilities[index];
    let total: f64 = column.iter().sum();
    // An abandoned component keeps a weight that has a logarithm.
    let weight = (total / values.len() as f64).max(f64::MIN_POSITIVE);
    if !(total > 0.0) {
        return Component { weight, mean: old_mean, variance: floor };
    }
    let weighted = |of: &dyn Fn(f64) -> f64| {
        values.iter().zip(column).map(|(&value, share)| share * of(value)).sum::<f64>() / total
    };
    let mean = weighted(&|value| value);
    let variance = weighted(&|value| (value - mean) * (value - mean));
    Component { weight, mean, variance: variance.max(floor) }
}

#[cfg(test)]
#[path = "gaussian_mixture_tests.rs"]
mod tests;
