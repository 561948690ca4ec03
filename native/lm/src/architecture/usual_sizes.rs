//! The sizes that most families have in common, and the blueprint that they make.

use data_anatomy_core::messages::input_error::InputError;

use super::parts::Parts;
use super::scale::usual_scale;
use crate::blueprint::{Blueprint, LayerPlan, Mlp, QueryKeyNorm, Residual};
use crate::config::Config;
use crate::rotary::{Rotary, RotaryFields};

/// The sizes of a family whose `config.json` uses the widespread names.
pub(super) struct UsualSizes {
    n_vocab: usize,
    hidden: usize,
    pub(super) n_layers: usize,
    pub(super) n_heads: usize,
    n_kv_heads: usize,
    pub(super) head_dim: usize,
    intermediate: usize,
    context: usize,
}

impl UsualSizes {
    /// The sizes that this file says.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub(super) fn read(config: &Config) -> Result<Self, InputError> {
        let hidden = config.size("hidden_size")?;
        let n_heads = config.size("num_attention_heads")?;
        let head_dim = match config.optional_size("head_dim")? {
            Some(head_dim) => head_dim,
            None => config.head_dim(hidden, n_heads)?,
        };
        Ok(Self {
            n_vocab: config.size("vocab_size")?,
            hidden,
            n_layers: config.n_layers("num_hidden_layers")?,
            n_heads,
            n_kv_heads: config.n_kv_heads(n_heads)?,
            head_dim,
            intermediate: config.size("intermediate_size")?,
            context: config.size("max_position_embeddings")?,
        })
    }

    /// The rotary embedding of most families, for these heads.
    pub(super) fn rotary(&self, config: &Config) -> Result<Rotary, InputError> {
        Rotary::from_config(config, RotaryFields::USUAL, self.head_dim, None)
    }

    /// The blueprint with these sizes, one plain rotary embedding for all layers, sequential residuals,
    /// no norms on queries and keys, and no clamping; families change what they have otherwise.
    pub(super) fn blueprint(self, family: &'static str, parts: Parts) -> Blueprint {
        let attention_scale = usual_scale(self.head_dim);
        let layers = parts.windows.into_iter().map(|window| LayerPlan {
            window,
            rotary: Some(0),
            attention_scale,
        });
        Blueprint {
            family,
            n_vocab: self.n_vocab,
            hidden: self.hidden,
            n_heads: self.n_heads,
            n_kv_heads: self.n_kv_heads,
            head_dim: self.head_dim,
            context: self.context,
            norm: parts.norm,
            residual: Residual::Sequential,
            query_key_norm: QueryKeyNorm::None,
            clip_qkv: None,
            mlp: Mlp { intermediate: self.intermediate, ..parts.mlp },
            rotaries: vec![parts.rotary],
            layers: layers.collect(),
            weights: parts.weights,
        }
    }
}
