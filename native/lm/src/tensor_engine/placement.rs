//! Which layers go to which device.

use std::ops::Range;

/// The layers of each of `n_devices` devices, in order, so that the largest share of bytes is as small as
/// it can be; none where there are more devices than layers.
///
/// The first device also takes `before` bytes, the last one `after`.
pub(super) fn share(
    layers: &[u64],
    before: u64,
    after: u64,
    n_devices: usize,
) -> Option<Vec<Range<usize>>> {
    if n_devices == 0 || layers.len() < n_devices {
        return None;
    }
    let total = layers.iter().sum::<u64>() + before + after;
    // The least limit within which all fits, by halving: what fits below a limit fits below a higher one.
    let (mut low, mut high) = (0, total);
    while low < high {
        let middle = low + (high - low) / 2;
        match within(middle, layers, before, after, n_devices) {
            Some(_) => high = middle,
            None => low = middle + 1,
        }
    }
    within(low, layers, before, after, n_devices)
}

/// Shares of at most `limit` bytes, each device taking as much as it can while the others still get a
/// layer each.
fn within(
    limit: u64,
    layers: &[u64],
    before: u64,
    after: u64,
    n_devices: usize,
) -> Option<Vec<Range<usize>>> {
    let mut shares = Vec::with_capacity(n_devices);
    let mut start = 0;
    for device in 0..n_devices {
        let left = n_devices - device - 1;
        let mut bytes = if device == 0 { before } else { 0 };
        if left == 0 {
            bytes += after;
        }
        let mut end = start;
        while end < layers.len() - left && bytes + layers[end] <= limit {
            bytes += layers[end];
            end += 1;
        }
        if end == start || bytes > limit {
            return None;
        }
        shares.push(start..end);
        start = end;
    }
    (start == layers.len()).then_some(shares)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_layers_are_shared_equally() {
        assert_eq!(share(&[10; 6], 0, 0, 3), Some(vec![0..2, 2..4, 4..6]));
        assert_eq!(share(&[10; 4], 0, 0, 1), Some(std::iter::once(0..4).collect()));
    }

    #[test]
    fn embedding_and_head_count_on_their_devices() {
        assert_eq!(share(&[10; 6], 20, 20, 2), Some(vec![0..3, 3..6]));
        assert_eq!(share(&[10; 6], 40, 0, 2), Some(vec![0..1, 1..6]));
    }

    #[test]
    fn more_devices_than_layers_are_refused() {
        assert_eq!(share(&[10; 2], 0, 0, 3), None);
        assert_eq!(share(&[], 0, 0, 0), None);
    }

    fn largest(shares: &[Range<usize>], layers: &[u64], before: u64, after: u64) -> u64 {
        let mut sums: Vec<u64> =
            shares.iter().map(|share| layers[share.clone()].iter().sum()).collect();
        sums[0] += before;
        *sums.last_mut().unwrap() += after;
        sums.into_iter().max().unwrap()
    }

    proptest! {
        #[test]
        fn two_shares_are_no_worse_than_any_cut(
            layers in prop::collection::vec(1_u64..50, 2..12),
            before in 0_u64..100,
            after in 0_u64..100,
        ) {
            let shares = share(&layers, before, after, 2).unwrap();
            let found = largest(&shares, &layers, before, after);
            for cut in 1..layers.len() {
                let other = largest(&[0..cut, cut..layers.len()], &layers, before, after);
                prop_assert!(found <= other);
            }
        }
    }
}
