"""What a tiny checkpoint of lm_fixtures.py is: configuration, names and storage, as its family publishes them.

`config` is written to config.json word for word. About half of them use the keys of checkpoints published before
transformers 5 (`rope_theta`, `rope_scaling`, `rotary_pct`, `torch_dtype`, defaults left out), the others the keys that
transformers 5 writes (`rope_parameters`, `dtype`, `layer_types`).
"""

import dataclasses
from collections.abc import Callable

import lm_storage
import torch
from transformers import PreTrainedModel

Tensors = dict[str, torch.Tensor]
Config = dict[str, object]


@dataclasses.dataclass(frozen=True)
class Case:
    """One checkpoint."""

    config: Config
    # Changes of the configuration that must change the logits, by what they prove.
    must_matter: dict[str, Config]
    write: Callable[..., None] = lm_storage.one_safetensors
    # From the names and shapes of transformers to those of the published layout, extra buffers included.
    publish: Callable[[Tensors, Config], Tensors] = lambda tensors, _: tensors
    # The configuration that transformers computes the expected numbers with, where it cannot read `config`.
    oracle_config: Config | None = None
    # Changes transformers' model into the fixture's, where no configuration says it.
    adapt: Callable[[PreTrainedModel], None] = lambda _: None
    dtype: torch.dtype = torch.float32
    # Tokens are drawn, and must be generated, below this id.
    tokens_below: int = 320
    notes: tuple[str, ...] = ()


def causal_buffer(positions: int) -> torch.Tensor:
    return torch.tril(torch.ones(positions, positions, dtype=torch.bool)).view(1, 1, positions, positions)


def inverse_frequencies(dimensions: int, base: float = 10000.0) -> torch.Tensor:
    return 1.0 / base ** (torch.arange(0, dimensions, 2).float() / dimensions)
