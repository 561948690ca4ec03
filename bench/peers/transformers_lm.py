"""transformers scoring and generating on one checkpoint, timed; run by hand, prints one line of JSON per case.

    python bench/peers/transformers_lm.py FOLDER [--texts FILE.jsonl | --tokens 128] [--threads 2] [--seconds 30]

Documents are the {"text": ...} lines of FILE, cut to `--max-tokens`, or random token ids, `--tokens` each. The cases:
`score_1` scores one document at a time as the seed study does (softmax, log-softmax, mean and variance of the
log-probability, each over the whole vocabulary, in the model's type); `score_32` the same in padded batches of 32;
`generate_8` and `generate_64` sample 128 new tokens after the token that begins a text, T = 1, nothing truncated, with
the key-value cache and without stopping. Each case warms up once, then repeats until `--seconds` have passed.
Checked with torch 2.15.0 and transformers 5.24.0.
"""

import argparse
import itertools
import json
import pathlib
import resource
import time

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

CASES = ("score_1", "score_32", "generate_8", "generate_64")


def documents(arguments, model):
    """The documents as lists of token ids; one token has nothing to predict it, so no document is shorter than two."""
    if arguments.texts is None:
        generator = torch.Generator().manual_seed(arguments.seed)
        shape = (arguments.documents, arguments.tokens)
        return torch.randint(model.config.vocab_size, shape, generator=generator).tolist()
    tokenizer = AutoTokenizer.from_pretrained(arguments.folder)
    with arguments.texts.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in itertools.islice(lines, arguments.documents)]
    encoded = [tokenizer.encode(text)[: arguments.max_tokens] for text in texts]
    return [ids for ids in encoded if len(ids) > 1]


def statistics(logits, ids):
    """Log-probability of each next token, mean and variance of the log-probability, as the seed study has them."""
    probabilities = torch.softmax(logits, dim=-1)
    log_probabilities = torch.log_softmax(logits, dim=-1)
    actual = log_probabilities.gather(-1, ids.unsqueeze(-1)).squeeze(-1)
    mean = (probabilities * log_probabilities).sum(-1)
    variance = (probabilities * log_probabilities.square()).sum(-1) - mean.square()
    return torch.stack([actual, mean, variance.clamp(min=1e-8)]).cpu()


def score_one(model, document):
    ids = torch.tensor([document], device=model.device)
    logits = model(ids, labels=ids).logits
    return statistics(logits[0, :-1], ids[0, 1:])


def score_batch(model, batch):
    longest = max(map(len, batch))
    ids = torch.tensor([document + [0] * (longest - len(document)) for document in batch], device=model.device)
    mask = torch.tensor([[1] * len(document) + [0] * (longest - len(document)) for document in batch])
    logits = model(ids, attention_mask=mask.to(model.device), use_cache=False).logits
    return statistics(logits[:, :-1], ids[:, 1:])


def generate(model, count, new_tokens):
    first = model.config.bos_token_id if model.config.bos_token_id is not None else model.config.eos_token_id
    prompts = torch.full((count, 1), first, device=model.device)
    texts = model.generate(prompts, attention_mask=torch.ones_like(prompts), max_new_tokens=new_tokens)
    assert texts.shape == (count, new_tokens + 1)


def endless(parts):
    """The parts over and over, each with the number of its tokens."""
    return ((part, sum(map(len, part))) for part in itertools.cycle(parts))


def steps(case, model, texts, new_tokens):
    """The calls of a case, one after another without end, and how many tokens each works on."""
    kind, _, size = case.partition("_")
    size = int(size)
    if kind == "generate":
        yield from itertools.repeat((lambda: generate(model, size, new_tokens), size * new_tokens))
    batches = [texts[start : start + size] for start in range(0, len(texts), size)]
    for batch, tokens in endless(batches):
        yield (lambda: score_one(model, batch[0])) if size == 1 else (lambda: score_batch(model, batch)), tokens


def measure(case, model, texts, arguments):
    """Tokens and seconds of as many calls as fit into `--seconds`, after one to warm up."""
    calls = steps(case, model, texts, arguments.new_tokens)
    next(calls)[0]()
    tokens, start = 0, time.perf_counter()
    for call, size in calls:
        call()
        tokens += size
        seconds = time.perf_counter() - start
        if seconds >= arguments.seconds:
            return tokens, seconds


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--texts", type=pathlib.Path)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--documents", type=int, default=256)
    parser.add_argument("--max-tokens", type=int, default=128)
    parser.add_argument("--new-tokens", type=int, default=128)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=CASES)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", choices=("float32", "float16", "bfloat16"), default="float32")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


@torch.no_grad()
def main():
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    model = AutoModelForCausalLM.from_pretrained(arguments.folder, dtype=getattr(torch, arguments.dtype))
    model = model.to(arguments.device).eval()
    model.generation_config = transformers.GenerationConfig(
        do_sample=True, temperature=1.0, top_k=0, top_p=1.0, eos_token_id=None, pad_token_id=0
    )
    texts = documents(arguments, model)
    for case in arguments.cases:
        tokens, seconds = measure(case, model, texts, arguments)
        print(json.dumps({
            "program": f"transformers {transformers.__version__}, torch {torch.__version__}",
            "case": case, "parameters": model.num_parameters(), "vocabulary": model.config.vocab_size,
            "device": arguments.device, "dtype": arguments.dtype, "threads": arguments.threads,
            "tokens": tokens, "seconds": round(seconds, 2), "tokens_per_s": round(tokens / seconds, 1),
            "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }), flush=True)


if __name__ == "__main__":
    main()
