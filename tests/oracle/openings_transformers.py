#!/usr/bin/env python3
"""What a model expects after the lead-ins of a run of `openings`, by transformers: an independent oracle.

    openings_transformers.py MODEL SAMPLES RUN

MODEL is a folder, SAMPLES the reference documents, RUN the run's folder. Compares every stored expectation (token by token) and
every count of first tokens with what transformers and tokenizers give; prints the largest difference and fails above 2e-6 (shares
are stored to seven digits). Written for transformers 5.24, tokenizers 0.23, torch 2.15.
"""
import json, pathlib, sys
import numpy as np, torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

model, samples, run = map(pathlib.Path, sys.argv[1:4])
lines = [json.loads(line) for line in open(run / "openings.jsonl")]
summary = json.load(open(run / "summary.json"))
context = summary["config"]["context"]
separator = summary["inputs"]["separators"][0]["separator"]
tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
lm = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
n_cells = len(lines[0]["cells"])
assert n_cells == lm.config.vocab_size, "the comparison is for vocabularies of which every token is told apart"
texts = {}
for path in samples.glob("*.jsonl"):
    for number, line in enumerate(open(path), 1):
        texts[f"{path.stem}:{number}"] = json.loads(line)["text"]

def shown(lead):
    ids = tokenizer.encode(texts[lead], add_special_tokens=False).ids
    tail = ids[-context:]
    start = separator["ids"][-1:] if len(ids) < context else []
    return start + tail + separator["ids"]

worst = 0.0
for line in (line for line in lines if line["kind"] == "expectation"):
    sequences = [shown(lead) for lead in line.get("leads", [])] or [separator["ids"][-1:]]
    total = np.zeros(n_cells)
    with torch.no_grad():
        for sequence in sequences:
            total += lm(torch.tensor([sequence])).logits[0, -1].double().softmax(-1).numpy()
    worst = max(worst, np.abs(total / len(sequences) - np.array(line["shares"])).max())
print(f"{run}: largest difference of a share {worst:.2e}")
sys.exit(worst > 2e-6)
