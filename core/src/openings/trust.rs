//! What an estimate rests on, and when there is no answer.
//!
//! | check | asks | by |
//! |---|---|---|
//! | `fit` | do the categories' beginnings and the nuisances explain what the model expects? | p-value; null: they do, up to sampling of documents and an error of each token's share as large as in planted models |
//! | `colouring` | does what the model expects depend on the document before? | p-value, by permuting lead-ins between categories |
//! | `unknown_beginnings` | does the model expect tokens with which reference documents begin? | a bound |
//! | `separation` | which categories begin alike? | condition number, overlap |
//! | `smoothing` | are there enough documents, so that smoothing does not decide? | a bound |
//! | `uniqueness` | is there one mixture that the model keeps? | closed sets of categories |

use super::beginnings::Beginnings;
use super::evidence::Evidence;
use super::following::{Exactness, following};
use super::prepared::{Prepared, explained_and_expected};
use super::resampling::drawn_counts;
use crate::messages::check::{Check, Verdict};
use crate::numeric::math;
use crate::numeric::matrix::Matrix;
use crate::numeric::p_value::p_value;
use crate::numeric::rng::RandomStream;
use crate::shares::look_alike::LookAlikes;

/// Draws from the world in which nothing is wrong.
pub const N_DRAWS: u64 = 99;

/// Above this share of nuisances and of unknown beginnings the model's first tokens are not openings of documents.
pub const MOST_NUISANCE: f64 = 0.5;
/// Above this distance between what is expected and what is explained.
pub const MOST_MISFIT: f64 = 0.35;
/// Above this condition number errors of a token's share move shares of categories by as much more.
pub const LARGEST_CONDITION_NUMBER: f64 = 30.0;
/// Above this distance between estimates with a quarter and with four times the smoothing, smoothing decides.
pub const MOST_SMOOTHED: f64 = 0.1;
/// Relative error of a token's share that a well-trained small model makes.
const TOKEN_ERROR: f64 = 0.35;

/// Separates the null's stream from that of the replicates.
const NULL_STREAM: u64 = 0x6e75_6c6c_776f_726c;

/// What one draw from the null shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrustDraw {
    misfit: f64,
    colouring: f64,
}

/// One draw from the null: documents counted anew from the fitted beginnings, a model that is off by
/// [`TOKEN_ERROR`] about what was fitted; and lead-ins dealt to categories at random.
pub(super) fn draw(study: &Prepared, index: u64) -> TrustDraw {
    let mut stream = RandomStream::new(study.options.seed ^ NULL_STREAM, index);
    let evidence = &study.evidence;
    let counts: Vec<Vec<f64>> = evidence
        .references
        .iter()
        .enumerate()
        .map(|(category, references)| {
            drawn_counts(
                &study.whole.densities.column(category),
                references.n_documents(),
                &mut stream,
            )
        })
        .collect();
    let counts: Vec<&[f64]> = counts.iter().map(Vec::as_slice).collect();
    let beginnings = study.as_learned(&counts);
    // Averaged over the documents before, as the distance is: one fit in place of one for each category.
    let (explained, _) = study.explained_and_expected();
    let expected = Matrix::from_row(&erring(&explained, &mut stream));
    let start = Matrix::from_row(&study.following.average_weights());
    let fitted = following(&expected, &beginnings, Some(&start), Exactness::Rough);
    let (explained, expected) = explained_and_expected(&fitted, &beginnings.densities, &expected);
    TrustDraw {
        misfit: math::total_variation(&explained, &expected),
        colouring: colouring(evidence, &dealt(evidence, &mut stream)),
    }
}

/// What is explained, each token off by a relative error.
fn erring(explained: &[f64], stream: &mut RandomStream) -> Vec<f64> {
    let shape = 1.0 / (TOKEN_ERROR * TOKEN_ERROR);
    let mut noisy: Vec<f64> =
        explained.iter().map(|share| share * (stream.gamma(shape) / shape)).collect();
    let total: f64 = noisy.iter().sum();
    noisy.iter_mut().for_each(|share| *share /= total);
    noisy
}

/// The rows of lead-ins in their order.
fn own_rows(evidence: &Evidence) -> Vec<Option<usize>> {
    evidence.expectations.iter().map(|expectation| expectation.after).collect()
}

/// The same, dealt to the lead-ins at random.
fn dealt(evidence: &Evidence, stream: &mut RandomStream) -> Vec<Option<usize>> {
    let mut rows = own_rows(evidence);
    stream.shuffle(&mut rows);
    rows
}

