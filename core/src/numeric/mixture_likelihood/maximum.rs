//! Maximises the likelihood of a mixture.

use super::curvature::curvature;
use super::{LikelihoodRatios, quadratic};
use crate::numeric::termination::Termination;

/// The certificate, in nats per text, at which the maximisation of an estimate stops.
const TOLERANCE: f64 = 1e-10;
/// The same within bootstrap replicates and profiles: 1e-4 nats in all of a thousand texts, a
/// hundredth of a standard error.
const ROUGH_TOLERANCE: f64 = 1e-7;

/// Newton steps after which it gives up; it takes 4 to 12.
const MAX_ITERATIONS: usize = 200;

/// The mixture of greatest likelihood.
#[derive(Debug, Clone, PartialEq)]
pub struct LikelihoodFit {
    /// The shares: non-negative, summing to 1; zeros are exact.
    pub shares: Vec<f64>,
    /// The gradient of the mean log-likelihood there.
    pub gradient: Vec<f64>,
    /// Certificate: the largest gradient entry minus 1. As the mean log-likelihood is concave, its
    /// maximum is at most this much higher (Lindsay 1995, Mixture Models, theorem 18).
    pub certificate: f64,
    /// Newton (or, where those fail, EM) steps taken.
    pub iterations: usize,
    /// Why it stopped.
    pub termination: Termination,
}

/// The mixture that maximises the likelihood: the limit of the EM iteration of Saerens et al.
/// (2002), reached by Newton steps.
///
/// Each step maximises the quadratic model of `mean log-likelihood - sum of shares` over
/// non-negative shares by an active set ("mixSQP": Kim, Carbonetto, Stephens & Anitescu 2020,
/// JCGS 29(2), arXiv 1806.01412, section 3), halves the step until the likelihood rises, and takes
/// an EM step where that fails, so the likelihood never falls. Convergence is quadratic; `start`,
/// the shares of a similar problem, makes it a matter of two or three steps.
///
/// Time: O(n_docs n_classes + n_docs n_used²) per step, with n_used the classes in play.
pub fn maximize(ratios: &LikelihoodRatios, start: Option<&[f64]>) -> LikelihoodFit {
    maximize_to(TOLERANCE, ratios, start)
}

/// As [`maximize`], but to a rougher certificate: for the thousands of fits that make an interval.
pub(crate) fn maximize_roughly(ratios: &LikelihoodRatios, start: Option<&[f64]>) -> LikelihoodFit {
    maximize_to(ROUGH_TOLERANCE, ratios, start)
}

/// As [`maximize`], but to this certificate.
pub(crate) fn maximize_to(
    tolerance: f64,
    ratios: &LikelihoodRatios,
    start: Option<&[f64]>,
) -> LikelihoodFit {
    let mut point = match start {
        Some(shares) => warm_start(ratios, shares),
        None => cold_start(ratios),
    };
    let mut iterations = 0;
    let termination = loop {
        if point.certificate() <= tolerance {
            break Termination::Converged;
        }
        if iterations == MAX_ITERATIONS {
            break Termination::IterationLimit;
        }
        let next = newton_step(ratios, &point).or_else(|| em_step(ratios, &point));
        let Some(next) = next else { break Termination::Stalled };
        point = next;
        iterations += 1;
    };
    LikelihoodFit {
        certificate: point.certificate(),
        gradient: point.gradient,
        shares: point.shares,
        iterations,
        termination,
    }
}

/// A mixture with all that a step needs to know of it.
struct Point {
    shares: Vec<f64>,
    /// The density of each text under the mixture.
    mixed: Vec<f64>,
    gradient: Vec<f64>,
}

impl Point {
    fn at(problem: &LikelihoodRatios, mut shares: Vec<f64>) -> Self {
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= total);
        let (mixed, gradient) = problem.mixed_and_gradient(&shares);
        Self { shares, mixed, gradient }
    }

    /// Whether every text is possible enough for the quadratic model to be worth anything.
    fn is_sound(&self) -> bool {
        self.mixed.iter().all(|&density| density > 1e-9)
    }

    fn certificate(&self) -> f64 {
        self.gradient.iter().copied().fold(f64::NEG_INFINITY, f64::max) - 1.0
    }
}

