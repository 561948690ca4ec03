"""Times `data-anatomy sample` beside unpacking alone and beside the Python loop, in turns; run by hand on an idle machine.

    python bench/peers/sample_speed.py PROGRAM CORPUS [--rounds 5] [--jobs 2] [--n 5000] [--prefix "chrt -r 5"]

CORPUS is a folder as `make_corpus.py` makes it; samples are written to TMPDIR. Unpacking is `zstd -d` to /dev/null, as many shards at a time as there are
jobs; for Parquet, reading both columns by PyArrow on as many threads. Prints medians over the rounds as one line of JSON:
seconds, seconds of processor time, and for `sample` the largest resident set. Checked with zstd 1.5.4, zstandard 0.25,
PyArrow 26.0.1.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

PEER = pathlib.Path(__file__).with_name("sample_loop.py")
READ_COLUMNS = """
import sys, pyarrow, pyarrow.parquet
pyarrow.set_cpu_count(int(sys.argv[1]))
for path in sys.argv[2:]:
    for batch in pyarrow.parquet.ParquetFile(path).iter_batches(columns=["source", "text"], use_threads=True):
        pass
"""


def timed(command):
    """(seconds, seconds of processor time, largest resident set in MiB) of a command and its children."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{command} failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("corpus")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--n", type=int, default=5000)
    parser.add_argument("--prefix", default="")
    arguments = parser.parse_args()
    paths = sorted(str(path) for path in pathlib.Path(arguments.corpus).iterdir())
    jobs, prefix = str(arguments.jobs), arguments.prefix.split()
    if paths[0].endswith(".parquet"):
        unpack = [sys.executable, "-c", READ_COLUMNS, jobs, *paths]
    else:
        unpack = ["sh", "-c", 'jobs=$1; shift; printf "%s\\n" "$@" | xargs -P "$jobs" -n 1 zstd -dqc', "sh", jobs, *paths]
    loop = [sys.executable, str(PEER), arguments.corpus, "--n", str(arguments.n), "--jobs"]
    rounds = {}
    with tempfile.TemporaryDirectory() as scratch:
        sample = [arguments.program, "sample", "--root", arguments.corpus, "--n-per-category", str(arguments.n),
                  "--n-jobs", jobs, "--quiet", "--force", "--out-dir", scratch]
        commands = {"unpack": unpack, "sample": sample, "python_loop": [*loop, "1"], f"python_loop_{jobs}_jobs": [*loop, jobs]}
        for _ in range(arguments.rounds):
            for name, command in commands.items():
                rounds.setdefault(name, []).append(timed([*prefix, *command]))
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in rounds.items()}
    print(json.dumps({
        "corpus": arguments.corpus, "rounds": arguments.rounds, "jobs": arguments.jobs,
        "seconds": {name: round(row[0], 2) for name, row in medians.items()},
        "cpu_seconds": {name: round(row[1], 2) for name, row in medians.items()},
        "sample_share_of_unpacking": round(medians["unpack"][0] / medians["sample"][0], 3),
        "sample_times_python_loop": round(medians["python_loop"][0] / medians["sample"][0], 1),
        f"sample_times_python_loop_{jobs}_jobs": round(medians[f"python_loop_{jobs}_jobs"][0] / medians["sample"][0], 1),
        "sample_mib": round(medians["sample"][2]),
    }))


if __name__ == "__main__":
    main()
