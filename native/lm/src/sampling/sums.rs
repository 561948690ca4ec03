//! Sums of weights, block by block.

/// Weights are summed this many at a time.
pub(super) const BLOCK: usize = 128;

/// The sum of the weights, in an order that does not change.
pub(super) fn sum(weights: &[f32]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let (chunks, rest) = weights.as_chunks::<8>();
    for chunk in chunks {
        for (lane, &weight) in lanes.iter_mut().zip(chunk) {
            *lane += f64::from(weight);
        }
    }
    let rest: f64 = rest.iter().copied().map(f64::from).sum();
    lanes.iter().sum::<f64>() + rest
}
