//! Planted label-shift problems: the mixture is known, and label shift holds exactly or is violated in a known way.
//!
//! Each category is a Gaussian of unit variance in all directions; a document is a point. The
//! Bayes classifier for equal shares is known in closed form, so its posteriors are exactly
//! calibrated; an over-confident classifier divides their logarithms by a temperature below 1. Where categories
//! have spreads of their own or heavy tails ([`GaussianWorld::with_noise`]) the same classifier is wrong in a way
//! that no temperature mends.

use crate::label_shift::estimate::problem::{Generations, Validation};
use crate::numeric::log_probabilities::LogProbabilities;
use crate::numeric::math;
use crate::numeric::matrix::Matrix;
use crate::numeric::rng::RandomStream;
use crate::shares::mixture::Mixture;

/// Gaussian categories.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianWorld {
    /// The mean of each category, `[n_classes, n_dimensions]`.
    means: Matrix,
    noise: Noise,
    /// What the classifier adds to the log-posterior of each category, all 0 unless asked for.
    biases: Vec<f64>,
}

/// How documents lie around the mean of their category.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Noise {
    /// The standard deviation of each category; 1 for those that the list does not reach.
    pub spreads: Vec<f64>,
    /// Degrees of freedom of Student's t in all directions at once; none: normal.
    pub degrees: Option<u32>,
}

impl Noise {
    /// What stretches the normal noise of one document of this class.
    fn stretch(&self, class: usize, stream: &mut RandomStream) -> f64 {
        let spread = self.spreads.get(class).copied().unwrap_or(1.0);
        let Some(degrees) = self.degrees else { return spread };
        let squares: f64 = (0..degrees).map(|_| math::square(stream.normal())).sum();
        spread * (f64::from(degrees) / squares).sqrt()
    }
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
        let biases = vec![0.0; means.n_rows()];
        Self { means, noise: Noise::default(), biases }
    }

    /// The same means, with documents spread around them like this; the classifier does not know.
    pub fn with_noise(self, noise: Noise) -> Self {
        Self { noise, ..self }
    }

    /// The same, whose classifier adds these to the log-posteriors, one per category.
    ///
    /// # Panics
    /// If there is not one for each category.
    pub fn with_biases(self, biases: Vec<f64>) -> Self {
        assert_eq!(biases.len(), self.n_classes(), "one bias per category");
        Self { biases, ..self }
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

    /// The mean of all categories' means.
    fn middle(&self) -> Vec<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a count of categories")]
        let weight = 1.0 / self.n_classes() as f64;
        self.means.transposed_times(&vec![weight; self.n_classes()])
    }

    fn document(&self, class: usize, stream: &mut RandomStream) -> Vec<f64> {
        let stretch = self.noise.stretch(class, stream);
        self.means.row(class).iter().map(|mean| mean + stretch * stream.normal()).collect()
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
        let points: Vec<Vec<f64>> =
            classes.iter().map(|&class| self.document(class, stream)).collect();
        self.judge(self.n_classes(), &points, temperature)
    }

    /// What a classifier that knows the first `n_known` categories alone says of points, `[n_points, n_known]`.
    fn judge(&self, n_known: usize, points: &[Vec<f64>], temperature: f64) -> LogProbabilities {
        let mut scores = Matrix::zeros(points.len(), n_known);
        for (index, point) in points.iter().enumerate() {
            let row = scores.row_mut(index);
            self.log_posterior(point, row);
            row.iter_mut().zip(&self.biases).for_each(|(entry, bias)| *entry += bias);
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

/// How texts differ from documents of their categories: label shift does not hold then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Violation {
    /// Not at all.
    None,
    /// This share of texts belongs to no category: they are drawn from the world's last one, of which the
    /// classifier knows nothing and the truth has no share.
    Unseen(f64),
    /// The texts of each category lie around another mean, this far away in a direction of its own.
    Drift(f64),
    /// All texts are moved by this much in one direction.
    Shift(f64),
    /// Texts lie nearer to the middle of all categories by this factor below 1: the classifier is less sure of them.
    Blur(f64),
}

impl Violation {
    /// How many of the world's categories the classifier knows.
    fn n_known(self, world: &GaussianWorld) -> usize {
        world.n_classes() - usize::from(matches!(self, Self::Unseen(_)))
    }

    /// What is added to the texts of each category, `[n_classes, n_dimensions]`.
    fn moves(self, world: &GaussianWorld, stream: &mut RandomStream) -> Matrix {
        let mut moves = Matrix::zeros(world.n_classes(), world.means.n_cols());
        match self {
            Self::Drift(distance) => {
                for class in 0..moves.n_rows() {
                    fill_with_direction(moves.row_mut(class), distance, stream);
                }
            }
            Self::Shift(distance) => {
                let mut common = vec![0.0; moves.n_cols()];
                fill_with_direction(&mut common, distance, stream);
                for class in 0..moves.n_rows() {
                    moves.row_mut(class).copy_from_slice(&common);
                }
            }
            Self::None | Self::Unseen(_) | Self::Blur(_) => {}
        }
        moves
    }

    fn factor(self) -> f64 {
        if let Self::Blur(factor) = self { factor } else { 1.0 }
    }
}

fn fill_with_direction(row: &mut [f64], length: f64, stream: &mut RandomStream) {
    row.iter_mut().for_each(|entry| *entry = stream.normal());
    let norm = math::dot(row, row).sqrt();
    row.iter_mut().for_each(|entry| *entry *= length / norm);
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
        self.draw_violated(Violation::None, seed, index)
    }

    /// The same with texts that violate label shift.
    pub fn draw_violated(
        &self,
        violation: Violation,
        seed: u64,
        index: u64,
    ) -> (Validation, Generations) {
        let mut stream = RandomStream::new(seed, index);
        let world = &self.world;
        let n_known = violation.n_known(world);
        let classes: Vec<usize> = (0..self.n_validation).map(|doc| doc % n_known).collect();
        let folds =
            (0..self.n_validation).map(|doc| (doc / n_known) as u64 % self.n_folds).collect();
        let points: Vec<Vec<f64>> =
            classes.iter().map(|&class| world.document(class, &mut stream)).collect();
        let scores = world.judge(n_known, &points, self.temperature);
        let texts = self.texts(violation, &mut stream);
        let generations =
            Generations { scores: world.judge(n_known, &texts, self.temperature), prompts: None };
        (Validation { scores, classes, folds }, generations)
    }

    /// The points of the texts.
    fn texts(&self, violation: Violation, stream: &mut RandomStream) -> Vec<Vec<f64>> {
        let moves = violation.moves(&self.world, stream);
        let mut shares = self.truth.shares().to_vec();
        if let Violation::Unseen(unseen) = violation {
            shares.iter_mut().for_each(|share| *share *= 1.0 - unseen);
            shares.push(unseen);
        }
        let classes: Vec<usize> =
            (0..self.n_generations).map(|_| stream.categorical(&shares)).collect();
        let middle = self.world.middle();
        let text = |class: usize| {
            let point = self.world.document(class, stream);
            let moved = point.iter().zip(moves.row(class)).zip(&middle);
            moved.map(|((at, by), mean)| mean + violation.factor() * (at + by - mean)).collect()
        };
        classes.into_iter().map(text).collect()
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
