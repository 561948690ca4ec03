#!/usr/bin/env python3
"""The study that chose how `openings` estimates, and an oracle of its arithmetic, by numpy alone.

    openings_study.py check RUN                 every number of a run's estimate computed again from its openings.jsonl
    openings_study.py table RUN=TRUTH|FIXTURE … every variant on every planted model, in both units, as Markdown
    openings_study.py fixture RUN TRUTH OUT     a run's evidence in few cells and groups, small enough for the repository

TRUTH is the truth.json of a planted model (tests/oracle/plant_models.py). Written for numpy 2.4, Python 3.11.
"""
import json, pathlib, sys
import numpy as np

NAMES = {"Web": "web", "GitHub": "github", "Wikipedia": "wikipedia", "Books": "books", "Arxiv": "arxiv", "StackExchange": "stackexchange"}

def read(run):
    lines = [json.loads(line) for line in open(pathlib.Path(run) / "openings.jsonl")]
    n_cells = len(lines[0]["cells"])
    references = [line for line in lines if line["kind"] == "reference"]
    names = [line["category"] for line in references]
    counts = np.zeros((len(names), n_cells))
    for row, line in zip(counts, references):
        for cell, count in line["counts"]: row[cell] = count
    expectations = [line for line in lines if line["kind"] == "expectation"]
    after = [None if line["after"] is None else names.index(line["after"]) for line in expectations]
    rows = sorted(set(after), key=lambda a: -1 if a is None else a)
    groups = [[(np.array(line["shares"]), line["n_leads"]) for line, a in zip(expectations, after) if a == row] for row in rows]
    nuisances = {line["name"]: np.array(line["shares"]) for line in lines if line["kind"] == "nuisance"}
    return {"names": names, "counts": counts, "anywhere": np.array([line["anywhere"] for line in references]), "groups": groups,
            "nuisances": np.array([nuisances[name] for name in ("uniform", "anywhere", "line_starts")]), "lines": lines}

def expected(run, part=1.0):
    """What the model expects after each category, from this part of the groups of lead-ins."""
    own = [groups[:max(1, round(part * len(groups)))] for groups in run["groups"]]
    return np.array([np.average([shares for shares, _ in groups], axis=0, weights=[n for _, n in groups]) for groups in own])

def densities(run, smoothing):
    added = .9 * run["anywhere"] + .1 * run["nuisances"][0]
    return (run["counts"] + smoothing * added) / (run["counts"].sum(1, keepdims=True) + smoothing)

def maximum(q, parts):
    """The weights of greatest likelihood, by EM with the squared extrapolation of Varadhan & Roland (2008)."""
    keep = q > 0
    q, parts = q[keep], parts[:, keep]
    step = lambda w: w * (parts @ (q / (w @ parts)))
    w = np.full(len(parts), 1 / len(parts))
    for _ in range(20_000):
        once = step(w); twice = step(once)
        r, v = once - w, twice - once - (once - w)
        if np.abs(r).max() < 1e-13: break
        alpha = -max(1.0, np.sqrt((r @ r) / max(v @ v, 1e-300)))
        w = np.maximum(w - 2 * alpha * r + alpha ** 2 * v, 0); w /= w.sum()
        w = step(w)
        w[(w < 1e-14) & (parts @ (q / (w @ parts)) < 1)] = 0
    return w

def stationary(rows):
    if len(rows) == 1: return rows[0]
    values, vectors = np.linalg.eig(rows.T)
    p = np.abs(np.real(vectors[:, np.argmax(np.real(values))]))
    return p / p.sum()

def fit(expected, parts, n, learned):
    w = np.array([maximum(q, parts) for q in expected])
    rows = w[:, :n] / learned
    rows /= rows.sum(1, keepdims=True)
    return w, rows, stationary(rows)

def estimate(run, smoothing=.5, nuisances=3, learning=True, mean=False, part=1.0):
    P, N, n, E = densities(run, smoothing), run["nuisances"][:nuisances], len(run["names"]), expected(run, part)
    w, rows, p = fit(E, np.vstack([P, N]), n, np.ones(n))
    half = None
    for _ in range(60 if learning else 0):
        T, before = p @ P, p
        v = (p if len(w) > 1 else np.ones(1)) @ w[:, :n]
        low, high = 1e-12, 1.0
        for _ in range(60):
            middle = np.sqrt(low * high)
            if (v / (P @ (T / (T + middle)))).sum() < 1: low = middle
            else: high = middle
        half = np.sqrt(low * high)
        k = T / (T + half)
        w, rows, p = fit(E, np.vstack([P * k / (P @ k)[:, None], N]), n, P @ k)
        if np.abs(p - before).max() < 1e-9: break
    return (rows.mean(0) if mean else p), rows, half

def accuracy(p, truth): return 1 - .5 * np.abs(np.array(p) - np.array(truth)).sum()

