//! A model's weights on its devices.

use anyhow::{Context as _, bail};
use burn_tensor::DType;

use super::burn_device::{Device, half_type};
use super::cache::LayerCache;
use super::linear::{self, Format, Linear};
use super::norm::Norm;
use super::placement;
use super::rotary::RotaryTable;
use super::tensors::Floats;
use crate::blueprint::{Blueprint, LayerPlan, LayerSource, LinearSource, QueryKeyNorm, Source};
use crate::checkpoint::Checkpoint;
use crate::cpu::Precision;
use crate::weight_reader::{LinearWeights, NormWeights, WeightReader};

/// All of them.
#[derive(Debug)]
pub(super) struct Model {
    /// `[n_vocab, hidden]`, on the first device.
    pub(super) embedding: Floats<2>,
    /// `[context, hidden]`, on the first device.
    pub(super) positions: Option<Floats<2>>,
    pub(super) stages: Vec<Stage>,
    /// On the last device, as the head.
    pub(super) final_norm: Norm,
    pub(super) head: Linear,
}

/// The layers on one device, and what goes with them.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) device: Device,
    /// Type of activations, keys and values.
    pub(super) dtype: DType,
    pub(super) layers: Vec<Layer>,
    pub(super) caches: Vec<LayerCache>,
    pub(super) n_slots: usize,
    pub(super) rotaries: Vec<RotaryTable>,
}

/// One layer.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) plan: LayerPlan,
    pub(super) attention_norm: Norm,
    pub(super) mlp_norm: Norm,
    /// Queries, keys and values, one beside the other.
    pub(super) qkv: Linear,
    pub(super) query_norm: Norm,
    pub(super) key_norm: Norm,
    pub(super) output: Linear,
    /// Gate and up, one beside the other, where there is a gate.
    pub(super) up: Linear,
    pub(super) down: Linear,
}

/// The format of `precision` on this device.
fn format(precision: Precision, device: &Device) -> anyhow::Result<Format> {
    let half = half_type(device);
    Ok(match precision {
        Precision::F32 => Format { dtype: DType::F32, int8: false },
        Precision::Bf16 => {
            let dtype = half.context("this device has no 16-bit floats: leave out --half")?;
            Format { dtype, int8: false }
        }
        Precision::Int8 => Format { dtype: half.unwrap_or(DType::F32), int8: true },
    })
}

impl Model {
    /// The weights of the checkpoint, one tensor at a time.
    pub(super) fn read(
        checkpoint: &Checkpoint,
        blueprint: &Blueprint,
        precision: Precision,
        devices: &[Device],
    ) -> anyhow::Result<Self> {
        let (Some(first), Some(last)) = (devices.first(), devices.last()) else {
            bail!("no device is given")
        };
        let sources = &blueprint.weights;
        let mut reader = WeightReader::new(checkpoint, blueprint);
        let table = vocabulary_rows(&mut reader, blueprint, &sources.embedding)?;
        let first_format = format(precision, first)?;
        let embedding = linear::matrix(table, blueprint.hidden, first_format.dtype, first);
        let positions = match &sources.positions {
            Some(source) => {
                let shape = [blueprint.context, blueprint.hidden];
                let rows = reader.matrix(source, shape)?;
                Some(linear::matrix(rows, blueprint.hidden, DType::F32, first))
            }
            None => None,
        };
        let stages = stages(&mut reader, blueprint, precision, devices)?;
        let final_norm =
            Norm::new(blueprint.norm, reader.norm(&sources.final_norm, blueprint.hidden)?, last);
        let last_format = format(precision, last)?;
        let head = match &sources.head {
            Some(source) => {
                let weight = vocabulary_rows(&mut reader, blueprint, source)?;
                let weights = LinearWeights { weight, bias: None };
                Linear::new(weights, blueprint.hidden, last_format, last)
            }
            None => {
                let shared = embedding.clone().to_device(last).cast(last_format.dtype);
                Linear::tied(&shared, last_format.dtype)
            }
        };
        reader.finish()?;
        Ok(Self { embedding, positions, stages, final_norm, head })
    }

    /// Makes room for so many sequences; what was kept before is dropped.
    pub(super) fn reserve(&mut self, blueprint: &Blueprint, n_slots: usize) {
        for stage in &mut self.stages {
            stage.n_slots = n_slots;
            for cache in &mut stage.caches {
                *cache = LayerCache::new(n_slots, blueprint.n_kv_heads, blueprint.head_dim);
            }
        }
    }
}

