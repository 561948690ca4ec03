//! OLMo 1 in the layout it was first published in (allenai/OLMo-1B): fused projections, norms without
//! weights, an embedding that is padded beyond the vocabulary.

use data_anatomy_core::messages::input_error::InputError;

use super::olmo::clip;
use super::scale::usual_scale;
use crate::blueprint::{
    Activation, Blueprint, LayerPlan, LayerSource, LinearSource, Mlp, ModelSource, Norm, NormKind,
    NormSource, QueryKeyNorm, Residual, Rows, Source,
};
use crate::config::Config;
use crate::rotary::{Rotary, RotaryFields};

pub(super) fn blueprint(config: &Config) -> Result<Blueprint, InputError> {
    refuse_variants(config)?;
    let hidden = config.size("d_model")?;
    let n_heads = config.size("n_heads")?;
    let head_dim = config.head_dim(hidden, n_heads)?;
    let n_kv_heads = n_kv_heads(config, n_heads)?;
    let n_vocab = config.size("vocab_size")?;
    let n_layers = config.n_layers("n_layers")?;
    let fused = match config.optional_size("mlp_hidden_size")? {
        Some(fused) => fused,
        None => config.optional_size("mlp_ratio")?.unwrap_or(4) * hidden,
    };
    if !fused.is_multiple_of(2) {
        return Err(
            config.refuse("mlp_hidden_size", format!("expected an even number, found {fused}"))
        );
    }
    let layer = LayerPlan { window: None, rotary: Some(0), attention_scale: usual_scale(head_dim) };
    Ok(Blueprint {
        family: "OLMo",
        n_vocab: config.optional_size("embedding_size")?.unwrap_or(n_vocab).max(n_vocab),
        hidden,
        n_heads,
        n_kv_heads,
        head_dim,
        context: config.size("max_sequence_length")?,
        norm: Norm { kind: NormKind::Layer, epsilon: 1e-5 },
        residual: Residual::Sequential,
        query_key_norm: QueryKeyNorm::None,
        clip_qkv: clip(config)?,
        mlp: Mlp { intermediate: fused / 2, activation: Activation::Silu, gated: true },
        rotaries: vec![Rotary::from_config(config, RotaryFields::USUAL, head_dim, None)?],
        layers: vec![layer; n_layers],
        weights: weights(config, n_layers, [hidden, n_kv_heads * head_dim], fused)?,
    })
}

/// Heads of keys and values: `n_kv_heads`, or one where `multi_query_attention` says so.
fn n_kv_heads(config: &Config, n_heads: usize) -> Result<usize, InputError> {
    let default = if config.flag_or("multi_query_attention", false)? { 1 } else { n_heads };
    let n_kv_heads = config.optional_size("n_kv_heads")?.unwrap_or(default);
    if !n_heads.is_multiple_of(n_kv_heads) {
        let detail = format!("expected a divisor of the {n_heads} heads, found {n_kv_heads}");
        return Err(config.refuse("n_kv_heads", detail));
    }
    Ok(n_kv_heads)
}

/// The published models are of one kind; others that the format allows are refused by name.
fn refuse_variants(config: &Config) -> Result<(), InputError> {
    let texts = [("block_type", "sequential"), ("activation_type", "swiglu")];
    for (field, expected) in texts {
        if let Some(found) = config.optional_text(field)?.filter(|found| *found != expected) {
            let detail = format!("expected {expected}, found `{found}`, which is not supported");
            return Err(config.refuse(field, detail));
        }
    }
    let flags = [
        ("alibi", false),
        ("rope", true),
        ("include_bias", false),
        ("attention_layer_norm", false),
        ("scale_logits", false),
        ("bias_for_layer_norm", false),
    ];
    for (field, expected) in flags {
        if config.flag_or(field, expected)? != expected {
            return Err(
                config.refuse(field, format!("expected {expected}; other is not supported"))
            );
        }
    }
    Ok(())
}

fn weights(
    config: &Config,
    n_layers: usize,
    [hidden, kv_width]: [usize; 2],
    fused: usize,
) -> Result<ModelSource, InputError> {
    let affine = config.flag_or("layer_norm_with_affine", false)?;
    let norm = |name: &str| if affine { NormSource::weight(name) } else { NormSource::default() };
    let tied = config.flag_or("weight_tying", true)?;
    let layers = (0..n_layers).map(|layer| {
        let name = |part: &str| format!("model.transformer.blocks.{layer}.{part}");
        let part = |fused_name: &str, start: usize, len: usize, n_rows: usize| {
            let rows = Rows::Range { range: start..start + len, n_rows };
            LinearSource::new(&name(fused_name), false).rows(&rows)
        };
        let (inner, qkv) = (fused / 2, hidden + 2 * kv_width);
        LayerSource {
            attention_norm: norm(&name("attn_norm")),
            mlp_norm: norm(&name("ff_norm")),
            query: part("att_proj", 0, hidden, qkv),
            key: part("att_proj", hidden, kv_width, qkv),
            value: part("att_proj", hidden + kv_width, kv_width, qkv),
            output: LinearSource::new(&name("attn_out"), false),
            query_norm: None,
            key_norm: None,
            up: part("ff_proj", 0, inner, fused),
            gate: Some(part("ff_proj", inner, inner, fused)),
            down: LinearSource::new(&name("ff_out"), false),
        }
    });
    Ok(ModelSource {
        prefix: "model.",
        embedding: Source::new("model.transformer.wte.weight"),
        positions: None,
        layers: layers.collect(),
        final_norm: norm("model.transformer.ln_f"),
        head: (!tied).then(|| Source::new("model.transformer.ff_out.weight")),
        ignored: &[],
    })
}
