"""Where the pre-tokenizers of the study's models split texts, by Oniguruma.

Run by hand: python3 tests/oracle/split_patterns.py
Made with Python 3.11 and tokenizers 0.23.3, whose Python package uses Oniguruma. The program uses a regular
expression engine in Rust, which must split in the same places. Each text's splits are the ends of its pieces, counted
in characters.
"""

import json
import pathlib
import random

import tokenizers
from tokenizers import pre_tokenizers

OUT = pathlib.Path(__file__).parents[2] / "tests" / "golden" / "split_patterns.json"


def split(pattern: str, behavior: str = "Isolated") -> dict:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": False}


def byte_level(use_regex: bool) -> dict:
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def sequence(*parts: dict) -> dict:
    return {"type": "Sequence", "pretokenizers": list(parts)}


WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PRE_TOKENIZERS = {
    "gpt2": byte_level(True),
    "starcoder": sequence({"type": "Digits", "individual_digits": True}, byte_level(True)),
    "qwen2": sequence(split(WORDS + r"\p{N}" + REST), byte_level(False)),
    "llama3_olmo2": sequence(split(WORDS + r"\p{N}{1,3}" + REST), byte_level(False)),
    "metaspace": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True},
}
PARTS = (
    "a B é ñ ß ﬁ ǅ 漢 字 かな カナ 한국 ไทย א ب हिन्दी Ⅷ ² ½ ٣ 7 12 1234567 _ - — ' ’ \" “ ” . , ; : ! ? ( ) [ ] { } # @ $ € % & * + = / \\ | < > ~ ` ^ "
    "'s 'S 't 're 'VE 'll 'd ’s 🙂 👩‍👩‍👧 🇩🇪 e\u0301 \u0301 \u200b \u200d \ufeff \u00ad \ufffd \u0000 \u0007 \u001b \u0085 \ue000 \U000f0000"
).split(" ") + ["\u2028", "\u00a0", "\u3000", "\u2009", "\t", "\n", "\r\n", "\r", "\x0b", "\x0c", " ", " ", " ", "  ", "   ", "\n\n", " \n", "\n "]


def texts() -> list[str]:
    draw = random.Random(1)
    made = ["".join(draw.choices(PARTS, k=draw.randint(1, 60))) for _ in range(60)]
    return made + [
        "",
        "def f(x):\n    if x:\n\t\treturn  x  \n\n\n",
        "It's 3.14, isn't it?  WE'LL see; they'RE 1000's of 'em.",
        "x" + " " * 3000 + "y" + "\n" * 2000 + "z" + "\t" * 1000,
        "=" * 2000 + "9" * 1000 + "a" * 2000,
    ]


def main() -> None:
    cases = []
    for name, definition in PRE_TOKENIZERS.items():
        tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
        state = json.loads(tokenizer.to_str()) | {"pre_tokenizer": definition}
        splitter = tokenizers.Tokenizer.from_str(json.dumps(state)).pre_tokenizer
        assert isinstance(splitter, pre_tokenizers.PreTokenizer)
        ends = [[end for _, (_, end) in splitter.pre_tokenize_str(text)] for text in texts()]
        cases.append({"name": name, "pre_tokenizer": definition, "ends": ends})
    value = {"versions": {"tokenizers": tokenizers.__version__}, "texts": texts(), "cases": cases}
    OUT.write_text(json.dumps(value, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
