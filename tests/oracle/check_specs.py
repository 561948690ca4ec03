"""Checks every file of bench/specs: form, keys, sums, and the seed study's figures.

Run by hand: python3 tests/oracle/check_specs.py [FOLDER OF THE SEED STUDY'S FILES]
Written with Python 3.11 and PyYAML 6.0.
"""

import pathlib
import sys

import yaml

SPECS = pathlib.Path(__file__).parents[2] / "bench" / "specs"
REQUIRED = {"schema", "name", "family", "tokenizer_name", "version", "unit", "source", "notes", "categories", "category_weights"}
UNITS = {"tokens", "bytes", "sampled tokens", "documents"}
# What the weights must sum to: per cent of the covered mass, or billions of tokens as published.
SUMS = {
    "amber": (1259.13, 0.03),
    "codellama": (100, 1e-9),
    "llama1": (100, 1e-9),
    "olmo1b": (3059 - 89, 1.0),
    "olmo3": (5930, 1.0),
    "pythia": (100 * (1 - 0.3368), 1e-6),
    "pythia_merged": (100 * (1 - 0.2498), 1e-6),
    "pythia_pile17": (100 * (1 - 0.2498), 1e-6),
    "starcoder": (100 * (1 - 0.1305), 1e-6),
}


def check(path: pathlib.Path, seed_folder: pathlib.Path | None) -> None:
    spec = yaml.safe_load(path.read_text())
    assert REQUIRED <= set(spec), f"{path.name}: lacks {REQUIRED - set(spec)}"
    assert set(spec) <= REQUIRED | {"not_covered", "variants"}, f"{path.name}: unknown fields"
    assert spec["schema"] == "category-mixture-v1" and spec["unit"] in UNITS
    assert {"title", "url"} <= set(spec["source"]) <= {"title", "url", "table"}
    assert spec["source"]["url"].startswith("https://")
    assert "not_covered" in spec or "not_covered" in spec["notes"]
    assert 0 <= spec.get("not_covered", 0) < 1
    for name, part in [("main", spec), *spec["variants"].items()]:
        categories = part.get("categories", spec["categories"])
        weights = part["category_weights"]
        assert list(weights) == categories, f"{path.name} {name}: keys and categories differ"
        assert len(set(categories)) == len(categories)
        assert all(isinstance(weight, (int, float)) and weight >= 0 for weight in weights.values())
    total = sum(spec["category_weights"].values())
    expected, tolerance = SUMS[path.stem]
    assert abs(total - expected) <= tolerance, f"{path.name}: sums to {total}, not {expected}"
    if seed_folder:
        seed = yaml.safe_load((seed_folder / path.name).read_text())
        assert spec["variants"]["seed"]["category_weights"] == seed["category_weights"], path.name
        assert spec["tokenizer_name"] == seed["tokenizer_name"]
    print(f"{path.stem:14} {len(spec['categories']):3} categories, sum {total:9.3f}, unit {spec['unit']}")


def main() -> None:
    seed_folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    paths = sorted(SPECS.glob("*.yaml"))
    assert {path.stem for path in paths} == set(SUMS), "a file is missing from SUMS, or too many"
    for path in paths:
        check(path, seed_folder)


if __name__ == "__main__":
    main()
