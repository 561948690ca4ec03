"""Trains with PyTorch what `cargo run --release -p data-anatomy-classify --features burn --example encoder` trained, and compares.

    python tests/oracle/encoder_training.py FOLDER SAVED [PER_CLASS [EPOCHS [SEED]]]

FOLDER holds `<category>.jsonl`, SAVED is what the example wrote: sizes and tokenizer are taken from it, the
weights are fresh. Documents, split, recipe (AdamW, weight decay on neither biases nor norms, linear warm-up over
a tenth of the steps and decay, gradients clipped to a norm of 1, dropout) are the same; only random numbers differ.
It also loads SAVED itself and says how accurate that is under `transformers`: the accuracy that the example printed.
Tried with Python 3.11, torch 2.15, transformers 5.24.
"""

import json
import math
import sys
import time
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer
from transformers import get_linear_schedule_with_warmup

BATCH_SIZE, LEARNING_RATE, WEIGHT_DECAY, WARMUP, MAX_LENGTH = 32, 1e-3, 0.01, 0.1, 256


def read(folder, per_class):
    train, held_out = ([], []), ([], [])
    paths = sorted(Path(folder).glob("*.jsonl"))
    for label, path in enumerate(paths):
        for index, line in enumerate(path.read_text().splitlines()[:per_class]):
            texts, labels = held_out if index % 5 == 4 else train
            texts.append(json.loads(line)["text"])
            labels.append(label)
    return train, held_out


def batches(encoded, labels, order, device="cpu"):
    for start in range(0, len(order), BATCH_SIZE):
        rows = order[start : start + BATCH_SIZE]
        longest = max(len(encoded[row]) for row in rows)
        ids = torch.tensor([encoded[row] + [0] * (longest - len(encoded[row])) for row in rows])
        mask = torch.tensor([[1] * len(encoded[row]) + [0] * (longest - len(encoded[row])) for row in rows])
        yield dict(input_ids=ids, attention_mask=mask, labels=torch.tensor([labels[row] for row in rows]))


def evaluate(model, encoded, labels):
    model.eval()
    order = sorted(range(len(encoded)), key=lambda row: len(encoded[row]))
    right, loss = 0, 0.0
    with torch.no_grad():
        for batch in batches(encoded, labels, order):
            output = model(**batch)
            right += (output.logits.argmax(1) == batch["labels"]).sum().item()
            loss += output.loss.item() * len(batch["labels"])
    return right / len(labels), loss / len(labels)


def fit(model, encoded, labels, epochs, seed):
    decays = lambda name: not (name.endswith("bias") or "norm" in name.lower())
    named = list(model.named_parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for n, p in named if decays(n)], "weight_decay": WEIGHT_DECAY},
            {"params": [p for n, p in named if not decays(n)], "weight_decay": 0.0},
        ],
        lr=LEARNING_RATE,
    )
    n_steps = epochs * math.ceil(len(labels) / BATCH_SIZE)
    schedule = get_linear_schedule_with_warmup(optimizer, math.ceil(WARMUP * n_steps), n_steps)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    for _ in range(epochs):
        order = torch.randperm(len(labels), generator=generator).tolist()
        for batch in batches(encoded, labels, order):
            optimizer.zero_grad()
            model(**batch).loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()


def main():
    folder, saved = sys.argv[1:3]
    per_class, epochs, seed = (int(a) for a in (sys.argv[3:] + ["210", "10", "42"][len(sys.argv) - 3 :]))
    (train, train_labels), (held_out, held_out_labels) = read(folder, per_class)
    tokenizer = AutoTokenizer.from_pretrained(saved)
    encode = lambda texts: tokenizer(texts, truncation=True, max_length=MAX_LENGTH)["input_ids"]
    start = time.time()
    encoded = encode(train)
    torch.manual_seed(seed)
    model = AutoModelForSequenceClassification.from_config(AutoConfig.from_pretrained(saved))
    fit(model, encoded, train_labels, epochs, seed)
    fitted = time.time()
    accuracy, log_loss = evaluate(model, encode(held_out), held_out_labels)
    done = time.time()
    theirs, their_loss = evaluate(
        AutoModelForSequenceClassification.from_pretrained(saved), encode(held_out), held_out_labels
    )
    print(json.dumps({
        "program": f"torch {torch.__version__}", "n_train": len(train), "n_held_out": len(held_out),
        "seed": seed, "epochs": epochs, "fit_s": fitted - start, "predict_s": done - fitted,
        "accuracy": accuracy, "log_loss": log_loss,
        "accuracy_of_saved": theirs, "log_loss_of_saved": their_loss,
    }))


if __name__ == "__main__":
    main()
