"""Small files of torch.save and the numbers in them, for the tests of native/lm/src/checkpoint.

Run by hand: python3 tests/oracle/pytorch_files.py
Made with Python 3.11 and torch 2.15. What torch.load reads back is written to expected.json. The file
`calls.bin` would run a command if it were unpickled; the program must not.
"""

import collections
import json
import os
import pathlib

import torch

FOLDER = pathlib.Path(__file__).parents[2] / "tests" / "fixtures" / "lm" / "pytorch"


class Calls:
    """Unpickling it runs a command."""

    def __reduce__(self) -> tuple:
        return os.system, ("touch it-was-run",)


def state_dict() -> collections.OrderedDict:
    """Every way in which a tensor may lie in its storage, and every type that weights have."""
    base = torch.arange(24, dtype=torch.float32) / 8
    tensors = {
        "plain": base.view(4, 6).clone(),
        "transposed": base.view(4, 6).t(),
        "offset": base[5:11].view(2, 3),
        "every_second": base[1::2],
        "permuted": base.view(2, 3, 4).permute(2, 0, 1),
        "parameter": torch.nn.Parameter(base[:3].clone()),
        "scalar": torch.tensor(0.75),
        "empty": torch.zeros(0, 3),
        "half": torch.tensor([1.0, -0.5, 65504.0, 6e-8], dtype=torch.float16),
        "brain": torch.tensor([1.0, -0.5, 3e38, 1e-40], dtype=torch.bfloat16),
        "double": torch.tensor([0.1, -1.0 / 3.0], dtype=torch.float64),
        "mask": torch.ones(2, 2, dtype=torch.bool).tril(),
        "steps": torch.tensor(7, dtype=torch.int64),
    }
    tensors["tied"] = tensors["plain"]
    state = collections.OrderedDict(tensors)
    state._metadata = collections.OrderedDict({"": {"version": 1}})
    return state


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.save(state_dict(), FOLDER / "zip.bin")
    torch.save(state_dict(), FOLDER / "legacy.bin", _use_new_zipfile_serialization=False)
    torch.save({"weight": torch.zeros(2), "extra": Calls()}, FOLDER / "calls.bin")
    expected = {}
    for name in ("zip.bin", "legacy.bin"):
        read = torch.load(FOLDER / name, weights_only=True)
        numbers = {
            key: {"shape": list(tensor.shape), "type": str(tensor.dtype), "values": tensor.detach().double().flatten().tolist()}
            for key, tensor in read.items()
        }
        assert expected in ({}, numbers), name
        expected = numbers
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in expected.items()]
    (FOLDER / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
