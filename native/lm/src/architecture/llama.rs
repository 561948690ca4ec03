//! LLaMA and its close kin: Mistral (sliding window), Qwen 2 (biases), Qwen 3 (norms on heads).

use data_anatomy_core::messages::input_error::InputError;

use super::epsilon::epsilon;
use super::parts::Parts;
use super::usual_names::UsualNames;
use super::usual_sizes::UsualSizes;
use super::windows::windows;
use crate::blueprint::{Activation, Blueprint, Mlp, Norm, NormKind, NormSource, QueryKeyNorm};
use crate::config::Config;

/// LLaMA 1 to 3, Amber, CodeLlama and others of `model_type` `llama`.
pub(super) fn llama(config: &Config) -> Result<Blueprint, InputError> {
    let attention_bias = config.flag_or("attention_bias", false)?;
    let names = UsualNames {
        qkv_bias: attention_bias,
        output_bias: attention_bias,
        mlp_bias: config.flag_or("mlp_bias", false)?,
        query_key_norm: false,
    };
    family(config, "LLaMA", names, 1e-6, |_| None)
}

/// Mistral: a sliding window on every layer.
pub(super) fn mistral(config: &Config) -> Result<Blueprint, InputError> {
    let window = config.optional_size("sliding_window")?;
    family(config, "Mistral", UsualNames::default(), 1e-6, |_| window)
}

/// Qwen 2: biases on queries, keys and values.
pub(super) fn qwen2(config: &Config) -> Result<Blueprint, InputError> {
    let names = UsualNames { qkv_bias: true, ..UsualNames::default() };
    let window = qwen_window(config)?;
    family(config, "Qwen 2", names, 1e-6, window)
}

/// Qwen 3: a norm on each head of queries and keys.
pub(super) fn qwen3(config: &Config) -> Result<Blueprint, InputError> {
    let attention_bias = config.flag_or("attention_bias", false)?;
    let names = UsualNames {
        qkv_bias: attention_bias,
        output_bias: attention_bias,
        mlp_bias: false,
        query_key_norm: true,
    };
    let window = qwen_window(config)?;
    let blueprint = family(config, "Qwen 3", names, 1e-6, window)?;
    Ok(Blueprint { query_key_norm: QueryKeyNorm::PerHead, ..blueprint })
}

/// The window of each layer: those from `max_window_layers` on, where windows are used at all.
fn qwen_window(config: &Config) -> Result<impl Fn(usize) -> Option<usize> + use<>, InputError> {
    let used = config.flag_or("use_sliding_window", false)?;
    let window = config.optional_size("sliding_window")?.filter(|_| used);
    let first = config.optional_size("max_window_layers")?.unwrap_or(28);
    Ok(move |layer| window.filter(|_| layer >= first))
}

fn family(
    config: &Config,
    family: &'static str,
    names: UsualNames,
    default_epsilon: f64,
    window: impl Fn(usize) -> Option<usize>,
) -> Result<Blueprint, InputError> {
    let sizes = UsualSizes::read(config)?;
    let layer = |layer: usize| {
        let norm =
            |part: &str| NormSource::weight(&format!("model.layers.{layer}.{part}_layernorm"));
        names.layer(layer, norm("input"), norm("post_attention"))
    };
    let layers = (0..sizes.n_layers).map(layer).collect();
    let tied = config.flag_or("tie_word_embeddings", false)?;
    let widest = (0..sizes.n_layers).find_map(&window);
    let parts = Parts {
        norm: Norm {
            kind: NormKind::Rms,
            epsilon: epsilon(config, "rms_norm_eps", default_epsilon)?,
        },
        mlp: Mlp {
            intermediate: 0,
            activation: config.activation_or("hidden_act", Activation::Silu)?,
            gated: true,
        },
        rotary: sizes.rotary(config)?,
        windows: windows(config, sizes.n_layers, widest, |layer| window(layer).is_some())?,
        weights: UsualNames::model(layers, NormSource::weight("model.norm"), tied),
    };
    Ok(sizes.blueprint(family, parts))
}
