//! StarCoder 2: layer norms, biases, a sliding window.

use data_anatomy_core::messages::input_error::InputError;

use super::epsilon::epsilon;
use super::parts::Parts;
use super::usual_names::UsualNames;
use super::usual_sizes::UsualSizes;
use super::windows::windows;
use crate::blueprint::{
    Activation, Blueprint, LayerSource, LinearSource, Mlp, Norm, NormKind, NormSource,
};
use crate::config::Config;

pub(super) fn blueprint(config: &Config) -> Result<Blueprint, InputError> {
    let sizes = UsualSizes::read(config)?;
    let biased = config.flag_or("use_bias", true)?;
    let names = UsualNames { qkv_bias: biased, output_bias: biased, ..UsualNames::default() };
    let layer = |layer: usize| {
        let norm = |part: &str| {
            NormSource::weight_and_bias(&format!("model.layers.{layer}.{part}_layernorm"))
        };
        let mlp =
            |part: &str| LinearSource::new(&format!("model.layers.{layer}.mlp.{part}"), biased);
        LayerSource {
            gate: None,
            up: mlp("c_fc"),
            down: mlp("c_proj"),
            ..names.layer(layer, norm("input"), norm("post_attention"))
        }
    };
    let layers = (0..sizes.n_layers).map(layer).collect();
    let tied = config.flag_or("tie_word_embeddings", true)?;
    let window = config.optional_size("sliding_window")?;
    let parts = Parts {
        norm: Norm { kind: NormKind::Layer, epsilon: epsilon(config, "norm_epsilon", 1e-5)? },
        mlp: Mlp {
            intermediate: 0,
            activation: config.activation_or("hidden_act", Activation::GeluTanh)?,
            gated: false,
        },
        rotary: sizes.rotary(config)?,
        windows: windows(config, sizes.n_layers, window, |_| true)?,
        weights: UsualNames::model(layers, NormSource::weight_and_bias("model.norm"), tied),
    };
    Ok(sizes.blueprint("StarCoder 2", parts))
}