def check(folder):
    summary, run = json.load(open(pathlib.Path(folder) / "summary.json")), read(folder)
    config = summary["config"]
    p, rows, half = estimate(run, config["smoothing"], 3 if config["nuisances"] else 0, config["learning"] and config["nuisances"])
    found = {"next_from_last": np.abs(rows - np.array(summary["next_from_last"])).max()}
    if "shares" in summary: found["documents"] = np.abs(p - np.array(summary["shares"]["documents"]["point"])).max()
    if half: found["half_learned"] = abs(half / summary["estimator"]["half_learned"] - 1)
    print(folder, {name: f"{value:.1e}" for name, value in found.items()})
    return max(found.values()) > 1e-6

VARIANTS = {
    "uniform guess": None,
    "default: learned, 3 nuisances, smoothing 0.5": {},
    "learned, smoothing 0.05": {"smoothing": .05}, "learned, smoothing 2": {"smoothing": 2}, "learned, smoothing 8": {"smoothing": 8},
    "learned, 2 nuisances": {"nuisances": 2}, "learned, mean of rows": {"mean": True},
    "learned, half of the lead-ins": {"part": .5}, "learned, a quarter of them": {"part": .25},
    "not learned, 3 nuisances, smoothing 0.5": {"learning": False}, "not learned, 3 nuisances, smoothing 8": {"learning": False, "smoothing": 8},
    "not learned, uniform alone, smoothing 8": {"learning": False, "smoothing": 8, "nuisances": 1},
    "not learned, no nuisances, smoothing 8": {"learning": False, "smoothing": 8, "nuisances": 0},
}

def planted(folder):
    """A run's evidence, its mean lengths, and its true shares: FOLDER is RUN=TRUTH, or one that `fixture` wrote."""
    folder, _, truth = folder.partition("=")
    folder, run = pathlib.Path(folder), read(folder)
    if truth:
        truth, lengths = json.load(open(truth)), json.load(open(folder / "summary.json"))["document_lengths"]
        units = [[truth[key][NAMES[c]] for c in run["names"]] for key in ("document_share", "share")]
    else:
        truth = json.load(open(folder / "truth.json"))
        lengths, units = truth["document_lengths"], [truth["documents"], truth["tokens"]]
    return folder.name, run, np.array([category["mean"] for category in lengths["categories"]]), units

def table(folders):
    runs = [planted(folder) for folder in folders]
    print("| variant |", " | ".join(name for name, *_ in runs), "| mean |\n|---|", "---|" * (len(runs) + 1), sep="")
    for name, options in VARIANTS.items():
        cells, all_units = [], []
        for _, run, lengths, (documents, tokens) in runs:
            n = len(run["names"])
            p = np.full(n, 1 / n) if options is None else estimate(run, **options)[0]
            units = [accuracy(p, documents), accuracy(p * lengths / (p @ lengths), tokens)]
            cells.append("{:.3f} ({:.3f})".format(*units)); all_units.append(units)
        print(f"| {name} |", " | ".join(cells), "| **{:.3f} ({:.3f})** |".format(*np.mean(all_units, 0)), flush=True)

def fixture(folder, truth, out, n_cells=512, n_groups=4):
    run, truth = read(folder), json.load(open(truth))
    lines, total = run["lines"], run["counts"].sum(0)
    order = np.lexsort((-run["anywhere"].sum(0), -total))[: n_cells - 1]
    of_cell = np.full(len(total), n_cells - 1); of_cell[order] = np.arange(len(order))
    lump = lambda shares: [float(f"{share:.4g}") for share in np.bincount(of_cell, weights=shares, minlength=n_cells)]
    made = [{"kind": "cells", "cells": [lines[0]["cells"][cell] for cell in order] + ["(all others)"]}]
    for line in lines[1:]:
        if line["kind"] == "nuisance": made.append({**line, "shares": lump(line["shares"])})
        if line["kind"] == "reference":
            counts = {}
            for cell, count in line["counts"]: counts[int(of_cell[cell])] = counts.get(int(of_cell[cell]), 0) + count
            made.append({**line, "counts": sorted(counts.items()), "anywhere": lump(line["anywhere"])})
    expectations = [line for line in lines if line["kind"] == "expectation"]
    for after in dict.fromkeys(line["after"] for line in expectations):
        own = [line for line in expectations if line["after"] == after]
        for group in range(min(n_groups, len(own))):
            part = own[group::n_groups]
            weights = [line["n_leads"] for line in part]
            made.append({"kind": "expectation", "after": after, "n_leads": sum(weights), "shares": lump(np.average([line["shares"] for line in part], axis=0, weights=weights))})
    lengths = json.load(open(pathlib.Path(folder) / "summary.json"))["document_lengths"]
    out = pathlib.Path(out); out.mkdir(parents=True, exist_ok=True)
    (out / "openings.jsonl").write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in made))
    (out / "truth.json").write_text(json.dumps({"documents": [truth["document_share"][NAMES[c]] for c in run["names"]], "tokens": [truth["share"][NAMES[c]] for c in run["names"]],
                                                "document_lengths": lengths, "parameters": "see tests/oracle/plant_models.py"}) + "\n")

if sys.argv[1] == "check": sys.exit(any([check(folder) for folder in sys.argv[2:]]))
elif sys.argv[1] == "table": table(sys.argv[2:])
else: fixture(*sys.argv[2:5])