/// The mean distance of what is expected after each category from what is expected after all, where `rows` says
/// which lead-in is of which category.
#[expect(clippy::cast_precision_loss, reason = "a count of categories")]
fn colouring(evidence: &Evidence, rows: &[Option<usize>]) -> f64 {
    let mut mean = Matrix::zeros(evidence.n_rows(), evidence.cells.len());
    let mut n_leads = vec![0.0; mean.n_rows()];
    for (expectation, row) in evidence.expectations.iter().zip(rows) {
        let row = row.unwrap_or(0);
        n_leads[row] += expectation.n_leads;
        let entries = mean.row_mut(row).iter_mut().zip(&expectation.shares);
        entries.for_each(|(entry, share)| *entry += expectation.n_leads * share);
    }
    for (row, n) in n_leads.iter().enumerate() {
        mean.row_mut(row).iter_mut().for_each(|entry| *entry /= n);
    }
    let n_rows = mean.n_rows() as f64;
    let overall: Vec<f64> = mean.transposed_times(&vec![1.0 / n_rows; mean.n_rows()]);
    mean.rows().map(|row| math::total_variation(row, &overall)).sum::<f64>() / n_rows
}

/// The share of what the model expects that begins no reference document.
pub(super) fn unknown_beginnings(evidence: &Evidence, expected: &[f64]) -> f64 {
    let is_unknown = |cell: usize| evidence.references.iter().all(|one| one.counts[cell] == 0.0);
    (0..expected.len()).filter(|&cell| is_unknown(cell)).map(|cell| expected[cell]).sum()
}

/// The condition number of the categories' beginnings: how much more surely the share that is told best is known
/// than the one that is told worst. Each token's share is weighed by its own noise (Fisher information of equal
/// shares).
pub(super) fn condition_number(beginnings: &Beginnings) -> f64 {
    let n_categories = beginnings.n_categories();
    // The small Gram matrix has the squares of the singular values.
    let mut gram = Matrix::zeros(n_categories, n_categories);
    for row in beginnings.densities.rows() {
        let own = &row[..n_categories];
        let total: f64 = own.iter().sum();
        for (first, left) in own.iter().enumerate().filter(|(_, density)| **density > 0.0) {
            let entries = gram.row_mut(first).iter_mut().zip(own);
            entries.for_each(|(entry, right)| *entry += left * right / total);
        }
    }
    gram.condition_number().sqrt()
}

impl Prepared {
    /// The tests of what the estimate rests on, from all draws in order; those that need draws are not made where
    /// there are none.
    pub(super) fn trust_checks(&self, draws: &[TrustDraw]) -> Vec<Check> {
        let (explained, expected) = self.explained_and_expected();
        let misfit = math::total_variation(&explained, &expected);
        vec![
            self.fit_check(misfit, draws),
            self.colouring_check(draws),
            self.unknown_check(&expected),
            self.separation_check(),
            self.smoothing_check(),
            self.uniqueness_check(),
        ]
    }

    /// Why there is no answer, in sentences; none where there is one.
    pub(super) fn refusals(&self) -> Vec<String> {
        let (explained, expected) = self.explained_and_expected();
        let mut refusals = Vec::new();
        let nuisance = self.following.average(&self.following.nuisance_shares());
        let unknown = unknown_beginnings(&self.evidence, &expected);
        if nuisance.max(unknown) > MOST_NUISANCE {
            refusals.push(format!(
                "{:.0} % of what the model expects first begins no reference document, and {:.0} % fits no category, more \
                 than the {:.0} % that an answer allows; it is a chat model, another separator was trained with, or \
                 the reference documents do not begin as the training documents did",
                100.0 * unknown,
                100.0 * nuisance,
                100.0 * MOST_NUISANCE
            ));
        }
        let misfit = math::total_variation(&explained, &expected);
        if misfit > MOST_MISFIT {
            refusals.push(format!(
                "no mixture of the categories comes near what the model expects first: {:.0} % of it would have to move, \
                 more than the {:.0} % that an answer allows",
                100.0 * misfit,
                100.0 * MOST_MISFIT
            ));
        }
        let condition_number = self.condition_number();
        if condition_number > LARGEST_CONDITION_NUMBER {
            refusals.push(format!(
                "some categories begin too much alike (condition number {condition_number:.0}, an answer allows \
                 {LARGEST_CONDITION_NUMBER:.0}){}",
                self.offers().map_or_else(String::new, |offers| format!(": {offers}"))
            ));
        }
        let smoothed = self.smoothing_distance;
        if smoothed > MOST_SMOOTHED {
            refusals.push(format!(
                "there are too few reference documents: with a quarter or four times the smoothing the estimate moves \
                 by {:.0} points, an answer allows {:.0}",
                100.0 * smoothed,
                100.0 * MOST_SMOOTHED
            ));
        }
        refusals
    }

    /// How well the categories' beginnings are told apart.
    pub fn condition_number(&self) -> f64 {
        condition_number(&self.whole)
    }

    fn fit_check(&self, misfit: f64, draws: &[TrustDraw]) -> Check {
        if draws.is_empty() {
            return Check::not_tested("fit", "without replicates the fit is not tested");
        }
        let p = p_value(misfit, draws.iter().map(|draw| draw.misfit));
        let percent = 100.0 * misfit;
        let holds = format!(
            "the categories' beginnings explain what the model expects: {percent:.0} % of it would have to move, no more \
             than where small models are right"
        );
        let fails = format!(
            "the categories' beginnings do not explain what the model expects: {percent:.0} % of it would have to move, \
             more than documents' sampling and the error of small models do{}",
            self.misfit_words()
        );
        Check::tested("fit", (misfit, p), (holds, fails))
    }

