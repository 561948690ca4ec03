//! The engine for processors: kernels of our own over packed weights.
//!
//! It exists because decoding is bound by reading weights: they are packed once, kept in 8, 16 or 32 bits,
//! and multiplied with as few passes over memory as there are. Activations are 32-bit floats throughout.
//! What it returns for a sequence is the same to the last bit whatever else is in the batch, on any number
//! of threads, and with or without cached keys and values.

mod attention;
mod elementwise;
mod matmul;
mod matrix;
mod simd;
#[cfg(test)]
mod tests;
mod vocabulary;
mod weights;

use anyhow::ensure;

use self::attention::{LayerCache, Queries, Shape};
use self::elementwise::RotaryTable;
pub use self::matrix::Precision;
use self::weights::{Layer, ModelWeights};
use super::blueprint::{Blueprint, QueryKeyNorm, Residual};
use super::checkpoint::Checkpoint;
use super::engine::{Engine, Logits, Row, TokenId, TokenStatistics};

/// A model on the processor.
#[derive(Debug)]
pub struct CpuEngine {
    blueprint: Blueprint,
    weights: ModelWeights,
    rotaries: Vec<RotaryTable>,
    slots: Vec<Slot>,
    capacity: usize,
    workspace: Workspace,
}

/// What is known of one sequence.
#[derive(Debug, Default)]
struct Slot {
    n_positions: usize,
    /// One per layer; a single one, used by each layer in turn, where nothing is to be appended later.
    layers: Vec<LayerCache>,
    keeps: bool,
}

impl Slot {
    fn layer(&mut self, index: usize) -> &mut LayerCache {
        if self.keeps {
            return &mut self.layers[index];
        }
        &mut self.layers[0]
    }
}

/// Of which tokens the last layer's results are wanted. What a layer hands to the next is that of all; in the last one
/// a token's keys and values are all that others need of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Every,
    /// The last of each row.
    Last,
}

impl Wanted {
    /// How many of the row's first tokens are not.
    fn n_skipped(self, row: &Row<'_>) -> usize {
        match self {
            Self::Every => 0,
            Self::Last => row.tokens.len() - 1,
        }
    }

    /// Leaves in `x`, `[n_tokens, width]`, the tokens that are.
    fn keep(self, rows: &[Row<'_>], width: usize, x: &mut Vec<f32>) {
        if self == Self::Every {
            return;
        }
        let mut end = 0;
        for (place, row) in rows.iter().enumerate() {
            end += row.tokens.len();
            x.copy_within((end - 1) * width..end * width, place * width);
        }
        x.truncate(rows.len() * width);
    }
}

/// Room for intermediate results, kept from step to step.
#[derive(Debug, Default)]
struct Workspace {
    normed: Vec<f32>,
    qkv: Vec<f32>,
    attended: Vec<f32>,
    inner: Vec<f32>,
    gated: Vec<f32>,
    added: Vec<f32>,
}

/// The vector, made so long.
fn sized(values: &mut Vec<f32>, length: usize) -> &mut [f32] {
    values.resize(length, 0.0);
    values
}

impl CpuEngine {
    /// The model of this checkpoint, its matrices in `precision`.
    ///
    /// # Errors
    /// If a weight is missing, has another shape, or is not one of the architecture.
    pub fn load(
        checkpoint: &Checkpoint,
        blueprint: Blueprint,
        precision: Precision,
    ) -> anyhow::Result<Self> {
        let weights = ModelWeights::read(checkpoint, &blueprint, precision)?;
        let rotaries = blueprint.rotaries.iter().cloned().map(RotaryTable::new).collect();
        Ok(Self {
            blueprint,
            weights,
            rotaries,
            slots: Vec::new(),
            capacity: 0,
            workspace: Workspace::default(),
        })
    }