/// EM steps before the first Newton step of a cold start: they cost a tenth of it each, and tell
/// most of the categories that will end at 0.
const N_EM_STEPS: usize = 15;

/// Equal shares, improved by some EM steps, with the shares that vanish set to 0. A share that was
/// set to 0 wrongly has a gradient above 1 and comes back with the next Newton step.
fn cold_start(problem: &LikelihoodRatios) -> Point {
    #[expect(clippy::cast_precision_loss, reason = "a count of classes")]
    let equal = 1.0 / problem.n_classes() as f64;
    let mut shares = vec![equal; problem.n_classes()];
    let mut gradient = problem.gradient(&shares);
    for _ in 0..N_EM_STEPS {
        shares.iter_mut().zip(&gradient).for_each(|(share, factor)| *share *= factor);
        gradient = problem.gradient(&shares);
    }
    let vanishing = |share: f64, slope: f64| share < 0.01 * equal && slope < 0.9;
    let pruned: Vec<f64> = (shares.iter().zip(&gradient))
        .map(|(&share, &slope)| if vanishing(share, slope) { 0.0 } else { share })
        .collect();
    let point = Point::at(problem, pruned);
    if point.is_sound() { point } else { Point::at(problem, shares) }
}

/// The shares given, mixed with equal shares if a text is all but impossible under them.
fn warm_start(problem: &LikelihoodRatios, shares: &[f64]) -> Point {
    let point = Point::at(problem, shares.to_vec());
    if point.is_sound() {
        return point;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of classes")]
    let equal = 1.0 / problem.n_classes() as f64;
    Point::at(problem, shares.iter().map(|share| 0.9 * share + 0.1 * equal).collect())
}

/// The best point on the way to the maximum of the quadratic model, if any is better.
fn newton_step(problem: &LikelihoodRatios, point: &Point) -> Option<Point> {
    let in_play: Vec<usize> = (0..point.shares.len())
        .filter(|&class| point.shares[class] > 0.0 || point.gradient[class] > 1.0)
        .collect();
    let curvature = curvature(problem, &point.mixed, &in_play);
    // The curvature times the shares is the gradient, so the model's linear term is 2 g - 1.
    let linear: Vec<f64> = in_play.iter().map(|&class| 2.0 * point.gradient[class] - 1.0).collect();
    let start: Vec<f64> = in_play.iter().map(|&class| point.shares[class]).collect();
    let goal = quadratic::minimize(&curvature, &linear, &start);
    let slope: f64 = (in_play.iter().zip(&goal))
        .map(|(&class, wanted)| (point.gradient[class] - 1.0) * (wanted - point.shares[class]))
        .sum();
    let mut step = 1.0;
    for _ in 0..30 {
        let mut shares = point.shares.clone();
        for (&class, &wanted) in in_play.iter().zip(&goal) {
            shares[class] =
                if step == 1.0 { wanted } else { shares[class] + step * (wanted - shares[class]) };
        }
        if shares.iter().sum::<f64>() > 0.0 {
            let next = Point::at(problem, shares);
            if rises(problem, point, &next, 1e-4 * step * slope) {
                return Some(next);
            }
        }
        step *= 0.5;
    }
    None
}

/// One step of the EM iteration, if it is better.
fn em_step(problem: &LikelihoodRatios, point: &Point) -> Option<Point> {
    let shares = point.shares.iter().zip(&point.gradient).map(|(s, g)| s * g).collect();
    let next = Point::at(problem, shares);
    rises(problem, point, &next, 0.0).then_some(next)
}

/// Whether the likelihood rises by `least`, or surely is much nearer to its maximum; where it can no longer tell in
/// double precision, whether the certificate falls.
fn rises(problem: &LikelihoodRatios, point: &Point, next: &Point, least: f64) -> bool {
    // As most steps do. Logarithms, which cost as much as all the rest of a step, are not needed then.
    if next.certificate() <= 0.5 * point.certificate() {
        return true;
    }
    let before = problem.log_likelihood(&point.mixed);
    let noise = 4.0 * f64::EPSILON * (1.0 + before.abs());
    let rise = problem.log_likelihood(&next.mixed) - before;
    rise >= least - noise && (rise > noise || next.certificate() < point.certificate())
}