    /// The tokens and lead-ins of the largest misfit.
    fn misfit_words(&self) -> String {
        let tokens: Vec<String> = self
            .misfits()
            .iter()
            .take(3)
            .map(|one| {
                let (expected, explained) = (100.0 * one.expected, 100.0 * one.explained);
                format!("`{}` ({expected:.1} % for {explained:.1} %)", one.token)
            })
            .collect();
        let after = self
            .worst_row()
            .map_or_else(String::new, |name| format!("; it is largest after documents of {name}"));
        format!(": {}{after}", tokens.join(", "))
    }

    fn colouring_check(&self, draws: &[TrustDraw]) -> Check {
        let name = "colouring";
        if !self.evidence.has_lead_ins()
            || self.evidence.expectations.len() <= self.evidence.n_rows()
        {
            return Check::not_tested(
                name,
                "no document was before, so that none can colour what follows",
            );
        }
        if draws.is_empty() {
            return Check::not_tested(
                name,
                "without replicates it is not tested whether the document before matters",
            );
        }
        let observed = colouring(&self.evidence, &own_rows(&self.evidence));
        let p = p_value(observed, draws.iter().map(|draw| draw.colouring));
        let percent = 100.0 * observed;
        let holds = format!(
            "what the model expects does not depend on the document before: {percent:.1} % of it moves, as by chance"
        );
        // The estimate allows for it, so that this is good to know and no more.
        let depends = format!(
            "what the model expects depends on the document before: {percent:.1} % of it moves; the estimate allows for that"
        );
        let check = Check::tested(name, (observed, p), (holds, depends));
        Check { verdict: Verdict::Holds, ..check }
    }

    fn unknown_check(&self, expected: &[f64]) -> Check {
        let unknown = unknown_beginnings(&self.evidence, expected);
        let nuisance = self.following.average(&self.following.nuisance_shares());
        let holds = unknown.max(nuisance) <= MOST_NUISANCE;
        Check {
            name: "unknown_beginnings",
            verdict: if holds { Verdict::Holds } else { Verdict::Fails },
            p_value: None,
            statistic: Some(unknown),
            sentence: format!(
                "{:.0} % of what the model expects first begins no reference document, and {:.0} % fits no category",
                100.0 * unknown,
                100.0 * nuisance
            ),
        }
    }

    fn separation_check(&self) -> Check {
        let condition_number = self.condition_number();
        let names = self.evidence.taxonomy.names();
        let offers = self.offers();
        let holds = offers.is_none() && condition_number <= LARGEST_CONDITION_NUMBER;
        let sentence = match offers {
            Some(offers) => format!("first tokens cannot tell apart {offers}"),
            None => {
                let closest = self.alike().closest_words(names);
                format!("first tokens tell all categories apart; {closest}")
            }
        };
        Check {
            name: "separation",
            verdict: if holds { Verdict::Holds } else { Verdict::Fails },
            p_value: None,
            statistic: Some(condition_number),
            sentence: format!("{sentence} (condition number {condition_number:.0})"),
        }
    }

    fn alike(&self) -> LookAlikes {
        let n_categories = self.evidence.taxonomy.len();
        let rows: Vec<Vec<f64>> =
            (0..n_categories).map(|at| self.whole.densities.column(at)).collect();
        LookAlikes::of(&Matrix::from_rows(&rows).unwrap_or_else(|_| Matrix::zeros(0, 0)))
    }

    fn offers(&self) -> Option<String> {
        let found = self.alike();
        (!found.groups.is_empty()).then(|| found.offers(self.evidence.taxonomy.names()))
    }

    fn smoothing_check(&self) -> Check {
        let moved = self.smoothing_distance;
        let holds = moved <= MOST_SMOOTHED;
        let verb = if holds {
            "there are enough reference documents"
        } else {
            "there are too few reference documents"
        };
        Check {
            name: "smoothing",
            verdict: if holds { Verdict::Holds } else { Verdict::Fails },
            p_value: None,
            statistic: Some(moved),
            sentence: format!(
                "{verb}: with a quarter or four times the smoothing the estimate moves by {:.1} points",
                100.0 * moved
            ),
        }
    }

    fn uniqueness_check(&self) -> Check {
        let n = self.following.mixture.n_closed_sets;
        let (verdict, sentence) = if n == 1 {
            (
                Verdict::Holds,
                "one mixture alone is kept by what the model expects after each category"
                    .to_owned(),
            )
        } else {
            let sentence = format!(
                "{n} groups of categories lead to no other in the model's expectation: each mixture of them would be kept"
            );
            (Verdict::Fails, sentence)
        };
        Check { name: "uniqueness", verdict, p_value: None, statistic: None, sentence }
    }
}

/// The names of all checks.
pub const CODES: [&str; 6] =
    ["fit", "colouring", "unknown_beginnings", "separation", "smoothing", "uniqueness"];
