//! One file per family of models: its `config.json` and the names of its weights, as a [`Blueprint`].

mod gpt2;
mod gpt_bigcode;
mod gpt_neo;
mod gpt_neox;
mod llama;
mod olmo;
mod olmo_original;
mod starcoder2;

use data_anatomy_core::messages::input_error::InputError;

use super::blueprint::{
    Blueprint, LayerPlan, LayerSource, LinearSource, Mlp, ModelSource, Norm, NormSource,
    QueryKeyNorm, Residual, Source,
};
use super::config::Config;
use super::rotary::{Rotary, RotaryFields};

/// Reads the blueprint out of a `config.json`.
type Read = fn(&Config) -> Result<Blueprint, InputError>;

/// An architecture as `config.json` names it.
struct Architecture {
    /// `model_type`.
    model_type: &'static str,
    /// Models of it, for the message that lists what is known.
    examples: &'static str,
    read: Read,
}

const KNOWN: [Architecture; 14] = [
    Architecture {
        model_type: "gpt_neox",
        examples: "Pythia, GPT-NeoX",
        read: gpt_neox::blueprint,
    },
    Architecture { model_type: "olmo", examples: "OLMo 1", read: olmo::first },
    Architecture {
        model_type: "hf_olmo",
        examples: "allenai/OLMo-1B",
        read: olmo_original::blueprint,
    },
    Architecture { model_type: "olmo2", examples: "OLMo 2", read: olmo::second },
    Architecture { model_type: "olmo3", examples: "OLMo 3", read: olmo::third },
    Architecture { model_type: "llama", examples: "LLaMA, Amber, CodeLlama", read: llama::llama },
    Architecture { model_type: "mistral", examples: "Mistral", read: llama::mistral },
    Architecture { model_type: "qwen2", examples: "Qwen 2", read: llama::qwen2 },
    Architecture { model_type: "qwen3", examples: "Qwen 3", read: llama::qwen3 },
    Architecture { model_type: "gpt_neo", examples: "GPT-Neo", read: gpt_neo::blueprint },
    Architecture { model_type: "gpt2", examples: "GPT-2", read: gpt2::blueprint },
    Architecture { model_type: "gpt_bigcode", examples: "StarCoder", read: gpt_bigcode::blueprint },
    Architecture { model_type: "starcoder2", examples: "StarCoder 2", read: starcoder2::blueprint },
    // The original layout of OLMo under the name that its first checkpoints have.
    Architecture { model_type: "olmo-original", examples: "", read: olmo_original::blueprint },
];

/// What the model of this `config.json` computes.
///
/// # Errors
/// If the architecture is not known (the message lists those that are), or a field is missing or wrong.
pub fn blueprint(config: &Config) -> Result<Blueprint, InputError> {
    let model_type = config.optional_text("model_type")?.unwrap_or("");
    let architectures = config.optional_texts("architectures")?.unwrap_or_default();
    // Both layouts of OLMo have called themselves `olmo`; the class tells them apart.
    let model_type = match model_type {
        "olmo" if architectures.contains(&"OLMoForCausalLM") => "olmo-original",
        other => other,
    };
    match KNOWN.iter().find(|known| known.model_type == model_type) {
        Some(known) => {
            let blueprint = (known.read)(config)?;
            check(config, &blueprint)?;
            Ok(blueprint)
        }
        None => {
            let listed = KNOWN.iter().filter(|known| !known.examples.is_empty());
            let known: Vec<String> =
                listed.map(|known| format!("{} ({})", known.model_type, known.examples)).collect();
            let detail = format!("expected one of {}; found `{model_type}`", known.join(", "));
            Err(config.refuse("model_type", detail))
        }
    }
}

/// What every engine relies on.
fn check(config: &Config, blueprint: &Blueprint) -> Result<(), InputError> {
    for rotary in &blueprint.rotaries {
        if 2 * rotary.frequencies.len() > blueprint.head_dim {
            return Err(config.refuse("", "more dimensions are rotated than a head has"));
        }
    }
    Ok(())
}

/// `1 / √head_dim`, the usual scale of attention.
#[expect(clippy::cast_precision_loss, reason = "a head's width")]
fn usual_scale(head_dim: usize) -> f32 {
    1.0 / (head_dim as f32).sqrt()
}

/// An epsilon in single precision.
#[expect(clippy::cast_possible_truncation, reason = "models compute in single precision")]
fn epsilon(config: &Config, field: &str, default: f64) -> Result<f32, InputError> {
    let found = config.number_or(field, default)?;
    if !(found > 0.0) {
        return Err(config.refuse(field, format!("expected a number above 0, found {found}")));
    }
    Ok(found as f32)
}

/// The windows of layers that `layer_types` names, or the same for all layers.
fn windows(
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

/// What the widespread names of weights (`model.layers.N.self_attn.q_proj` and so on) vary in.
#[derive(Debug, Clone, Copy, Default)]
struct UsualNames {
    qkv_bias: bool,
    output_bias: bool,
    mlp_bias: bool,
    query_key_norm: bool,
}

impl UsualNames {
    /// The attention of layer `layer` and the gated MLP beside it, with these norms.
    fn layer(self, layer: usize, attention_norm: NormSource, mlp_norm: NormSource) -> LayerSource {
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
    fn model(layers: Vec<LayerSource>, final_norm: NormSource, tied: bool) -> ModelSource {
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

/// The sizes of a family whose `config.json` uses the widespread names.
struct UsualSizes {
    n_vocab: usize,
    hidden: usize,
    n_layers: usize,
    n_heads: usize,
    n_kv_heads: usize,
    head_dim: usize,
    intermediate: usize,
    context: usize,
}

impl UsualSizes {
    fn read(config: &Config) -> Result<Self, InputError> {
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

    /// The blueprint with these sizes, one plain rotary embedding for all layers, sequential residuals,
    /// no norms on queries and keys, and no clamping; families change what they have otherwise.
    fn blueprint(self, family: &'static str, parts: Parts) -> Blueprint {
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

/// What a family brings to [`UsualSizes::blueprint`].
struct Parts {
    norm: Norm,
    mlp: Mlp,
    rotary: Rotary,
    windows: Vec<Option<usize>>,
    weights: ModelSource,
}

/// The rotary embedding of most families.
fn usual_rotary(config: &Config, head_dim: usize) -> Result<Rotary, InputError> {
    Rotary::from_config(config, RotaryFields::USUAL, head_dim, None)
}
