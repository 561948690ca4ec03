//! OLMo in the layout of `transformers`: 1 (norms without weights), 2 (norms after), 3 (windows).

use data_anatomy_core::messages::input_error::InputError;

use super::epsilon::epsilon;
use super::parts::Parts;
use super::usual_names::UsualNames;
use super::usual_sizes::UsualSizes;
use super::windows::windows;
use crate::blueprint::{
    Activation, Blueprint, Mlp, Norm, NormKind, NormSource, QueryKeyNorm, Residual,
};
use crate::config::Config;
use crate::rotary::{Rotary, RotaryFields};

/// The layer norm of OLMo 1 has no weights and this epsilon, whatever the file says.
const FIRST_EPSILON: f32 = 1e-5;

/// OLMo 1.
pub(super) fn first(config: &Config) -> Result<Blueprint, InputError> {
    let norm = Norm { kind: NormKind::Layer, epsilon: FIRST_EPSILON };
    let none = |_: &str| NormSource::default();
    let blueprint = family(config, "OLMo", norm, false, none)?;
    Ok(Blueprint { clip_qkv: clip(config)?, ..blueprint })
}

/// OLMo 2: norms after attention and MLP, and on all queries and all keys.
pub(super) fn second(config: &Config) -> Result<Blueprint, InputError> {
    later(config, "OLMo 2")
}

/// OLMo 3: as OLMo 2, with sliding windows on three layers of four; only the layers without are
/// stretched to long contexts.
pub(super) fn third(config: &Config) -> Result<Blueprint, InputError> {
    let mut blueprint = later(config, "OLMo 3")?;
    let window = config.optional_size("sliding_window")?.unwrap_or(4096);
    let n_layers = blueprint.layers.len();
    let windows = windows(config, n_layers, Some(window), |layer| (layer + 1) % 4 != 0)?;
    let rotary = |layer_type| {
        Rotary::from_config(config, RotaryFields::USUAL, blueprint.head_dim, Some(layer_type))
    };
    blueprint.rotaries = vec![rotary("full_attention")?, rotary("sliding_attention")?];
    for (plan, window) in blueprint.layers.iter_mut().zip(windows) {
        plan.window = window;
        plan.rotary = Some(usize::from(window.is_some()));
    }
    Ok(blueprint)
}

fn later(config: &Config, name: &'static str) -> Result<Blueprint, InputError> {
    let norm = Norm { kind: NormKind::Rms, epsilon: epsilon(config, "rms_norm_eps", 1e-5)? };
    let blueprint = family(config, name, norm, true, NormSource::weight)?;
    Ok(Blueprint { residual: Residual::PostNorm, query_key_norm: QueryKeyNorm::Whole, ..blueprint })
}

/// Queries, keys and values are clamped to ± `clip_qkv` where it is given.
#[expect(clippy::cast_possible_truncation, reason = "models compute in single precision")]
pub(super) fn clip(config: &Config) -> Result<Option<f32>, InputError> {
    match config.optional_number("clip_qkv")? {
        Some(clip) if !(clip > 0.0) => {
            Err(config.refuse("clip_qkv", format!("expected a number above 0, found {clip}")))
        }
        clip => Ok(clip.map(|clip| clip as f32)),
    }
}

fn family(
    config: &Config,
    name: &'static str,
    norm: Norm,
    query_key_norm: bool,
    norm_source: impl Fn(&str) -> NormSource,
) -> Result<Blueprint, InputError> {
    let sizes = UsualSizes::read(config)?;
    let bias = config.flag_or("attention_bias", false)?;
    let names = UsualNames { qkv_bias: bias, output_bias: bias, mlp_bias: false, query_key_norm };
    let layer = |layer: usize| {
        let norm = |part: &str| norm_source(&format!("model.layers.{layer}.{part}_layernorm"));
        names.layer(layer, norm("post_attention"), norm("post_feedforward"))
    };
    let layers = (0..sizes.n_layers).map(layer).collect();
    let tied = config.flag_or("tie_word_embeddings", false)?;
    let parts = Parts {
        norm,
        mlp: Mlp {
            intermediate: 0,
            activation: config.activation_or("hidden_act", Activation::Silu)?,
            gated: true,
        },
        // OLMo 3 replaces it by one for each type of layer.
        rotary: if config.optional_text("model_type")? == Some("olmo3") {
            Rotary::from_config(
                config,
                RotaryFields::USUAL,
                sizes.head_dim,
                Some("full_attention"),
            )?
        } else {
            sizes.rotary(config)?
        },
        windows: vec![None; sizes.n_layers],
        weights: UsualNames::model(layers, norm_source("model.norm"), tied),
    };
    Ok(sizes.blueprint(name, parts))
}
