"""The tiny checkpoints of lm_fixtures.py: configuration, names and storage of each, as its family publishes them.

`config` is written to config.json word for word. About half of them use the keys of checkpoints published before
transformers 5 (`rope_theta`, `rope_scaling`, `rotary_pct`, `torch_dtype`, defaults left out), the others the keys that
transformers 5 writes (`rope_parameters`, `dtype`, `layer_types`).
"""

import dataclasses
from collections.abc import Callable

import lm_storage
import torch

Tensors = dict[str, torch.Tensor]
Config = dict[str, object]


@dataclasses.dataclass(frozen=True)
class Case:
    """One checkpoint."""

    config: Config
    # Changes of the configuration that must change the logits, by what they prove.
    must_matter: dict[str, Config]
    write: Callable[..., None] = lm_storage.one_safetensors
    # From the names and shapes of transformers to those of the published layout, extra buffers included.
    publish: Callable[[Tensors, Config], Tensors] = lambda tensors, _: tensors
    # The configuration that transformers computes the expected numbers with, where it cannot read `config`.
    oracle_config: Config | None = None
    dtype: torch.dtype = torch.float32
    # Tokens are drawn, and must be generated, below this id.
    tokens_below: int = 320
    notes: tuple[str, ...] = ()


def causal_buffer(positions: int) -> torch.Tensor:
    return torch.tril(torch.ones(positions, positions, dtype=torch.bool)).view(1, 1, positions, positions)


def inverse_frequencies(dimensions: int, base: float = 10000.0) -> torch.Tensor:
    return 1.0 / base ** (torch.arange(0, dimensions, 2).float() / dimensions)


# GPT-NeoX


def publish_neox(tensors: Tensors, config: Config) -> Tensors:
    """Pythia's names: the head is `embed_out`, every layer carries three buffers nobody needs."""
    result = {name.replace("lm_head.", "embed_out."): tensor for name, tensor in tensors.items()}
    for layer in range(config["num_hidden_layers"]):
        prefix = f"gpt_neox.layers.{layer}.attention"
        result[f"{prefix}.bias"] = causal_buffer(config["max_position_embeddings"])
        result[f"{prefix}.masked_bias"] = torch.tensor(-1e9)
        result[f"{prefix}.rotary_emb.inv_freq"] = inverse_frequencies(4)
    return result


def rename_neox_head(tensors: Tensors, _: Config) -> Tensors:
    return {name.replace("lm_head.", "embed_out."): tensor for name, tensor in tensors.items()}


GPT_NEOX = Case(
    config={
        "architectures": ["GPTNeoXForCausalLM"],
        "bos_token_id": 0,
        "eos_token_id": 0,
        "hidden_act": "gelu",
        "hidden_size": 48,
        "initializer_range": 0.02,
        "intermediate_size": 96,
        "layer_norm_eps": 1e-05,
        "max_position_embeddings": 128,
        "model_type": "gpt_neox",
        "num_attention_heads": 3,
        "num_hidden_layers": 2,
        "rotary_emb_base": 10000,
        "rotary_pct": 0.25,
        "tie_word_embeddings": False,
        "torch_dtype": "float32",
        "transformers_version": "4.24.0",
        "use_cache": True,
        "use_parallel_residual": True,
        "vocab_size": 320,
    },
    must_matter={
        "parallel residual": {"use_parallel_residual": False},
        "rotary share": {"rotary_pct": 0.5},
        "rotary base": {"rotary_emb_base": 1000},
        "exact GELU": {"hidden_act": "gelu_new"},
    },
    publish=publish_neox,
    notes=("keys of before transformers 5; buffers attention.bias, masked_bias and rotary_emb.inv_freq are to be ignored",),
)

GPT_NEOX_SEQUENTIAL = Case(
    config={
        "architectures": ["GPTNeoXForCausalLM"],
        "attention_bias": True,
        "attention_dropout": 0.0,
        "bos_token_id": 0,
        "classifier_dropout": 0.1,
        "dtype": "float32",
        "eos_token_id": 0,
        "hidden_act": "gelu_new",
        "hidden_dropout": 0.0,
        "hidden_size": 32,
        "initializer_range": 0.02,
        "intermediate_size": 80,
        "is_decoder": False,
        "layer_norm_eps": 1e-05,
        "max_position_embeddings": 128,
        "model_type": "gpt_neox",
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "pad_token_id": None,
        "rope_parameters": {"partial_rotary_factor": 0.5, "rope_theta": 5000.0, "rope_type": "default"},
        "tie_word_embeddings": False,
        "transformers_version": "5.24.0",
        "use_cache": True,
        "use_parallel_residual": False,
        "vocab_size": 320,
    },
    must_matter={
        "sequential residual": {"use_parallel_residual": True},
        "approximate GELU": {"hidden_act": "gelu"},
        "rotary share": {"rope_parameters": {"partial_rotary_factor": 1.0, "rope_theta": 5000.0, "rope_type": "default"}},
        "rotary base": {"rope_parameters": {"partial_rotary_factor": 0.5, "rope_theta": 10000.0, "rope_type": "default"}},
    },
    publish=rename_neox_head,
    notes=("keys of transformers 5",),
)

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
        "original length": {"rope_scaling": {"factor": 4.0, "original_max_position_embeddings": 256, "type": "yarn"}},
    },
    notes=("keys of before transformers 5; the attention factor is 0.1 ln(factor) + 1; tied; no rope_theta: 10000",),
)

# GPT-2


def publish_gpt2(tensors: Tensors, config: Config) -> Tensors:
    """The names of the first GPT-2 files: no `transformer.` before them, a causal mask in every layer, no head."""
    result = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
    for layer in range(config["n_layer"]):
        result[f"h.{layer}.attn.bias"] = causal_buffer(config["n_positions"]).to(torch.uint8)
    return result


GPT2 = Case(
    config={
        "activation_function": "gelu_new",
        "architectures": ["GPT2LMHeadModel"],
        "attn_pdrop": 0.1,
        "bos_token_id": 0,
        "embd_pdrop": 0.1,
        "eos_token_id": 0,
        "initializer_range": 0.02,
        "layer_norm_epsilon": 1e-05,
        "model_type": "gpt2",
        "n_ctx": 128,
        "n_embd": 32,
        "n_head": 4,
        "n_layer": 2,
        "n_positions": 128,
        "resid_pdrop": 0.1,
        "summary_activation": None,
        "summary_first_dropout": 0.1,
        "summary_proj_to_labels": True,
        "summary_type": "cls_index",
        "summary_use_proj": True,
        "task_specific_params": {"text-generation": {"do_sample": True, "max_length": 50}},
        "vocab_size": 320,
    },
    must_matter={
        "approximate GELU": {"activation_function": "relu"},
        "scaled attention": {"scale_attn_weights": False},
    },
    write=lm_storage.one_pickle,
    publish=publish_gpt2,
    notes=("as OpenAI's files: no prefix, attn.bias to be ignored, n_inner and tie_word_embeddings left out",),
)

CASES: dict[str, Case] = {
    "gpt_neox": GPT_NEOX,
    "gpt_neox_sequential": GPT_NEOX_SEQUENTIAL,
    "llama": LLAMA,
    "llama1": LLAMA1,
    "llama_yarn": LLAMA_YARN,
    "gpt2": GPT2,
}
