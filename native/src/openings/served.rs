//! What a model behind a server expects after lead-ins, from its answers of one token.
//!
//! Where a server lists log-probabilities, those are exact for the tokens that it lists; for all others what it drew
//! counts: a token that is drawn and not listed stands for itself. Averaged over lead-ins both together are without bias.

use std::collections::HashMap;
use std::sync::Mutex;

use anyhow::{Context as _, ensure};
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::author_choice::Server;
use data_anatomy_lm::endpoint::{self, Endpoint, EndpointOptions, NextToken, Prompt, Retry};
use data_anatomy_lm::tokenizer::Tokenizer;

use super::cells::Cells;
use super::leads::Group;
use super::separator::Separator;
use super::work_file::{Line, WorkFile};

/// A server has so long to answer.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(600);

/// A server that is asked what it expects.
#[derive(Debug)]
pub struct Served {
    endpoint: Endpoint,
    n_listed: u32,
    cell_of: HashMap<String, usize>,
    rest: Option<usize>,
}

impl Served {
    /// The server, to which nothing is sent yet.
    ///
    /// # Errors
    /// If its address is none, or the named key variable is not set.
    pub fn open(
        server: &Server,
        n_listed: u32,
        seed: u64,
        tokenizer: &Tokenizer,
        cells: &Cells,
    ) -> anyhow::Result<Self> {
        let endpoint = Endpoint::new(EndpointOptions {
            url: server.url.clone(),
            model: server.model.clone(),
            max_tokens: 1,
            temperature: 1.0,
            top_p: 1.0,
            seed,
            keep_prompts: false,
            concurrency: server.concurrency,
            timeout: TIMEOUT,
            key_variable: server.key_variable.clone(),
            retry: Retry::default(),
        })?;
        let mut cell_of = HashMap::new();
        for (cell, &token) in cells.tokens().iter().enumerate() {
            // The first of tokens that look the same; and the form in which some servers number tokens.
            cell_of.entry(tokenizer.shown(token)).or_insert(cell);
            cell_of.insert(format!("token_id:{token}"), cell);
        }
        let rest = cells.has_rest().then(|| cells.n() - 1);
        Ok(Self { endpoint, n_listed, cell_of, rest })
    }

    /// Has every lead-in answered that is not, each kept as it comes; how many could not be.
    ///
    /// # Errors
    /// If the server refuses what all requests have in common, fails too often, or the work file cannot be written.
    pub fn answer(
        &self,
        groups: &[Group],
        separator: &Separator,
        context: usize,
        work: &mut WorkFile,
        progress: &Progress,
    ) -> anyhow::Result<usize> {
        let is_there = |wanted: usize| {
            let is_it =
                |line: &Line| matches!(line, Line::Answer { number, .. } if *number == wanted);
            work.lines().iter().any(is_it)
        };
        let leads = groups.iter().flat_map(|group| &group.leads).enumerate();
        let missing: Vec<(u64, Prompt)> = leads
            .filter(|(number, _)| !is_there(*number))
            .map(|(number, lead)| {
                (number as u64, Prompt::Ids(separator.sequence(Some(lead), context)))
            })
            .collect();
        let kept = Mutex::new(work);
        let each = |number: u64, answer: NextToken| {
            let line = self.line(usize::try_from(number)?, &answer);
            kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner).append(line)
        };
        let failures =
            endpoint::next_tokens(&self.endpoint, &missing, self.n_listed, each, progress)?;
        if failures.n_texts() > 0 {
            progress.say(&failures.to_string());
        }
        Ok(failures.n_texts())
    }

    fn line(&self, number: usize, answer: &NextToken) -> Line {
        let mut shares: Vec<(usize, f64)> = Vec::new();
        let mut listed = 0.0;
        let mut add = |cell: Option<usize>, share: f64| {
            let Some(cell) = cell else { return };
            match shares.iter_mut().find(|(known, _)| *known == cell) {
                Some((_, sum)) => *sum += share,
                None => shares.push((cell, share)),
            }
        };
        let cell = |token: &str| self.cell_of.get(token).copied().or(self.rest);
        for (token, log_probability) in &answer.listed {
            let share = log_probability.exp().min(1.0);
            listed += share;
            add(cell(token), share);
        }
        if !answer.listed.iter().any(|(token, _)| *token == answer.drawn) {
            add(cell(&answer.drawn), 1.0);
        }
        Line::Answer { number, shares, listed: listed.min(1.0) }
    }
}

/// The mean share of each cell in each group, from the answers; and the mean share that servers listed.
///
/// # Errors
/// If a group has no answer.
pub fn group_shares(
    groups: &[Group],
    lines: &[Line],
    n_cells: usize,
) -> anyhow::Result<(Vec<Vec<f64>>, f64)> {
    let of_group: Vec<usize> = (groups.iter().enumerate())
        .flat_map(|(number, group)| std::iter::repeat_n(number, group.leads.len()))
        .collect();
    let mut sums = vec![vec![0.0; n_cells]; groups.len()];
    let (mut total_listed, mut n_answers) = (0.0, 0);
    for line in lines {
        let Line::Answer { number, shares, listed } = line else { continue };
        let Some(&group) = of_group.get(*number) else { continue };
        for &(cell, share) in shares.iter().filter(|(cell, _)| *cell < n_cells) {
            sums[group][cell] += share;
        }
        total_listed += listed;
        n_answers += 1;
    }
    for shares in &mut sums {
        let total: f64 = shares.iter().sum();
        ensure!(
            total > 0.0,
            "the server answered nothing after the lead-ins of one group; run the same command again"
        );
        shares.iter_mut().for_each(|share| *share /= total);
    }
    ensure!(n_answers > 0, "the server answered nothing");
    Ok((sums, total_listed / f64::from(u32::try_from(n_answers).context("answers")?)))
}
