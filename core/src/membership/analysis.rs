//! A whole membership run: the share of members per category, and what follows for the whole.

use serde::{Deserialize, Serialize};

use super::auroc::Auroc;
use super::blind::{BlindComparison, BlindVerdict};
use super::compared::Compared;
use super::doubts::CategoryDoubt;
use super::gaussian_mixture::{GaussianMixture, moments};
use super::histogram::Histogram;
use super::roc::AttackQuality;
use super::share::{NoShare, Scores, ShareEstimate};
use super::unaided::{UnaidedOptions, UnaidedShare, UnaidedTests};
use crate::numeric::interval::Interval;
use crate::numeric::math;
use crate::numeric::rng::RandomStream;
use crate::show::table::fixed;

/// The scores of one attack on the documents of one category.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CategoryScores {
    /// Name of the category.
    pub name: String,
    /// Scores of candidates.
    pub candidates: Vec<f64>,
    /// Scores of documents known not to be members; empty for none.
    pub nonmembers: Vec<f64>,
    /// Scores of documents known to be members; empty for none.
    pub members: Vec<f64>,
    /// Candidates that the attack gives no score.
    pub n_unscored: usize,
    /// Scores of a classifier that never saw the model, of the same candidates and non-members in
    /// the same order, none of which it was trained on; none where there is no such classifier.
    pub blind: Option<BlindScores>,
}

/// Scores of the blind classifier: higher means more likely a candidate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BlindScores {
    /// Of the candidates.
    pub candidates: Vec<f64>,
    /// Of the non-members.
    pub nonmembers: Vec<f64>,
}

/// How to analyse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnalysisOptions {
    /// The level of all intervals.
    pub level: f64,
    /// How many replicates the intervals of sums are made of.
    pub n_replicates: u64,
    /// What all draws depend on.
    pub seed: u64,
}

impl Default for AnalysisOptions {
    fn default() -> Self {
        Self { level: 0.95, n_replicates: 200, seed: 0 }
    }
}

/// How the share of a category was found, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareMethod {
    /// Beside known non-members ([`ShareEstimate`]).
    Calibrated,
    /// From two heaps of scores ([`UnaidedShare`]).
    TwoComponents,
    /// Not at all.
    None,
}

/// What is known of one category.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryResult {
    /// Name of the category.
    pub name: String,
    /// Candidates with a score.
    pub n: usize,
    /// Candidates without one.
    pub n_unscored: usize,
    /// Known non-members with a score.
    pub n_nonmembers: usize,
    /// Known members with a score.
    pub n_members: usize,
    /// Mean and standard deviation (divided by n) of the candidates' scores; none for none.
    pub score_moments: Option<(f64, f64)>,
    /// How the share was found.
    pub method: ShareMethod,
    /// Whether the share is known: its interval is no wider than [`WIDEST`](super::share::WIDEST).
    pub identifiable: bool,
    /// The share of members; none where it is not known.
    pub share: Option<f64>,
    /// The mean of its replicates; none where it is not known.
    pub mean: Option<f64>,
    /// Its interval: there even where the share is not known, if non-members are.
    pub interval: Option<Interval>,
    /// The fit of two normal components to the candidates; one where two cannot be fitted.
    pub mixture: Option<GaussianMixture>,
    /// The fit of one.
    pub one: Option<GaussianMixture>,
    /// The tests of one heap against two, where no non-members are known.
    pub tests: Option<UnaidedTests>,
    /// Members' mean and deviation in deviations of non-members, as the likeliest share has them.
    pub members_scores: Option<(f64, f64)>,
    /// Candidates, or members where some are known, against non-members.
    pub quality: Option<AttackQuality>,
    /// The blind classifier beside the attack.
    pub blind: Option<BlindComparison>,
    /// The candidates' scores in bins.
    pub candidates_histogram: Histogram,
    /// The non-members' scores in bins.
    pub nonmembers_histogram: Histogram,
    /// What a reader must know.
    pub doubts: Vec<CategoryDoubt>,
    /// Draws of the share, for sums over categories; empty where nothing is known.
    pub replicates: Vec<f64>,
}

impl CategoryResult {
    /// What these scores say of category number `index`, which its draws depend on.
    ///
    /// Every category stands for itself: they may be analysed in any order, on any thread.
    pub fn of(scores: &CategoryScores, index: u64, options: &AnalysisOptions) -> Self {
        let mut result = Self::described(scores, options);
        let auroc = Auroc::of(&scores.candidates, &scores.nonmembers);
        if scores.candidates.is_empty() {
            result.warn("no_documents", "no document has a score");
        } else if scores.nonmembers.is_empty() {
            result.add_unaided(scores, options);
        } else {
            result.add_calibrated(scores, auroc.as_ref(), index, options);
        }
        if let Some((auroc, blind)) = auroc.zip(scores.blind.as_ref()) {
            result.add_blind(&auroc, blind, options.level);
        }
        result
    }

