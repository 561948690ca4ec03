//! The mixture that a matrix of what follows what leads to, and keeps.

use crate::numeric::matrix::Matrix;

/// A stationary distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Stationary {
    /// The shares `p` with `p R = p`, in category order.
    pub shares: Vec<f64>,
    /// How many closed sets of categories there are, which are never left once entered. A stationary
    /// distribution always exists; it is the only one if there is one closed set.
    pub n_closed_sets: usize,
}

/// The stationary distribution of `next_from_last`, `[n_categories, n_categories]`, rows summing to 1: by the
/// elimination of Grassmann, Taksar & Heyman (1985, Operations Research 33, 1107), which subtracts nothing and so is
/// exact to the last digits of each share. Where several exist, the one that a chain comes to from equal shares.
///
/// # Panics
/// If the matrix has no row or is not square.
pub fn stationary(next_from_last: &Matrix) -> Stationary {
    let size = next_from_last.n_rows();
    assert!(
        size > 0 && size == next_from_last.n_cols(),
        "a chain has states, and goes between them"
    );
    let closed = closed_sets(next_from_last);
    let n_closed_sets = closed.len();
    let weights = if n_closed_sets == 1 { vec![1.0] } else { absorbed(next_from_last, &closed) };
    let mut shares = vec![0.0; size];
    for (states, weight) in closed.iter().zip(weights) {
        for (&state, share) in states.iter().zip(eliminated(next_from_last, states)) {
            shares[state] = weight * share;
        }
    }
    Stationary { shares, n_closed_sets }
}

/// The closed sets of states: each reaches every state of its own, and no other.
fn closed_sets(next_from_last: &Matrix) -> Vec<Vec<usize>> {
    let size = next_from_last.n_rows();
    let mut reaches: Vec<Vec<bool>> = (0..size)
        .map(|from| (0..size).map(|to| from == to || next_from_last[(from, to)] > 0.0).collect())
        .collect();
    for middle in 0..size {
        let Some(onward) = reaches.get(middle).cloned() else { continue };
        for row in reaches.iter_mut().filter(|row| row[middle]) {
            row.iter_mut().zip(&onward).for_each(|(reached, on)| *reached |= on);
        }
    }
    let mut closed: Vec<Vec<usize>> = Vec::new();
    for (state, row) in reaches.iter().enumerate() {
        let reached: Vec<usize> = (0..size).filter(|&to| row[to]).collect();
        let returns = reached.iter().all(|&to| reaches[to][state]);
        if returns && reached[0] == state {
            closed.push(reached);
        }
    }
    closed
}

/// The stationary distribution within a closed set.
fn eliminated(next_from_last: &Matrix, states: &[usize]) -> Vec<f64> {
    let size = states.len();
    let mut rest = Matrix::zeros(size, size);
    for (row, &from) in states.iter().enumerate() {
        for (col, &to) in states.iter().enumerate() {
            rest[(row, col)] = next_from_last[(from, to)];
        }
    }
    for last in (1..size).rev() {
        let leaving: f64 = (0..last).map(|to| rest[(last, to)]).sum();
        for from in 0..last {
            let through = rest[(from, last)] / leaving;
            rest[(from, last)] = through;
            for to in 0..last {
                rest[(from, to)] += through * rest[(last, to)];
            }
        }
    }
    let mut shares = vec![1.0; size];
    for state in 1..size {
        shares[state] = (0..state).map(|from| shares[from] * rest[(from, state)]).sum();
    }
    let total: f64 = shares.iter().sum();
    shares.into_iter().map(|share| share / total).collect()
}

/// How much of equal shares ends in each closed set.
#[expect(clippy::cast_precision_loss, reason = "a count of categories")]
fn absorbed(next_from_last: &Matrix, closed: &[Vec<usize>]) -> Vec<f64> {
    let mut shares = vec![1.0 / next_from_last.n_rows() as f64; next_from_last.n_rows()];
    for _ in 0..10_000 {
        shares = next_from_last.transposed_times(&shares);
    }
    let weights: Vec<f64> =
        closed.iter().map(|states| states.iter().map(|&state| shares[state]).sum()).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::rng::RandomStream;
    use proptest::prelude::*;

    #[test]
    fn two_states_have_a_closed_form() {
        // p = b / (a + b) for leaving probabilities a and b.
        let chain = Matrix::from_rows(&[[0.7, 0.3], [0.1, 0.9]]).unwrap();
        let found = stationary(&chain);
        assert_eq!(found.n_closed_sets, 1);
        assert!((found.shares[0] - 0.25).abs() < 1e-15 && (found.shares[1] - 0.75).abs() < 1e-15);
    }

    #[test]
    fn a_category_that_nothing_leads_to_has_no_share() {
        let rows = [[0.2, 0.8, 0.0], [0.5, 0.5, 0.0], [0.3, 0.3, 0.4]];
        let found = stationary(&Matrix::from_rows(&rows).unwrap());
        assert_eq!((found.n_closed_sets, found.shares[2]), (1, 0.0));
        assert!((found.shares[0] - 0.5 / 1.3).abs() < 1e-15);
    }

    #[test]
    fn two_closed_sets_are_told_and_share_what_comes_to_them() {
        let rows = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.3, 0.3, 0.4]];
        let found = stationary(&Matrix::from_rows(&rows).unwrap());
        assert_eq!(found.n_closed_sets, 2);
        assert!((found.shares[0] - 0.5).abs() < 1e-12 && found.shares[2] == 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn the_chain_keeps_it(size in 1_usize..40, seed in 0_u64..10_000, sparse in 0.05_f64..2.0) {
            let mut stream = RandomStream::new(seed, 3);
            let rows: Vec<Vec<f64>> = (0..size).map(|_| stream.dirichlet(&vec![sparse; size])).collect();
            let chain = Matrix::from_rows(&rows).unwrap();
            let found = stationary(&chain);
            let next = chain.transposed_times(&found.shares);
            prop_assert!((found.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for (share, next) in found.shares.iter().zip(next) {
                // Rows sum to 1 up to rounding in each of `size` entries.
                prop_assert!((share - next).abs() < 1e-14 * (10.0 + size as f64), "{share} {next}");
            }
        }
    }
}
