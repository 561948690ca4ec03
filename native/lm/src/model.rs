//! A model, opened: from what the user typed to an engine and a tokenizer.

use std::path::PathBuf;

use anyhow::ensure;
use data_anatomy_job::progress::Progress;
use serde_json::{Map, Value, json};

use super::blueprint::Blueprint;
use super::checkpoint::Checkpoint;
use super::config::Config;
use super::cpu::{CpuEngine, Precision};
use super::device::{Adapter, BackEnd, DeviceChoice};
use super::engine::Engine;
use super::memory::{self, Work};
use super::tokenizer::Tokenizer;
use super::{architecture, hub, peak};

/// What is said where a model is needed and none is named.
pub const NONE_NAMED: &str =
    "no model is named; give --target-model FOLDER or the name of one on the hub";

/// Which model, and how it is computed.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelChoice {
    /// A folder, or the name of a model on a hub.
    pub model: String,
    /// Branch, tag or commit on the hub.
    pub revision: Option<String>,
    /// On what.
    pub device: DeviceChoice,
    /// How weights are held.
    pub precision: Precision,
}

/// A model whose files were found and read, but not its weights.
#[derive(Debug)]
pub struct Model {
    /// What it computes.
    pub blueprint: Blueprint,
    /// Its tokenizer.
    pub tokenizer: Tokenizer,
    choice: ModelChoice,
    folder: PathBuf,
    adapters: Vec<Adapter>,
}

impl Model {
    /// The model, fetched from a hub where it is not a folder.
    ///
    /// # Errors
    /// If there is no such model or device, its architecture is not known, or a file is malformed.
    pub fn open(choice: ModelChoice, progress: &Progress) -> anyhow::Result<Self> {
        let adapters = choice.device.resolve()?;
        let folder = hub::resolve(&choice.model, choice.revision.as_deref(), progress)?;
        let blueprint = architecture::blueprint(&Config::open(&folder)?)?;
        let tokenizer = Tokenizer::open(&folder)?;
        ensure!(
            tokenizer.n_ids() <= blueprint.n_vocab,
            "{}: the tokenizer has ids up to {}, the model knows {}; is it the tokenizer of this model?",
            folder.display(),
            tokenizer.n_ids() - 1,
            blueprint.n_vocab
        );
        Ok(Self { blueprint, tokenizer, choice, folder, adapters })
    }

    /// Whether it is computed by the processor.
    pub fn is_on_cpu(&self) -> bool {
        self.adapters.iter().all(|adapter| adapter.back_end == BackEnd::Cpu)
    }

    /// Loads the weights for this work, having said what memory that takes.
    ///
    /// # Errors
    /// If a weight is missing or wrong, or the device fails.
    pub fn load(&self, work: Work, progress: &Progress) -> anyhow::Result<Box<dyn Engine>> {
        let devices: Vec<String> = self.adapters.iter().map(Adapter::device).collect();
        progress.say(&format!(
            "{}: {}, {} million parameters, on {}",
            self.choice.model,
            self.blueprint.family,
            self.blueprint.n_parameters() / 1_000_000,
            devices.join(", ")
        ));
        let back_end = self.adapters.first().map_or(BackEnd::Cpu, |adapter| adapter.back_end);
        let estimate = memory::estimate(&self.blueprint, back_end, self.choice.precision, work);
        progress.say(&estimate.beside(&self.adapters));
        let checkpoint = Checkpoint::open(&self.folder)?;
        self.engine(&checkpoint)
    }

    /// How near so many tokens per second come to what the device can do, where that is known.
    pub fn share_of_peak(&self, tokens_per_second: f64) -> Option<String> {
        let [adapter] = self.adapters.as_slice() else { return None };
        peak::share(&adapter.name, self.blueprint.flops_per_token(), tokens_per_second)
    }

    fn engine(&self, checkpoint: &Checkpoint) -> anyhow::Result<Box<dyn Engine>> {
        let (blueprint, precision) = (self.blueprint.clone(), self.choice.precision);
        if self.is_on_cpu() {
            return Ok(Box::new(CpuEngine::load(checkpoint, blueprint, precision)?));
        }
        #[cfg(feature = "burn")]
        {
            use super::tensor_engine::{self, TensorEngine};
            let devices: Vec<_> =
                self.adapters.iter().map(tensor_engine::device).collect::<anyhow::Result<_>>()?;
            Ok(Box::new(TensorEngine::load(checkpoint, blueprint, precision, &devices)?))
        }
        #[cfg(not(feature = "burn"))]
        anyhow::bail!(
            "this program was built without GPUs: `cargo install --path native` builds them in"
        )
    }

    /// What makes a run with this model another than with a different one: for the record, and so that
    /// resuming can tell.
    pub fn description(&self) -> Map<String, Value> {
        let config = json!({
            "target_model": self.choice.model,
            "hf_revision": self.choice.revision,
            "architecture": self.blueprint.family,
            "precision": self.choice.precision.name(),
            // Numbers of one back end do not equal another's to the last bit.
            "back_end": if self.is_on_cpu() { "cpu" } else { "gpu" },
        });
        config.as_object().cloned().unwrap_or_default()
    }
}
