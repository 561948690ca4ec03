//! The way of a batch through the layers.

use std::collections::BTreeMap;

use burn_tensor::DType;

use super::attention::{self, Heads, Seen};
use super::batch::Batch;
use super::burn_device::Device;
use super::cache::LayerCache;
use super::norm::Norm;
use super::rotary::Turn;
use super::tensors::{Floats, Integers, numbers};
use super::weights::{Layer, Model, Stage};
use crate::blueprint::{Activation, Blueprint, Mlp, QueryKeyNorm, Residual};

/// What the layers of a stage share in one pass.
struct Pass<'a> {
    blueprint: &'a Blueprint,
    n_rows: usize,
    length: usize,
    /// By the number of the rotary embedding.
    turns: BTreeMap<usize, Turn>,
    /// By window.
    seen: BTreeMap<Option<usize>, Seen>,
    /// Where keys and values go; nowhere where nothing is to come after.
    kept: Option<Kept>,
    /// Whether the keys of earlier passes are seen.
    cached: bool,
}

/// Where keys and values of a pass are kept.
struct Kept {
    /// Slot, head and position of each real token's keys, `[n_real * n_kv_heads, 3]`.
    places: Integers<2>,
    /// The numbers of the real tokens, where there is padding.
    real: Option<Integers<1>>,
    /// The slots of the rows, where they are not all in their order.
    slots: Option<Integers<1>>,
}

impl Model {
    /// The hidden states of all tokens after the last layer, before the final norm, `[n_tokens, hidden]`;
    /// keys and values are kept for later passes if `keep`.
    pub(super) fn forward(
        &mut self,
        blueprint: &Blueprint,
        batch: &Batch<'_>,
        keep: bool,
    ) -> Floats<2> {
        let device = self.embedding.device();
        let tokens = numbers(batch.tokens(), &device);
        let mut x = self.embedding.clone().select(0, tokens).cast(DType::F32);
        if let Some(positions) = &self.positions {
            x = x + positions.clone().select(0, numbers(batch.positions(), &device));
        }
        for stage in &mut self.stages {
            x = stage.forward(blueprint, batch, keep, x.to_device(&stage.device));
        }
        x
    }

    /// The final norm of the hidden states with these numbers.
    pub(super) fn final_norm(&self, x: Floats<2>, picked: Vec<i32>) -> Floats<2> {
        let picked = numbers(picked, &x.device());
        self.final_norm.apply(x.select(0, picked))
    }
}

impl Stage {
    fn forward(
        &mut self,
        blueprint: &Blueprint,
        batch: &Batch<'_>,
        keep: bool,
        mut x: Floats<2>,
    ) -> Floats<2> {
        let pass = self.pass(blueprint, batch, keep);
        for (layer, cache) in self.layers.iter().zip(&mut self.caches) {
            x = layer.forward(&pass, cache, x);
        }
        x
    }

    fn pass<'a>(&mut self, blueprint: &'a Blueprint, batch: &Batch<'_>, keep: bool) -> Pass<'a> {
        let device = &self.device;
        let cached = keep && !batch.is_fresh();
        let positions = numbers(batch.positions(), device);
        let end = batch.end();
        let mut pass = Pass {
            blueprint,
            n_rows: batch.n_rows(),
            length: batch.length,
            turns: BTreeMap::new(),
            seen: BTreeMap::new(),
            kept: keep.then(|| Kept::new(blueprint, batch, self.n_slots, device)),
            cached,
        };
        for (layer, cache) in self.layers.iter().zip(&mut self.caches) {
            if keep {
                cache.grow(end, self.dtype, device);
            }
            if let Some(rotary) = layer.plan.rotary {
                let table = &mut self.rotaries[rotary];
                let turn = || table.turn(&positions, end, batch.length);
                pass.turns.entry(rotary).or_insert_with(turn);
            }
            let window = layer.plan.window;
            let n_keys = cache.n_allocated();
            pass.seen.entry(window).or_insert_with(|| match cached {
                true => Seen::cached(&positions, batch.length, n_keys, window),
                false => Seen::fresh(batch.length, window, self.dtype, device),
            });
        }
        pass
    }
}

impl Kept {
    fn new(blueprint: &Blueprint, batch: &Batch<'_>, n_slots: usize, device: &Device) -> Self {
        let places = numbers(batch.places(blueprint.n_kv_heads), device);
        let n_places = places.dims()[0] / 3;
        Self {
            places: places.reshape([n_places, 3]),
            real: batch.real().map(|real| numbers(real, device)),
            slots: batch.slots(n_slots).map(|slots| numbers(slots, device)),
        }
    }

    /// Puts the keys and values of all tokens, `[n_tokens, kv_width]`, into the cache.
    fn put(&self, cache: &mut LayerCache, keys_and_values: [Floats<2>; 2], head_dim: usize) {
        let rows = keys_and_values.map(|tensor| {
            let real = match &self.real {
                Some(real) => tensor.select(0, real.clone()),
                None => tensor,
            };
            real.reshape([self.places.dims()[0], head_dim])
        });
        cache.write(&self.places, rows);
    }
}

