"""Tiny random checkpoints of every architecture of the language-model engine, with what transformers computes on them.

Run by hand from the repository's root: python tests/oracle/lm_fixtures.py [NAME ...]
Writes tests/fixtures/lm/<NAME>/ (all, where no name is given) and its tokenizers; README.md there says what lies where.
Written with Python 3.11, torch 2.15.0, transformers 5.24.0, tokenizers 0.23.3, safetensors 0.8.0; CPU, one thread, f32,
attn_implementation="eager".

A fixture is only written if it proves something: dropping any tensor changes the logits by more than 0.01, changing any
setting named in `must_matter` by more than 0.001, f32 and f64 agree to 2e-5, the folder loads again through transformers with equal
logits, and along every greedy path the best token leads by more than 0.002, cached and uncached alike. Seeds are tried
in order until all of that holds.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

import lm_cases_gpt
import lm_cases_llama
import lm_cases_olmo
import lm_storage
import lm_tokenizers
import safetensors
import tokenizers
import torch
import transformers
from lm_case import Case, Config, Tensors
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

CASES = lm_cases_llama.CASES | lm_cases_gpt.CASES | lm_cases_olmo.CASES
ROOT = pathlib.Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "lm"
LENGTHS = (5, 17, 33, 48)
PROMPT_LENGTHS = (1, 2, 3, 5, 7, 9, 11, 12)
NEW_TOKENS = 64
# Allowed to an f32 engine: a logit off by 1e-4.
# Least lead of the best token along a greedy path: twenty times that error.
LEAST_MARGIN = 2e-3
# Least change of a logit when a tensor is dropped and when a setting is another: a hundred and ten times
# that error. (The two forms of GELU lie only 0.0005 apart.)
LEAST_CHANGE = 1e-2
LEAST_CHANGE_OF_SETTINGS = 1e-3
# Greatest difference between the f32 and the f64 model.
ROUNDING = 2e-5
# A greedy path that repeats one token would test little.
LEAST_DISTINCT = 6


class Unsuitable(Exception):
    """This seed's weights do not prove what the fixture is for."""


def load_config(config: Config) -> transformers.PreTrainedConfig:
    """The configuration as transformers reads it from a config.json."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "config.json").write_text(json.dumps(config))
        return AutoConfig.from_pretrained(folder)


def new_model(case: Case, changed: Config) -> PreTrainedModel:
    config = load_config((case.oracle_config or case.config) | changed)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager", dtype=torch.float32)
    case.adapt(model)
    # Greedy decoding of exactly NEW_TOKENS tokens, whatever ends a text.
    model.generation_config = transformers.GenerationConfig(do_sample=False, eos_token_id=None, pad_token_id=0)
    return model.eval()


def fill(model: PreTrainedModel, seed: int, dtype: torch.dtype) -> None:
    """Random values of a size that gives logits a spread of several units, rounded to `dtype`."""
    generator = torch.Generator().manual_seed(seed)
    output = model.get_output_embeddings().weight
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter is output or "embed" in name or "wte" in name or "wpe" in name:
                value = 0.4 * noise
            elif parameter.dim() == 2:
                value = 1.3 / parameter.shape[0 if is_conv1d(model, name) else 1] ** 0.5 * noise
            elif name.endswith("bias"):
                value = 0.3 * noise
            else:
                value = 1 + 0.3 * noise
            parameter.copy_(value.to(dtype).float())


def is_conv1d(model: PreTrainedModel, name: str) -> bool:
    module = model.get_submodule(name.rpartition(".")[0])
    return isinstance(module, transformers.pytorch_utils.Conv1D)


@torch.no_grad()
def logits_of(model: PreTrainedModel, tokens: torch.Tensor) -> torch.Tensor:
    return model(tokens.long()[None], use_cache=False).logits[0]


def statistics(logits: torch.Tensor, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Log-probability of each next token, mean and variance of the log-probability under the model's distribution."""
    log_probabilities = torch.log_softmax(logits[:-1].double(), dim=-1)
    probabilities = log_probabilities.exp()
    mean = (probabilities * log_probabilities).sum(-1)
    variance = (probabilities * (log_probabilities - mean[:, None]) ** 2).sum(-1)
    actual = log_probabilities.gather(1, tokens[1:].long()[:, None])[:, 0]
    return actual, mean, variance


