//! The architectures that are known, by the name that `config.json` has for them.

use data_anatomy_core::messages::input_error::InputError;

use super::{gpt_bigcode, gpt_neo, gpt_neox, gpt2, llama, olmo, olmo_original, starcoder2};
use crate::blueprint::Blueprint;
use crate::config::Config;

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
