"""Two small tokenizers and the ids that transformers makes with them, for lm_fixtures.py.

`tokenizer` is a byte-level BPE as GPT-NeoX has it, `tokenizer_llama` one as LLaMA's SentencePiece model becomes in
tokenizer.json: spaces as `▁`, unknown characters as bytes, `<s>` put before every text. Both know 320 tokens, as many
as the checkpoints of lm_fixtures.py embed.
"""

import json
import pathlib
import random
import re

import tokenizers
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

VOCABULARY = 320
TEXTS = (
    "",
    " one leading space",
    "  two leading spaces, and two behind  ",
    "Plain words: 12.5 % of 1,024 tokens.",
    "naïve café — 漢字 🙂 e\u0301",
    "def f(x):\n\treturn x  # <|endoftext|> </s>\r\n",
)


def make(fixtures: pathlib.Path) -> None:
    """Writes both folders and tokenizers.json."""
    expected = {"versions": {module.__name__: module.__version__ for module in (transformers, tokenizers)}}
    for name, build in (("tokenizer", byte_level), ("tokenizer_llama", llama)):
        folder = fixtures / name
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer, config = build(training_text())
        assert tokenizer.get_vocab_size() == VOCABULARY
        tokenizer.save(str(folder / "tokenizer.json"))
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        expected[name] = expectations(folder)
    write_json(fixtures / "tokenizers.json", expected)


def write_json(path: pathlib.Path, value: object) -> None:
    """Indented, with lists of numbers on one line each."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    text = re.sub(r"\[[\d\s,]+\]", lambda numbers: json.dumps(json.loads(numbers.group())), text)
    path.write_text(text + "\n", encoding="utf-8")


def expectations(folder: pathlib.Path) -> dict:
    """What transformers makes of each text with tokenizer.json; the file alone must say the same.

    `ids_by_class` is there where the class that tokenizer_config.json names disagrees: in transformers 5
    LlamaTokenizer builds its own pipeline, which puts no `▁` before a text that starts with a space, while
    tokenizer.json, transformers 4 and SentencePiece do.
    """
    tokenizer = transformers.PreTrainedTokenizerFast.from_pretrained(folder)
    by_class = transformers.AutoTokenizer.from_pretrained(folder)
    alone = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows = []
    for text in TEXTS:
        ids, plain = tokenizer.encode(text), tokenizer.encode(text, add_special_tokens=False)
        assert ids == alone.encode(text).ids, f"{folder.name}: {text!r}"
        assert plain == alone.encode(text, add_special_tokens=False).ids, f"{folder.name}: {text!r}"
        decoded = tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        assert decoded == alone.decode(ids, skip_special_tokens=True), f"{folder.name}: {text!r}"
        row = {"text": text, "ids": ids, "ids_without_special_tokens": plain, "decoded": decoded}
        rows.append(row if by_class.encode(text) == ids else row | {"ids_by_class": by_class.encode(text)})
    return {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id, "texts": rows}


def training_text() -> list[str]:
    """Made-up sentences: syllables to words, words drawn with falling frequency."""
    draw = random.Random(1)
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvw" for vowel in "aeiou"]
    words = ["".join(draw.choices(syllables, k=draw.randint(1, 3))) + draw.choice(["", "n", "r", "s"]) for _ in range(200)]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    sentences = []
    for _ in range(400):
        sentence = draw.choices(words, weights, k=draw.randint(4, 12))
        sentences.append(" ".join(sentence).capitalize() + draw.choice([".", "?", ", café.", ": 12.", ";"]))
    return sentences


def byte_level(sentences: list[str]) -> tuple[Tokenizer, dict]:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<|endoftext|>", "<|padding|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(sentences, trainer)
    config = {
        "add_prefix_space": False,
        "bos_token": "<|endoftext|>",
        "eos_token": "<|endoftext|>",
        "model_max_length": 1000000000000000019884624838656,
        "tokenizer_class": "GPTNeoXTokenizer",
        "unk_token": "<|endoftext|>",
    }
    return tokenizer, config


def llama(sentences: list[str]) -> tuple[Tokenizer, dict]:
    special = ["<unk>", "<s>", "</s>"]
    byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)]
    pieces, merges = learned_pieces(sentences, VOCABULARY - len(special) - len(byte_tokens))
    vocabulary = {token: index for index, token in enumerate(special + byte_tokens + pieces)}
    model = models.BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A", "<s> $A <s> $B", [("<s>", 1)])
    tokenizer.add_special_tokens([tokenizers.AddedToken(token, normalized=False) for token in special])
    marked = {"__type": "AddedToken", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    config = {
        "add_bos_token": True,
        "add_eos_token": False,
        "bos_token": marked | {"content": "<s>"},
        "clean_up_tokenization_spaces": False,
        "eos_token": marked | {"content": "</s>"},
        "legacy": True,
        "model_max_length": 1000000000000000019884624838656,
        "pad_token": None,
        "sp_model_kwargs": {},
        "tokenizer_class": "LlamaTokenizer",
        "unk_token": marked | {"content": "<unk>"},
    }
    return tokenizer, config


def learned_pieces(sentences: list[str], count: int) -> tuple[list[str], list[tuple[str, str]]]:
    """The characters and merges that BPE learns on `▁`-marked words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=count, limit_alphabet=count - 24, show_progress=False)
    tokenizer.train_from_iterator(sentences, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return sorted(model["vocab"], key=model["vocab"].get), [tuple(merge) for merge in model["merges"]]
