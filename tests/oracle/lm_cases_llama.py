"""LLaMA, Mistral, Qwen and StarCoder2 for lm_fixtures.py."""

import lm_storage
import torch
from lm_case import Case, Config, Tensors, inverse_frequencies

# LLaMA

LLAMA3_ROPE = {
    "factor": 8.0,
    "high_freq_factor": 4.0,
    "low_freq_factor": 1.0,
    "original_max_position_embeddings": 64,
    "rope_theta": 10000.0,
    "rope_type": "llama3",
}

LLAMA = Case(
    config={
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": 1,
        "dtype": "float32",
        "eos_token_id": [2, 3],
        "head_dim": 8,
        "hidden_act": "silu",
        "hidden_size": 32,
        "initializer_range": 0.02,
        "intermediate_size": 88,
        "max_position_embeddings": 128,
        "mlp_bias": False,
        "model_type": "llama",
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "num_key_value_heads": 2,
        "pad_token_id": None,
        "pretraining_tp": 1,
        "rms_norm_eps": 1e-05,
        "rope_parameters": LLAMA3_ROPE,
        "tie_word_embeddings": False,
        "transformers_version": "5.24.0",
        "use_cache": True,
        "vocab_size": 320,
    },
    must_matter={
        "llama3 scaling": {"rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}},
        "smooth middle band": {"rope_parameters": LLAMA3_ROPE | {"high_freq_factor": 1.001}},
        "unscaled high frequencies": {"rope_parameters": {"factor": 8.0, "rope_theta": 10000.0, "rope_type": "linear"}},
        "norm's epsilon": {"rms_norm_eps": 0.01},
    },
    write=lm_storage.sharded_safetensors,
    notes=("keys of transformers 5; three shards; two ids that end a text",),
)


def publish_llama1(tensors: Tensors, config: Config) -> Tensors:
    result = dict(tensors)
    for layer in range(config["num_hidden_layers"]):
        result[f"model.layers.{layer}.self_attn.rotary_emb.inv_freq"] = inverse_frequencies(8)
    return result


LLAMA1 = Case(
    config={
        "architectures": ["LlamaForCausalLM"],
        "bos_token_id": 1,
        "eos_token_id": 2,
        "hidden_act": "silu",
        "hidden_size": 32,
        "initializer_range": 0.02,
        "intermediate_size": 88,
        "max_position_embeddings": 128,
        "max_sequence_length": 64,
        "model_type": "llama",
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "pad_token_id": 0,
        "rms_norm_eps": 1e-06,
        "rope_scaling": {"type": "linear", "factor": 2.0},
        "rope_theta": 1000.0,
        "torch_dtype": "float32",
        "transformers_version": "4.31.0",
        "use_cache": True,
        "vocab_size": 320,
    },
    must_matter={
        "linear scaling": {"rope_scaling": None},
        "rotary base": {"rope_theta": 10000.0},
    },
    publish=publish_llama1,
    notes=("keys of before transformers 5: rope_scaling with `type`; neither num_key_value_heads nor tie_word_embeddings",),
)

LLAMA_YARN = Case(
    config={
        "architectures": ["LlamaForCausalLM"],
        "bos_token_id": 1,
        "eos_token_id": 2,
        "hidden_act": "silu",
        "hidden_size": 32,
        "intermediate_size": 64,
        "max_position_embeddings": 256,
        "model_type": "llama",
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "num_key_value_heads": 4,
        "rms_norm_eps": 1e-05,
        "rope_scaling": {"factor": 4.0, "original_max_position_embeddings": 64, "type": "yarn"},
        "tie_word_embeddings": True,
        "torch_dtype": "float32",
        "transformers_version": "4.45.0",
        "vocab_size": 320,
    },
    must_matter={
        "yarn scaling": {"rope_scaling": None},
        "frequencies' ramp": {"rope_scaling": {"factor": 4.0, "type": "linear"}},
        "attention factor": {
            "rope_scaling": {"factor": 4.0, "original_max_position_embeddings": 64, "type": "yarn", "attention_factor": 1.0}
        },
        "original length": {"rope_scaling": {"factor": 4.0, "original_max_position_embeddings": 32, "type": "yarn"}},
    },
    notes=("keys of before transformers 5; the attention factor is 0.1 ln(factor) + 1; tied; no rope_theta: 10000",),
)

# Mistral

MISTRAL = Case(
    config={
        "architectures": ["MistralForCausalLM"],
        "bos_token_id": 1,
        "eos_token_id": 2,
        "hidden_act": "silu",
        "hidden_size": 32,
        "initializer_range": 0.02,
        "intermediate_size": 88,
        "max_position_embeddings": 128,
        "model_type": "mistral",
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-05,
        "rope_theta": 10000.0,
        "sliding_window": 12,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "transformers_version": "4.34.0.dev0",
        "use_cache": True,
        "vocab_size": 320,
    },
    must_matter={
        "window": {"sliding_window": None},
        "window of 12, not 11": {"sliding_window": 11},
        "window of 12, not 13": {"sliding_window": 13},
    },
    dtype=torch.bfloat16,
    notes=(
        "keys of before transformers 5; stored in bf16, computed in f32 from the rounded weights",
        "a window of 12 sees the token itself and the 11 before it",
    ),
)

# Qwen

QWEN2 = Case(
    config={
        "architectures": ["Qwen2ForCausalLM"],
        "attention_dropout": 0.0,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "hidden_act": "silu",
        "hidden_size": 32,
        "initializer_range": 0.02,
        "intermediate_size": 88,
        "max_position_embeddings": 128,
        "max_window_layers": 1,
        "model_type": "qwen2",
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-06,
        "rope_theta": 1000000.0,
        "sliding_window": 8,
        "tie_word_embeddings": True,
        "torch_dtype": "float16",
        "transformers_version": "4.40.1",
        "use_cache": True,
        "use_sliding_window": False,
        "vocab_size": 320,
    },
    must_matter={
        "no window unless asked for": {"use_sliding_window": True},
        "rotary base": {"rope_theta": 10000.0},
    },
    dtype=torch.float16,
    notes=(
        "keys of before transformers 5; stored in f16, computed in f32 from the rounded weights",
        "use_sliding_window is false, so sliding_window says nothing; q, k and v have biases, o has none",
    ),
)

QWEN3 = Case(
    config={
        "architectures": ["Qwen3ForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": 0,
        "dtype": "float32",
        "eos_token_id": 0,
        "head_dim": 16,
        "hidden_act": "silu",
        "hidden_size": 32,
        "initializer_range": 0.02,
        "intermediate_size": 80,
        "layer_types": ["full_attention", "sliding_attention"],
        "max_position_embeddings": 128,
        "max_window_layers": 1,
        "model_type": "qwen3",
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "num_key_value_heads": 2,
        "pad_token_id": None,
        "rms_norm_eps": 1e-06,
        "rope_parameters": {"rope_theta": 1000000.0, "rope_type": "default"},
        "sliding_window": 10,
        "tie_word_embeddings": False,
        "transformers_version": "5.24.0",
        "use_cache": True,
        "use_sliding_window": True,
        "vocab_size": 320,
    },
    must_matter={
        "window": {"layer_types": ["full_attention", "full_attention"]},
        "layers' order": {"layer_types": ["sliding_attention", "full_attention"]},
        "window of 10, not 11": {"sliding_window": 11},
        "rotary base": {"rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}},
    },
    notes=("keys of transformers 5; heads of 16 with a hidden size of 32; the second layer has a window",),
)

# StarCoder2

STARCODER2 = Case(
    config={
        "activation_function": "gelu_pytorch_tanh",
        "architectures": ["Starcoder2ForCausalLM"],
        "attention_dropout": 0.1,
        "bos_token_id": 0,
        "embedding_dropout": 0.1,
        "eos_token_id": 0,
        "hidden_act": "gelu_pytorch_tanh",
        "hidden_size": 32,
        "initializer_range": 0.018042,
        "intermediate_size": 96,
        "layer_norm_epsilon": 1e-05,
        "max_position_embeddings": 128,
        "mlp_type": "default",
        "model_type": "starcoder2",
        "norm_epsilon": 1e-05,
        "norm_type": "layer_norm",
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "num_key_value_heads": 2,
        "residual_dropout": 0.1,
        "rope_theta": 99999.44,
        "sliding_window": 16,
        "torch_dtype": "float32",
        "transformers_version": "4.37.0.dev0",
        "use_bias": True,
        "use_cache": True,
        "vocab_size": 320,
    },
    must_matter={
        "window": {"sliding_window": None},
        "window of 16, not 17": {"sliding_window": 17},
        "approximate GELU": {"hidden_act": "gelu"},
        "rotary base": {"rope_theta": 10000.0},
    },
    notes=("keys of before transformers 5; tied, though tie_word_embeddings is left out",),
)

CASES = {
    "llama": LLAMA,
    "llama1": LLAMA1,
    "llama_yarn": LLAMA_YARN,
    "mistral": MISTRAL,
    "qwen2": QWEN2,
    "qwen3": QWEN3,
    "starcoder2": STARCODER2,
}
