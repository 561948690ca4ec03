//! What a model expects after lead-ins, by its weights.

use data_anatomy_core::openings::stored::stored_share;
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::engine::{Engine, TokenId};
use data_anatomy_lm::memory::Work;
use data_anatomy_lm::model::Model;
use data_anatomy_lm::next_token::{self, Slots};
use data_anatomy_lm::rate::Rate;

use super::cells::Cells;
use super::leads::{Group, Lead};
use super::separator::{Separator, Tried, least_surprising, surprise};
use super::work_file::{Line, WorkFile};

/// Tokens of a batch on a processor: intermediate results stay near its caches.
const CPU_BATCH_TOKENS: usize = 2048;
/// Tokens of a batch on a GPU, which wants much to do at a time.
const GPU_BATCH_TOKENS: usize = 1 << 14;

/// Lead-ins of each category by which separators are chosen.
const N_TRIAL_LEADS: usize = 2;

/// A model that is asked what it expects.
pub struct Expecting {
    engine: Box<dyn Engine>,
    slots: Slots,
    context: usize,
    batch_tokens: usize,
}

impl std::fmt::Debug for Expecting {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Expecting").field("slots", &self.slots).finish_non_exhaustive()
    }
}

/// The most tokens of a separator that room is made for.
const MAX_SEPARATOR: usize = 8;

impl Expecting {
    /// The model, loaded; it is shown up to `context` tokens of a document.
    ///
    /// # Errors
    /// If a weight is missing or wrong, or the device fails.
    pub fn load(
        model: &Model,
        context: usize,
        batch_tokens: Option<usize>,
        progress: &Progress,
    ) -> anyhow::Result<Self> {
        let usual = if model.is_on_cpu() { CPU_BATCH_TOKENS } else { GPU_BATCH_TOKENS };
        let longest = (context + MAX_SEPARATOR).min(model.blueprint.context);
        let batch_tokens = batch_tokens.unwrap_or(usual);
        let slots = Slots::of(batch_tokens, longest);
        let work = Work::Generate { n_slots: slots.n, capacity: slots.capacity };
        let engine = model.load(work, progress)?;
        Ok(Self { engine, slots, context, batch_tokens })
    }

    /// Calls `each` with what is expected after each sequence, `[n_vocab]`.
    fn after(
        &mut self,
        sequences: &[Vec<TokenId>],
        mut each: impl FnMut(usize, &[f64]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let longest = sequences.iter().map(Vec::len).max().unwrap_or(1);
        let slots = if longest > self.slots.capacity {
            Slots::of(self.batch_tokens, longest)
        } else {
            self.slots
        };
        next_token::after(self.engine.as_mut(), sequences, slots, |place, logits| {
            each(place, &next_token::probabilities(logits))
        })
    }

    /// How surprised the model is of how documents begin (`distributions`, `[n_categories][n_vocab]`), after some of
    /// the lead-ins, by each separator; that of the least surprise first.
    ///
    /// # Errors
    /// If the device fails.
    pub fn try_separators(
        &mut self,
        candidates: &[Separator],
        groups: &[Group],
        distributions: &[Vec<f64>],
    ) -> anyhow::Result<Vec<Tried>> {
        let mut tried = Vec::new();
        for separator in candidates {
            let leads = trial_leads(groups, separator);
            let mut mean = vec![0.0; distributions.first().map_or(0, Vec::len)];
            let context = self.context;
            let sequences: Vec<Vec<TokenId>> =
                leads.iter().map(|lead| separator.sequence(*lead, context)).collect();
            self.after(&sequences, |_, shares| {
                mean.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
                Ok(())
            })?;
            let total: f64 = mean.iter().sum();
            mean.iter_mut().for_each(|share| *share /= total);
            let surprise = surprise(&mean, distributions);
            tried.push(Tried { separator: separator.clone(), surprise });
        }
        let chosen = least_surprising(&tried).map(|best| best.separator.clone());
        // A stable sort: the chosen one first, the others in their order.
        tried.sort_by_key(|one| Some(&one.separator) != chosen.as_ref());
        Ok(tried)
    }

    /// Has every group answered that is not, each kept as it comes.
    ///
    /// # Errors
    /// If the device fails, or the work file cannot be written.
    pub fn answer(
        &mut self,
        groups: &[Group],
        separator: &Separator,
        cells: &Cells,
        work: &mut WorkFile,
        progress: &Progress,
    ) -> anyhow::Result<()> {
        let is_there = |wanted: usize| {
            let is_it =
                |line: &Line| matches!(line, Line::Group { number, .. } if *number == wanted);
            work.lines().iter().any(is_it)
        };
        let missing: Vec<usize> = (0..groups.len()).filter(|&number| !is_there(number)).collect();
        let n_leads = |numbers: &[usize]| {
            numbers.iter().map(|&number| groups[number].leads.len()).sum::<usize>()
        };
        let all: Vec<usize> = (0..groups.len()).collect();
        let n_before = n_leads(&all) - n_leads(&missing);
        let rate = Rate::start(progress, "openings", "lead-ins", n_before, n_leads(&all));
        // As many groups at a time as fill the slots some times over: memory does not depend on how many there are.
        let per_round = (4 * self.slots.n)
            .div_ceil(groups.iter().map(|g| g.leads.len()).max().unwrap_or(1))
            .max(1);
        for numbers in missing.chunks(per_round) {
            let sequences: Vec<Vec<TokenId>> = numbers
                .iter()
                .flat_map(|&number| &groups[number].leads)
                .map(|lead| separator.sequence(Some(lead), self.context))
                .collect();
            let mut sums = vec![0.0; cells.n()];
            let (mut at, mut n_in_group) = (0, 0);
            let lengths: Vec<usize> = sequences.iter().map(Vec::len).collect();
            self.after(&sequences, |place, shares| {
                cells.add(shares, &mut sums);
                n_in_group += 1;
                rate.add(1, lengths[place] as u64);
                let number = numbers[at];
                if n_in_group == groups[number].leads.len() {
                    work.append(Line::Group { number, shares: mean(&sums, n_in_group) })?;
                    sums.fill(0.0);
                    (at, n_in_group) = (at + 1, 0);
                }
                Ok(())
            })?;
        }
        rate.finish();
        Ok(())
    }
}

/// The means, in as many digits as are stored.
#[expect(clippy::cast_precision_loss, reason = "a count of lead-ins")]
fn mean(sums: &[f64], n: usize) -> Vec<f64> {
    sums.iter().map(|sum| stored_share(sum / n as f64)).collect()
}

/// Some lead-ins of each category; for a separator without documents none, once.
fn trial_leads<'g>(groups: &'g [Group], separator: &Separator) -> Vec<Option<&'g Lead>> {
    if !separator.after_documents {
        return vec![None];
    }
    let mut leads = Vec::new();
    let n_categories = groups.iter().map(|group| group.after + 1).max().unwrap_or(0);
    for after in 0..n_categories {
        let own = groups.iter().filter(|group| group.after == after).flat_map(|group| &group.leads);
        leads.extend(own.take(N_TRIAL_LEADS).map(Some));
    }
    leads
}
