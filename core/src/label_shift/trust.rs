//! Tests of what an estimate rests on: each with a p-value whose false alarms are known.
//!
//! | check | asks | p-value by |
//! |---|---|---|
//! | `fit` | do mixed validation documents explain what is decided of the texts? | parametric bootstrap |
//! | `typicality` | is the classifier as sure of the texts as of such a mixture? | the same |
//! | `agreement` | do `em` and `pacc` tell the same? | bootstrap |
//! | `prompts` | do texts of different prompts have one mixture? | permutation |
//! | `separation` | which categories can be told apart? | – |

mod cells;
mod look_alike;
mod null_world;
mod prompts;

use serde::Serialize;

use crate::label_shift::analysis::LabelShift;
use crate::label_shift::bootstrap::Replicate;
use crate::messages::diagnostic::Diagnostic;
pub use look_alike::LookAlikes;
use null_world::NullWorld;
use prompts::Prompts;

/// A check fails where its p-value is below this: once in twenty times without a reason.
pub const ALARM_LEVEL: f64 = 0.05;

/// Draws that a p-value rests on: it is then known to .015 around .05.
pub const N_DRAWS: u64 = 199;

/// The names of all checks, which are the codes of their diagnostics.
pub(crate) const CODES: [&str; 6] =
    ["fit", "typicality", "agreement", "prompts", "separation", "untested"];

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing speaks against it.
    Holds,
    /// It does not hold.
    Fails,
    /// There is nothing to test it with.
    NotTested,
}

/// One check of what the estimate rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Its name, stable between versions.
    pub name: &'static str,
    /// What it found.
    pub verdict: Verdict,
    /// How often a finding as strong comes about by chance, where that was tested.
    pub p_value: Option<f64>,
    /// The statistic that was tested.
    pub statistic: Option<f64>,
    /// The finding in one plain sentence.
    pub sentence: String,
}

impl Check {
    fn not_tested(name: &'static str, sentence: impl Into<String>) -> Self {
        let verdict = Verdict::NotTested;
        Self { name, verdict, p_value: None, statistic: None, sentence: sentence.into() }
    }

    fn tested(
        name: &'static str,
        (statistic, p_value): (f64, f64),
        sentences: (String, String),
    ) -> Self {
        let fails = p_value < ALARM_LEVEL;
        let (verdict, sentence) =
            if fails { (Verdict::Fails, sentences.1) } else { (Verdict::Holds, sentences.0) };
        let p = shown_p(p_value);
        let sentence = format!("{sentence} ({p})");
        Self { name, verdict, p_value: Some(p_value), statistic: Some(statistic), sentence }
    }

    /// The check as one of the things that a reader must know.
    pub fn diagnostic(&self) -> Diagnostic {
        let message = self.sentence.as_str();
        match self.verdict {
            Verdict::Holds => Diagnostic::passed(self.name, message),
            Verdict::Fails => Diagnostic::warning(self.name, message),
            Verdict::NotTested => Diagnostic::note(self.name, message),
        }
    }
}

/// A p-value as a reader wants it: two digits, no more than the draws can tell.
fn shown_p(p_value: f64) -> String {
    if p_value < 0.01 { "p < 0.01".to_owned() } else { format!("p = {p_value:.2}") }
}

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

    /// The checks, from draws (none: nothing is tested) and bootstrap replicates.
    pub fn checks(
        &self,
        analysis: &LabelShift,
        draws: &[TrustDraw],
        replicates: &[Replicate],
    ) -> Vec<Check> {
        let separation = look_alike::check(analysis);
        if draws.len() < 19 {
            let sentence = "fit, typicality, agreement and prompts were not tested: that takes 19 \
                            bootstrap replicates or more";
            return vec![Check::not_tested("untested", sentence), separation];
        }
        vec![
            self.fit(draws),
            self.typicality(draws),
            agreement(analysis, replicates),
            self.sensitivity(analysis, draws),
            separation,
        ]
    }

    /// Why the texts are not to be taken for a mixture of documents like those that measure, if a test
    /// speaks against it, by these draws.
    pub fn mistrust(&self, draws: &[TrustDraw]) -> Option<String> {
        let failed: Vec<String> = [self.fit(draws), self.typicality(draws)]
            .into_iter()
            .filter(|check| check.verdict == Verdict::Fails)
            .map(|check| format!("{}, {}", check.name, shown_p(check.p_value.unwrap_or(0.0))))
            .collect();
        (!failed.is_empty()).then(|| {
            format!(
                "`pacc` was taken for `em`: the texts are unlike the documents that measure the classifier \
                 ({}), and where they are, means mislead less than each text's own verdict",
                failed.join("; ")
            )
        })
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

/// Whether `em` and `pacc` differ by more than resampling makes them differ.
fn agreement(analysis: &LabelShift, replicates: &[Replicate]) -> Check {
    const NAME: &str = "agreement";
    if !analysis.options.estimator.is_consistent() {
        let sentence = format!("`{}` was not compared with `em`", analysis.options.estimator);
        return Check::not_tested(NAME, sentence);
    }
    let own = analysis.estimate.mixture.shares();
    let rival = analysis.rival.shares();
    let difference: Vec<f64> = own.iter().zip(rival).map(|(own, rival)| own - rival).collect();
    let observed = 0.5 * difference.iter().map(|entry| entry.abs()).sum::<f64>();
    let by_chance: Vec<f64> = replicates
        .iter()
        .filter_map(|replicate| {
            let rival = replicate.rival.as_ref()?;
            let moved = replicate.mixture.shares().iter().zip(rival.shares()).zip(&difference);
            Some(0.5 * moved.map(|((own, rival), fixed)| (own - rival - fixed).abs()).sum::<f64>())
        })
        .collect();
    let p = p_value(observed, by_chance.iter().copied());
    let usual = by_chance.iter().sum::<f64>() / count(by_chance.len()).max(1.0);
    let (name, other) = (analysis.options.estimator, analysis.options.estimator.rival());
    let figures = format!(
        "`{name}` and `{other}` differ on {:.1} % of the mixture; chance alone makes that {:.1} % on average",
        100.0 * observed,
        100.0 * usual
    );
    let fails = format!("{figures}: label shift or the calibration does not hold");
    Check::tested(NAME, (observed, p), (figures, fails))
}

/// How often chance alone gives at least as much, the observation itself counted as one chance, so
/// that it is never 0 (Davison & Hinkley 1997, Bootstrap Methods, equation 4.11).
fn p_value(observed: f64, by_chance: impl Iterator<Item = f64>) -> f64 {
    let (mut n_draws, mut n_more) = (0_usize, 0_usize);
    for drawn in by_chance {
        n_draws += 1;
        // Equal but for rounding counts as equal.
        n_more += usize::from(drawn >= observed * (1.0 - 1e-12));
    }
    count(n_more + 1) / count(n_draws + 1)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
