//! One estimate from two.

use super::agreement::Estimated;
use crate::numeric::math;
use crate::numeric::rng::RandomStream;

/// A fused estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Fused {
    /// The shares, in category order.
    pub point: Vec<f64>,
    /// Replicates, `[n_replicates, n_categories]`.
    pub replicates: Vec<Vec<f64>>,
    /// The weight of the first estimate; the second has the rest.
    pub weight: f64,
    /// The variance of each share that neither estimate accounts for, in each of both.
    pub unexplained: Vec<f64>,
}

/// Separates the noise of unexplained disagreement from all else.
const STREAM: u64 = 0x6675_7365_645f_5f21;

/// In weights the variance of an estimate with a method's own error counts so many times: on planted models label shift errs
/// in part as openings do, since both know the same reference documents. Chosen on half of the planted models among 1, 2, 4
/// and 8.
const CAUTION: f64 = 4.0;

/// The estimate that both give together.
///
/// Each is taken to be the mixture, its own sampling error, and an error of its method; the methods' errors are
/// independent and of one size. Its variance is what the squared difference has beyond both sampling variances, half for
/// each, category by category (the moment estimator of DerSimonian & Laird 1986, Controlled Clinical Trials 7, 177, for
/// two studies). Each estimate has one weight, the inverse of its total variance summed over categories: shares then sum
/// to 1. Where both disagree far beyond their sampling errors this is their plain mean.
pub fn fused(first: Estimated<'_>, second: Estimated<'_>, seed: u64) -> Fused {
    let (own, other) = (first.variances(), second.variances());
    let unexplained: Vec<f64> = (0..first.point.len())
        .map(|category| {
            let difference = first.point[category] - second.point[category];
            let beyond = math::square(difference) - own[category] - other[category];
            0.5 * beyond.max(0.0)
        })
        .collect();
    let total = |variances: &[f64]| -> f64 {
        variances.iter().zip(&unexplained).map(|(own, method)| own + method).sum::<f64>()
    };
    let caution = |one: &Estimated<'_>| if one.method_documents.is_some() { CAUTION } else { 1.0 };
    let (own, other) = (caution(&first) * total(&own), caution(&second) * total(&other));
    let weight = if own + other > 0.0 { other / (own + other) } else { 0.5 };
    let mixed = |one: &[f64], other: &[f64]| -> Vec<f64> {
        one.iter().zip(other).map(|(a, b)| weight * a + (1.0 - weight) * b).collect()
    };
    let replicates = first.replicates.iter().zip(second.replicates).enumerate();
    let replicates = replicates
        .map(|(index, (one, other))| {
            let mut stream = RandomStream::new(seed ^ STREAM, index as u64);
            let noisy = |shares: Vec<f64>, stream: &mut RandomStream| -> Vec<f64> {
                let scale = math::square(weight) + math::square(1.0 - weight);
                let moved: Vec<f64> = shares
                    .iter()
                    .zip(&unexplained)
                    .map(|(share, variance)| {
                        (share + (scale * variance).sqrt() * stream.normal()).max(0.0)
                    })
                    .collect();
                let total: f64 = moved.iter().sum();
                if total > 0.0 { moved.iter().map(|share| share / total).collect() } else { shares }
            };
            noisy(mixed(one, other), &mut stream)
        })
        .collect();
    Fused { point: mixed(first.point, second.point), replicates, weight, unexplained }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surer_weighs_more_and_disagreement_evens_weights() {
        let about = |point: &[f64], spread: f64| -> Vec<Vec<f64>> {
            (0..100)
                .map(|index| {
                    let step = spread * (f64::from(index) / 49.5 - 1.0);
                    vec![point[0] + step, point[1] - step]
                })
                .collect()
        };
        let fuse = |second: [f64; 2], spread: f64| {
            let first = [0.6, 0.4];
            let (sure, unsure) = (about(&first, 0.01), about(&second, spread));
            fused(
                Estimated { name: "a", point: &first, replicates: &sure, method_documents: None },
                Estimated {
                    name: "b",
                    point: &second,
                    replicates: &unsure,
                    method_documents: None,
                },
                1,
            )
        };
        let agreeing = fuse([0.601, 0.399], 0.02);
        // Variances 1 to 4: weights 4/5 and 1/5.
        assert!((agreeing.weight - 0.8).abs() < 0.01, "{}", agreeing.weight);
        assert!((agreeing.point[0] - 0.6002).abs() < 1e-3);
        let disagreeing = fuse([0.3, 0.7], 0.02);
        assert!((disagreeing.weight - 0.5).abs() < 0.01, "{}", disagreeing.weight);
        for one in [agreeing, disagreeing] {
            assert!((one.point.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(one.replicates.iter().all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-9));
        }
    }
}
