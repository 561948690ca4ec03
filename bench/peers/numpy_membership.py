"""All attacks from a folder of scores with pyarrow and numpy: what `data-anatomy membership` is timed against.

Run by hand (pyarrow 21 or later, numpy 2 or later) on what `bench/examples/synthetic_scores.rs` wrote:

    python bench/peers/numpy_membership.py FOLDER

Like the program it reads one part at a time and keeps one score per document and attack. It is written
the way one writes numpy: whole columns at once where that is possible, a loop over documents where not.
"""

import json
import pathlib
import resource
import sys
import time

import numpy as np
import pyarrow.parquet as pq

RATIO, LIMIT, FLOOR = 0.1, 0.01, 1e-8


def parts(folder: pathlib.Path, columns: list[str]):
    for path in sorted(folder.glob("part-*.parquet")):
        yield pq.read_table(path, columns=columns)


def lists(table, name: str):
    """The values of a list column and where each list ends."""
    column = table.column(name).combine_chunks()
    return column.values.to_numpy(zero_copy_only=False), column.offsets.to_numpy()


def means(folder: pathlib.Path) -> np.ndarray:
    found = []
    for table in parts(folder, ["log_prob"]):
        values, ends = lists(table, "log_prob")
        sums = np.add.reduceat(values.astype(np.float64), ends[:-1])
        found.append(sums / np.diff(ends))
    return np.concatenate(found)


def lowest(values: np.ndarray) -> float:
    n_lowest = max(1, int(len(values) * RATIO))
    return np.partition(values, n_lowest - 1)[:n_lowest].mean()


def scores(root: pathlib.Path, pool: str) -> dict[str, np.ndarray]:
    folder = root / pool
    beside = {kind: means(folder / kind) for kind in ["lowercase", "reference", "recall", "neighbours"]}
    counts = np.array(json.loads((root / "token_frequencies.json").read_text())["token_counts"], dtype=float)
    surprisal = np.log((counts.sum() + len(counts)) / (counts + 1))
    rows = {name: [] for name in ["loss", "zlib", "mink", "minkpp", "dcpdd"]}
    for table in parts(folder / "plain", ["token_ids", "log_prob", "mean", "variance", "zlib_bytes"]):
        log_prob, ends = lists(table, "log_prob")
        mean, variance = lists(table, "mean")[0], lists(table, "variance")[0]
        tokens, token_ends = lists(table, "token_ids")
        log_prob = log_prob.astype(np.float64)
        standard = (log_prob - mean) / np.sqrt(np.maximum(variance.astype(np.float64), FLOOR))
        loss = np.add.reduceat(log_prob, ends[:-1]) / np.diff(ends)
        rows["loss"].append(loss)
        rows["zlib"].append(loss / table.column("zlib_bytes").to_numpy())
        for document in range(len(table)):
            own = slice(ends[document], ends[document + 1])
            rows["mink"].append(lowest(log_prob[own]))
            rows["minkpp"].append(lowest(standard[own]))
            ids = tokens[token_ends[document] + 1 : token_ends[document + 1]]
            distinct, first = np.unique(ids, return_index=True)
            divergence = np.exp(log_prob[own][first]) * surprisal[distinct]
            rows["dcpdd"].append(np.minimum(divergence, LIMIT).mean())
    found = {name: np.hstack(values) for name, values in rows.items()}
    loss = found["loss"]
    found["lowercase"] = beside["lowercase"] / loss
    found["ref"] = loss - beside["reference"]
    found["recall"] = beside["recall"] / loss
    found["neighborhood"] = loss - beside["neighbours"].reshape(len(loss), -1).mean(axis=1)
    return found


if __name__ == "__main__":
    started = time.perf_counter()
    for pool in ["candidates", "nonmembers"]:
        found = scores(pathlib.Path(sys.argv[1]), pool)
        print(pool, {name: float(values.mean().round(6)) for name, values in found.items()})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.perf_counter() - started:.1f} s, at most {peak:.0f} MiB")
