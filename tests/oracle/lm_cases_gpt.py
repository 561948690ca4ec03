"""GPT-NeoX, GPT-2, GPT-Neo and GPT-BigCode for lm_fixtures.py."""

import lm_storage
import torch
from lm_case import Case, Config, Tensors, causal_buffer, inverse_frequencies

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

# GPT-Neo


def publish_gpt_neo(tensors: Tensors, config: Config) -> Tensors:
    """EleutherAI's names, with masks that nobody needs, the tied head stored too, and views as pickles may hold them."""
    result = lm_storage.with_views(
        tensors,
        joined=tuple(f"transformer.h.0.attn.attention.{part}_proj.weight" for part in "kvq"),
        transposed="transformer.h.1.mlp.c_fc.weight",
        parameter="transformer.wpe.weight",
    )
    for layer in range(config["num_layers"]):
        prefix = f"transformer.h.{layer}.attn.attention"
        result[f"{prefix}.bias"] = causal_buffer(config["max_position_embeddings"])
        result[f"{prefix}.masked_bias"] = torch.tensor(-1e9)
    result["lm_head.weight"] = result["transformer.wte.weight"]
    return result


GPT_NEO = Case(
    config={
        "activation_function": "gelu_new",
        "architectures": ["GPTNeoForCausalLM"],
        "attention_dropout": 0,
        "attention_layers": ["global", "local"],
        "attention_types": [[["global", "local"], 1]],
        "bos_token_id": 0,
        "embed_dropout": 0,
        "eos_token_id": 0,
        "gradient_checkpointing": False,
        "hidden_size": 32,
        "initializer_range": 0.02,
        "intermediate_size": None,
        "layer_norm_epsilon": 1e-05,
        "max_position_embeddings": 128,
        "model_type": "gpt_neo",
        "num_heads": 4,
        "num_layers": 2,
        "resid_dropout": 0,
        "summary_type": "cls_index",
        "torch_dtype": "float32",
        "transformers_version": "4.9.0.dev0",
        "use_cache": True,
        "vocab_size": 320,
        "window_size": 8,
    },
    must_matter={
        "local attention": {"attention_types": [[["global"], 2]], "attention_layers": ["global", "global"]},
        "layers' order": {"attention_types": [[["local", "global"], 1]], "attention_layers": ["local", "global"]},
        "window of 8, not 7": {"window_size": 7},
        "window of 8, not 9": {"window_size": 9},
        "approximate GELU": {"activation_function": "gelu"},
    },
    write=lm_storage.sharded_pickle,
    publish=publish_gpt_neo,
    notes=(
        "two pickled shards; k, v and q of layer 0 are views of one storage, h.1.mlp.c_fc.weight has swapped strides",
        "wpe is a Parameter; the tied head is stored too; attention.bias and masked_bias are to be ignored",
        "attention scores are not scaled; a window of 8 sees the token itself and the 7 before it",
    ),
)

# GPT-BigCode


def publish_gpt_bigcode(tensors: Tensors, _: Config) -> Tensors:
    """StarCoder's files store the tied head too."""
    return tensors | {"lm_head.weight": tensors["transformer.wte.weight"]}


GPT_BIGCODE = Case(
    config={
        "activation_function": "gelu",
        "architectures": ["GPTBigCodeForCausalLM"],
        "attention_softmax_in_fp32": True,
        "attn_pdrop": 0.1,
        "bos_token_id": 0,
        "embd_pdrop": 0.1,
        "eos_token_id": 0,
        "inference_runner": 0,
        "initializer_range": 0.02,
        "layer_norm_epsilon": 1e-05,
        "max_batch_size": None,
        "max_sequence_length": None,
        "model_type": "gpt_bigcode",
        "multi_query": True,
        "n_embd": 32,
        "n_head": 4,
        "n_inner": 64,
        "n_layer": 2,
        "n_positions": 128,
        "pad_key_length": True,
        "pre_allocate_kv_cache": False,
        "resid_pdrop": 0.1,
        "scale_attention_softmax_in_fp32": True,
        "scale_attn_weights": True,
        "summary_type": "cls_index",
        "torch_dtype": "float32",
        "transformers_version": "4.28.1",
        "use_cache": True,
        "validate_runner_input": True,
        "vocab_size": 320,
    },
    must_matter={
        "exact GELU": {"activation_function": "gelu_pytorch_tanh"},
        "scaled attention": {"scale_attn_weights": False},
    },
    publish=publish_gpt_bigcode,
    notes=("c_attn holds the queries' 32 rows, then one head's key, then its value; the tied head is stored too",),
)

CASES = {
    "gpt_neox": GPT_NEOX,
    "gpt_neox_sequential": GPT_NEOX_SEQUENTIAL,
    "gpt2": GPT2,
    "gpt_neo": GPT_NEO,
    "gpt_bigcode": GPT_BIGCODE,
}
