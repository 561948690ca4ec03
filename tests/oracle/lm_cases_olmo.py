"""OLMo in both layouts, OLMo 2 and OLMo 3 for lm_fixtures.py."""

import torch
from lm_case import Case, Config, Tensors
from transformers import PreTrainedModel

OLMO: Config = {
    "architectures": ["OlmoForCausalLM"],
    "attention_bias": False,
    "attention_dropout": 0.0,
    "clip_qkv": 1.0,
    "eos_token_id": 0,
    "hidden_act": "silu",
    "hidden_size": 32,
    "initializer_range": 0.02,
    "intermediate_size": 64,
    "max_position_embeddings": 128,
    "model_type": "olmo",
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "num_key_value_heads": 4,
    "pad_token_id": 1,
    "rope_scaling": None,
    "rope_theta": 10000.0,
    "tie_word_embeddings": True,
    "torch_dtype": "float32",
    "transformers_version": "4.40.0.dev0",
    "use_cache": True,
    "vocab_size": 320,
}

OLMO_CONVERTED = Case(
    config=OLMO,
    must_matter={"clipping": {"clip_qkv": None}, "clipping at 1": {"clip_qkv": 1.05}},
    notes=("keys of before transformers 5; norms without weights; tied, no head stored",),
)

# The original layout


def publish_original(tensors: Tensors, config: Config) -> Tensors:
    """The names and fused projections of OLMo's own code."""
    result = {"model.transformer.wte.weight": tensors["model.embed_tokens.weight"]}
    for layer in range(config["n_layers"]):
        old, new = f"model.layers.{layer}", f"model.transformer.blocks.{layer}"
        projections = [tensors[f"{old}.self_attn.{part}_proj.weight"] for part in "qkv"]
        halves = [tensors[f"{old}.mlp.{part}_proj.weight"] for part in ("up", "gate")]
        result[f"{new}.attn_out.weight"] = tensors[f"{old}.self_attn.o_proj.weight"]
        result[f"{new}.ff_out.weight"] = tensors[f"{old}.mlp.down_proj.weight"]
        result[f"{new}.att_proj.weight"] = torch.cat(projections)
        result[f"{new}.ff_proj.weight"] = torch.cat(halves)
        for part, name in (("attn_norm", "input_layernorm"), ("ff_norm", "post_attention_layernorm")):
            if f"{old}.{name}.weight" in tensors:
                result[f"{new}.{part}.weight"] = tensors[f"{old}.{name}.weight"]
    if "model.norm.weight" in tensors:
        result["model.transformer.ln_f.weight"] = tensors["model.norm.weight"]
    if not config["weight_tying"]:
        result["model.transformer.ff_out.weight"] = tensors["lm_head.weight"]
    return result


def with_norm_weights(model: PreTrainedModel) -> None:
    """OLMo as transformers knows it has no norm weights; its own code may have."""
    for layer in model.model.layers:
        layer.input_layernorm = torch.nn.LayerNorm(model.config.hidden_size, bias=False)
        layer.post_attention_layernorm = torch.nn.LayerNorm(model.config.hidden_size, bias=False)
    model.model.norm = torch.nn.LayerNorm(model.config.hidden_size, bias=False)


ORIGINAL: Config = {
    "activation_type": "swiglu",
    "alibi": False,
    "alibi_bias_max": 8.0,
    "architectures": ["OLMoForCausalLM"],
    "attention_dropout": 0.0,
    "attention_layer_norm": False,
    "attention_layer_norm_with_affine": False,
    "auto_map": {
        "AutoConfig": "configuration_olmo.OLMoConfig",
        "AutoModelForCausalLM": "modeling_olmo.OLMoForCausalLM",
        "AutoTokenizer": ["tokenization_olmo_fast.OLMoTokenizerFast", "tokenization_olmo_fast.OLMoTokenizerFast"],
    },
    "bias_for_layer_norm": False,
    "block_group_size": 1,
    "block_type": "sequential",
    "clip_qkv": None,
    "d_model": 32,
    "embedding_dropout": 0.0,
    "embedding_size": 320,
    "eos_token_id": 0,
    "flash_attention": True,
    "include_bias": False,
    "init_cutoff_factor": None,
    "init_device": "meta",
    "init_fn": "mitchell",
    "init_std": 0.02,
    "layer_norm_type": "default",
    "layer_norm_with_affine": False,
    "max_sequence_length": 128,
    "mlp_hidden_size": None,
    "mlp_ratio": 4,
    "model_type": "hf_olmo",
    "multi_query_attention": False,
    "n_heads": 4,
    "n_layers": 2,
    "pad_token_id": 1,
    "precision": "amp_bf16",
    "residual_dropout": 0.0,
    "rope": True,
    "rope_full_precision": True,
    "scale_logits": False,
    "transformers_version": "4.37.1",
    "use_cache": True,
    "vocab_size": 313,
    "weight_tying": True,
}

