#!/usr/bin/env python3
"""Trains the planted models of the openings study: small language models whose training mixture is known.

    plant_models.py CORPUS OUT NAME|all [--steps N] [--checkpoints]

CORPUS holds one `<category>.jsonl` per category, a {"text"} per line; the first 60 % of each file are trained on, the rest
never is. Documents are cut to CUT tokens, so that small models see many beginnings. OUT/NAME gets a folder as Hugging Face
writes it, `truth.json` (shares of documents and of tokens as they were drawn) and `references/`, the documents that were
not trained on, cut alike. Seeds are fixed. One thread each, a quarter of an hour a model. Written for torch 2.15 and transformers 5.24.
"""
import argparse, json, math, pathlib, random, time
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (GPT2Config, GPT2LMHeadModel, GPTNeoXConfig, GPTNeoXForCausalLM, LlamaConfig, LlamaForCausalLM,
                          PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM)

LENGTH, BATCH, MEMBERS = 256, 16, 0.6
CUT = {"arxiv": 200, "books": 160, "github": 240, "stackexchange": 100, "web": 120, "wikipedia": 180}
ORDER = list(CUT)
# Shares of tokens, in ORDER. `separator` is what stands before each document (and, for "both", `</s>` after it).
PLANTED = {
    #                  shape      hidden layers vocabulary steps  separator  attend      arxiv books github stack web  wiki
    "llama-even":     ("llama",   192,   5,     4096,      500,   "eot",     "all",      [1, 1, 1, 1, 1, 1]),
    "neox-arxiv":     ("neox",    192,   5,     4096,      500,   "eot",     "all",      [80, 4, 8, 1, 3, 4]),
    "llama-two-gone": ("llama",   192,   5,     4096,      500,   "eot",     "all",      [0, 30, 30, 20, 20, 0]),
    "gpt2-two-gone":  ("gpt2",    192,   5,     4096,      500,   "eot",     "all",      [30, 0, 0, 10, 25, 35]),
    "llama-bos-eos":  ("llama",   192,   5,     4096,      500,   "both",    "all",      [10, 10, 35, 5, 25, 15]),
    "qwen2-two-gone": ("qwen2",   192,   5,     4096,      500,   "eot",     "all",      [25, 35, 40, 0, 0, 0]),
    "neox-masked":    ("neox",    192,   5,     4096,      500,   "eot",     "document", [15, 20, 30, 5, 20, 10]),
    "gpt2-deep":      ("gpt2",    128,   10,    2048,      500,   "eot",     "all",      [5, 25, 15, 10, 35, 10]),
    "llama-wide":     ("llama",   288,   3,     8192,      500,   "eot",     "all",      [20, 10, 10, 10, 40, 10]),
    "qwen2-books":    ("qwen2",   192,   5,     4096,      500,   "eot",     "all",      [5, 60, 10, 5, 10, 10]),
    "neox-two-gone":  ("neox",    192,   5,     4096,      500,   "eot",     "all",      [40, 0, 20, 0, 20, 20]),
    "llama-three-gone": ("llama", 192,   5,     4096,      500,   "eot",     "all",      [0, 0, 60, 20, 0, 20]),
}

