//! The direction of limited-memory BFGS.

use std::collections::VecDeque;

use super::point::Point;

/// Memory for the pairs of steps and gradient changes, in bytes.
const MEMORY_BYTES: usize = 256 << 20;

/// How few and how many pairs are kept, as memory allows.
const PAIRS: std::ops::RangeInclusive<usize> = 4..=20;

/// The last steps and the gradient changes along them.
#[derive(Debug)]
pub(super) struct History {
    pairs: VecDeque<Pair>,
    n_pairs: usize,
}

#[derive(Debug)]
struct Pair {
    step: Point,
    change: Point,
    step_dot_change: f64,
}

impl History {
    /// An empty history for points of `n_values` coefficients.
    pub(super) fn new(n_values: usize) -> Self {
        let bytes_per_pair = 4 * n_values.max(1) * size_of::<f64>();
        let n_pairs = (MEMORY_BYTES / bytes_per_pair).clamp(*PAIRS.start(), *PAIRS.end());
        Self { pairs: VecDeque::with_capacity(n_pairs), n_pairs }
    }

    /// Remembers a step and how the gradient changed along it; forgets the oldest if need be.
    pub(super) fn push(&mut self, step: Point, change: Point) {
        let step_dot_change = step.dot(&change);
        if step_dot_change > 0.0 {
            if self.pairs.len() == self.n_pairs {
                self.pairs.pop_front();
            }
            self.pairs.push_back(Pair { step, change, step_dot_change });
        }
    }

    /// Minus the gradient times the approximate inverse Hessian (Nocedal and Wright, Numerical
    /// Optimization, algorithm 7.4).
    pub(super) fn direction(&self, gradient: &Point) -> Point {
        let mut direction = gradient.clone();
        let mut alphas = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let alpha = pair.step.dot(&direction) / pair.step_dot_change;
            direction.add(-alpha, &pair.change);
            alphas.push(alpha);
        }
        let newest = self.pairs.back();
        let scale = newest.map_or(1.0, |pair| pair.step_dot_change / pair.change.dot(&pair.change));
        direction.scale(-scale);
        for (pair, alpha) in self.pairs.iter().zip(alphas.iter().rev()) {
            let beta = pair.change.dot(&direction) / pair.step_dot_change;
            direction.add(-alpha - beta, &pair.step);
        }
        direction
    }
}
