//! Hartigan's dip test: whether scores have more than one mode.

use crate::numeric::rng::RandomStream;

/// How far the values are from having one mode: the least distance of their empirical distribution
/// function from a continuous one that is convex up to some point and concave from there. At least
/// `1 / 2n`; 0 for no values. Equal values are a step that no such function can take: who asks for
/// modes and not for copies counts each value once.
///
/// The algorithm of Hartigan & Hartigan (1985, "The dip test of unimodality", §4): the modal
/// interval shrinks until the two hulls within it are no farther apart than what is already
/// certain outside it. Time: that of sorting, and a pass per shrinking.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
pub fn dip(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    dip_of_sorted(&sorted) / (2.0 * (sorted.len().max(1)) as f64)
}

/// The probability of a dip at least as large among as many uniform values, by `n_draws` draws
/// from the streams `(seed, 0)`, `(seed, 1)`, …: uniform values dip deepest of all with one mode
/// (Hartigan & Hartigan 1985, theorem 4, asymptotically), so that for any other shape with one mode the test
/// errs on the side of one mode.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 draws")]
pub fn dip_p_value(values: &[f64], n_draws: u64, seed: u64) -> f64 {
    let observed = dip(values);
    let as_deep = |index: &u64| {
        let mut stream = RandomStream::new(seed, *index);
        let uniform: Vec<f64> = (0..values.len()).map(|_| stream.unit()).collect();
        dip(&uniform) >= observed
    };
    (1.0 + (0..n_draws).filter(as_deep).count() as f64) / (1.0 + n_draws as f64)
}

/// The empirical distribution in units of one value: distinct places with the count before and at
/// each of them.
struct Steps {
    places: Vec<f64>,
    /// Values below each place.
    below: Vec<f64>,
    /// Values up to each place.
    up_to: Vec<f64>,
}

impl Steps {
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 values")]
    fn of(sorted: &[f64]) -> Self {
        let mut steps = Self { places: Vec::new(), below: Vec::new(), up_to: Vec::new() };
        for (index, &value) in sorted.iter().enumerate() {
            if steps.places.last() != Some(&value) {
                steps.places.push(value);
                steps.below.push(index as f64);
                steps.up_to.push(index as f64);
            }
            if let Some(count) = steps.up_to.last_mut() {
                *count += 1.0;
            }
        }
        steps
    }

    /// Where the greatest convex minorant between two places touches: a chain over the lower
    /// corners.
    fn convex(&self, low: usize, high: usize) -> Vec<usize> {
        self.hull(low, high, &self.below, 1.0)
    }

    /// Where the least concave majorant between two places touches.
    fn concave(&self, low: usize, high: usize) -> Vec<usize> {
        self.hull(low, high, &self.up_to, -1.0)
    }

    fn hull(&self, low: usize, high: usize, heights: &[f64], sign: f64) -> Vec<usize> {
        let mut chain: Vec<usize> = Vec::new();
        for next in low..=high {
            while let [.., before, last] = chain[..] {
                let rise = |from: usize, to: usize| sign * (heights[to] - heights[from]);
                let run = |from: usize, to: usize| self.places[to] - self.places[from];
                let bends_on =
                    rise(before, last) * run(last, next) < rise(last, next) * run(before, last);
                if bends_on {
                    break;
                }
                chain.pop();
            }
            chain.push(next);
        }
        chain
    }

    /// The height over `place` of the chain of straight lines over these corners.
    fn height(&self, chain: &[usize], heights: &[f64], place: usize) -> f64 {
        let after = chain.partition_point(|&corner| corner < place);
        if chain[after] == place {
            return heights[place];
        }
        let (from, to) = (chain[after - 1], chain[after]);
        let share =
            (self.places[place] - self.places[from]) / (self.places[to] - self.places[from]);
        heights[from] + share * (heights[to] - heights[from])
    }
}

/// Twice the dip in units of one value.
fn dip_of_sorted(sorted: &[f64]) -> f64 {
    let steps = Steps::of(sorted);
    if steps.places.is_empty() {
        return 0.0;
    }
    let (mut low, mut high) = (0, steps.places.len() - 1);
    // A value is a step of one, and no continuous distribution is closer than half of it.
    let mut certain = 1.0_f64;
    loop {
        let convex = steps.convex(low, high);
        let concave = steps.concave(low, high);
        let widest = widest_gap(&steps, &convex, &concave);
        if widest.gap <= certain {
            return certain;
        }
        let outside_left = (low..=widest.low)
            .map(|place| steps.up_to[place] - steps.height(&convex, &steps.below, place));
        let outside_right = (widest.high..=high)
            .map(|place| steps.height(&concave, &steps.up_to, place) - steps.below[place]);
        certain = outside_left.chain(outside_right).fold(certain, f64::max);
        if (low, high) == (widest.low, widest.high) {
            return certain;
        }
        (low, high) = (widest.low, widest.high);
    }
}

/// Where the two hulls are farthest apart, and the modal interval that this leaves.
struct Widest {
    gap: f64,
    low: usize,
    high: usize,
}

fn widest_gap(steps: &Steps, convex: &[usize], concave: &[usize]) -> Widest {
    let mut widest =
        Widest { gap: 0.0, low: convex[0], high: concave.last().copied().unwrap_or_default() };
    for &corner in convex {
        let gap = steps.height(concave, &steps.up_to, corner) - steps.below[corner];
        if gap > widest.gap {
            let next = concave.partition_point(|&other| other < corner);
            widest = Widest { gap, low: corner, high: concave[next] };
        }
    }
    for &corner in concave {
        let gap = steps.up_to[corner] - steps.height(convex, &steps.below, corner);
        if gap > widest.gap {
            let last = convex.partition_point(|&other| other <= corner) - 1;
            widest = Widest { gap, low: convex[last], high: corner };
        }
    }
    widest
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const GOLDEN: &str = include_str!("../../../tests/golden/membership_statistics.json");

    #[test]
    fn matches_its_definition_as_a_linear_program() {
        let golden: Value = serde_json::from_str(GOLDEN).unwrap();
        let cases = golden["dips"].as_array().unwrap();
        assert!(cases.len() >= 8);
        for case in cases {
            let values: Vec<f64> =
                case["values"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
            let expected = case["dip"].as_f64().unwrap();
            // The linear program is solved to 1e-7.
            assert!((dip(&values) - expected).abs() < 1e-6, "{} is not {expected}", dip(&values));
        }
    }

    #[test]
    fn the_least_dip_is_that_of_one_step() {
        let grid: Vec<f64> = (0..50).map(f64::from).collect();
        assert!((dip(&grid) - 0.01).abs() < 1e-12);
        assert!((dip(&[3.0]) - 0.5).abs() < 1e-12);
        assert_eq!(dip(&[]), 0.0);
    }

    #[test]
    fn two_heaps_have_two_modes_and_a_bell_has_one() {
        let mut stream = RandomStream::new(1, 0);
        let bell: Vec<f64> = (0..200).map(|_| stream.normal()).collect();
        let shift = |(index, value): (usize, &f64)| value + if index % 3 == 0 { 5.0 } else { 0.0 };
        let heaps: Vec<f64> = bell.iter().enumerate().map(shift).collect();
        assert!(dip_p_value(&heaps, 199, 7) <= 0.005);
        assert!(dip_p_value(&bell, 199, 7) > 0.2);
    }
}
