//! The first tokens that are told apart.

use data_anatomy_lm::engine::TokenId;

/// Cells at most: a page opens what hundreds of lead-ins expect of so many.
pub const MAX_CELLS: usize = 4096;

/// Which tokens are told apart: each of them by itself, and all others together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    /// The tokens that are told apart, ascending.
    tokens: Vec<TokenId>,
    /// The cell of each token of the vocabulary.
    of_token: Vec<u32>,
    /// Whether there is a cell of all others, the last.
    has_rest: bool,
}

impl Cells {
    /// The cells of a vocabulary: all tokens where they are few; else those that `first` documents begin with, and of
    /// the others those that are most frequent by `anywhere`, both `[n_vocab]`.
    pub fn of(first: &[f64], anywhere: &[f64]) -> Self {
        let n_vocab = first.len();
        let mut order: Vec<usize> = (0..n_vocab).collect();
        if n_vocab > MAX_CELLS {
            let rank = |token: &usize| (first[*token], anywhere[*token]);
            order.sort_by(|left, right| {
                let (left, right) = (rank(left), rank(right));
                right.0.total_cmp(&left.0).then(right.1.total_cmp(&left.1))
            });
            order.truncate(MAX_CELLS - 1);
            order.sort_unstable();
        }
        let has_rest = order.len() < n_vocab;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a vocabulary has fewer than 2^32 tokens"
        )]
        let narrow = |value: usize| value as u32;
        let mut of_token = vec![narrow(order.len()); n_vocab];
        for (cell, &token) in order.iter().enumerate() {
            of_token[token] = narrow(cell);
        }
        Self { tokens: order.into_iter().map(narrow).collect(), of_token, has_rest }
    }

    /// How many there are.
    pub fn n(&self) -> usize {
        self.tokens.len() + usize::from(self.has_rest)
    }

    /// The tokens that are told apart, in the order of their cells; the rest has no token.
    pub fn tokens(&self) -> &[TokenId] {
        &self.tokens
    }

    /// Whether the last cell is that of all other tokens.
    pub fn has_rest(&self) -> bool {
        self.has_rest
    }

    /// The sums over cells of values for tokens, `[n_vocab]`.
    pub fn sums(&self, of_tokens: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.n()];
        self.add(of_tokens, &mut sums);
        sums
    }

    /// Adds values for tokens, `[n_vocab]`, to sums over cells.
    pub fn add(&self, of_tokens: &[f64], sums: &mut [f64]) {
        for (&cell, value) in self.of_token.iter().zip(of_tokens) {
            sums[cell as usize] += value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_tokens_are_all_told_apart() {
        let cells = Cells::of(&[0.0, 3.0, 1.0], &[5.0, 1.0, 1.0]);
        assert_eq!((cells.n(), cells.has_rest()), (3, false));
        assert_eq!(cells.sums(&[0.2, 0.3, 0.5]), [0.2, 0.3, 0.5]);
    }

    #[test]
    fn of_many_tokens_those_that_begin_documents_come_first() {
        let n_vocab = 10_000;
        let mut first = vec![0.0; n_vocab];
        let mut anywhere: Vec<f64> = (0..n_vocab).map(|token| token as f64).collect();
        (first[7], anywhere[7]) = (1.0, 0.0);
        let cells = Cells::of(&first, &anywhere);
        assert_eq!((cells.n(), cells.has_rest()), (MAX_CELLS, true));
        let second = u32::try_from(n_vocab - MAX_CELLS + 2).unwrap();
        assert_eq!((cells.tokens()[0], cells.tokens()[1]), (7, second));
        let sums = cells.sums(&vec![1.0; n_vocab]);
        assert_eq!(sums[MAX_CELLS - 1], (n_vocab - MAX_CELLS + 1) as f64);
        assert_eq!(sums.iter().sum::<f64>(), n_vocab as f64);
    }
}
