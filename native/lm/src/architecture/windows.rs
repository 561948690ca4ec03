//! The windows of attention, as `config.json` says them.

use data_anatomy_core::messages::input_error::InputError;

use crate::config::Config;

/// The windows of layers that `layer_types` names, or the same for all layers.
pub(super) fn windows(
    config: &Config,
    n_layers: usize,
    window: Option<usize>,
    default: impl Fn(usize) -> bool,
) -> Result<Vec<Option<usize>>, InputError> {
    let Some(types) = config.optional_texts("layer_types")? else {
        return Ok((0..n_layers).map(|layer| window.filter(|_| default(layer))).collect());
    };
    if types.len() != n_layers {
        let detail = format!("expected {n_layers} types of layers, found {}", types.len());
        return Err(config.refuse("layer_types", detail));
    }
    types
        .into_iter()
        .map(|layer_type| match layer_type {
            "full_attention" => Ok(None),
            "sliding_attention" if window.is_some() => Ok(window),
            other => Err(config.refuse("layer_types", format!("unknown type of layer `{other}`"))),
        })
        .collect()
}
