//! How long whole documents of each category are: what turns shares of documents into shares of
//! tokens.

use serde::{Deserialize, Serialize};

use crate::numeric::math;
use crate::numeric::rng::RandomStream;

/// What lengths are measured in; only their ratios matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Tokens of the model.
    #[default]
    Tokens,
    /// Unicode characters: as good as tokens where all categories have as many of them to a token.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

impl Measure {
    /// The name used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Characters => "characters",
            Self::Bytes => "bytes",
        }
    }
}

/// The lengths of the documents of one category that were measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CategoryLengths {
    /// How many documents; at least 1.
    pub n: u64,
    /// Their mean length; above 0.
    pub mean: f64,
    /// The standard deviation of their lengths; at least 0.
    pub sd: f64,
}

/// Lengths of whole documents, one entry per category in the order of a taxonomy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentLengths {
    /// What they are measured in.
    pub measure: Measure,
    /// The lengths, in category order.
    pub categories: Vec<CategoryLengths>,
}

impl CategoryLengths {
    /// The lengths of these documents; none where there is no document or all are empty.
    #[expect(clippy::cast_precision_loss, reason = "a count of documents")]
    pub fn of(lengths: &[u64]) -> Option<Self> {
        let n = lengths.len() as f64;
        let total: f64 = lengths.iter().map(|&length| length as f64).sum();
        if !(total > 0.0) {
            return None;
        }
        let mean = total / n;
        let squares: f64 = lengths.iter().map(|&length| math::square(length as f64 - mean)).sum();
        let sd = if lengths.len() > 1 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
        Some(Self { n: lengths.len() as u64, mean, sd })
    }

    /// The standard error of the mean.
    #[expect(clippy::cast_precision_loss, reason = "a count of documents")]
    pub fn standard_error(&self) -> f64 {
        self.sd / (self.n as f64).sqrt()
    }

    /// The mean as another sample of as many documents might have had it: a Gamma variable with this
    /// mean and standard error, so that it is positive.
    fn draw_mean(&self, stream: &mut RandomStream) -> f64 {
        let relative = self.standard_error() / self.mean;
        if !(relative > 0.0) {
            return self.mean;
        }
        let shape = 1.0 / (relative * relative);
        self.mean * stream.gamma(shape) / shape
    }

    /// The lengths of a whole of parts, each with its share of the whole's documents.
    #[expect(clippy::cast_precision_loss, reason = "a count of documents")]
    fn mixed(parts: &[(f64, Self)]) -> Self {
        let mean: f64 = parts.iter().map(|(share, part)| share * part.mean).sum();
        let spread = |part: &Self| math::square(part.sd) + math::square(part.mean - mean);
        let variance: f64 = parts.iter().map(|(share, part)| share * spread(part)).sum();
        let error: f64 =
            parts.iter().map(|(share, part)| math::square(share * part.standard_error())).sum();
        // As many documents as give the mean the standard error that its parts have.
        let n = if error > 0.0 {
            variance / error
        } else {
            parts.iter().map(|(_, part)| part.n as f64).sum()
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and the number of documents"
        )]
        let n = n.round().clamp(1.0, 9.0e15) as u64;
        Self { n, mean, sd: variance.sqrt() }
    }
}

impl DocumentLengths {
    /// The mean lengths, in category order.
    pub fn means(&self) -> Vec<f64> {
        self.categories.iter().map(|category| category.mean).collect()
    }

    /// The means as another sample might have had them.
    pub fn draw_means(&self, stream: &mut RandomStream) -> Vec<f64> {
        self.categories.iter().map(|category| category.draw_mean(stream)).collect()
    }

    /// The lengths of joined categories: `groups` lists for each the positions of its parts, and
    /// `weights` says how many documents of each part make up the whole.
    pub fn merged(&self, groups: &[Vec<usize>], weights: &[f64]) -> Self {
        let of_group = |group: &Vec<usize>| {
            let total: f64 = group.iter().map(|&at| weights[at]).sum();
            let parts: Vec<(f64, CategoryLengths)> =
                group.iter().map(|&at| (weights[at] / total, self.categories[at])).collect();
            if let [(_, only)] = parts.as_slice() { *only } else { CategoryLengths::mixed(&parts) }
        };
        Self { measure: self.measure, categories: groups.iter().map(of_group).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_means_have_the_standard_error() {
        let lengths = CategoryLengths { n: 25, mean: 100.0, sd: 50.0 };
        let mut stream = RandomStream::new(3, 0);
        let drawn: Vec<f64> = (0..4000).map(|_| lengths.draw_mean(&mut stream)).collect();
        let mean = drawn.iter().sum::<f64>() / 4000.0;
        let sd = (drawn.iter().map(|x| math::square(x - mean)).sum::<f64>() / 3999.0).sqrt();
        // Standard errors of mean and deviation: 10 / sqrt(4000) = .16 and .11; four of them.
        assert!((mean - 100.0).abs() < 0.64 && (sd - 10.0).abs() < 0.45, "{mean} {sd}");
    }

    #[test]
    fn joined_categories_have_the_mean_of_their_parts() {
        let part = |n, mean, sd| CategoryLengths { n, mean, sd };
        let lengths = DocumentLengths {
            measure: Measure::Tokens,
            categories: vec![part(100, 10.0, 2.0), part(50, 40.0, 4.0), part(7, 1.0, 0.0)],
        };
        let merged = lengths.merged(&[vec![0, 1], vec![2]], &[3.0, 1.0, 5.0]);
        assert_eq!(merged.categories[1], part(7, 1.0, 0.0));
        let whole = merged.categories[0];
        // Mean 3/4 10 + 1/4 40; error sqrt((.75 * .2)^2 + (.25 * 4 / sqrt(50))^2).
        assert!((whole.mean - 17.5).abs() < 1e-12);
        let error = (0.15_f64 * 0.15 + 0.02).sqrt();
        assert!((whole.standard_error() - error).abs() < 0.01 * error, "{whole:?}");
        assert_eq!(CategoryLengths::of(&[2, 4]).unwrap().mean, 3.0);
        assert_eq!(CategoryLengths::of(&[0]), None);
    }
}