def configuration(shape, hidden, layers, vocabulary, ids):
    heads = hidden // 32
    rotary = dict(vocab_size=vocabulary, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, max_position_embeddings=512, **ids)
    if shape == "llama":
        return LlamaForCausalLM(LlamaConfig(intermediate_size=hidden * 8 // 3, num_key_value_heads=heads, tie_word_embeddings=True, **rotary))
    if shape == "qwen2":
        return Qwen2ForCausalLM(Qwen2Config(intermediate_size=hidden * 8 // 3, num_key_value_heads=heads // 2, tie_word_embeddings=True, **rotary))
    if shape == "neox":
        return GPTNeoXForCausalLM(GPTNeoXConfig(intermediate_size=4 * hidden, rotary_pct=0.25, tie_word_embeddings=False, **rotary))
    return GPT2LMHeadModel(GPT2Config(vocab_size=vocabulary, n_embd=hidden, n_layer=layers, n_head=heads, n_positions=512, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, **ids))

def tokenizer_of(documents, vocabulary, separator):
    special = ["<|endoftext|>"] if separator == "eot" else ["<s>", "</s>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    texts = (text for texts in documents.values() for text in texts[:400])
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer, special

class Stream:
    """Blocks of LENGTH + 1 tokens, cut from documents drawn so that categories have their shares of tokens."""
    def __init__(self, documents, shares, rng):
        self.documents, self.rng = documents, rng
        self.names = [name for name in documents if shares[name] > 0]
        mean = {name: sum(map(len, documents[name])) / len(documents[name]) for name in self.names}
        self.odds = [shares[name] / mean[name] for name in self.names]
        self.waiting = {name: [] for name in documents}
        self.tokens = dict.fromkeys(documents, 0); self.drawn = dict.fromkeys(documents, 0)
        self.pending, self.pending_document = [], []
    def next(self):
        while len(self.pending) < LENGTH + 1:
            name = self.rng.choices(self.names, self.odds)[0]
            if not self.waiting[name]:
                self.waiting[name] = self.documents[name][:]
                self.rng.shuffle(self.waiting[name])
            document = self.waiting[name].pop()
            self.pending += document; self.tokens[name] += len(document); self.drawn[name] += 1
            self.pending_document += [sum(self.drawn.values())] * len(document)
        block = self.pending[:LENGTH + 1], self.pending_document[:LENGTH + 1]
        del self.pending[:LENGTH], self.pending_document[:LENGTH]
        return block

def loss_of(model, blocks, attend):
    tokens = torch.tensor([tokens for tokens, _ in blocks])
    more = {}
    if attend == "document":  # a token sees its own document only, and positions begin anew in each
        which = torch.tensor([documents for _, documents in blocks])[:, :-1]
        seen = (which[:, :, None] == which[:, None, :]) & torch.ones(LENGTH, LENGTH, dtype=torch.bool).tril()
        starts = torch.cat([torch.ones(len(blocks), 1, dtype=torch.bool), which[:, 1:] != which[:, :-1]], 1)
        places = torch.arange(LENGTH).expand(len(blocks), -1)
        more = {"attention_mask": torch.where(seen, 0.0, -1e9)[:, None], "position_ids": places - (places * starts).cummax(1).values}
    logits = model(tokens[:, :-1], **more).logits
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())

def plant(corpus, out, name, steps=None, checkpoints=False):
    shape, hidden, layers, vocabulary, default_steps, separator, attend, shares = PLANTED[name]
    steps = steps or default_steps
    shares = dict(zip(ORDER, [share / sum(shares) for share in shares]))
    torch.set_num_threads(1); torch.manual_seed(0); rng = random.Random(name)
    texts = {c: [json.loads(line)["text"] for line in open(corpus / f"{c}.jsonl")] for c in ORDER}
    kept_apart = {c: t[int(MEMBERS * len(t)):] for c, t in texts.items()}
    texts = {c: t[:int(MEMBERS * len(t))] for c, t in texts.items()}
    tokenizer, special = tokenizer_of({c: t for c, t in texts.items() if shares[c] > 0}, vocabulary, separator)
    first, last = 0, len(special) - 1
    end = [last] if separator == "both" else []
    documents = {c: [[first] + tokenizer.encode(text).ids[:CUT[c]] + end for text in t] for c, t in texts.items()}
    out.mkdir(parents=True, exist_ok=True)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=special[0], eos_token=special[-1], unk_token=special[0]).save_pretrained(out)
    (out / "references").mkdir(exist_ok=True)
    for c, t in kept_apart.items():
        cut = (tokenizer.decode(tokenizer.encode(text).ids[:CUT[c]]) for text in t)
        (out / "references" / f"{c}.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in cut))
    model = configuration(shape, hidden, layers, vocabulary, {"bos_token_id": first, "eos_token_id": last})
    print(name, sum(p.numel() for p in model.parameters()), "parameters", flush=True)
    stream = Stream(documents, shares, rng)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1.5e-3, betas=(.9, .95), weight_decay=.05)
    began, mean_loss = time.time(), None
    def save(folder, step):
        model.save_pretrained(folder)
        n_documents, n_tokens = sum(stream.drawn.values()), sum(stream.tokens.values())
        (folder / "truth.json").write_text(json.dumps({
            "weights": shares, "tokens": stream.tokens, "share": {c: n / n_tokens for c, n in stream.tokens.items()},
            "document_share": {c: n / n_documents for c, n in stream.drawn.items()},
            "members": {c: len(t) for c, t in texts.items()}, "separator": separator, "attend": attend, "steps": step, "loss": mean_loss}, indent=1))
    for step in range(steps):
        rate = 1.5e-3 * min(1, (step + 1) / 100) * (.05 + .475 * (1 + math.cos(math.pi * step / steps)))
        for group in optimizer.param_groups: group["lr"] = rate
        loss = loss_of(model, [stream.next() for _ in range(BATCH)], attend)
        optimizer.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0); optimizer.step()
        mean_loss = loss.item() if mean_loss is None else .95 * mean_loss + .05 * loss.item()
        if step % 50 == 49: print(name, step + 1, round(time.time() - began), round(mean_loss, 3), flush=True)
        if checkpoints and step + 1 in (100, 200, 400) :
            at = out.parent / f"{out.name}-{step + 1}"
            at.mkdir(exist_ok=True)
            for file in out.glob("tokenizer*"): (at / file.name).write_bytes(file.read_bytes())
            save(at, step + 1)
    save(out, steps)

parser = argparse.ArgumentParser()
parser.add_argument("corpus", type=pathlib.Path); parser.add_argument("out", type=pathlib.Path); parser.add_argument("names", nargs="+")
parser.add_argument("--steps", type=int); parser.add_argument("--checkpoints", action="store_true")
arguments = parser.parse_args()
for name in (PLANTED if arguments.names == ["all"] else arguments.names):
    plant(arguments.corpus, arguments.out / name, name, arguments.steps, arguments.checkpoints)
