//! Whether two estimates may be of one mixture.

use crate::messages::check::Check;
use crate::numeric::math;
use crate::numeric::p_value::p_value;
use crate::numeric::rng::RandomStream;

/// An estimate with its replicates.
#[derive(Debug, Clone, Copy)]
pub struct Estimated<'a> {
    /// What the run is called.
    pub name: &'a str,
    /// The shares, in category order.
    pub point: &'a [f64],
    /// Replicates, `[n_replicates, n_categories]`.
    pub replicates: &'a [Vec<f64>],
    /// The method's own error, as if the mixture were counted on so many documents, where the replicates do not hold
    /// it already.
    pub method_documents: Option<f64>,
}

impl Estimated<'_> {
    /// The variance of each share: over the replicates, and by the method's own error.
    pub fn variances(&self) -> Vec<f64> {
        let of_category = |category: usize| {
            let drawn: Vec<f64> = self.replicates.iter().map(|row| row[category]).collect();
            let sampling = if drawn.len() > 1 { math::variance(&drawn) } else { 0.0 };
            let share = self.point[category];
            let method = |documents: f64| share * (1.0 - share) / (documents + 1.0);
            sampling + self.method_documents.map_or(0.0, method)
        };
        (0..self.point.len()).map(of_category).collect()
    }

    /// Replicate `index`, with the method's own error.
    fn replicate(&self, index: usize, seed: u64) -> Vec<f64> {
        let row = &self.replicates[index];
        let Some(documents) = self.method_documents else { return row.clone() };
        RandomStream::new(seed, index as u64).counted_shares(row, documents)
    }

    /// The mean of each share over the replicates.
    #[expect(clippy::cast_precision_loss, reason = "a count of replicates")]
    fn means(&self) -> Vec<f64> {
        let n = self.replicates.len() as f64;
        let of_category =
            |category: usize| self.replicates.iter().map(|row| row[category]).sum::<f64>() / n;
        (0..self.point.len()).map(of_category).collect()
    }
}

/// The seed of the errors that methods make.
const SEED: u64 = 0x6167_7265_6521;

/// Variances are taken to be at least this: a category that never moves in either must not decide alone.
const LEAST_VARIANCE: f64 = 1e-6;

/// The check of whether both estimates may be of one mixture.
///
/// The statistic is the sum over categories of squared differences over the variances of both. Null: both have the same
/// mean, and each spreads about it as its replicates do, and by its method's own error, independently; so pairs of
/// replicates, each moved to have the same mean, show what chance alone gives.
pub fn agreement(first: Estimated<'_>, second: Estimated<'_>) -> Check {
    let name = "agreement_of_methods";
    if first.replicates.len() < 2 || second.replicates.len() < 2 {
        return Check::not_tested(
            name,
            "without replicates of both it is not tested whether openings and label shift agree",
        );
    }
    let variances: Vec<f64> = (first.variances().iter().zip(second.variances()))
        .map(|(one, other)| (one + other).max(LEAST_VARIANCE))
        .collect();
    let statistic = |difference: &dyn Fn(usize) -> f64| -> f64 {
        variances
            .iter()
            .enumerate()
            .map(|(category, variance)| math::square(difference(category)) / variance)
            .sum()
    };
    let observed = statistic(&|category| first.point[category] - second.point[category]);
    let (first_means, second_means) = (first.means(), second.means());
    let n = first.replicates.len().min(second.replicates.len());
    let by_chance = (0..n).map(|index| {
        let (one, other) = (first.replicate(index, SEED), second.replicate(index, SEED + 1));
        statistic(&|category| {
            (one[category] - first_means[category]) - (other[category] - second_means[category])
        })
    });
    let p = p_value(observed, by_chance);
    let percent = 100.0 * math::total_variation(first.point, second.point);
    let (first, second) = (first.name, second.name);
    Check::tested(
        name,
        (observed, p),
        (
            format!(
                "{first} and {second} agree: {percent:.0} % of one would have to move to be the other"
            ),
            format!(
                "{first} and {second} disagree by more than chance: {percent:.0} % of one would have to move to be the \
                 other; one of the two is wrong, or both are, by more than it says"
            ),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::check::Verdict;

    fn estimated(mean: [f64; 3], seed: u64) -> (Vec<f64>, Vec<Vec<f64>>) {
        let mut stream = RandomStream::new(seed, 0);
        let mut draw = |about: &[f64]| {
            let concentrations: Vec<f64> = about.iter().map(|share| 100.0 * share).collect();
            stream.dirichlet(&concentrations)
        };
        let point = draw(&mean);
        let replicates = (0..200).map(|_| draw(&point)).collect();
        (point, replicates)
    }

    fn check(first: [f64; 3], second: [f64; 3], seed: u64) -> Check {
        let (one, other) = (estimated(first, seed), estimated(second, 1_000 + seed));
        let of = |pair: &'static str,
                  found: &(Vec<f64>, Vec<Vec<f64>>)|
         -> (Vec<f64>, Vec<Vec<f64>>, &'static str) {
            (found.0.clone(), found.1.clone(), pair)
        };
        let (one, other) = (of("a", &one), of("b", &other));
        let method_documents = None;
        let first = Estimated { name: one.2, point: &one.0, replicates: &one.1, method_documents };
        let second =
            Estimated { name: other.2, point: &other.0, replicates: &other.1, method_documents };
        agreement(first, second)
    }

    #[test]
    fn estimates_of_one_mixture_agree_but_once_in_twenty() {
        let mean = [0.5, 0.3, 0.2];
        let alarms =
            (0..100).filter(|&seed| check(mean, mean, seed).verdict == Verdict::Fails).count();
        // 5 expected; 12 or more have a chance of 1 in 200.
        assert!(alarms < 12, "{alarms}");
    }

    #[test]
    fn estimates_of_different_mixtures_do_not() {
        let found = check([0.5, 0.3, 0.2], [0.2, 0.3, 0.5], 1);
        assert_eq!(found.verdict, Verdict::Fails);
        assert!(found.sentence.contains("a and b disagree by more than chance"));
    }
}
