//! An encoder that is ready to compute: tokenizer, parameters on a device, and how long texts may be.

use std::path::Path;

use anyhow::{Context as _, ensure};
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_job::failure::guarded;
use data_anatomy_lm::checkpoint::Checkpoint;
use data_anatomy_lm::config::Config;
use rayon::prelude::*;

use super::architecture::{self, Activation, Architecture, DropoutRates, Family};
use super::batch::{Batch, groups};
use super::model::Model;
use super::options::{HEAD_DIM, ScratchSize};
use super::places::Places;
use super::tensors::{Device, Floats, floats, values};
use super::tokenizer::Tokenizer;
use super::weights::{self, Head, HostWeights};
use super::work::Work;
use crate::Progress;

/// What an error of a device begins with.
pub(super) const FAILED: &str = "the device failed";

/// Positions of a fresh encoder, as BERT's.
const N_POSITIONS: usize = 512;

/// An encoder that is ready to compute.
#[derive(Debug)]
pub(crate) struct Encoder {
    pub(super) tokenizer: Tokenizer,
    pub(super) model: Model,
    pub(super) device: Device,
    /// A text's first tokens that are looked at.
    max_length: usize,
}

/// What is taken from a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Take {
    /// All, the head too, which must be there.
    Classifier,
    /// The weights; the head too if it is there for the same categories.
    Weights,
    /// Sizes and tokenizer.
    Sizes,
}

impl Encoder {
    /// The encoder of the checkpoint in `folder` with a head for these categories, fresh where the
    /// checkpoint has none for them.
    ///
    /// # Errors
    /// If a file is missing or malformed, or the encoder is not of a known family.
    pub(crate) fn open(
        folder: &Path,
        categories: &Taxonomy,
        take: Take,
        max_length: usize,
        device: &Device,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let config = Config::open(folder)?;
        let architecture = Architecture::from_config(&config)?;
        let places = Places::new(&architecture, categories.len());
        let host = match take {
            Take::Classifier | Take::Weights => {
                let checkpoint = Checkpoint::open(folder)?;
                let known = architecture::categories(&config).ok().flatten();
                let is_there = checkpoint.shape("classifier.weight").is_some();
                let same = known.as_ref() == Some(categories) && is_there;
                let whole = take == Take::Classifier || same;
                let head = if whole { Head::Whole } else { Head::WithoutLast };
                weights::read(&checkpoint, &architecture, &places, head, seed)?
            }
            Take::Sizes => weights::fresh_all(&architecture, &places, seed),
        };
        let tokenizer = Tokenizer::open(folder)?;
        ensure!(
            tokenizer.n_ids() <= architecture.n_vocab,
            "{}: the tokenizer has numbers up to {}, the encoder knows {} tokens; is it the tokenizer \
             of this model?",
            folder.display(),
            tokenizer.n_ids().saturating_sub(1),
            architecture.n_vocab
        );
        Self::new(architecture, places, host, tokenizer, max_length, device)
    }

    /// A fresh DistilBERT of this size, with a tokenizer learnt from these texts.
    ///
    /// # Errors
    /// If no tokenizer can be learnt.
    pub(crate) fn scratch(
        size: ScratchSize,
        texts: &[&str],
        categories: &Taxonomy,
        max_length: usize,
        device: &Device,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let tokenizer = Tokenizer::learn(texts, size.n_vocab)?;
        let architecture = Architecture {
            family: Family::Distilbert,
            n_vocab: tokenizer.n_ids(),
            n_positions: N_POSITIONS.max(max_length),
            n_types: 0,
            hidden: size.hidden,
            n_layers: size.n_layers,
            n_heads: (size.hidden / HEAD_DIM).max(1),
            intermediate: 4 * size.hidden,
            activation: Activation::Gelu,
            epsilon: 1e-12,
            dropout: DropoutRates { hidden: 0.1, attention: 0.1, head: 0.2 },
            initializer_range: 0.02,
        };
        let places = Places::new(&architecture, categories.len());
        let host = weights::fresh_all(&architecture, &places, seed);
        Self::new(architecture, places, host, tokenizer, max_length, device)
    }

