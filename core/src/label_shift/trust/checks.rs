//! All checks of an analysis, and the draws that they rest on.

use super::agreement;
use super::decision::DecisionRecord;
use super::look_alike;
use super::null_world::NullWorld;
use super::prompts::Prompts;
use crate::label_shift::analysis::LabelShift;
use crate::label_shift::bootstrap::Replicate;
use crate::messages::check::Check;
use crate::numeric::math;
use crate::numeric::p_value::{count, p_value};

/// Draws that a p-value rests on: it is then known to .015 around .05.
pub const N_DRAWS: u64 = 199;

/// Fewer draws than this test nothing: the smallest p-value of 19 is .05.
const FEWEST_DRAWS: usize = 19;

/// The names of all checks, which are the codes of their diagnostics.
pub(crate) const CODES: [&str; 6] =
    ["fit", "typicality", "agreement", "prompts", "separation", "untested"];

/// All that the draws of an analysis share.
#[derive(Debug)]
pub struct Trust {
    seed: u64,
    null_world: NullWorld,
    prompts: Option<Prompts>,
}

/// What one draw of the worlds in which nothing is wrong shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrustDraw {
    fit: f64,
    typicality: f64,
    prompts: f64,
}

/// Separates the streams of these draws from those of the bootstrap.
const TRUST_STREAM: u64 = 0x7472_7573_7421_0000;

impl Trust {
    /// The preparation of an analysis' checks.
    pub fn new(analysis: &LabelShift, seed: u64) -> Self {
        let prompts = Prompts::of(analysis);
        let n_independent = prompts
            .as_ref()
            .map_or_else(|| analysis.problem.generations().scores.n_docs(), Prompts::n_independent);
        let null_world = NullWorld::of(&analysis.problem, n_independent);
        Self { seed: seed ^ TRUST_STREAM, null_world, prompts }
    }

    /// Draw number `index`: it depends on the analysis, the seed and the index alone.
    pub fn draw(&self, index: u64) -> TrustDraw {
        let mut stream = crate::numeric::rng::RandomStream::new(self.seed, index);
        let statistics = self.null_world.draw(&mut stream);
        let prompts =
            self.prompts.as_ref().map_or(0.0, |prompts| prompts.permuted_spread(&mut stream));
        TrustDraw { fit: statistics.fit, typicality: statistics.typicality, prompts }
    }

    /// By how much the misfit of the texts exceeds what chance makes on average: the dispersion of
    /// quasi-likelihood (McCullagh & Nelder 1989, section 9.2), at least 1. It is 1 where the draws are too few
    /// to tell.
    ///
    /// Of the model of misfit that it stands for: shares of decisions stray from what any mixture of the
    /// categories leads to, in directions that a mixture can imitate as far as in those that it cannot. Only the
    /// latter are seen, and the former are errors of the estimate, so that its variance grows by the same factor.
    /// The mean of the draws is the number of directions that are seen; so few know the dispersion badly, which
    /// intervals of this `level` are widened for as Student's t is.
    pub fn dispersion(&self, draws: &[TrustDraw], level: f64) -> f64 {
        if draws.len() < FEWEST_DRAWS {
            return 1.0;
        }
        let usual = draws.iter().map(|draw| draw.fit).sum::<f64>() / count(draws.len());
        if !(usual > 0.0) {
            return 1.0;
        }
        let z = math::normal_quantile(0.5 + 0.5 * level);
        let widening = math::square(math::student_over_normal(z, usual));
        (widening * self.null_world.observed().fit / usual).max(1.0)
    }

    /// What the classifier decides of the texts beside what it decides of documents mixed by the estimate, none of
    /// which it was trained on, by kind of decision: what `fit` tests, to look at.
    pub fn decisions(&self, analysis: &LabelShift) -> Vec<DecisionRecord> {
        let names = analysis.problem.taxonomy().names();
        let found = self.null_world.decisions(analysis.estimate.mixture.shares());
        let record = |(cell, (expected, seen, error)): (usize, (f64, f64, f64))| {
            let (class, level, n_levels) = self.null_world.cells().kind(cell);
            let category = names[class].clone();
            DecisionRecord { category, level, n_levels, expected, seen, standard_error: error }
        };
        found.into_iter().enumerate().map(record).collect()
    }

    /// The checks, from draws (none: nothing is tested) and bootstrap replicates.
    pub fn checks(
        &self,
        analysis: &LabelShift,
        draws: &[TrustDraw],
        replicates: &[Replicate],
    ) -> Vec<Check> {
        let separation = look_alike::check(analysis);
        if draws.len() < FEWEST_DRAWS {
            let sentence = "fit, typicality, agreement and prompts were not tested: that takes 19 \
                            bootstrap replicates or more";
            return vec![Check::not_tested("untested", sentence), separation];
        }
        vec![
            self.fit(draws),
            self.typicality(draws),
            agreement::check(analysis, replicates),
            self.sensitivity(analysis, draws),
            separation,
        ]
    }

    fn fit(&self, draws: &[TrustDraw]) -> Check {
        let observed = self.null_world.observed().fit;
        let p = p_value(observed, draws.iter().map(|draw| draw.fit));
        let n_cells = self.null_world.n_cells();
        let holds = format!(
            "a mixture of the categories explains what the classifier decides of the texts, and how \
             surely, in {n_cells} kinds of decisions"
        );
        let fails = format!(
            "no mixture of the categories explains what the classifier decides of the texts, and how \
             surely: the texts are unlike the validation documents or belong to other categories, so \
             the shares may be wrong (chi-square {observed:.0} over {n_cells} kinds of decisions)"
        );
        Check::tested("fit", (observed, p), (holds, fails))
    }

    fn typicality(&self, draws: &[TrustDraw]) -> Check {
        let observed = self.null_world.observed();
        let p = p_value(observed.typicality, draws.iter().map(|draw| draw.typicality));
        let holds =
            "the classifier is as sure of the texts as of documents mixed like them".to_owned();
        let more = if observed.mean_rank < 0.5 { "less" } else { "more" };
        let fails = format!(
            "the classifier is {more} sure of the texts than of documents mixed like them (a text \
             stands above {:.0} % of such documents on average, 50 % were expected): real documents \
             are a poor yardstick for them",
            100.0 * observed.mean_rank
        );
        Check::tested("typicality", (observed.typicality, p), (holds, fails))
    }

    fn sensitivity(&self, analysis: &LabelShift, draws: &[TrustDraw]) -> Check {
        let n_prompts = analysis.n_prompts();
        let Some(prompts) = &self.prompts else {
            let sentence = if analysis.problem.generations().prompts.is_none() {
                "whether the mixture depends on the prompt was not tested: the texts name no prompts"
            } else {
                "whether the mixture depends on the prompt was not tested: that takes two prompts or \
                 more, and two texts of some"
            };
            return Check::not_tested("prompts", sentence);
        };
        let p = p_value(prompts.spread(), draws.iter().map(|draw| draw.prompts));
        let share = 100.0 * prompts.intraclass();
        let holds =
            format!("the texts of {n_prompts} prompts have one mixture as far as can be seen");
        let fails = format!(
            "the mixture depends on the prompt: prompts make {share:.0} % of the difference between \
             texts, and the estimate is a mean over these {n_prompts} prompts"
        );
        Check::tested("prompts", (prompts.spread(), p), (holds, fails))
    }
}