    fn described(scores: &CategoryScores, options: &AnalysisOptions) -> Self {
        let (compared, of_compared) = match scores.members.is_empty() {
            true => (Compared::Candidates, &scores.candidates),
            false => (Compared::Members, &scores.members),
        };
        let score_moments = moments(&scores.candidates).map(|(mean, var)| (mean, var.sqrt()));
        Self {
            name: scores.name.clone(),
            n: scores.candidates.len(),
            n_unscored: scores.n_unscored,
            n_nonmembers: scores.nonmembers.len(),
            n_members: scores.members.len(),
            score_moments,
            method: ShareMethod::None,
            identifiable: false,
            share: None,
            mean: None,
            interval: None,
            mixture: None,
            one: None,
            tests: None,
            members_scores: None,
            quality: AttackQuality::of(compared, of_compared, &scores.nonmembers, options.level),
            blind: None,
            candidates_histogram: Histogram::of(&scores.candidates),
            nonmembers_histogram: Histogram::of(&scores.nonmembers),
            doubts: Vec::new(),
            replicates: Vec::new(),
        }
    }

    fn warn(&mut self, code: &'static str, sentence: &str) {
        self.doubts.push(CategoryDoubt::plain(code, sentence));
    }

    fn warn_with(&mut self, code: &'static str, sentence: &str, detail: String) {
        self.doubts.push(CategoryDoubt::detailed(code, sentence, detail));
    }

    fn add_unaided(&mut self, scores: &CategoryScores, options: &AnalysisOptions) {
        let AnalysisOptions { level, n_replicates, seed } = *options;
        let how = UnaidedOptions { level, n_replicates, seed };
        let Some(found) = UnaidedShare::of(&scores.candidates, &how) else {
            return self.warn("not_identifiable", "too few different scores to tell anything");
        };
        self.method = ShareMethod::TwoComponents;
        self.identifiable = found.is_identified();
        self.tests = Some(found.tests);
        if let Some(answer) = &found.answer {
            self.interval = Some(answer.interval);
            self.replicates.clone_from(&answer.replicates);
        }
        if let Some(answer) = found.answer.as_ref().filter(|_| self.identifiable) {
            self.share = Some(answer.share);
            self.mean = math::mean(&answer.replicates);
            self.warn(
                "two_heaps",
                "the share is that of the upper of two heaps of scores, which need not be members; \
                 known non-members would tell",
            );
        } else {
            self.warn(
                "not_identifiable",
                "the share of members is not identifiable from the scores alone, which may as well be \
                 one kind of document; known non-members would tell",
            );
        }
        self.mixture = found.two;
        self.one = Some(found.one);
    }

    /// Adds the share beside known non-members; `auroc` is that of candidates against them.
    fn add_calibrated(
        &mut self,
        scores: &CategoryScores,
        auroc: Option<&Auroc>,
        index: u64,
        options: &AnalysisOptions,
    ) {
        let fit = super::gaussian_mixture::FitOptions { seed: options.seed, ..Default::default() };
        self.mixture = GaussianMixture::fit(&scores.candidates, 2, &fit);
        self.one = GaussianMixture::fit(&scores.candidates, 1, &fit);
        let sides = Scores {
            candidates: &scores.candidates,
            nonmembers: &scores.nonmembers,
            members: &scores.members,
        };
        let found = match ShareEstimate::of(&sides, options.level) {
            Ok(found) => found,
            Err(reason) => return self.warn("not_identifiable", no_share(reason)),
        };
        self.method = ShareMethod::Calibrated;
        let least = auroc.map_or(0.0, least_share);
        let surely = auroc.map_or(0.0, |auroc| {
            least - 2.0 * math::normal_quantile(LEVEL_OF_LEAST) * auroc.variance.sqrt()
        });
        let contradicted = found.interval.hi() < least || found.point < surely;
        self.identifiable = found.is_identified() && !contradicted;
        self.interval = match contradicted {
            true => Interval::new(found.interval.lo(), 1.0),
            false => Some(found.interval),
        };
        self.members_scores = Some((found.shift, found.spread));
        self.replicates = (0..options.n_replicates)
            .map(|replicate| {
                let stream = index.wrapping_mul(1 << 32).wrapping_add(replicate);
                found.draw(&mut RandomStream::new(options.seed, stream))
            })
            .collect();
        if self.identifiable {
            self.share = Some(found.point);
            self.mean = math::mean(&self.replicates);
        } else if contradicted {
            let detail = format!(
                "{} % by the fit, {} % by the whole",
                fixed(100.0 * found.point, 1),
                fixed(100.0 * least, 1)
            );
            let sentence = "the share of members is not identifiable: the candidates as a whole score so much higher \
                            than the non-members that more would have to be members than the fit finds";
            self.warn_with("not_identifiable", sentence, detail);
        } else {
            let detail = format!(
                "{} to {} %",
                fixed(100.0 * found.interval.lo(), 1),
                fixed(100.0 * found.interval.hi(), 1)
            );
            let sentence = "the share of members is not identifiable: anything within these bounds fits the scores";
            self.warn_with("not_identifiable", sentence, detail);
        }
        if found.fit_p_value < 0.01 {
            self.warn(
                "poor_fit",
                "candidates do not score like a mixture of the non-members and of documents that score \
                 higher; the two sets may differ in more than membership",
            );
        }
    }

