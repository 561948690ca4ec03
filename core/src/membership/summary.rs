//! The `summary.json` of a membership run, and its tables.

use serde::{Deserialize, Serialize};
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

use super::analysis::{AnalysisOptions, CategoryResult, MemberMixture, ShareMethod};
use super::attack::Attack;
use super::blind::BlindComparison;
use super::doubts::{self, NamedDoubt};
use super::gaussian_mixture::GaussianMixture;
use super::histogram::Histogram;
use super::roc::AttackQuality;
use super::unaided::UnaidedTests;
use super::verdict::verdict;
use crate::files::record::{Context, Priors, ToolRecord, expected_error, json_text};
use crate::files::run::SCHEMA_VERSION;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::verdict::Verdict;
use crate::numeric::interval::Interval;
use crate::show::table::{Cell, Column, Table};

/// One category as the file has it. The first nine fields are the seed study's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryRecord {
    /// Name of the category.
    pub category: String,
    /// Candidates with a score.
    pub n: usize,
    /// The share of members among them; none where it is not identifiable.
    pub pi_hat: Option<f64>,
    /// The mean of its replicates.
    pub pi_mean: Option<f64>,
    /// The lower end of its interval, which may be known where the share is not.
    pub ci_lo: Option<f64>,
    /// The upper end.
    pub ci_hi: Option<f64>,
    /// The mean of the scores.
    pub score_mean: Option<f64>,
    /// Their standard deviation, divided by n.
    pub score_std: Option<f64>,
    /// The means of the two fitted normal components, the lower first.
    pub gmm_means: Option<Vec<f64>>,
    /// Whether the share is known.
    pub identifiable: bool,
    /// How it was found.
    pub method: ShareMethod,
    /// Candidates without a score.
    pub n_unscored: usize,
    /// Known non-members with a score.
    pub n_nonmembers: usize,
    /// Known members with a score.
    pub n_members: usize,
    /// The tests of one heap against two, where no non-members are known.
    pub tests: Option<UnaidedTests>,
    /// Members' mean and deviation in deviations of non-members, as the likeliest share has them.
    pub members_scores: Option<(f64, f64)>,
    /// Two fitted components, with their convergence.
    pub gmm: Option<GaussianMixture>,
    /// One fitted component.
    pub one_component: Option<GaussianMixture>,
    /// Members (candidates where none are known) against non-members.
    pub quality: Option<AttackQuality>,
    /// The blind classifier beside the attack.
    pub blind: Option<BlindComparison>,
    /// The candidates' scores in bins.
    pub candidates_histogram: Histogram,
    /// The non-members' scores in bins.
    pub nonmembers_histogram: Histogram,
}

impl From<&CategoryResult> for CategoryRecord {
    fn from(result: &CategoryResult) -> Self {
        let means = |mixture: &GaussianMixture| {
            mixture.components.iter().map(|component| component.mean).collect()
        };
        Self {
            category: result.name.clone(),
            n: result.n,
            pi_hat: result.share,
            pi_mean: result.mean,
            ci_lo: result.interval.map(Interval::lo),
            ci_hi: result.interval.map(Interval::hi),
            score_mean: result.score_moments.map(|moments| moments.0),
            score_std: result.score_moments.map(|moments| moments.1),
            gmm_means: result.mixture.as_ref().map(means),
            identifiable: result.identifiable,
            method: result.method,
            n_unscored: result.n_unscored,
            n_nonmembers: result.n_nonmembers,
            n_members: result.n_members,
            tests: result.tests,
            members_scores: result.members_scores,
            gmm: result.mixture.clone(),
            one_component: result.one.clone(),
            quality: result.quality.clone(),
            blind: result.blind,
            candidates_histogram: result.candidates_histogram.clone(),
            nonmembers_histogram: result.nonmembers_histogram.clone(),
        }
    }
}