    /// The last hidden states of the tokens that are wanted, `[n_tokens, hidden]`, before the final norm.
    fn forward(&mut self, rows: &[Row<'_>], slots: &mut [Slot], wanted: Wanted) -> Vec<f32> {
        let last = rows.iter().map(|row| slots[row.slot].n_positions + row.tokens.len());
        let n_positions = last.max().unwrap_or(0);
        for rotary in &mut self.rotaries {
            rotary.grow(n_positions);
        }
        let mut x = self.embed(rows, slots);
        let mut workspace = std::mem::take(&mut self.workspace);
        let n_layers = self.weights.layers.len();
        for index in 0..n_layers {
            let wanted = if index + 1 == n_layers { wanted } else { Wanted::Every };
            self.layer(index, rows, slots, wanted, &mut x, &mut workspace);
        }
        self.workspace = workspace;
        for row in rows {
            slots[row.slot].n_positions += row.tokens.len();
        }
        x
    }

    fn embed(&self, rows: &[Row<'_>], slots: &[Slot]) -> Vec<f32> {
        let hidden = self.blueprint.hidden;
        let n_tokens: usize = rows.iter().map(|row| row.tokens.len()).sum();
        let mut x = vec![0.0; n_tokens * hidden];
        let positions = rows.iter().flat_map(|row| {
            let first = slots[row.slot].n_positions;
            row.tokens.iter().enumerate().map(move |(index, token)| (first + index, *token))
        });
        for ((position, token), x) in positions.zip(x.chunks_exact_mut(hidden)) {
            self.weights.embedding.read_row(token as usize, x);
            if let Some(table) = &self.weights.positions {
                elementwise::add(x, &table[position * hidden..(position + 1) * hidden]);
            }
        }
        x
    }

    fn layer(
        &self,
        index: usize,
        rows: &[Row<'_>],
        slots: &mut [Slot],
        wanted: Wanted,
        x: &mut Vec<f32>,
        workspace: &mut Workspace,
    ) {
        let Blueprint { hidden, norm, residual, .. } = self.blueprint;
        let layer = &self.weights.layers[index];
        match residual {
            Residual::Sequential => {
                let normed = sized(&mut workspace.normed, x.len());
                elementwise::norm(x, hidden, norm, &layer.attention_norm, normed);
                self.attention(index, rows, slots, wanted, workspace);
                wanted.keep(rows, hidden, x);
                elementwise::add(x, &workspace.added);
                let normed = sized(&mut workspace.normed, x.len());
                elementwise::norm(x, hidden, norm, &layer.mlp_norm, normed);
                self.mlp(layer, workspace);
                elementwise::add(x, &workspace.added);
            }
            Residual::Parallel => {
                let normed = sized(&mut workspace.normed, x.len());
                elementwise::norm(x, hidden, norm, &layer.attention_norm, normed);
                self.attention(index, rows, slots, wanted, workspace);
                wanted.keep(rows, hidden, x);
                let normed = sized(&mut workspace.normed, x.len());
                elementwise::norm(x, hidden, norm, &layer.mlp_norm, normed);
                elementwise::add(x, &workspace.added);
                self.mlp(layer, workspace);
                elementwise::add(x, &workspace.added);
            }
            Residual::PostNorm => {
                sized(&mut workspace.normed, x.len()).copy_from_slice(x);
                self.attention(index, rows, slots, wanted, workspace);
                wanted.keep(rows, hidden, x);
                elementwise::norm_in_place(
                    &mut workspace.added,
                    hidden,
                    norm,
                    &layer.attention_norm,
                );
                elementwise::add(x, &workspace.added);
                sized(&mut workspace.normed, x.len()).copy_from_slice(x);
                self.mlp(layer, workspace);
                elementwise::norm_in_place(&mut workspace.added, hidden, norm, &layer.mlp_norm);
                elementwise::add(x, &workspace.added);
            }
        }
    }

    /// Attention of `workspace.normed` at the tokens that are wanted, into `workspace.added`.
    fn attention(
        &self,
        index: usize,
        rows: &[Row<'_>],
        slots: &mut [Slot],
        wanted: Wanted,
        workspace: &mut Workspace,
    ) {
        let blueprint = &self.blueprint;
        let layer = &self.weights.layers[index];
        let n_tokens = workspace.normed.len() / blueprint.hidden;
        let query_width = blueprint.query_width();
        let width = query_width + 2 * blueprint.kv_width();
        let qkv = sized(&mut workspace.qkv, n_tokens * width);
        layer.qkv.apply(&workspace.normed, qkv);
        self.prepare(index, rows, slots, qkv);
        let plan = blueprint.layers[index];
        let shape = Shape {
            n_heads: blueprint.n_heads,
            n_kv_heads: blueprint.n_kv_heads,
            head_dim: blueprint.head_dim,
            window: plan.window,
            scale: plan.attention_scale,
        };
        let (mut first_token, mut n_wanted) = (0, 0);
        let mut queries = Vec::with_capacity(rows.len());
        for row in rows {
            let slot = &slots[row.slot];
            let n_skipped = wanted.n_skipped(row);
            queries.push(Queries {
                cache: if slot.keeps { &slot.layers[index] } else { &slot.layers[0] },
                first_position: slot.n_positions + n_skipped,
                n_tokens: row.tokens.len() - n_skipped,
                values: &qkv[(first_token + n_skipped) * width..],
                stride: width,
            });
            first_token += row.tokens.len();
            n_wanted += row.tokens.len() - n_skipped;
        }
        let attended = sized(&mut workspace.attended, n_wanted * query_width);
        attention::attend(&queries, shape, attended);
        let added = sized(&mut workspace.added, n_wanted * blueprint.hidden);
        layer.output.apply(attended, added);
    }

    /// Clamps, norms and rotates queries and keys, and puts keys and values into the caches.
    fn prepare(&self, index: usize, rows: &[Row<'_>], slots: &mut [Slot], qkv: &mut [f32]) {
        let blueprint = &self.blueprint;
        let layer = &self.weights.layers[index];
        let (query_width, kv_width) = (blueprint.query_width(), blueprint.kv_width());
        if let Some(limit) = blueprint.clip_qkv {
            elementwise::clip(qkv, limit);
        }
        let rotary = blueprint.layers[index].rotary.map(|rotary| &self.rotaries[rotary]);
        let mut tokens = qkv.chunks_exact_mut(query_width + 2 * kv_width);
        for row in rows {
            let slot = &mut slots[row.slot];
            let first = slot.n_positions;
            let cache = slot.layer(index);
            if first == 0 {
                cache.clear();
            }
            for (token, qkv) in tokens.by_ref().take(row.tokens.len()).enumerate() {
                let (queries, kv) = qkv.split_at_mut(query_width);
                let (keys, values) = kv.split_at_mut(kv_width);
                norm_queries_and_keys(blueprint, layer, queries, keys);
                if let Some(rotary) = rotary {
                    rotary.rotate(queries, blueprint.head_dim, first + token);
                    rotary.rotate(keys, blueprint.head_dim, first + token);
                }
                cache.push(keys, values, blueprint.head_dim);
            }
        }
    }

    /// The MLP of `workspace.normed`, into `workspace.added`.
    fn mlp(&self, layer: &Layer, workspace: &mut Workspace) {
        let mlp = self.blueprint.mlp;
        let n_tokens = workspace.normed.len() / self.blueprint.hidden;
        let inner = sized(&mut workspace.inner, n_tokens * layer.up.n_out());
        layer.up.apply(&workspace.normed, inner);
        let activated = if mlp.gated {
            let gated = sized(&mut workspace.gated, n_tokens * mlp.intermediate);
            elementwise::gate(inner, mlp.intermediate, mlp.activation, gated);
            gated
        } else {
            elementwise::activate(inner, mlp.activation);
            inner
        };
        let added = sized(&mut workspace.added, n_tokens * self.blueprint.hidden);
        layer.down.apply(activated, added);
    }

    /// The final norm of these rows of the hidden states.
    fn normed(&self, x: &[f32], picked: impl Iterator<Item = usize>) -> Vec<f32> {
        let Blueprint { hidden, norm, .. } = self.blueprint;
        let picked: Vec<f32> =
            picked.flat_map(|row| &x[row * hidden..(row + 1) * hidden]).copied().collect();
        let mut normed = vec![0.0; picked.len()];
        elementwise::norm(&picked, hidden, norm, &self.weights.final_norm, &mut normed);
        normed
    }
}

fn norm_queries_and_keys(
    blueprint: &Blueprint,
    layer: &Layer,
    queries: &mut [f32],
    keys: &mut [f32],
) {
    let widths = match blueprint.query_key_norm {
        QueryKeyNorm::None => return,
        QueryKeyNorm::Whole => (queries.len(), keys.len()),
        QueryKeyNorm::PerHead => (blueprint.head_dim, blueprint.head_dim),
    };
    elementwise::norm_in_place(queries, widths.0, blueprint.norm, &layer.query_norm);
    elementwise::norm_in_place(keys, widths.1, blueprint.norm, &layer.key_norm);
}

impl Engine for CpuEngine {
    fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    fn score(&mut self, sequences: &[&[TokenId]]) -> anyhow::Result<Vec<TokenStatistics>> {
        let rows: Vec<Row<'_>> =
            sequences.iter().enumerate().map(|(slot, tokens)| Row { slot, tokens }).collect();
        let mut slots: Vec<Slot> = std::iter::repeat_with(|| Slot {
            layers: vec![LayerCache::default()],
            ..Slot::default()
        })
        .take(rows.len())
        .collect();
        let x = self.forward(&rows, &mut slots, Wanted::Every);
        let mut first = 0;
        let mut picked = Vec::with_capacity(x.len() / self.blueprint.hidden);
        let mut targets = Vec::with_capacity(picked.capacity());
        for tokens in sequences {
            picked.extend(first..first + tokens.len().saturating_sub(1));
            targets.extend(tokens.iter().skip(1));
            first += tokens.len();
        }
        let normed = self.normed(&x, picked.into_iter());
        let head = self.weights.head();
        let mut moments = vocabulary::moments(&normed, head, &targets).into_iter();
        sequences
            .iter()
            .map(|tokens| {
                let mut statistics = TokenStatistics::default();
                for moments in moments.by_ref().take(tokens.len().saturating_sub(1)) {
                    ensure!(moments.log_prob.is_finite(), "{NOT_FINITE}");
                    statistics.log_prob.push(moments.log_prob);
                    statistics.mean.push(moments.mean);
                    statistics.variance.push(moments.variance);
                }
                Ok(statistics)
            })
            .collect()
    }

    fn reserve(&mut self, n_slots: usize, capacity: usize) -> anyhow::Result<()> {
        let n_layers = self.blueprint.layers.len();
        self.capacity = capacity;
        self.slots = std::iter::repeat_with(|| Slot {
            n_positions: 0,
            layers: vec![LayerCache::default(); n_layers],
            keeps: true,
        })
        .take(n_slots)
        .collect();
        Ok(())
    }

    fn clear(&mut self, slot: usize) {
        self.slots[slot].n_positions = 0;
    }

    fn step(&mut self, rows: &[Row<'_>]) -> anyhow::Result<Logits> {
        let mut slots = std::mem::take(&mut self.slots);
        let x = self.forward(rows, &mut slots, Wanted::Last);
        self.slots = slots;
        let normed = self.normed(&x, 0..rows.len());
        let head = self.weights.head();
        let n_vocab = self.blueprint.n_vocab;
        let mut values = vec![0.0; rows.len() * head.n_out];
        matmul::linear(&normed, head, None, &mut values);
        ensure!(values.iter().all(|logit| logit.is_finite()), "{NOT_FINITE}");
        Ok(Logits { values, n_vocab })
    }
}

/// Weights that overflow, or a file that is not what it says.
const NOT_FINITE: &str = "the model returned a number that is not finite: its weights are damaged, or too large for this precision";