    fn add_blind(&mut self, attack: &Auroc, blind: &BlindScores, level: f64) {
        let Some(blind) = Auroc::of(&blind.candidates, &blind.nonmembers) else { return };
        let paired = attack.n_members() == blind.n_members()
            && attack.n_nonmembers() == blind.n_nonmembers();
        let comparison = BlindComparison::of(attack, &blind, paired, level);
        self.doubts.extend(comparison.doubt());
        self.blind = Some(comparison);
    }

    /// Whether texts alone may explain what the attack found.
    pub fn is_doubtful(&self) -> bool {
        self.blind.is_some_and(|blind| blind.verdict == BlindVerdict::AsGoodAsAttack)
    }
}

/// The level of the bound that the likeliest share must reach.
const LEVEL_OF_LEAST: f64 = 0.95;

/// The least share of members with which candidates can score as high above non-members as they do:
/// of `AUROC = π · A + (1 - π) / 2` with the members' own `A` at most 1.
///
/// The fit looks at shapes, and a few outliers can be all that it sees; this looks at no shape at all.
fn least_share(auroc: &Auroc) -> f64 {
    (2.0 * auroc.value - 1.0).clamp(0.0, 1.0)
}

fn no_share(reason: NoShare) -> &'static str {
    match reason {
        NoShare::FewCandidates => "too few candidates have a score: at least 20 are needed",
        NoShare::FewNonmembers => "too few non-members have a score: at least 20 are needed",
        NoShare::NoSpread => "the non-members all score the same",
    }
}

/// Shares of categories among members, made of the share of members in each category.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberMixture {
    /// Each category's share of all members, in category order.
    pub shares: Vec<f64>,
    /// The mean of the replicates, in category order.
    pub mean: Vec<f64>,
    /// The interval of each, in category order.
    pub intervals: Vec<Interval>,
    /// The replicates, `[n_replicates, n_categories]`.
    pub replicates: Vec<Vec<f64>>,
    /// The share of members in all categories together.
    pub coverage: f64,
}

impl MemberMixture {
    /// The mixture of members if category k has the weight `weights[k]`: the number of its sampled
    /// documents for the pool, the size of its corpus for the training mixture. `π_k w_k / Σ π_j w_j`.
    ///
    /// None where the share of a category of positive weight is not known, no category has members,
    /// or the weights do not fit.
    pub fn of(categories: &[CategoryResult], weights: &[f64], level: f64) -> Option<Self> {
        let total: f64 = weights.iter().sum();
        let usable = weights.len() == categories.len()
            && weights.iter().all(|weight| *weight >= 0.0)
            && total > 0.0
            && total.is_finite();
        if !usable {
            return None;
        }
        let parts: Option<Vec<f64>> = categories
            .iter()
            .zip(weights)
            .map(|(category, weight)| if *weight > 0.0 { category.share } else { Some(0.0) })
            .collect();
        let parts = parts?;
        let shares = normalised(&parts, weights)?;
        let n_replicates = categories
            .iter()
            .zip(weights)
            .filter(|(_, weight)| **weight > 0.0)
            .map(|(category, _)| category.replicates.len())
            .min()?;
        let row = |replicate: usize| {
            let drawn: Vec<f64> = categories
                .iter()
                .map(|category| category.replicates.get(replicate).copied().unwrap_or(0.0))
                .collect();
            normalised(&drawn, weights)
        };
        let replicates: Vec<Vec<f64>> = (0..n_replicates).filter_map(row).collect();
        let column =
            |index: usize| -> Vec<f64> { replicates.iter().map(|row| row[index]).collect() };
        let intervals: Option<Vec<Interval>> = shares
            .iter()
            .enumerate()
            .map(|(index, &share)| {
                let spread = Interval::central(&column(index), level)?;
                Interval::new(spread.lo().min(share), spread.hi().max(share))
            })
            .collect();
        let weighted: f64 = parts.iter().zip(weights).map(|(part, weight)| part * weight).sum();
        let mean =
            (0..shares.len()).map(|index| math::mean(&column(index))).collect::<Option<_>>()?;
        Some(Self { shares, mean, intervals: intervals?, replicates, coverage: weighted / total })
    }
}

fn normalised(parts: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let products: Vec<f64> =
        parts.iter().zip(weights).map(|(part, weight)| part * weight).collect();
    let total: f64 = products.iter().sum();
    (total > 0.0).then(|| products.iter().map(|product| product / total).collect())
}

#[cfg(test)]
#[path = "analysis_tests.rs"]
mod tests;
