//! Regions of highest density of a unimodal density on [0, 1].

use crate::numeric::interval::Interval;
use crate::numeric::math;

/// The logarithm of a unimodal density, tabulated at ascending points; linear in between.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogDensity {
    points: Vec<f64>,
    values: Vec<f64>,
}

/// Points of a tabulated normal density: the ends of its regions are then good to 1e-4 deviations.
const N_NORMAL_POINTS: u32 = 2000;

impl LogDensity {
    /// The density tabulated at these ascending points; values may be minus infinity.
    pub(crate) fn new(points: Vec<f64>, values: Vec<f64>) -> Self {
        debug_assert_eq!(points.len(), values.len());
        Self { points, values }
    }

    /// A normal density cut to [0, 1], where it is within `depth` of its greatest value there.
    pub(crate) fn truncated_normal(mean: f64, deviation: f64, depth: f64) -> Self {
        let mode = mean.clamp(0.0, 1.0);
        let offset = (mode - mean) / deviation;
        let reach = deviation * (offset * offset + 2.0 * depth).sqrt();
        let (low, high) = ((mean - reach).max(0.0), (mean + reach).min(1.0));
        let points: Vec<f64> = (0..=N_NORMAL_POINTS)
            .map(|step| low + (high - low) * (f64::from(step) / f64::from(N_NORMAL_POINTS)))
            .collect();
        let value = |point: &f64| {
            let z = (point - mean) / deviation;
            -0.5 * z * z
        };
        let values = points.iter().map(value).collect();
        Self { points, values }
    }

    /// The shortest interval that holds `level` of the mass.
    ///
    /// The region where the density is above a bar is an interval, as the density is unimodal; the
    /// bar is found by bisection.
    pub(crate) fn highest_region(&self, level: f64) -> Interval {
        let peak = self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let densities: Vec<f64> = self.values.iter().map(|value| math::exp(value - peak)).collect();
        let total = mass(&self.points, &densities);
        let (mut low_bar, mut high_bar) = (0.0, 1.0);
        for _ in 0..60 {
            let bar = 0.5 * (low_bar + high_bar);
            let (points, inside) = self.above(bar, &densities);
            if mass(&points, &inside) < level * total { high_bar = bar } else { low_bar = bar }
        }
        let (points, _) = self.above(low_bar, &densities);
        let ends = points.first().zip(points.last()).and_then(|(&lo, &hi)| Interval::new(lo, hi));
        ends.expect("a bar below the peak leaves points above it")
    }

    /// The part of the table above the bar, with its ends put where the density crosses the bar.
    fn above(&self, bar: f64, densities: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut points, mut inside) = (Vec::new(), Vec::new());
        for index in 0..densities.len() {
            let here = densities[index];
            if index > 0 && (densities[index - 1] >= bar) != (here >= bar) {
                let before = densities[index - 1];
                let fraction = (bar - before) / (here - before);
                points.push(
                    self.points[index - 1]
                        + fraction * (self.points[index] - self.points[index - 1]),
                );
                inside.push(bar);
            }
            if here >= bar {
                points.push(self.points[index]);
                inside.push(here);
            }
        }
        (points, inside)
    }
}

/// The trapezoidal integral.
fn mass(points: &[f64], densities: &[f64]) -> f64 {
    let slab = |index: usize| {
        0.5 * (densities[index] + densities[index + 1]) * (points[index + 1] - points[index])
    };
    (0..points.len().saturating_sub(1)).map(slab).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_of_a_normal_far_from_the_bounds_is_symmetric() {
        let region = LogDensity::truncated_normal(0.5, 0.01, 12.0).highest_region(0.95);
        let half = 0.01 * 1.959_963_984_540_054;
        assert!((region.lo() - (0.5 - half)).abs() < 1e-6, "{region:?}");
        assert!((region.hi() - (0.5 + half)).abs() < 1e-6, "{region:?}");
    }

    #[test]
    fn region_of_a_half_normal_starts_at_zero() {
        // P(|Z| <= 1.95996) = .95, so the half normal's region is [0, 1.95996 deviations].
        let region = LogDensity::truncated_normal(0.0, 0.01, 12.0).highest_region(0.95);
        assert_eq!(region.lo(), 0.0);
        assert!((region.hi() - 0.019_599_64).abs() < 1e-6, "{region:?}");
    }

    #[test]
    fn region_of_a_normal_centred_below_zero_matches_scipy() {
        let region = LogDensity::truncated_normal(-0.02, 0.01, 12.0).highest_region(0.95);
        assert_eq!(region.lo(), 0.0);
        assert!((region.hi() - 0.01 * SCIPY_TRUNCATED).abs() < 1e-6, "{region:?}");
    }

    /// `scipy.stats.truncnorm(a=2, b=numpy.inf).ppf(.95) - 2`, SciPy 1.17.1.
    const SCIPY_TRUNCATED: f64 = 1.051_763_436_037_691_5;

    #[test]
    fn region_of_a_gamma_matches_published_table() {
        // Exponential: the shortest 95 % interval is [0, -ln .05], the rule of three.
        let points: Vec<f64> = (0..=4000).map(|step| f64::from(step) * 1e-3 / 4.0).collect();
        let values = points.iter().map(|point| -20.0 * point).collect();
        let region = LogDensity::new(points, values).highest_region(0.95);
        assert_eq!(region.lo(), 0.0);
        assert!((region.hi() - 2.995_732_273_553_991 / 20.0).abs() < 1e-5, "{region:?}");
    }
}
