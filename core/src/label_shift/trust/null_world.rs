//! Worlds in which label shift holds, and what is seen in them.

use super::cells::Cells;
use crate::label_shift::estimate::problem::Problem;
use crate::label_shift::estimate::surety::Surety;
use crate::numeric::matrix::Matrix;
use crate::numeric::mixture_likelihood::{self, LikelihoodRatios};
use crate::numeric::rng::RandomStream;

/// What is tested of a set of texts against a set of documents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Statistics {
    /// Chi-square over kinds of decisions, of the texts against the best mixture of the documents.
    pub(super) fit: f64,
    /// The largest distance between the distributions of surety of the texts and of that mixture
    /// (Kolmogorov & Smirnov's).
    pub(super) typicality: f64,
    /// Where a text stands on average among that mixture by surety: .5 if alike.
    pub(super) mean_rank: f64,
}

/// The documents and texts of a problem, and draws from the world in which texts are a mixture of such
/// documents.
#[derive(Debug)]
pub(super) struct NullWorld {
    cells: Cells,
    classes: Vec<usize>,
    n_classes: usize,
    /// Documents of each class.
    strata: Vec<Vec<usize>>,
    /// All documents and texts by ascending surety; texts are numbered after the documents.
    order: Vec<usize>,
    /// Where in that order each run of equal surety ends.
    ends: Vec<usize>,
    /// As many independent texts as carry what the texts tell.
    n_texts: usize,
    observed: Statistics,
    mixture: Vec<f64>,
}

impl NullWorld {
    /// The world of a problem whose texts tell as much as `n_independent` independent ones.
    pub(super) fn of(problem: &Problem, n_independent: usize) -> Self {
        let validation = problem.validation();
        let documents = Surety::of(&validation.scores);
        let texts = Surety::of(&problem.generations().scores);
        let cells = Cells::of(problem, &documents, &texts);
        let n_classes = problem.taxonomy().len();
        let mut strata = vec![Vec::new(); n_classes];
        for (doc, &class) in validation.classes.iter().enumerate() {
            strata[class].push(doc);
        }
        let sureties: Vec<f64> =
            documents.log_odds.iter().chain(&texts.log_odds).copied().collect();
        let mut order: Vec<usize> = (0..sureties.len()).collect();
        order.sort_by(|&left, &right| {
            sureties[left].total_cmp(&sureties[right]).then(left.cmp(&right))
        });
        let mut world = Self {
            classes: validation.classes.clone(),
            n_classes,
            strata,
            ends: ends_of_ties(&order, &sureties),
            order,
            n_texts: n_independent.max(1),
            observed: Statistics { fit: 0.0, typicality: 0.0, mean_rank: 0.5 },
            mixture: vec![part(1, n_classes); n_classes],
            cells,
        };
        let n_real = texts.decided.len();
        let scale = part(world.n_texts, n_real);
        let mut counts = vec![0.0; world.cells.n_cells];
        world.cells.of_texts.iter().for_each(|&cell| counts[cell] += scale);
        let mut weights = vec![0.0; world.classes.len()];
        weights.resize(sureties.len(), scale);
        let (observed, mixture) = world.compare(&vec![1.0; world.classes.len()], &counts, &weights);
        world.observed = observed;
        world.mixture = mixture;
        world
    }

    /// How many kinds of decisions are told apart.
    pub(super) fn n_cells(&self) -> usize {
        self.cells.n_cells
    }

    /// The statistics of the texts as they are.
    pub(super) fn observed(&self) -> Statistics {
        self.observed
    }

    /// The statistics in a world drawn anew: documents within each class, and texts from the documents
    /// by the mixture that fits the real texts best.
    pub(super) fn draw(&self, stream: &mut RandomStream) -> Statistics {
        let mut documents = vec![0.0; self.classes.len()];
        for stratum in &self.strata {
            for _ in 0..stratum.len() {
                documents[stratum[stream.index(stratum.len())]] += 1.0;
            }
        }
        let mut counts = vec![0.0; self.cells.n_cells];
        let mut weights = vec![0.0; self.order.len()];
        for _ in 0..self.n_texts {
            let stratum = &self.strata[stream.categorical(&self.mixture)];
            let doc = stratum[stream.index(stratum.len())];
            counts[self.cells.of_documents[doc]] += 1.0;
            weights[doc] += 1.0;
        }
        self.compare(&documents, &counts, &weights).0
    }