def check_statistics() -> None:
    """`statistics` is the definition of tests/golden/membership.json."""
    for case in json.loads((ROOT / "tests" / "golden" / "membership.json").read_text()):
        # Golden's logits are for positions 1 to n; ours carry a last row that predicts nothing.
        tokens = torch.tensor(case["token_ids"])
        found = statistics(torch.tensor(case["logits"], dtype=torch.float64), tokens)
        for values, key in zip(found, ("token_log_prob", "mean", "variance"), strict=True):
            difference = (values - torch.tensor(case[key], dtype=torch.float64)).abs().max().item()
            assert difference < 1e-10, f"golden {key}: off by {difference}"


def check_rounding(model: PreTrainedModel, sequences: list[torch.Tensor], logits: list[torch.Tensor]) -> float:
    """The greatest difference to the model in f64."""
    model.double()
    difference = max((logits_of(model, t) - l).abs().max().item() for t, l in zip(sequences, logits, strict=True))
    model.float()
    if difference > ROUNDING:
        raise Unsuitable(f"f32 and f64 differ by {difference:.1e}")
    return difference


@torch.no_grad()
def least_change_of_tensors(model: PreTrainedModel, tokens: torch.Tensor, expected: torch.Tensor) -> float:
    """The least change of the logits when one tensor is dropped (a norm's weight: made one)."""
    least = float("inf")
    for name, parameter in model.named_parameters():
        kept = parameter.clone()
        parameter.fill_(1.0 if parameter.dim() == 1 and name.endswith("weight") else 0.0)
        change = (logits_of(model, tokens) - expected).abs().max().item()
        parameter.copy_(kept)
        least = min(least, change)
        if change < LEAST_CHANGE:
            raise Unsuitable(f"without {name} the logits change by {change:.1e} only")
    return least


def changes_of_settings(case: Case, model: PreTrainedModel, tokens: torch.Tensor, expected: torch.Tensor) -> dict:
    changes = {}
    for name, changed in case.must_matter.items():
        other = new_model(case, changed)
        other.load_state_dict(model.state_dict())
        changes[name] = (logits_of(other, tokens) - expected).abs().max().item()
        assert changes[name] > 0, f"{name} is no setting that transformers reads"
        if changes[name] < LEAST_CHANGE_OF_SETTINGS:
            raise Unsuitable(f"{name} changes the logits by {changes[name]:.1e} only")
    return changes


@torch.no_grad()
def greedy(model: PreTrainedModel, prompt: torch.Tensor, below: int) -> tuple[list[int], float]:
    """The new tokens of one prompt and the least lead of the best token, which the uncached model confirms."""
    whole = model.generate(prompt.long()[None], attention_mask=torch.ones(1, len(prompt)), max_new_tokens=NEW_TOKENS)[0]
    new = whole[len(prompt) :]
    best = logits_of(model, whole)[len(prompt) - 1 : -1].topk(2, dim=-1)
    margin = (best.values[:, 0] - best.values[:, 1]).min().item()
    if margin <= LEAST_MARGIN:
        raise Unsuitable(f"a margin of {margin:.1e}")
    assert len(new) == NEW_TOKENS and torch.equal(best.indices[:, 0], new), "cached and uncached decoding differ"
    if len(set(new.tolist())) < LEAST_DISTINCT:
        raise Unsuitable("a greedy path of few distinct tokens")
    if new.max() >= below:
        raise Unsuitable("a greedy path leaves the vocabulary")
    return new.tolist(), margin


def draw(count: int, below: int, generator: torch.Generator) -> torch.Tensor:
    return torch.randint(0, below, (count,), generator=generator, dtype=torch.int32)


