//! Planted label-shift problems: the mixture is known, and label shift holds exactly.
//!
//! Each category is a Gaussian of unit variance in all directions; a document is a point. The
//! Bayes classifier for equal shares is known in closed form, so its posteriors are exactly
//! calibrated; an over-confident classifier divides their logarithms by a temperature below 1.

use crate::label_shift::estimate::problem::{Generations, Validation};
use crate::numeric::log_probabilities::LogProbabilities;
use crate::numeric::math;
use crate::numeric::matrix::Matrix;
use crate::numeric::rng::RandomStream;
use crate::shares::mixture::Mixture;

/// Gaussian categories of unit variance.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianWorld {
    /// The mean of each category, `[n_classes, n_dimensions]`.
    means: Matrix,
}

/// Draws by which the accuracy of a world is known: to a standard error of .003 at most.
const N_ACCURACY_DRAWS: usize = 30_000;

impl GaussianWorld {
    /// The world whose means are equally far from each other (the corners of a regular simplex)
    /// and whose Bayes classifier is right on this share of documents, all categories equally
    /// frequent. `accuracy` lies between `1 / n_classes` and 1.
    pub fn equidistant(n_classes: usize, accuracy: f64) -> Self {
        Self::with_accuracy(&Matrix::identity(n_classes), accuracy)
    }

    /// The world whose means point in random directions of this many dimensions, of random
    /// length, spaced so that the Bayes classifier has this accuracy: some pairs are more easily
    /// confused than others.
    pub fn random(n_classes: usize, n_dimensions: usize, accuracy: f64, seed: u64) -> Self {
        let mut stream = RandomStream::new(seed, u64::MAX);
        let mut directions = Matrix::zeros(n_classes, n_dimensions);
        for class in 0..n_classes {
            for entry in directions.row_mut(class) {
                *entry = stream.normal();
            }
        }
        Self::with_accuracy(&directions, accuracy)
    }

