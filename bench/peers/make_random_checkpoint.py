"""Writes a GPT-NeoX checkpoint with random weights, to measure speed with; run by hand.

    python bench/peers/make_random_checkpoint.py SIZE FOLDER [--dtype float32]

SIZE is 5.5M, 160M or 1.4B, the last two shaped as Pythia. FOLDER lies outside the project: checkpoints are large. The
tokenizer is the byte-level one of tests/fixtures/lm, which knows fewer tokens than the model embeds.
Checked with torch 2.15.0 and transformers 5.24.0.
"""

import argparse
import pathlib
import shutil

import torch
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOKENIZER = ROOT / "tests" / "fixtures" / "lm" / "tokenizer"
SHAPES = {
    "5.5M": {
        "vocab_size": 4096,
        "hidden_size": 224,
        "num_hidden_layers": 6,
        "num_attention_heads": 7,
        "intermediate_size": 896,
        "max_position_embeddings": 512,
    },
    "160M": {
        "vocab_size": 50304,
        "hidden_size": 768,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "intermediate_size": 3072,
        "max_position_embeddings": 2048,
    },
    "1.4B": {
        "vocab_size": 50304,
        "hidden_size": 2048,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "intermediate_size": 8192,
        "max_position_embeddings": 2048,
    },
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("size", choices=SHAPES)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--dtype", choices=("float32", "float16", "bfloat16"), default="float32")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.folder.resolve().is_relative_to(ROOT):
        parser.error(f"{arguments.folder} lies inside the project; choose a folder outside of it")
    torch.manual_seed(arguments.seed)
    config = GPTNeoXConfig(
        **SHAPES[arguments.size],
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.25},
        bos_token_id=0,
        eos_token_id=0,
    )
    model = GPTNeoXForCausalLM(config).to(getattr(torch, arguments.dtype))
    model.save_pretrained(arguments.folder)
    for path in TOKENIZER.iterdir():
        shutil.copy(path, arguments.folder)
    print(f"{model.num_parameters():,} parameters in {arguments.folder}")


if __name__ == "__main__":
    main()
