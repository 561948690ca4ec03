//! GPT-Neo: learned positions, attention without scale, and windows on some layers.

use data_anatomy_core::messages::input_error::InputError;
use serde_json::Value;

use super::epsilon::epsilon;
use crate::blueprint::{
    Activation, Blueprint, LayerPlan, LayerSource, LinearSource, Mlp, ModelSource, Norm, NormKind,
    NormSource, QueryKeyNorm, Residual, Source,
};
use crate::config::{Config, MAX_LAYERS};

pub(super) fn blueprint(config: &Config) -> Result<Blueprint, InputError> {
    let hidden = config.size("hidden_size")?;
    let n_heads = config.size("num_heads")?;
    let n_layers = config.n_layers("num_layers")?;
    let n_vocab = config.size("vocab_size")?;
    let window = config.optional_size("window_size")?.unwrap_or(256);
    let layers = local_layers(config, n_layers)?.into_iter().map(|local| LayerPlan {
        window: local.then_some(window),
        rotary: None,
        attention_scale: 1.0,
    });
    let tied = config.flag_or("tie_word_embeddings", true)?;
    Ok(Blueprint {
        family: "GPT-Neo",
        n_vocab,
        hidden,
        n_heads,
        n_kv_heads: n_heads,
        head_dim: config.head_dim(hidden, n_heads)?,
        context: config.size("max_position_embeddings")?,
        norm: Norm { kind: NormKind::Layer, epsilon: epsilon(config, "layer_norm_epsilon", 1e-5)? },
        residual: Residual::Sequential,
        query_key_norm: QueryKeyNorm::None,
        clip_qkv: None,
        mlp: Mlp {
            intermediate: config.optional_size("intermediate_size")?.unwrap_or(4 * hidden),
            activation: config.activation_or("activation_function", Activation::GeluTanh)?,
            gated: false,
        },
        rotaries: Vec::new(),
        layers: layers.collect(),
        weights: ModelSource {
            prefix: "transformer.",
            embedding: Source::new("transformer.wte.weight"),
            positions: Some(Source::new("transformer.wpe.weight")),
            layers: (0..n_layers).map(layer_source).collect(),
            final_norm: NormSource::weight_and_bias("transformer.ln_f"),
            head: (!tied).then(|| Source::new("lm_head.weight")),
            ignored: &["attn.attention.bias", "attn.attention.masked_bias"],
        },
    })
}

fn layer_source(layer: usize) -> LayerSource {
    let name = |part: &str| format!("transformer.h.{layer}.{part}");
    let attention = |part: &str, biased| {
        LinearSource::new(&name(&format!("attn.attention.{part}_proj")), biased)
    };
    LayerSource {
        attention_norm: NormSource::weight_and_bias(&name("ln_1")),
        mlp_norm: NormSource::weight_and_bias(&name("ln_2")),
        query: attention("q", false),
        key: attention("k", false),
        value: attention("v", false),
        output: attention("out", true),
        query_norm: None,
        key_norm: None,
        gate: None,
        up: LinearSource::new(&name("mlp.c_fc"), true),
        down: LinearSource::new(&name("mlp.c_proj"), true),
    }
}

/// Which layers are local: `attention_layers` lists them, or `attention_types` holds pairs of a pattern
/// and how often it is repeated, such as `[[["global", "local"], 12]]`.
fn local_layers(config: &Config, n_layers: usize) -> Result<Vec<bool>, InputError> {
    let types: Vec<String> = match config.optional_texts("attention_layers")? {
        Some(types) => types.into_iter().map(str::to_owned).collect(),
        None => match config.get("attention_types") {
            Some(pairs) => repeated(pairs).ok_or_else(|| {
                let expected = "expected pairs of a pattern and a count, such as [[[\"global\", \"local\"], 12]]";
                config.refuse("attention_types", expected)
            })?,
            None => (0..n_layers)
                .map(|layer| if layer % 2 == 0 { "global" } else { "local" }.to_owned())
                .collect(),
        },
    };
    if types.len() != n_layers {
        let detail = format!("expected {n_layers} types of layers, found {}", types.len());
        return Err(config.refuse("attention_types", detail));
    }
    types
        .iter()
        .map(|layer| match layer.as_str() {
            "global" => Ok(false),
            "local" => Ok(true),
            other => {
                Err(config.refuse("attention_types", format!("unknown type of layer `{other}`")))
            }
        })
        .collect()
}

fn repeated(pairs: &Value) -> Option<Vec<String>> {
    let mut types = Vec::new();
    for pair in pairs.as_array()? {
        let [pattern, count] = pair.as_array()?.as_slice() else { return None };
        let count = usize::try_from(count.as_u64()?).ok()?;
        let pattern: Vec<&str> =
            pattern.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
        if count.checked_mul(pattern.len())?.checked_add(types.len())? > MAX_LAYERS {
            return None;
        }
        for _ in 0..count {
            types.extend(pattern.iter().map(|layer| (*layer).to_owned()));
        }
    }
    Some(types)
}
