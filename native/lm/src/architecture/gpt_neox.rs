//! GPT-NeoX: Pythia and GPT-NeoX-20B.

use data_anatomy_core::messages::input_error::InputError;

use super::epsilon::epsilon;
use super::parts::Parts;
use super::usual_sizes::UsualSizes;
use crate::blueprint::{
    Activation, Blueprint, LayerSource, LinearSource, Mlp, ModelSource, Norm, NormKind, NormSource,
    Residual, Rows, Source,
};
use crate::config::Config;
use crate::rotary::{Rotary, RotaryFields};

const ROTARY: RotaryFields = RotaryFields {
    base: "rotary_emb_base",
    default_base: 10_000.0,
    share: "rotary_pct",
    default_share: 0.25,
};

pub(super) fn blueprint(config: &Config) -> Result<Blueprint, InputError> {
    let sizes = UsualSizes::read(config)?;
    let rotary = Rotary::from_config(config, ROTARY, sizes.head_dim, None)?;
    let biased = config.flag_or("attention_bias", true)?;
    let layers = (0..sizes.n_layers)
        .map(|layer| layer_source(layer, sizes.n_heads, sizes.head_dim, biased))
        .collect();
    let tied = config.flag_or("tie_word_embeddings", false)?;
    let parts = Parts {
        norm: Norm { kind: NormKind::Layer, epsilon: epsilon(config, "layer_norm_eps", 1e-5)? },
        mlp: Mlp {
            intermediate: 0,
            activation: config.activation_or("hidden_act", Activation::Gelu)?,
            gated: false,
        },
        rotary,
        windows: vec![None; sizes.n_layers],
        weights: ModelSource {
            prefix: "gpt_neox.",
            embedding: Source::new("gpt_neox.embed_in.weight"),
            positions: None,
            layers,
            final_norm: NormSource::weight_and_bias("gpt_neox.final_layer_norm"),
            head: (!tied).then(|| Source::new("embed_out.weight")),
            ignored: &["attention.bias", "attention.masked_bias", "rotary_emb.inv_freq"],
        },
    };
    let parallel = config.flag_or("use_parallel_residual", true)?;
    let residual = if parallel { Residual::Parallel } else { Residual::Sequential };
    Ok(Blueprint { residual, ..sizes.blueprint("GPT-NeoX", parts) })
}

fn layer_source(layer: usize, n_heads: usize, head_dim: usize, biased: bool) -> LayerSource {
    let name = |part: &str| format!("gpt_neox.layers.{layer}.{part}");
    // Each head has its queries, keys and values one after the other.
    let part = |index: usize| {
        let range = index * head_dim..(index + 1) * head_dim;
        let rows = Rows::Groups { n_groups: n_heads, group_rows: 3 * head_dim, range };
        LinearSource::new(&name("attention.query_key_value"), biased).rows(&rows)
    };
    LayerSource {
        attention_norm: NormSource::weight_and_bias(&name("input_layernorm")),
        mlp_norm: NormSource::weight_and_bias(&name("post_attention_layernorm")),
        query: part(0),
        key: part(1),
        value: part(2),
        output: LinearSource::new(&name("attention.dense"), biased),
        query_norm: None,
        key_norm: None,
        gate: None,
        up: LinearSource::new(&name("mlp.dense_h_to_4h"), true),
        down: LinearSource::new(&name("mlp.dense_4h_to_h"), true),
    }
}