OLMO_ORIGINAL = Case(
    config=ORIGINAL,
    oracle_config=OLMO | {"clip_qkv": None},
    must_matter={"rotary base": {"rope_theta": 5000.0}},
    publish=publish_original,
    tokens_below=313,
    notes=(
        "logits and probabilities are over all 320 embedding rows, as in OLMo's own code; ids stay below vocab_size",
        "mlp_ratio of 4 counts both halves: 64 up rows, then 64 gate rows; no rope_theta: 10000",
    ),
)

OLMO_ORIGINAL_UNTIED = Case(
    config=ORIGINAL
    | {
        "clip_qkv": 1.0,
        "embedding_size": None,
        "mlp_hidden_size": 176,
        "mlp_ratio": 8,
        "model_type": "olmo",
        "n_kv_heads": 2,
        "rope_theta": 5000,
        "vocab_size": 320,
        "weight_tying": False,
    },
    oracle_config=OLMO
    | {"intermediate_size": 88, "num_key_value_heads": 2, "rope_theta": 5000.0, "tie_word_embeddings": False},
    must_matter={"clipping": {"clip_qkv": None}, "rotary base": {"rope_theta": 10000.0}},
    publish=publish_original,
    notes=("model_type olmo; mlp_hidden_size wins over mlp_ratio; att_proj: 32 query, 16 key, 16 value rows",),
)

OLMO_ORIGINAL_AFFINE = Case(
    config=ORIGINAL | {"layer_norm_with_affine": True, "vocab_size": 320},
    oracle_config=OLMO | {"clip_qkv": None},
    must_matter={},
    adapt=with_norm_weights,
    publish=publish_original,
    notes=("norms with weights and, bias_for_layer_norm being false, without biases",),
)

# OLMo 2 and 3

OLMO2 = Case(
    config={
        "architectures": ["Olmo2ForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": None,
        "dtype": "float32",
        "eos_token_id": 0,
        "hidden_act": "silu",
        "hidden_size": 32,
        "initializer_range": 0.02,
        "intermediate_size": 88,
        "max_position_embeddings": 128,
        "model_type": "olmo2",
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "num_key_value_heads": 2,
        "pad_token_id": 1,
        "rms_norm_eps": 1e-06,
        "rope_parameters": {"rope_theta": 500000.0, "rope_type": "default"},
        "tie_word_embeddings": False,
        "transformers_version": "5.24.0",
        "use_cache": True,
        "vocab_size": 320,
    },
    must_matter={"rotary base": {"rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}}},
    notes=("keys of transformers 5; q and k are normed over all their heads together, blocks after, not before",),
)

YARN: Config = {
    "attention_factor": 1.2079441541679836,
    "beta_fast": 32.0,
    "beta_slow": 1.0,
    "factor": 8.0,
    "original_max_position_embeddings": 64,
    "rope_type": "yarn",
}
YARN_EVERYWHERE = {kind: YARN | {"rope_theta": 500000.0} for kind in ("full_attention", "sliding_attention")}

OLMO3 = Case(
    config={
        "architectures": ["Olmo3ForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "eos_token_id": 0,
        "hidden_act": "silu",
        "hidden_size": 48,
        "initializer_range": 0.02,
        "intermediate_size": 64,
        "layer_types": ["sliding_attention", "sliding_attention", "full_attention"],
        "max_position_embeddings": 512,
        "model_type": "olmo3",
        "num_attention_heads": 3,
        "num_hidden_layers": 3,
        "num_key_value_heads": 1,
        "pad_token_id": 1,
        "rms_norm_eps": 1e-06,
        "rope_scaling": YARN,
        "rope_theta": 500000,
        "sliding_window": 10,
        "tie_word_embeddings": False,
        "torch_dtype": "float32",
        "transformers_version": "4.57.0.dev0",
        "use_cache": True,
        "vocab_size": 320,
    },
    must_matter={
        "window": {"sliding_window": 512},
        "window of 10, not 9": {"sliding_window": 9},
        "window of 10, not 11": {"sliding_window": 11},
        "yarn scaling": {"rope_scaling": None},
        "yarn in full layers only": {"rope_scaling": None, "rope_parameters": YARN_EVERYWHERE},
        "attention factor": {"rope_scaling": YARN | {"attention_factor": 1.0}},
        "frequencies' ramp": {"rope_scaling": YARN | {"beta_slow": 4.0}},
    },
    notes=("keys of before transformers 5; yarn scales the full layers only, the sliding ones keep plain rotation",),
)

CASES = {
    "olmo": OLMO_CONVERTED,
    "olmo_original": OLMO_ORIGINAL,
    "olmo_original_untied": OLMO_ORIGINAL_UNTIED,
    "olmo_original_affine": OLMO_ORIGINAL_AFFINE,
    "olmo2": OLMO2,
    "olmo3": OLMO3,
}