    /// Texts, as counts of decisions and as weights in the order of surety, against documents.
    fn compare(&self, documents: &[f64], counts: &[f64], texts: &[f64]) -> (Statistics, Vec<f64>) {
        let shares = self.cells.shares(&self.classes, self.n_classes, documents);
        let ratios = LikelihoodRatios::of_densities(&shares, counts);
        let mixture = mixture_likelihood::maximize_roughly(&ratios, Some(&self.mixture)).shares;
        let fit = self.chi_square(&shares, &mixture, counts);
        let (typicality, mean_rank) = self.distance(documents, texts, &mixture);
        (Statistics { fit, typicality, mean_rank }, mixture)
    }

    /// Of each kind of decision the share that documents mixed like this lead one to expect among texts, the
    /// share that was seen, and the standard error of their difference.
    pub(super) fn decisions(&self, mixture: &[f64]) -> Vec<(f64, f64, f64)> {
        let documents = vec![1.0; self.classes.len()];
        let shares = self.cells.shares(&self.classes, self.n_classes, &documents);
        let n_real = part(self.cells.of_texts.len(), 1);
        let mut seen = vec![0.0; self.cells.n_cells];
        self.cells.of_texts.iter().for_each(|&cell| seen[cell] += 1.0 / n_real);
        let of = |(row, seen): (&[f64], f64)| {
            let (expected, variance) = self.expected(row, mixture);
            (expected, seen, variance.sqrt())
        };
        shares.rows().zip(seen).map(of).collect()
    }

    /// The kinds of decisions.
    pub(super) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The share of a kind of decision among texts that a mixture leads to, by its share in each class (`row`),
    /// and the variance of what is seen of it: that of the texts' own draw and that of the documents' shares.
    fn expected(&self, row: &[f64], mixture: &[f64]) -> (f64, f64) {
        let (mut expected, mut variance_of_share) = (0.0, 0.0);
        for ((share, weight), stratum) in row.iter().zip(mixture).zip(&self.strata) {
            expected += weight * share;
            variance_of_share += weight * weight * share * (1.0 - share) / part(stratum.len(), 1);
        }
        (expected, expected * (1.0 - expected) / part(self.n_texts, 1) + variance_of_share)
    }

    /// The squared deviations of the counts from what the mixture leads to, each over its variance:
    /// see [`NullWorld::expected`].
    fn chi_square(&self, shares: &Matrix, mixture: &[f64], counts: &[f64]) -> f64 {
        let n_texts = part(self.n_texts, 1);
        let term = |(row, count): (&[f64], &f64)| {
            let (expected, variance) = self.expected(row, mixture);
            let deviation = count / n_texts - expected;
            deviation * deviation / variance.max(f64::MIN_POSITIVE)
        };
        shares.rows().zip(counts).map(term).sum()
    }

    /// The largest distance of the two distributions of surety, and the mean rank of the texts. Equal
    /// values are passed in one step: between them the distributions have no value.
    fn distance(&self, documents: &[f64], texts: &[f64], mixture: &[f64]) -> (f64, f64) {
        let n_texts: f64 = texts.iter().sum();
        let mut totals = vec![0.0; self.n_classes];
        for (&class, weight) in self.classes.iter().zip(documents) {
            totals[class] += weight;
        }
        let (mut below, mut texts_below) = (0.0, 0.0);
        let (mut largest, mut rank) = (0.0_f64, 0.0);
        let mut start = 0;
        for &end in &self.ends {
            let (mut own, mut own_texts) = (0.0, 0.0);
            for &item in &self.order[start..end] {
                own += documents.get(item).map_or(0.0, |weight| {
                    let class = self.classes[item];
                    mixture[class] * weight / totals[class]
                });
                own_texts += texts[item] / n_texts;
            }
            rank += own_texts * (below + 0.5 * own);
            start = end;
            below += own;
            texts_below += own_texts;
            largest = largest.max((below - texts_below).abs());
        }
        (largest, rank)
    }
}

/// Where each run of equal values ends, in an order by value.
fn ends_of_ties(order: &[usize], values: &[f64]) -> Vec<usize> {
    let differs =
        |at: &usize| values.get(order[at - 1]) != order.get(*at).map(|&next| &values[next]);
    (1..=order.len()).filter(differs).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn part(count: usize, whole: usize) -> f64 {
    count as f64 / whole as f64
}
