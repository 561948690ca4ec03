//! The names of weights that most families have in common.

use crate::blueprint::{LayerSource, LinearSource, ModelSource, NormSource, Source};

/// What the widespread names of weights (`model.layers.N.self_attn.q_proj` and so on) vary in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct UsualNames {
    pub(super) qkv_bias: bool,
    pub(super) output_bias: bool,
    pub(super) mlp_bias: bool,
    pub(super) query_key_norm: bool,
}

impl UsualNames {
    /// The attention of layer `layer` and the gated MLP beside it, with these norms.
    pub(super) fn layer(
        self,
        layer: usize,
        attention_norm: NormSource,
        mlp_norm: NormSource,
    ) -> LayerSource {
        let attention = |part: &str, biased| {
            LinearSource::new(&format!("model.layers.{layer}.self_attn.{part}_proj"), biased)
        };
        let mlp = |part: &str| {
            LinearSource::new(&format!("model.layers.{layer}.mlp.{part}_proj"), self.mlp_bias)
        };
        let head_norm = |part: &str| {
            let name = format!("model.layers.{layer}.self_attn.{part}_norm.weight");
            self.query_key_norm.then(|| Source::new(name))
        };
        LayerSource {
            attention_norm,
            mlp_norm,
            query: attention("q", self.qkv_bias),
            key: attention("k", self.qkv_bias),
            value: attention("v", self.qkv_bias),
            output: attention("o", self.output_bias),
            query_norm: head_norm("q"),
            key_norm: head_norm("k"),
            gate: Some(mlp("gate")),
            up: mlp("up"),
            down: mlp("down"),
        }
    }

    /// The whole model.
    pub(super) fn model(
        layers: Vec<LayerSource>,
        final_norm: NormSource,
        tied: bool,
    ) -> ModelSource {
        ModelSource {
            prefix: "model.",
            embedding: Source::new("model.embed_tokens.weight"),
            positions: None,
            layers,
            final_norm,
            head: (!tied).then(|| Source::new("lm_head.weight")),
            ignored: &["rotary_emb.inv_freq"],
        }
    }
}
