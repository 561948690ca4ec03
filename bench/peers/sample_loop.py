"""The sampler one writes in Python, timed: zstandard and json (or PyArrow), a reservoir per category; run by hand, prints
one line of JSON.

    python bench/peers/sample_loop.py CORPUS [--n 5000] [--jobs 1]

CORPUS is a folder as `make_corpus.py` makes it, `.jsonl.zst` or `.parquet`. Each document is read, its length looked at,
and offered to its category's reservoir: no duplicates are looked for, nothing is written. With --jobs, processes share the
shards, and their reservoirs are not even joined. Checked with Python 3.12, zstandard 0.25, PyArrow 26.0.1.
"""

import argparse
import io
import json
import multiprocessing
import pathlib
import random
import resource
import time


def documents_of_lines(path):
    import zstandard
    with path.open("rb") as file:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"):
            document = json.loads(line)
            yield document["meta"]["redpajama_set_name"], document["text"]


def documents_of_rows(path):
    import pyarrow.parquet
    for batch in pyarrow.parquet.ParquetFile(path).iter_batches(columns=["source", "text"]):
        yield from zip(batch.column("source").to_pylist(), batch.column("text").to_pylist())


def sample(task):
    path, n = task
    documents = documents_of_rows(path) if path.suffix == ".parquet" else documents_of_lines(path)
    dice = random.Random(path.name)
    reservoirs, seen, n_chars = {}, {}, 0
    for category, text in documents:
        n_chars += len(text)
        if len(text) < 300:
            continue
        seen[category] = seen.get(category, 0) + 1
        reservoir = reservoirs.setdefault(category, [])
        if len(reservoir) < n:
            reservoir.append(text[:2000])
        else:
            place = dice.randrange(seen[category])
            if place < n:
                reservoir[place] = text[:2000]
    return n_chars, sum(seen.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("--n", type=int, default=5000)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    paths = sorted(path for path in pathlib.Path(arguments.corpus).iterdir() if path.suffix in {".zst", ".parquet"})
    start = time.perf_counter()
    tasks = [(path, arguments.n) for path in paths]
    if arguments.jobs > 1:
        with multiprocessing.Pool(arguments.jobs) as pool:
            results = pool.map(sample, tasks, chunksize=1)
    else:
        results = [sample(task) for task in tasks]
    seconds = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({
        "program": "Python loop", "jobs": arguments.jobs, "seconds": round(seconds, 2),
        "cpu_seconds": round(sum(usage.ru_utime + usage.ru_stime for usage in used), 2),
        "characters": sum(n_chars for n_chars, _ in results), "qualified": sum(n for _, n in results),
    }))


if __name__ == "__main__":
    main()