/// A membership run, ready to be written.
#[derive(Debug, Clone, Serialize)]
pub struct MembershipSummary {
    /// Version of this form.
    pub schema_version: u64,
    /// `membership`.
    pub method: &'static str,
    /// What the result is good for, and why.
    pub verdict: Verdict,
    /// The attack whose scores these are.
    pub attack: Attack,
    /// The program.
    pub tool: ToolRecord,
    /// When the run ended.
    pub created: Option<String>,
    /// Every setting.
    pub config: Map<String, Value>,
    /// The categories.
    pub categories: Vec<String>,
    /// The estimated training mixture; only where the sizes of the categories were given and every
    /// share is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priors: Option<Priors>,
    /// What is known of each category.
    pub per_category: Vec<CategoryRecord>,
    /// Each category's share of the members in the sampled pool, in category order: the seed study's
    /// name, though it is a mixture of the pool and not of the training data. Null where a share is
    /// not known.
    pub global_mixture_over_sampled_pool: Option<Vec<f64>>,
    /// The share of members in the sampled pool. Null where a category's is not known.
    pub overall_coverage_over_sampled_pool: Option<f64>,
    /// SHA-256 and counts of every input.
    pub inputs: Value,
    /// What a reader must know.
    pub diagnostics: Vec<Diagnostic>,
    /// The part of it that is about the run as a whole.
    #[serde(skip)]
    pub whole: Vec<Diagnostic>,
    /// The part of it that is about categories, as each has it.
    #[serde(skip)]
    pub of_categories: Vec<NamedDoubt>,
}

impl MembershipSummary {
    /// The summary of analysed categories; `sizes` are tokens (or any unit) per category of the corpus
    /// that the candidates were sampled from, in category order, where they are known.
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 documents")]
    pub fn new(
        attack: Attack,
        results: &[CategoryResult],
        sizes: Option<&[f64]>,
        options: &AnalysisOptions,
        context: Context,
    ) -> Self {
        let level = options.level;
        let counts: Vec<f64> = results.iter().map(|result| result.n as f64).collect();
        let pool = MemberMixture::of(results, &counts, level);
        let mixture = sizes.and_then(|sizes| MemberMixture::of(results, sizes, level));
        let mut whole = context.diagnostics;
        whole.extend(doubts_of_the_whole(results, pool.as_ref(), sizes.is_some()));
        let named = |result: &CategoryResult| {
            let name = result.name.clone();
            let doubts = result.doubts.iter().cloned();
            doubts.map(move |doubt| (name.clone(), doubt)).collect::<Vec<_>>()
        };
        let of_categories: Vec<NamedDoubt> = results.iter().flat_map(named).collect();
        let mut diagnostics = whole.clone();
        diagnostics.extend(doubts::of_categories(&of_categories, results.len()));
        let known: Vec<bool> = results.iter().map(|result| result.share.is_some()).collect();
        let error = mixture.as_ref().and_then(|one| expected_error(&one.shares, &one.replicates));
        Self {
            schema_version: SCHEMA_VERSION,
            method: "membership",
            verdict: verdict(&known, error, &diagnostics),
            attack,
            tool: context.tool,
            created: context.created,
            config: context.config,
            categories: results.iter().map(|result| result.name.clone()).collect(),
            priors: mixture.map(|mixture| priors(&mixture, level)),
            per_category: results.iter().map(CategoryRecord::from).collect(),
            overall_coverage_over_sampled_pool: pool.as_ref().map(|pool| pool.coverage),
            global_mixture_over_sampled_pool: pool.map(|pool| pool.shares),
            inputs: context.inputs,
            diagnostics,
            whole,
            of_categories,
        }
    }

    /// What a reader of several attacks on the same categories must know, each thing once.
    pub fn doubts_of_all(summaries: &[Self]) -> Vec<Diagnostic> {
        let all: Vec<(&str, &[Diagnostic], &[NamedDoubt])> = summaries
            .iter()
            .map(|one| (one.attack.title(), one.whole.as_slice(), one.of_categories.as_slice()))
            .collect();
        doubts::of_attacks(&all, summaries.first().map_or(0, |one| one.categories.len()))
    }

    /// The JSON text, indented, ending in a new line.
    pub fn to_json(&self) -> String {
        json_text(self)
    }

    /// The table of `per_category.csv`: the seed study's columns, then ours.
    pub fn categories_table(&self) -> Table {
        categories_table(&self.per_category)
    }

    /// The table of `global_mixture.csv`, with the seed study's columns; empty cells where shares
    /// are not known.
    pub fn mixture_table(&self) -> Table {
        let columns = vec![
            Column::words("category", "the category"),
            Column::numbers(
                "pi_global_over_sampled_pool",
                "share of the members in the sampled pool, not of the training data",
            ),
            Column::numbers("pi", "estimated share of the training data, by category sizes"),
            Column::numbers("ci_lo", "lower end of its interval"),
            Column::numbers("ci_hi", "upper end of its interval"),
        ];
        let mut table = Table::new("Members by category", columns);
        let pool = self.global_mixture_over_sampled_pool.as_ref();
        let priors = self.priors.as_ref();
        let optional = |value: Option<f64>| Cell::optional(value, Cell::percent);
        for (index, name) in self.categories.iter().enumerate() {
            let end =
                |of: fn(&Priors) -> Option<&Vec<f64>>| priors.and_then(of).map(|ends| ends[index]);
            table.rows.push(vec![
                Cell::text(name),
                optional(pool.map(|shares| shares[index])),
                optional(priors.map(|priors| priors.point[index])),
                optional(end(|priors| priors.ci_lo.as_ref())),
                optional(end(|priors| priors.ci_hi.as_ref())),
            ]);
        }
        table
    }
}

