//! A model's weights in memory, packed for the kernels.

use super::matmul;
use super::matrix::{PackedMatrix, Precision};
use crate::blueprint::{Blueprint, LayerSource, QueryKeyNorm, Source};
use crate::checkpoint::Checkpoint;
use crate::weight_reader::{LinearWeights, NormWeights, WeightReader};

/// All of them.
#[derive(Debug)]
pub(super) struct ModelWeights {
    pub(super) embedding: PackedMatrix,
    pub(super) positions: Option<Vec<f32>>,
    pub(super) layers: Vec<Layer>,
    pub(super) final_norm: NormWeights,
    head: Option<PackedMatrix>,
}

/// Those of a layer.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) attention_norm: NormWeights,
    pub(super) mlp_norm: NormWeights,
    /// Queries, keys and values, one below the other.
    pub(super) qkv: Linear,
    pub(super) query_norm: NormWeights,
    pub(super) key_norm: NormWeights,
    pub(super) output: Linear,
    /// Gate and up, one below the other, where there is a gate.
    pub(super) up: Linear,
    pub(super) down: Linear,
}

/// A linear map.
#[derive(Debug)]
pub(super) struct Linear {
    weight: PackedMatrix,
    bias: Option<Vec<f32>>,
}

impl Linear {
    fn pack(weights: &LinearWeights, n_in: usize, precision: Precision) -> Self {
        Self {
            weight: PackedMatrix::pack(&weights.weight, n_in, precision),
            bias: weights.bias.clone(),
        }
    }

    pub(super) fn n_out(&self) -> usize {
        self.weight.n_out
    }

    /// Writes the map of each row of `x` to `y`.
    pub(super) fn apply(&self, x: &[f32], y: &mut [f32]) {
        matmul::linear(x, &self.weight, self.bias.as_deref(), y);
    }
}

impl ModelWeights {
    /// The weights of the checkpoint, one tensor at a time.
    pub(super) fn read(
        checkpoint: &Checkpoint,
        blueprint: &Blueprint,
        precision: Precision,
    ) -> anyhow::Result<Self> {
        let sources = &blueprint.weights;
        let hidden = blueprint.hidden;
        let mut reader = WeightReader::new(checkpoint, blueprint);
        let table = |reader: &mut WeightReader<'_>, source: &Source| -> anyhow::Result<_> {
            let rows = reader.matrix(source, [blueprint.n_vocab, hidden])?;
            Ok(PackedMatrix::pack(&rows, hidden, precision))
        };
        let embedding = table(&mut reader, &sources.embedding)?;
        let positions = match &sources.positions {
            Some(source) => Some(reader.matrix(source, [blueprint.context, hidden])?),
            None => None,
        };
        let layers = sources
            .layers
            .iter()
            .map(|source| Layer::read(&mut reader, source, blueprint, precision))
            .collect::<anyhow::Result<_>>()?;
        let final_norm = reader.norm(&sources.final_norm, hidden)?;
        let head = sources.head.as_ref().map(|source| table(&mut reader, source)).transpose()?;
        reader.finish()?;
        Ok(Self { embedding, positions, layers, final_norm, head })
    }

    /// The matrix that turns hidden states into logits.
    pub(super) fn head(&self) -> &PackedMatrix {
        self.head.as_ref().unwrap_or(&self.embedding)
    }
}

impl Layer {
    fn read(
        reader: &mut WeightReader<'_>,
        source: &LayerSource,
        blueprint: &Blueprint,
        precision: Precision,
    ) -> anyhow::Result<Self> {
        let (hidden, inner) = (blueprint.hidden, blueprint.mlp.intermediate);
        let (query_width, kv_width) = (blueprint.query_width(), blueprint.kv_width());
        let qkv =
            [(&source.query, query_width), (&source.key, kv_width), (&source.value, kv_width)];
        let gate = source.gate.as_ref().map(|gate| (gate, inner));
        let up: Vec<_> = gate.into_iter().chain([(&source.up, inner)]).collect();
        let mut stacked = |sources: &[_], n_in| -> anyhow::Result<_> {
            Ok(Linear::pack(&reader.stacked(sources, n_in)?, n_in, precision))
        };
        let (qkv, up) = (stacked(&qkv, hidden)?, stacked(&up, hidden)?);
        let output = stacked(&[(&source.output, hidden)], query_width)?;
        let down = stacked(&[(&source.down, hidden)], inner)?;
        let widths = match blueprint.query_key_norm {
            QueryKeyNorm::Whole => [query_width, kv_width],
            QueryKeyNorm::PerHead | QueryKeyNorm::None => [blueprint.head_dim; 2],
        };
        let mut head_norm = |source: &Option<Source>, width| -> anyhow::Result<NormWeights> {
            let weight = source.as_ref().map(|source| reader.vector(source, width)).transpose()?;
            Ok(NormWeights { weight, bias: None })
        };
        let query_norm = head_norm(&source.query_norm, widths[0])?;
        let key_norm = head_norm(&source.key_norm, widths[1])?;
        Ok(Self {
            attention_norm: reader.norm(&source.attention_norm, hidden)?,
            mlp_norm: reader.norm(&source.mlp_norm, hidden)?,
            qkv,
            query_norm,
            key_norm,
            output,
            up,
            down,
        })
    }
}
