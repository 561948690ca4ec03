//! Evidence of a known mixture: categories with random beginnings, a model that colours what it expects by the
//! document before, has learned rarer beginnings less, and expects what begins no document in their place.

use super::evidence::{Evidence, Expectation, Nuisances, References};
use crate::numeric::rng::RandomStream;
use crate::shares::taxonomy::Taxonomy;

/// A planted problem.
#[derive(Debug, Clone, PartialEq)]
pub struct PlantedOpenings {
    /// The mixture, shares of documents.
    pub truth: Vec<f64>,
    /// First tokens that are told apart.
    pub n_cells: usize,
    /// Reference documents of each category.
    pub n_documents: usize,
    /// Groups of 20 lead-ins after each category; none: no document was before.
    pub n_groups: usize,
    /// Of a token with this share of all beginnings the model has learned half; of others `T / (T + this)`.
    pub half_learned: f64,
    /// The share of what the model expects that begins no document, beside what stands for what is not learned.
    pub nuisance: f64,
    /// How much more a model expects of the category that was before: 0 for nothing.
    pub colouring: f64,
    /// How far lead-ins differ: the relative deviation of a cell's share in one group.
    pub spread: f64,
}

impl Default for PlantedOpenings {
    fn default() -> Self {
        Self {
            truth: vec![0.5, 0.3, 0.15, 0.05],
            n_cells: 40,
            n_documents: 2_000,
            n_groups: 10,
            half_learned: 0.005,
            nuisance: 0.0,
            colouring: 0.3,
            spread: 0.02,
        }
    }
}

impl PlantedOpenings {
    /// The evidence of this seed.
    pub fn evidence(&self, seed: u64) -> Evidence {
        let mut stream = RandomStream::new(seed, 0x6f70);
        let n_categories = self.truth.len();
        let densities: Vec<Vec<f64>> =
            (0..n_categories).map(|_| stream.dirichlet(&vec![0.15; self.n_cells])).collect();
        let anywhere = stream.dirichlet(&vec![1.0; self.n_cells]);
        let references = densities.iter().map(|density| References {
            counts: counted(&mut stream, self.n_documents, density),
            anywhere: anywhere.clone(),
            n_tokens: 1e4,
        });
        let references = references.collect();
        #[expect(clippy::cast_precision_loss, reason = "a count of cells")]
        let even = vec![1.0 / self.n_cells as f64; self.n_cells];
        let mut expectations = Vec::new();
        for after in 0..n_categories {
            let mean = self.expected(&densities, &anywhere, Some(after));
            for _ in 0..self.n_groups {
                expectations.push(self.group(&mut stream, Some(after), &mean));
            }
        }
        if self.n_groups == 0 {
            let mean = self.expected(&densities, &anywhere, None);
            let spread = Self { spread: 0.0, ..self.clone() };
            expectations.push(spread.group(&mut stream, None, &mean));
        }
        let name = |category: usize| char::from(b'a' + u8::try_from(category % 26).unwrap_or(0));
        let names = (0..n_categories).map(|category| match category {
            0..26 => name(category).to_string(),
            _ => format!("{}{category}", name(category)),
        });
        Evidence {
            path: "openings.jsonl".to_owned(),
            taxonomy: Taxonomy::new(names).expect("distinct names"),
            cells: (0..self.n_cells).map(|cell| format!("t{cell}")).collect(),
            references,
            nuisances: Nuisances { uniform: even, line_starts: anywhere.clone(), anywhere },
            expectations,
        }
    }

    /// What the model expects after a category. Colouring moves weight to the category before, taken from all
    /// others in proportion, by as much as keeps the truth stationary: `R = (1 - k) 1 truth + k I`.
    fn expected(&self, densities: &[Vec<f64>], anywhere: &[f64], after: Option<usize>) -> Vec<f64> {
        let mut weights = self.truth.clone();
        if let Some(after) = after {
            weights.iter_mut().for_each(|weight| *weight *= 1.0 - self.colouring);
            weights[after] += self.colouring;
        }
        let mixed = |weights: &[f64]| -> Vec<f64> {
            let mut mixed = vec![0.0; self.n_cells];
            for (weight, density) in weights.iter().zip(densities) {
                mixed.iter_mut().zip(density).for_each(|(entry, share)| *entry += weight * share);
            }
            mixed
        };
        let known: Vec<f64> = mixed(&weights)
            .into_iter()
            .zip(mixed(&self.truth))
            .map(|(share, all)| {
                let learned = if all > 0.0 { all / (all + self.half_learned) } else { 0.0 };
                (1.0 - self.nuisance) * share * learned
            })
            .collect();
        let lost = 1.0 - known.iter().sum::<f64>();
        known.iter().zip(anywhere).map(|(share, other)| share + lost * other).collect()
    }

    fn group(&self, stream: &mut RandomStream, after: Option<usize>, mean: &[f64]) -> Expectation {
        let noisy: Vec<f64> = mean
            .iter()
            .map(|share| share * (1.0 + self.spread * stream.normal()).max(0.01))
            .collect();
        let total: f64 = noisy.iter().sum();
        let shares = noisy.into_iter().map(|share| share / total).collect();
        Expectation { after, n_leads: 20.0, leads: Vec::new(), shares }
    }
}

/// How many of `n` documents begin with each cell.
#[expect(clippy::cast_precision_loss, reason = "a count of documents")]
fn counted(stream: &mut RandomStream, n: usize, density: &[f64]) -> Vec<f64> {
    stream.multinomial(n, density).into_iter().map(|count| count as f64).collect()
}
