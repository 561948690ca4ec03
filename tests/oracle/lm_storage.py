"""How a fixture's weights lie on disk: each function here writes one layout that published checkpoints use.

Used by lm_fixtures.py. A writer takes the folder and the tensors by published name, in the type they are stored in.
"""

import collections
import json
import pathlib

import torch
from safetensors.torch import save_file

Tensors = dict[str, torch.Tensor]


def one_safetensors(folder: pathlib.Path, tensors: Tensors) -> None:
    save_file(_contiguous(tensors), folder / "model.safetensors", metadata={"format": "pt"})


def sharded_safetensors(folder: pathlib.Path, tensors: Tensors, shards: int = 3) -> None:
    names = [f"model-{index + 1:05}-of-{shards:05}.safetensors" for index in range(shards)]
    parts = _split(_contiguous(tensors), shards)
    for name, part in zip(names, parts, strict=True):
        save_file(part, folder / name, metadata={"format": "pt"})
    _write_index(folder / "model.safetensors.index.json", names, parts)


def one_pickle(folder: pathlib.Path, tensors: Tensors, zipped: bool = True) -> None:
    """`torch.save` of a state dict with its `_metadata`; `zipped=False` is the format before torch 1.6."""
    torch.save(_state_dict(tensors), folder / "pytorch_model.bin", _use_new_zipfile_serialization=zipped)


def sharded_pickle(folder: pathlib.Path, tensors: Tensors, shards: int = 2) -> None:
    names = [f"pytorch_model-{index + 1:05}-of-{shards:05}.bin" for index in range(shards)]
    parts = _split(tensors, shards)
    for name, part in zip(names, parts, strict=True):
        torch.save(_state_dict(part), folder / name)
    _write_index(folder / "pytorch_model.bin.index.json", names, parts)


def with_views(tensors: Tensors, joined: tuple[str, ...], transposed: str, parameter: str) -> Tensors:
    """The same values, stored as pickles may store them: views of one storage at offsets, strides, a Parameter."""
    result = dict(tensors)
    storage = torch.cat([tensors[name].flatten() for name in joined])
    start = 0
    for name in joined:
        result[name] = storage[start : start + tensors[name].numel()].view(tensors[name].shape)
        start += tensors[name].numel()
    result[transposed] = tensors[transposed].t().contiguous().t()
    result[parameter] = torch.nn.Parameter(tensors[parameter], requires_grad=False)
    return result


def _contiguous(tensors: Tensors) -> Tensors:
    return {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}


def _state_dict(tensors: Tensors) -> collections.OrderedDict:
    state = collections.OrderedDict(tensors)
    state._metadata = collections.OrderedDict({"": {"version": 1}})
    return state


def _split(tensors: Tensors, shards: int) -> list[Tensors]:
    """Parts of about equal bytes, in order; tensors of one storage stay together."""
    total = sum(tensor.nbytes for tensor in tensors.values())
    parts: list[Tensors] = [{} for _ in range(shards)]
    home: dict[int, int] = {}
    done = 0
    for name, tensor in tensors.items():
        part = home.setdefault(tensor.untyped_storage().data_ptr(), min(shards * done // total, shards - 1))
        parts[part][name] = tensor
        done += tensor.nbytes
    assert all(parts), "a shard is empty"
    return parts


def _write_index(path: pathlib.Path, names: list[str], parts: list[Tensors]) -> None:
    weight_map = {key: name for name, part in zip(names, parts, strict=True) for key in part}
    total = sum(tensor.nbytes for part in parts for tensor in part.values())
    index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}
    path.write_text(json.dumps(index, indent=1) + "\n")