/// The shares of members per category as rows: the seed study's columns, then ours.
pub fn categories_table(records: &[CategoryRecord]) -> Table {
    let columns = vec![
        Column::words("category", "the category"),
        Column::numbers("n", "candidates with a score"),
        Column::numbers("pi_hat", "share of members; a dash where it is not identifiable"),
        Column::numbers("pi_mean", "mean of its replicates"),
        Column::numbers("ci_lo", "lower end of its interval"),
        Column::numbers("ci_hi", "upper end of its interval"),
        Column::numbers("score_mean", "mean of the scores"),
        Column::numbers("score_std", "standard deviation of the scores"),
        Column::words("method", "how the share was found"),
        Column::words("identifiable", "whether the share is known"),
        Column::numbers("n_nonmembers", "known non-members with a score"),
        Column::numbers("auroc", "members, or candidates, against non-members"),
        Column::numbers("blind_auroc", "the same by a classifier that never sees the model"),
    ];
    let mut table = Table::new("Share of members per category", columns);
    for record in records {
        let percent = |value: Option<f64>| Cell::optional(value, Cell::percent);
        let number = |value: Option<f64>| Cell::optional(value, |value| Cell::number(value, 3));
        let method = match record.method {
            ShareMethod::Calibrated => "calibrated",
            ShareMethod::TwoComponents => "two_components",
            ShareMethod::None => "none",
        };
        table.rows.push(vec![
            Cell::text(&record.category),
            count(record.n),
            percent(record.pi_hat),
            percent(record.pi_mean),
            percent(record.ci_lo),
            percent(record.ci_hi),
            number(record.score_mean),
            number(record.score_std),
            Cell::text(method),
            Cell::text(if record.identifiable { "yes" } else { "no" }),
            count(record.n_nonmembers),
            number(record.quality.as_ref().map(|quality| quality.auroc)),
            number(record.blind.map(|blind| blind.blind_auroc)),
        ]);
    }
    table
}

#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 documents")]
fn count(n_documents: usize) -> Cell {
    Cell::number(n_documents as f64, 0)
}

fn priors(mixture: &MemberMixture, level: f64) -> Priors {
    let ends = |of: fn(Interval) -> f64| mixture.intervals.iter().map(|one| of(*one)).collect();
    let short = |share: &f64| (share * 1e6).round() / 1e6;
    let rows: Vec<Vec<f64>> =
        mixture.replicates.iter().map(|row| row.iter().map(short).collect()).collect();
    Priors {
        point: mixture.shares.clone(),
        mean: mixture.mean.clone(),
        ci_lo: Some(ends(Interval::lo)),
        ci_hi: Some(ends(Interval::hi)),
        level: Some(level),
        replicates: to_raw_value(&rows).ok(),
    }
}

fn doubts_of_the_whole(
    results: &[CategoryResult],
    pool: Option<&MemberMixture>,
    has_sizes: bool,
) -> Vec<Diagnostic> {
    let mut doubts = Vec::new();
    let n_unknown = results.iter().filter(|result| result.share.is_none()).count();
    if n_unknown > 0 {
        doubts.push(Diagnostic::warning(
            "not_identifiable",
            format!(
                "the share of members is not known in {n_unknown} of {} categories, so there is no \
                 mixture of all",
                results.len()
            ),
        ));
    } else if pool.is_none() {
        doubts.push(Diagnostic::warning(
            "no_members",
            "no category has members, so there is no mixture of them",
        ));
    }
    if pool.is_some() && !has_sizes {
        doubts.push(Diagnostic::warning(
            "pool_share",
            "these are shares of the sampled documents that were trained on, not of the training \
             data: double a category's sample and its share doubles; give the sizes of the categories",
        ));
    }
    doubts
}

#[cfg(test)]
#[path = "summary_tests.rs"]
mod tests;