def compute(case: Case, seed: int) -> tuple[PreTrainedModel, Tensors, dict]:
    """The model of a seed and what is expected of it; `Unsuitable` where the seed will not do."""
    model = new_model(case, {})
    fill(model, seed, case.dtype)
    generator = torch.Generator().manual_seed(seed)
    sequences = [draw(length, case.tokens_below, generator) for length in LENGTHS]
    prompts = [draw(length, case.tokens_below, generator) for length in PROMPT_LENGTHS]
    logits = [logits_of(model, tokens) for tokens in sequences]
    settings = changes_of_settings(case, model, sequences[-1], logits[-1])
    paths = [greedy(model, prompt, case.tokens_below) for prompt in prompts]
    tensors: Tensors = {}
    for index, (tokens, rows) in enumerate(zip(sequences, logits, strict=True)):
        log_prob, mean, variance = statistics(rows, tokens)
        tensors |= {f"tokens.{index}": tokens, f"logits.{index}": rows, f"log_prob.{index}": log_prob}
        tensors |= {f"mean.{index}": mean, f"variance.{index}": variance}
    record = {
        "seed": seed,
        "max_f32_f64_difference": check_rounding(model, sequences, logits),
        "logits_standard_deviation": torch.cat(logits).std().item(),
        "least_change_without_a_tensor": least_change_of_tensors(model, sequences[-1], logits[-1]),
        "change_with_another_setting": settings,
        "smallest_greedy_margin": min(margin for _, margin in paths),
        "prompts": [prompt.tolist() for prompt in prompts],
        "greedy": [path for path, _ in paths],
    }
    return model, tensors, record


def first_suitable(case: Case) -> tuple[PreTrainedModel, Tensors, dict]:
    for seed in range(1000):
        try:
            return compute(case, seed)
        except Unsuitable as reason:
            print(f"  seed {seed}: {reason}", file=sys.stderr)
    raise SystemExit("no seed will do")


def check_folder(folder: pathlib.Path, case: Case, expected: Tensors) -> None:
    """transformers loads the folder as written and computes the same logits from it."""
    model, report = AutoModelForCausalLM.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32, output_loading_info=True
    )
    assert not report["missing_keys"] and not report["mismatched_keys"], report
    for index in range(len(LENGTHS)):
        assert torch.equal(logits_of(model.eval(), expected[f"tokens.{index}"]), expected[f"logits.{index}"])


def make(name: str, case: Case) -> None:
    print(name, file=sys.stderr)
    model, expected, record = first_suitable(case)
    folder = FIXTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(case.config, indent=2) + "\n")
    # Each weight once: a head tied to the embedding is left out.
    stored = {key: tensor.detach().clone().to(case.dtype) for key, tensor in model.named_parameters()}
    case.write(folder, case.publish(stored, case.config))
    save_file({key: tensor.contiguous() for key, tensor in expected.items()}, folder / "expected.safetensors")
    versions = {module.__name__: module.__version__ for module in (torch, transformers, tokenizers, safetensors)}
    stored_as = str(case.dtype).removeprefix("torch.")
    head = {"fixture": name, "versions": versions, "stored_dtype": stored_as, "notes": list(case.notes)}
    lm_tokenizers.write_json(folder / "expected.json", head | record)
    if case.oracle_config is None:
        check_folder(folder, case, expected)
    print(f"  seed {record['seed']}, least margin {record['smallest_greedy_margin']:.4f}", file=sys.stderr)


def make_legacy_copy() -> None:
    """GPT-2's tensors once more, in the format before torch 1.6."""
    folder = FIXTURES / "legacy_bin"
    folder.mkdir(parents=True, exist_ok=True)
    tensors = torch.load(FIXTURES / "gpt2" / "pytorch_model.bin", weights_only=True)
    lm_storage.one_pickle(folder, tensors, zipped=False)


def main() -> None:
    torch.set_num_threads(1)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    check_statistics()
    names = sys.argv[1:] or list(CASES)
    lm_tokenizers.make(FIXTURES)
    for name in names:
        make(name, CASES[name])
    if "gpt2" in names:
        make_legacy_copy()


if __name__ == "__main__":
    main()