    fn with_accuracy(directions: &Matrix, accuracy: f64) -> Self {
        let mut spacings = needed_spacings(directions);
        spacings.sort_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, reason = "a rank among a few draws")]
        let rank = (accuracy * N_ACCURACY_DRAWS as f64).ceil() as usize;
        Self::scaled(directions, spacings[rank.clamp(1, N_ACCURACY_DRAWS) - 1].max(0.0))
    }

    fn scaled(directions: &Matrix, spacing: f64) -> Self {
        let mut means = directions.clone();
        for class in 0..means.n_rows() {
            means.row_mut(class).iter_mut().for_each(|entry| *entry *= spacing);
        }
        Self { means }
    }

    /// How many categories there are.
    pub fn n_classes(&self) -> usize {
        self.means.n_rows()
    }

    /// The share of documents that the Bayes classifier gets right, all categories equally
    /// frequent, from 30,000 draws of one fixed stream (standard error below .003).
    pub fn accuracy(&self) -> f64 {
        let mut stream = RandomStream::new(0, 0);
        let mut right = 0.0;
        let mut row = vec![0.0; self.n_classes()];
        for draw in 0..N_ACCURACY_DRAWS {
            let class = draw % self.n_classes();
            self.log_posterior(&self.document(class, &mut stream), &mut row);
            if math::argmax(&row) == class {
                right += 1.0;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a small constant")]
        let n_draws = N_ACCURACY_DRAWS as f64;
        right / n_draws
    }

    fn document(&self, class: usize, stream: &mut RandomStream) -> Vec<f64> {
        self.means.row(class).iter().map(|mean| mean + stream.normal()).collect()
    }

    /// Writes the log-posteriors of a point, not normalised, for as many categories as the row has
    /// entries, all equally frequent.
    fn log_posterior(&self, point: &[f64], row: &mut [f64]) {
        for (entry, mean) in row.iter_mut().zip(self.means.rows()) {
            *entry = math::dot(mean, point) - 0.5 * math::dot(mean, mean);
        }
    }

    /// What a classifier of this temperature says of documents of these classes: 1 is calibrated,
    /// below 1 over-confident.
    pub fn classify(
        &self,
        classes: &[usize],
        temperature: f64,
        stream: &mut RandomStream,
    ) -> LogProbabilities {
        self.classify_among(self.n_classes(), classes, temperature, stream)
    }

    /// The same of a classifier that knows the first `n_known` categories alone, `[n_docs, n_known]`.
    pub fn classify_among(
        &self,
        n_known: usize,
        classes: &[usize],
        temperature: f64,
        stream: &mut RandomStream,
    ) -> LogProbabilities {
        let mut scores = Matrix::zeros(classes.len(), n_known);
        for (index, &class) in classes.iter().enumerate() {
            let point = self.document(class, stream);
            let row = scores.row_mut(index);
            self.log_posterior(&point, row);
            row.iter_mut().for_each(|entry| *entry /= temperature);
            math::log_softmax(row);
        }
        LogProbabilities::new(scores).expect("a log-softmax is a row of log-probabilities")
    }
}

/// For each document of [`GaussianWorld::accuracy`], how far the directions must be stretched for
/// it to be classified correctly.
///
/// A document of category c is its mean `s d_c` and noise z. Its own score exceeds that of k by
/// `s (d_c - d_k) z + s² |d_c - d_k|² / 2`, which is positive where s exceeds
/// `(d_k - d_c) z / (|d_c - d_k|² / 2)`.
fn needed_spacings(directions: &Matrix) -> Vec<f64> {
    let mut stream = RandomStream::new(0, 0);
    let n_classes = directions.n_rows();
    let half_squares: Vec<f64> = directions
        .rows()
        .flat_map(|own| directions.rows().map(|other| half_square_distance(own, other)))
        .collect();
    let needed = |draw| {
        let class = draw % n_classes;
        let noise: Vec<f64> = directions.row(class).iter().map(|_| stream.normal()).collect();
        let along = directions.times(&noise);
        let of_other =
            |other: usize| (along[other] - along[class]) / half_squares[class * n_classes + other];
        // To the category itself it is 0 / 0, which `max` passes over.
        (0..n_classes).map(of_other).fold(f64::NEG_INFINITY, f64::max)
    };
    (0..N_ACCURACY_DRAWS).map(needed).collect()
}

fn half_square_distance(left: &[f64], right: &[f64]) -> f64 {
    0.5 * left.iter().zip(right).map(|(x, y)| (x - y) * (x - y)).sum::<f64>()
}

/// What is planted.
#[derive(Debug, Clone, PartialEq)]
pub struct PlantedProblem {
    /// The categories.
    pub world: GaussianWorld,
    /// The mixture to be found.
    pub truth: Mixture,
    /// The classifier's temperature.
    pub temperature: f64,
    /// Validation documents, in equal parts of each category as far as they go.
    pub n_validation: usize,
    /// Folds they are dealt into.
    pub n_folds: u64,
    /// Texts drawn from the mixture.
    pub n_generations: usize,
}

impl PlantedProblem {
    /// Documents and texts drawn from the stream `(seed, index)`.
    pub fn draw(&self, seed: u64, index: u64) -> (Validation, Generations) {
        let mut stream = RandomStream::new(seed, index);
        let n_classes = self.world.n_classes();
        let classes: Vec<usize> = (0..self.n_validation).map(|doc| doc % n_classes).collect();
        let round = |doc: usize| (doc / n_classes) as u64;
        let validation = Validation {
            scores: self.world.classify(&classes, self.temperature, &mut stream),
            folds: (0..self.n_validation).map(|doc| round(doc) % self.n_folds).collect(),
            classes,
        };
        let drawn: Vec<usize> =
            (0..self.n_generations).map(|_| stream.categorical(self.truth.shares())).collect();
        let scores = self.world.classify(&drawn, self.temperature, &mut stream);
        (validation, Generations { scores, prompts: None })
    }

    /// The same with a share of texts that belong to no category: they are drawn from the world's last
    /// one, of which the classifier knows nothing and `truth` has no share.
    pub fn draw_with_unknown(
        &self,
        unknown_share: f64,
        seed: u64,
        index: u64,
    ) -> (Validation, Generations) {
        let mut stream = RandomStream::new(seed, index);
        let n_known = self.world.n_classes() - 1;
        let classes: Vec<usize> = (0..self.n_validation).map(|doc| doc % n_known).collect();
        let folds =
            (0..self.n_validation).map(|doc| (doc / n_known) as u64 % self.n_folds).collect();
        let world = &self.world;
        let classify = |classes: &[usize], stream: &mut RandomStream| {
            world.classify_among(n_known, classes, self.temperature, stream)
        };
        let scores = classify(&classes, &mut stream);
        let mut shares: Vec<f64> =
            self.truth.shares().iter().map(|share| share * (1.0 - unknown_share)).collect();
        shares.push(unknown_share);
        let drawn: Vec<usize> =
            (0..self.n_generations).map(|_| stream.categorical(&shares)).collect();
        let generations = Generations { scores: classify(&drawn, &mut stream), prompts: None };
        (Validation { scores, classes, folds }, generations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_equidistant_classes_match_the_closed_form() {
        // Means a distance d apart are told apart with probability Phi(d / 2).
        let world = GaussianWorld::equidistant(2, 0.8);
        let distance = std::f64::consts::SQRT_2 * world.means[(0, 0)];
        assert!((math::normal_cdf(0.5 * distance) - 0.8).abs() < 0.01, "{distance}");
    }

    #[test]
    fn posteriors_of_the_calibrated_classifier_are_calibrated() {
        let world = GaussianWorld::equidistant(3, 0.7);
        let classes: Vec<usize> = (0..9000).map(|doc| doc % 3).collect();
        let scores = world.classify(&classes, 1.0, &mut RandomStream::new(4, 0));
        let weights = vec![1.0; classes.len()];
        let documents = crate::label_shift::calibration::WeightedDocuments {
            scores: &scores,
            classes: &classes,
            weights: &weights,
        };
        let identity = crate::label_shift::calibration::Calibration::identity(3);
        let error =
            crate::label_shift::calibration::expected_calibration_error(&documents, |_| &identity);
        // The error of a calibrated classifier is noise: at most sum over 15 bins of
        // sqrt(n_bin / 4) / n <= sqrt(15 / 4 / 9000).
        assert!(error < 0.021, "{error}");
    }
}
