"""Makes tests/fixtures/encoder: tiny random encoders with what `transformers` computes on them.

    python tests/oracle/encoder_fixtures.py

For each: the checkpoint as `transformers` saves it, and `expected.safetensors` with token numbers, logits
(double precision) and every parameter after five steps of the Trainer's recipe without dropout, in double
precision: AdamW with weight decay on neither biases nor norms, gradients clipped to a norm of 1, linear
warm-up and decay. Written with torch 2.15, transformers 5.24, tokenizers 0.23.3.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import BertWordPieceTokenizer
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    get_linear_schedule_with_warmup,
)

FOLDER = Path(__file__).parent.parent / "fixtures" / "encoder"
LABELS = ["Books", "GitHub", "Web"]
WORDS = "the a whale swims in sea fn main let mut return buy now best price of books said he she"
TEXTS = [
    "The whale swims in the sea, said he.",
    "fn main() { let mut sea = a; return }",
    "Buy now! Best price of whales",
    "she",
    "He said: the books of the sea. The sea of books! Unheard-of prices, whale after whale, now and then.",
    "let let let mut",
]
CLASSES = [0, 1, 2, 0, 2, 1]
BATCHES = [[0, 1, 2, 3], [4, 5, 0], [1, 2, 3, 4, 5], [0, 2], [5, 4, 3, 2, 1, 0]]
LEARNING_RATE, WEIGHT_DECAY, N_WARMUP, MAX_LENGTH = 1e-3, 0.01, 1, 24


def vocabulary():
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS.split(), *"()={};:.,!-", "##s"]
    letters = "abcdefghijklmnopqrstuvwxyz"
    pieces += [c for c in letters if c not in pieces] + [f"##{c}" for c in letters if c != "s"]
    return {piece: number for number, piece in enumerate(pieces)}


def models(n_vocab):
    sizes = dict(vocab_size=n_vocab, max_position_embeddings=40, initializer_range=0.2)
    labels = dict(id2label=dict(enumerate(LABELS)), label2id={n: i for i, n in enumerate(LABELS)})
    yield "distilbert", DistilBertForSequenceClassification(
        DistilBertConfig(dim=24, n_heads=2, n_layers=2, hidden_dim=40, dropout=0.0,
                         attention_dropout=0.0, seq_classif_dropout=0.0, **sizes, **labels))
    yield "bert", BertForSequenceClassification(
        BertConfig(hidden_size=24, num_attention_heads=3, num_hidden_layers=2, intermediate_size=40,
                   hidden_act="gelu", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                   layer_norm_eps=1e-6, **sizes, **labels))
    yield "bert_relu", BertForSequenceClassification(
        BertConfig(hidden_size=16, num_attention_heads=2, num_hidden_layers=1, intermediate_size=24,
                   hidden_act="relu", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                   **sizes, **labels))


def padded(sequences):
    longest = max(map(len, sequences))
    ids = torch.tensor([s + [0] * (longest - len(s)) for s in sequences])
    mask = torch.tensor([[1] * len(s) + [0] * (longest - len(s)) for s in sequences])
    return dict(input_ids=ids, attention_mask=mask)


def train(model, sequences):
    decays = lambda name: not (name.endswith("bias") or "norm" in name.lower())
    named = list(model.named_parameters())
    groups = [
        {"params": [p for n, p in named if decays(n)], "weight_decay": WEIGHT_DECAY},
        {"params": [p for n, p in named if not decays(n)], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE)
    schedule = get_linear_schedule_with_warmup(optimizer, N_WARMUP, len(BATCHES))
    losses = []
    for batch in BATCHES:
        labels = torch.tensor([CLASSES[i] for i in batch])
        loss = model(**padded([sequences[i] for i in batch]), labels=labels).loss
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return losses


def main():
    torch.manual_seed(20)
    for name in ("distilbert", "bert", "bert_relu"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    tokenizer = BertWordPieceTokenizer(vocabulary(), lowercase=True)
    tokenizer.enable_truncation(MAX_LENGTH)
    sequences = [tokenizer.encode(text).ids for text in TEXTS]
    tokenizer.no_truncation()
    for name, model in models(tokenizer.get_vocab_size()):
        folder = FOLDER / name
        with torch.no_grad():
            # `transformers` begins with zero biases and norms of one, which would hide mistakes.
            for key, parameter in model.named_parameters():
                if parameter.dim() == 1:
                    parameter.add_(0.2 * torch.randn_like(parameter))
        model.save_pretrained(folder)
        if name == "bert_relu":
            # As older checkpoints are published.
            torch.save(model.state_dict(), folder / "pytorch_model.bin")
            (folder / "model.safetensors").unlink()
            words = sorted(vocabulary(), key=vocabulary().get)
            (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in words))
        else:
            tokenizer.save(str(folder / "tokenizer.json"))
        model = model.double()
        expected = {}
        model.eval()
        with torch.no_grad():
            expected["logits"] = model(**padded(sequences)).logits
            states = model.base_model(**padded(sequences)).last_hidden_state
            mask = padded(sequences)["attention_mask"][..., None]
            expected["means"] = (states * mask).sum(1) / mask.sum(1)
        losses = train(model, sequences)
        for key, value in model.state_dict().items():
            if value.is_floating_point():
                expected[f"after.{key}"] = value.float()
        save_file({k: v.contiguous().float() for k, v in expected.items()},
                  folder / "expected.safetensors")
        settings = dict(texts=TEXTS, classes=CLASSES, sequences=sequences, batches=BATCHES,
                        losses=losses, learning_rate=LEARNING_RATE, weight_decay=WEIGHT_DECAY,
                        n_warmup=N_WARMUP, max_length=MAX_LENGTH)
        (folder / "expected.json").write_text(json.dumps(settings, indent=1))
        print(name, losses)


if __name__ == "__main__":
    main()
