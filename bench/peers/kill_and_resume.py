"""Kills `data-anatomy sample` at random points and runs it again until it is done; run by hand.

    python bench/peers/kill_and_resume.py PROGRAM CORPUS [--kills 10] [--seed 1]

Says whether the sample and what the manifest counts are those of an uninterrupted run.
"""

import argparse
import json
import pathlib
import random
import subprocess
import tempfile
import time


def outputs(folder):
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.jsonl"))}
    manifest = json.loads((folder / "manifest.json").read_text())
    return files, manifest["categories"], manifest["files"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("corpus")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--n", type=int, default=2000)
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as scratch:
        whole, killed = pathlib.Path(scratch, "whole"), pathlib.Path(scratch, "killed")
        command = [arguments.program, "sample", "--root", arguments.corpus, "--n-per-category", str(arguments.n),
                   "--quiet", "--out-dir"]
        start = time.perf_counter()
        subprocess.run([*command, whole], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
        # Each life is a tenth of a run on average, so that the points lie all over it.
        points = []
        for _ in range(arguments.kills):
            child = subprocess.Popen([*command, killed], stdout=subprocess.DEVNULL)
            time.sleep(dice.uniform(0, 2 * seconds / arguments.kills))
            child.kill()
            child.wait()
            points.append(len(list((killed / ".sample-work" / "shards").glob("*.json"))))
        subprocess.run([*command, killed], check=True, stdout=subprocess.DEVNULL)
        print(json.dumps({
            "uninterrupted_seconds": round(seconds, 1), "shards_done_at_each_kill": points,
            "same": outputs(whole) == outputs(killed), "work_folder_left": (killed / ".sample-work").exists(),
        }))


if __name__ == "__main__":
    main()
