//! GPT-2, and what GPT-BigCode shares with it.

use data_anatomy_core::messages::input_error::InputError;

use super::epsilon::epsilon;
use super::scale::usual_scale;
use crate::blueprint::{
    Activation, Blueprint, LayerPlan, LayerSource, LinearSource, Mlp, ModelSource, Norm, NormKind,
    NormSource, QueryKeyNorm, Residual, Rows, Source,
};
use crate::config::Config;

pub(super) fn blueprint(config: &Config) -> Result<Blueprint, InputError> {
    let by_layer = config.flag_or("scale_attn_by_inverse_layer_idx", false)?;
    let linear = |name: &str| LinearSource::new(name, true).transposed();
    let mut blueprint = with_fused_attention(config, "GPT-2", linear, |width, _| {
        std::array::from_fn(|part| Rows::Range {
            range: part * width..(part + 1) * width,
            n_rows: 3 * width,
        })
    })?;
    if by_layer {
        for (layer, plan) in blueprint.layers.iter_mut().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "at most a thousand layers")]
            let number = (layer + 1) as f32;
            plan.attention_scale /= number;
        }
    }
    Ok(blueprint)
}

/// The blueprint of a model with GPT-2's fields and names, whose queries, keys and values are rows of one
/// tensor: `rows(hidden, head_dim)` says which.
pub(super) fn with_fused_attention(
    config: &Config,
    family: &'static str,
    linear: impl Fn(&str) -> LinearSource,
    rows: impl Fn(usize, usize) -> [Rows; 3],
) -> Result<Blueprint, InputError> {
    let hidden = config.size("n_embd")?;
    let n_heads = config.size("n_head")?;
    let head_dim = config.head_dim(hidden, n_heads)?;
    let n_layers = config.n_layers("n_layer")?;
    let n_vocab = config.size("vocab_size")?;
    let scaled = config.flag_or("scale_attn_weights", true)?;
    let attention_scale = if scaled { usual_scale(head_dim) } else { 1.0 };
    let [query, key, value] = rows(hidden, head_dim);
    let layers = (0..n_layers).map(|layer| {
        let name = |part: &str| format!("transformer.h.{layer}.{part}");
        LayerSource {
            attention_norm: NormSource::weight_and_bias(&name("ln_1")),
            mlp_norm: NormSource::weight_and_bias(&name("ln_2")),
            query: linear(&name("attn.c_attn")).rows(&query),
            key: linear(&name("attn.c_attn")).rows(&key),
            value: linear(&name("attn.c_attn")).rows(&value),
            output: linear(&name("attn.c_proj")),
            query_norm: None,
            key_norm: None,
            gate: None,
            up: linear(&name("mlp.c_fc")),
            down: linear(&name("mlp.c_proj")),
        }
    });
    let tied = config.flag_or("tie_word_embeddings", true)?;
    Ok(Blueprint {
        family,
        n_vocab,
        hidden,
        n_heads,
        n_kv_heads: n_heads,
        head_dim,
        context: config.size("n_positions")?,
        norm: Norm { kind: NormKind::Layer, epsilon: epsilon(config, "layer_norm_epsilon", 1e-5)? },
        residual: Residual::Sequential,
        query_key_norm: QueryKeyNorm::None,
        clip_qkv: None,
        mlp: Mlp {
            intermediate: config.optional_size("n_inner")?.unwrap_or(4 * hidden),
            activation: config.activation_or("activation_function", Activation::GeluTanh)?,
            gated: false,
        },
        rotaries: Vec::new(),
        layers: vec![LayerPlan { window: None, rotary: None, attention_scale }; n_layers],
        weights: ModelSource {
            prefix: "transformer.",
            embedding: Source::new("transformer.wte.weight"),
            positions: Some(Source::new("transformer.wpe.weight")),
            layers: layers.collect(),
            final_norm: NormSource::weight_and_bias("transformer.ln_f"),
            head: (!tied).then(|| Source::new("lm_head.weight")),
            ignored: &["attn.bias", "attn.masked_bias"],
        },
    })
}
