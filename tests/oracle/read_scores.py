"""Reads a folder of scores as the users of pandas would, and checks that it fits together.

Run by hand on what `data-anatomy score` wrote (pyarrow 21 or later, pandas 2 or later):

    python tests/oracle/read_scores.py FOLDER
"""

import json
import pathlib
import sys

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

COLUMNS = ["doc_id", "category", "token_ids", "log_prob", "mean", "variance", "text_bytes", "zlib_bytes"]


def check(folder: pathlib.Path) -> None:
    meta = json.loads((folder / "meta.json").read_text())
    assert meta["schema_version"] == 1 and meta["complete"], meta
    parts = sorted(folder.glob("part-*.parquet"))
    assert len(parts) == meta["counts"]["parts"]
    print(pq.read_schema(parts[0]).to_string())
    frame = pd.concat([pd.read_parquet(part) for part in parts], ignore_index=True)
    assert list(frame.columns) == COLUMNS
    assert len(frame) == meta["counts"]["documents"] == meta["layout"]["documents"]
    lengths = frame.token_ids.map(len)
    assert lengths.sum() == meta["counts"]["tokens"]
    for name in ["log_prob", "mean", "variance"]:
        assert (frame[name].map(len) == np.maximum(lengths - 1, 0)).all(), name
        values = np.concatenate(frame[name].to_list())
        assert values.dtype == np.float32 and np.isfinite(values).all(), name
    assert np.concatenate(frame.token_ids.to_list()).dtype == np.int32
    print(frame.describe(include="all").to_string())
    print(frame.head(3).to_string())


if __name__ == "__main__":
    check(pathlib.Path(sys.argv[1]))