    fn new(
        architecture: Architecture,
        places: Places,
        host: HostWeights,
        tokenizer: Tokenizer,
        max_length: usize,
        device: &Device,
    ) -> anyhow::Result<Self> {
        let max_length = max_length.min(architecture.n_positions);
        let model = guarded(FAILED, || {
            let specs = places.specs.iter().zip(host);
            let parameters =
                specs.map(|(spec, values)| floats(values, spec.shape, device)).collect();
            Ok(Model { architecture, places, parameters })
        })?;
        Ok(Self { tokenizer, model, device: device.clone(), max_length })
    }

    /// A text's first tokens that are looked at.
    pub(crate) fn max_length(&self) -> usize {
        self.max_length
    }

    /// The width of the states.
    pub(crate) fn hidden(&self) -> usize {
        self.model.architecture.hidden
    }

    /// Its parameters in main memory.
    ///
    /// # Errors
    /// If the device fails.
    pub(super) fn host_weights(&self) -> anyhow::Result<HostWeights> {
        guarded(FAILED, || self.model.parameters.iter().cloned().map(values).collect())
    }

    /// The numbers of the tokens that are looked at of each text.
    ///
    /// # Errors
    /// If the tokenizer has no token for a part of a text.
    pub(super) fn encode(&self, texts: &[&str]) -> anyhow::Result<Vec<Vec<u32>>> {
        self.tokenizer.encode_all(texts, self.max_length).context("--hf-max-length")
    }

    /// Logits of the categories, `[n_docs, n_classes]`, row-major.
    ///
    /// # Errors
    /// If the device fails.
    pub(super) fn logits(
        &self,
        texts: &[&str],
        progress: &Progress<'_>,
    ) -> anyhow::Result<Vec<f32>> {
        self.rows("classify", texts, progress, |batch| self.model.logits(batch))
    }

    /// The mean state of the real tokens of each text, `[n_docs, hidden]`, row-major.
    ///
    /// # Errors
    /// If the device fails.
    pub(crate) fn embeddings(
        &self,
        texts: &[&str],
        progress: &Progress<'_>,
    ) -> anyhow::Result<Vec<f32>> {
        self.rows("embed", texts, progress, |batch| self.mean_states(batch))
    }

    fn mean_states(&self, batch: &Batch) -> Floats<2> {
        let hidden = self.hidden();
        let states = self.model.states(batch).reshape([batch.n_rows, batch.length, hidden]);
        let mut shares = vec![0.0; batch.n_rows * batch.length];
        for (row, &n_tokens) in batch.lengths.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a text has few tokens")]
            let share = 1.0 / n_tokens.max(1) as f32;
            shares[row * batch.length..][..n_tokens].fill(share);
        }
        let shares = floats(shares, [batch.n_rows, 1, batch.length], &self.device);
        shares.matmul(states).reshape([batch.n_rows, hidden])
    }

    /// What `compute` returns for each text, row by row in the order of the texts.
    fn rows(
        &self,
        stage: &str,
        texts: &[&str],
        progress: &Progress<'_>,
        compute: impl Fn(&Batch) -> Floats<2> + Sync,
    ) -> anyhow::Result<Vec<f32>> {
        let sequences = self.encode(texts)?;
        let lengths: Vec<usize> = sequences.iter().map(Vec::len).collect();
        let work = Work::on(&self.device);
        let n_positions = self.model.architecture.n_positions;
        let group_rows = |group: &Vec<usize>| {
            let sequences: Vec<&[u32]> =
                group.iter().map(|&index| sequences[index].as_slice()).collect();
            values(compute(&Batch::new(&sequences, n_positions, &self.device)))
        };
        let mut rows: Vec<Vec<f32>> = vec![Vec::new(); texts.len()];
        let mut n_done = 0;
        for wave in groups(&lengths, work.max_tokens).chunks(work.n_at_once) {
            progress(stage, n_done, texts.len());
            let found: Vec<anyhow::Result<Vec<f32>>> = match wave {
                [group] => vec![guarded(FAILED, || group_rows(group))],
                _ => wave.par_iter().map(|group| guarded(FAILED, || group_rows(group))).collect(),
            };
            for (group, values) in wave.iter().zip(found) {
                let values = values?;
                ensure!(
                    values.iter().all(|value| value.is_finite()),
                    "the encoder returned a number that is not finite: its weights are damaged"
                );
                let width = values.len() / group.len();
                for (&index, row) in group.iter().zip(values.chunks_exact(width)) {
                    rows[index] = row.to_vec();
                }
                n_done += group.len();
            }
        }
        progress(stage, texts.len(), texts.len());
        Ok(rows.concat())
    }
}