impl Layer {
    fn forward(&self, pass: &Pass<'_>, cache: &mut LayerCache, x: Floats<2>) -> Floats<2> {
        let mlp = |x| self.mlp(pass.blueprint.mlp, x);
        match pass.blueprint.residual {
            Residual::Sequential => {
                let normed = self.attention_norm.apply(x.clone());
                let x = x + self.attention(pass, cache, normed);
                x.clone() + mlp(self.mlp_norm.apply(x))
            }
            Residual::Parallel => {
                let normed = self.attention_norm.apply(x.clone());
                let attended = self.attention(pass, cache, normed);
                x.clone() + attended + mlp(self.mlp_norm.apply(x))
            }
            Residual::PostNorm => {
                let attended = self.attention(pass, cache, x.clone());
                let x = x + self.attention_norm.apply(attended);
                x.clone() + self.mlp_norm.apply(mlp(x))
            }
        }
    }

    /// Attention of `x`, `[n_tokens, hidden]`, in single precision.
    fn attention(&self, pass: &Pass<'_>, cache: &mut LayerCache, x: Floats<2>) -> Floats<2> {
        let Blueprint { n_heads, n_kv_heads, head_dim, .. } = *pass.blueprint;
        let (query_width, kv_width) = (pass.blueprint.query_width(), pass.blueprint.kv_width());
        let mut qkv = self.qkv.apply(x);
        if let Some(limit) = pass.blueprint.clip_qkv {
            qkv = qkv.clamp(-limit, limit);
        }
        let part = |start, width| qkv.clone().slice_dim(1, start..start + width);
        let queries = self.prepare(pass, part(0, query_width), &self.query_norm, n_heads);
        let keys = self.prepare(pass, part(query_width, kv_width), &self.key_norm, n_kv_heads);
        let values = part(query_width + kv_width, kv_width);
        let n_tokens = pass.n_rows * pass.length;
        let by_heads = |x: Floats<4>| x.swap_dims(1, 2);
        let values = values.reshape([pass.n_rows, pass.length, n_kv_heads, head_dim]);
        if let Some(kept) = &pass.kept {
            let flat = [&keys, &values].map(|x| x.clone().reshape([n_tokens, kv_width]));
            kept.put(cache, flat, head_dim);
        }
        let cached = pass.kept.as_ref().filter(|_| pass.cached);
        let keys_and_values = match cached.and_then(|kept| cache.read(kept.slots.as_ref())) {
            Some(cached) => cached,
            None => [keys, values].map(by_heads),
        };
        let heads = Heads { n_heads, n_kv_heads, head_dim, scale: self.plan.attention_scale };
        let seen = &pass.seen[&self.plan.window];
        let attended = attention::attend(heads, by_heads(queries), keys_and_values, seen);
        let attended = attended.swap_dims(1, 2).reshape([n_tokens, query_width]);
        self.output.apply(attended).cast(DType::F32)
    }

    /// Queries or keys normed and turned, `[n_rows, length, n_heads, head_dim]`.
    fn prepare(&self, pass: &Pass<'_>, x: Floats<2>, norm: &Norm, n_heads: usize) -> Floats<4> {
        let dtype = x.dtype();
        let head_dim = pass.blueprint.head_dim;
        let [n_tokens, _] = x.dims();
        let normed = match pass.blueprint.query_key_norm {
            QueryKeyNorm::None => x,
            QueryKeyNorm::Whole => norm.apply(x),
            QueryKeyNorm::PerHead => norm.apply(x.reshape([n_tokens * n_heads, head_dim])),
        };
        let heads = normed.cast(dtype).reshape([pass.n_rows, pass.length, n_heads, head_dim]);
        match self.plan.rotary {
            Some(rotary) => pass.turns[&rotary].apply(heads),
            None => heads,
        }
    }

    /// The MLP of `x`, `[n_tokens, hidden]`, in single precision.
    fn mlp(&self, mlp: Mlp, x: Floats<2>) -> Floats<2> {
        let inner = self.up.apply(x).cast(DType::F32);
        let activated = if mlp.gated {
            let gate = inner.clone().slice_dim(1, 0..mlp.intermediate);
            let up = inner.slice_dim(1, mlp.intermediate..2 * mlp.intermediate);
            activate(gate, mlp.activation) * up
        } else {
            activate(inner, mlp.activation)
        };
        self.down.apply(activated).cast(DType::F32)
    }
}

fn activate(x: Floats<2>, activation: Activation) -> Floats<2> {
    use burn_tensor::activation::{gelu, relu, sigmoid};
    match activation {
        Activation::Gelu => gelu(x),
        Activation::GeluTanh => {
            // tanh(u) = 2 σ(2u) - 1, with u = √(2/π) (x + 0.044715 x³).
            let cube = x.clone().square() * x.clone();
            let u = (x.clone() + cube * 0.044_715) * 0.797_884_6;
            x * sigmoid(u * 2.0)
        }
        Activation::GeluQuick => x.clone() * sigmoid(x * 1.702),
        Activation::Relu => relu(x),
        Activation::Silu => x.clone() * sigmoid(x),
    }
}
