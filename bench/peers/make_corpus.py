"""A corpus of any size, told apart by `meta.redpajama_set_name`, for measuring `data-anatomy sample`; run by hand.

    python bench/peers/make_corpus.py BASE OUT [--gib 1] [--shards 16] [--level 3] [--format zst|parquet]

BASE holds `<category>.jsonl` files of real texts, one {"text": ...} per line. Each document of the corpus is a number of its
own and random phrases of four words of one category (about 2,500 characters in all, as in web corpora), so that no two are
nearly the same, and the whole is about as compressible as text is. Checked with zstandard 0.25, PyArrow 26.0.1.
"""

import argparse
import json
import multiprocessing
import pathlib
import random
import re
import statistics

SETS = {"arxiv": "ArXiv", "books": "Book", "github": "Github", "stackexchange": "StackExchange", "web": "CommonCrawl",
        "wikipedia": "Wikipedia"}

# Four words with the white space behind each.
PHRASE = re.compile(r"(?:\S+\s+){4}")


def documents(base, n_bytes, seed):
    """(text, name of the set) until `n_bytes` of JSON lines are made."""
    dice = random.Random(seed)
    phrases = {}
    for path in sorted(pathlib.Path(base).glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            name = SETS.get(path.stem, path.stem)
            texts = [json.loads(line)["text"] + "\n\n" for line in lines]
            phrases[f"RedPajama{name}"] = [part for text in texts for part in PHRASE.findall(text)]
    names = list(phrases)
    mean_length = {name: statistics.mean(map(len, phrases[name])) for name in names}
    made = number = 0
    while made < n_bytes:
        name = dice.choice(names)
        length = min(int(dice.lognormvariate(7.2, 1.1)), 200_000)
        n_phrases = max(1, round(length / mean_length[name]))
        text = f"{seed}-{number} {''.join(dice.choices(phrases[name], k=n_phrases))}"
        made += len(text) + 80
        number += 1
        yield text, name


def write_lines(task):
    base, path, n_bytes, seed, level = task
    import zstandard
    with path.open("wb") as file, zstandard.ZstdCompressor(level=level).stream_writer(file) as out:
        for text, name in documents(base, n_bytes, seed):
            line = {"text": text, "meta": {"redpajama_set_name": name}}
            out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def write_parquet(task):
    base, path, n_bytes, seed, _ = task
    import pyarrow
    import pyarrow.parquet
    rows = list(documents(base, n_bytes, seed))
    table = pyarrow.table({"text": [text for text, _ in rows], "source": [name for _, name in rows]})
    pyarrow.parquet.write_table(table, path, compression="snappy", row_group_size=10_000)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("out")
    parser.add_argument("--gib", type=float, default=1.0)
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--level", type=int, default=3)
    parser.add_argument("--format", choices=["zst", "parquet"], default="zst")
    arguments = parser.parse_args()
    out = pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    ending, write = {"zst": ("jsonl.zst", write_lines), "parquet": ("parquet", write_parquet)}[arguments.format]
    n_bytes = arguments.gib * 2**30 / arguments.shards
    tasks = [(arguments.base, out / f"shard-{index:05}.{ending}", n_bytes, index, arguments.level)
             for index in range(arguments.shards)]
    with multiprocessing.Pool(2) as pool:
        pool.map(write, tasks, chunksize=1)


if __name__ == "__main__":
    main()