/// A matrix with a row per token: the embedding, or the head.
fn vocabulary_rows(
    reader: &mut WeightReader<'_>,
    blueprint: &Blueprint,
    source: &Source,
) -> anyhow::Result<Vec<f32>> {
    reader.matrix(source, [blueprint.n_vocab, blueprint.hidden])
}

fn stages(
    reader: &mut WeightReader<'_>,
    blueprint: &Blueprint,
    precision: Precision,
    devices: &[Device],
) -> anyhow::Result<Vec<Stage>> {
    let n_layers = blueprint.layers.len();
    let table_bytes = precision.bytes((blueprint.n_vocab * blueprint.hidden) as u64);
    let layer_bytes = precision.bytes(blueprint.n_layer_parameters());
    let shares =
        placement::share(&vec![layer_bytes; n_layers], table_bytes, table_bytes, devices.len());
    let Some(shares) = shares else {
        bail!("{n_layers} layers cannot be shared out over {} devices", devices.len())
    };
    let stage = |(device, share): (&Device, std::ops::Range<usize>)| {
        let format = format(precision, device)?;
        let layer = |index: usize| {
            let source = &blueprint.weights.layers[index];
            let plan = blueprint.layers[index];
            LayerReader { reader: &mut *reader, blueprint, format, device }.layer(source, plan)
        };
        let n_own = share.len();
        let layers = share.map(layer).collect::<anyhow::Result<_>>()?;
        let cache = || LayerCache::new(0, blueprint.n_kv_heads, blueprint.head_dim);
        Ok(Stage {
            device: device.clone(),
            dtype: format.dtype,
            layers,
            caches: std::iter::repeat_with(cache).take(n_own).collect(),
            n_slots: 0,
            rotaries: blueprint.rotaries.iter().cloned().map(RotaryTable::new).collect(),
        })
    };
    devices.iter().zip(shares).map(stage).collect()
}

/// Reads layers onto a device.
struct LayerReader<'r, 'c> {
    reader: &'r mut WeightReader<'c>,
    blueprint: &'r Blueprint,
    format: Format,
    device: &'r Device,
}

impl LayerReader<'_, '_> {
    fn layer(mut self, source: &LayerSource, plan: LayerPlan) -> anyhow::Result<Layer> {
        let (hidden, inner) = (self.blueprint.hidden, self.blueprint.mlp.intermediate);
        let (query_width, kv_width) = (self.blueprint.query_width(), self.blueprint.kv_width());
        let qkv =
            [(&source.query, query_width), (&source.key, kv_width), (&source.value, kv_width)];
        let gate = source.gate.as_ref().map(|gate| (gate, inner));
        let up: Vec<_> = gate.into_iter().chain([(&source.up, inner)]).collect();
        let widths = match self.blueprint.query_key_norm {
            QueryKeyNorm::Whole => [query_width, kv_width],
            QueryKeyNorm::PerHead | QueryKeyNorm::None => [self.blueprint.head_dim; 2],
        };
        let norm = self.blueprint.norm;
        let attention_norm = self.reader.norm(&source.attention_norm, hidden)?;
        let mlp_norm = self.reader.norm(&source.mlp_norm, hidden)?;
        Ok(Layer {
            plan,
            attention_norm: Norm::new(norm, attention_norm, self.device),
            mlp_norm: Norm::new(norm, mlp_norm, self.device),
            qkv: self.linear(&qkv, hidden)?,
            query_norm: self.head_norm(source.query_norm.as_ref(), widths[0])?,
            key_norm: self.head_norm(source.key_norm.as_ref(), widths[1])?,
            output: self.linear(&[(&source.output, hidden)], query_width)?,
            up: self.linear(&up, hidden)?,
            down: self.linear(&[(&source.down, hidden)], inner)?,
        })
    }

    fn linear(
        &mut self,
        sources: &[(&LinearSource, usize)],
        n_in: usize,
    ) -> anyhow::Result<Linear> {
        let weights = self.reader.stacked(sources, n_in)?;
        Ok(Linear::new(weights, n_in, self.format, self.device))
    }

    fn head_norm(&mut self, source: Option<&Source>, width: usize) -> anyhow::Result<Norm> {
        let weight = source.map(|source| self.reader.vector(source, width)).transpose()?;
        Ok(Norm::new(self.blueprint.norm, NormWeights { weight, bias: None }, self.device))
    }
}
