"""The settings of a training run: a preset's, overlaid by the file's; unknown keys are refused."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from personas.errors import InputError, suggest
from personas.files import read_toml
from sim.settings import Count, Table, explain

PRESETS = Path(__file__).parent / "presets.toml"
Method = Literal["full", "lora", "qlora"]


class Scratch(Table):
    """The shape of a model that is made from nothing."""

    vocab: Annotated[int, Field(ge=512)] = 4096
    """Tokens of the tokenizer that is learned from the corpus."""
    hidden: Count = 256
    """Width of the decoder."""
    inner: Count = 704
    """Width of its feed-forward layers."""
    layers: Count = 4
    """Layers."""
    heads: Count = 4
    """Attention heads; they divide the width."""
    context: Annotated[int, Field(ge=256)] = 2048
    """Tokens of prompt and reply together, at most."""
    drill: Annotated[int, Field(ge=0)] = 0
    """Steps of exercises in giving the client's words back, before the sessions."""


class Lora(Table):
    """The adapter of `lora` and `qlora`."""

    rank: Count = 16
    """Rank of the update."""
    alpha: Count = 32
    """Its scale is alpha / rank."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.05
    """Dropout before the adapter."""


class TrainConfig(Table):
    """Everything that decides a training run."""

    preset: str | None = None
    """Where the settings start from; the file's own go before it."""
    data: Path
    """Folder of an export: `train.jsonl` and, for the evaluation, `test.jsonl`."""
    out: Path
    """Folder for the checkpoints and the finished model."""
    model: str | None = None
    """A checkpoint's folder or a hub name; without it `[scratch]` makes one."""
    scratch: Scratch | None = None
    """Make a model from nothing."""
    method: Method = "full"
    """Train all weights, or an adapter: on the weights as they are, or on 4 bit ones (CUDA only)."""
    lora: Lora = Lora()
    """The adapter's shape."""
    epochs: Annotated[float, Field(gt=0)] = 3.0
    """How often the data is gone through."""
    max_steps: Count | None = None
    """Stop after so many steps, whatever `epochs` says."""
    learning_rate: Annotated[float, Field(gt=0)] = 2e-5
    """Highest learning rate."""
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    """How it falls."""
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.03
    """Share of the steps in which it rises."""
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    """Of the optimizer."""
    optimizer: Literal["adamw", "muon"] = "adamw"
    """AdamW, or Muon for the matrices inside the layers; Muon where all weights are trained."""
    batch: Count = 1
    """Rows in a forward pass."""
    accumulate: Count = 8
    """Forward passes in a step."""
    max_length: Count = 2048
    """Tokens of a row; what is longer is cut, and counted beforehand."""
    batching: Literal["padded", "packed", "padding_free"] = "padded"
    """Rows side by side with padding; packed into rows of full length; or end to end."""
    assistant_only: bool = True
    """Only the counselor's words bear loss."""
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    """Precision of the arithmetic."""
    checkpointing: bool = False
    """Compute activations twice instead of keeping them: less memory, a fifth slower."""
    evaluate_every: Count = 100
    """Steps between two evaluations."""
    patience: Count | None = None
    """Stop after so many evaluations without a better loss; never without it."""
    save_every: Count = 100
    """Steps between two checkpoints, from which --resume goes on."""
    log_every: Count = 10
    """Steps between two lines of progress."""
    beta: Annotated[float, Field(gt=0)] = 0.1
    """Of DPO: how strongly the model is held to where it started."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Of weights, order and dropout."""

    @model_validator(mode="after")
    def check_origin(self) -> TrainConfig:
        """Refuse a model and a shape at once, or neither, and an adapter on random weights."""
        if (self.model is None) == (self.scratch is None):
            raise ValueError("name either a model or a table [scratch]")
        if self.scratch is not None and self.method != "full":
            raise ValueError("a model from nothing is trained in full: method = 'full'")
        if self.scratch is not None and self.scratch.hidden % self.scratch.heads:
            raise ValueError("scratch.heads must divide scratch.hidden")
        if self.optimizer == "muon" and self.method != "full":
            raise ValueError("muon trains all weights: method = 'full'")
        return self

    @property
    def rows_per_step(self) -> int:
        """Return the rows (packs, if packed) of one optimizer step."""
        return self.batch * self.accumulate


@cache
def load_presets() -> dict[str, dict[str, Any]]:
    """Return the presets by name."""
    presets: dict[str, Any] = read_toml(PRESETS)
    return presets


def load_train_config(path: Path) -> TrainConfig:
    """Return the preset's settings, overlaid by the file's. Raises InputError."""
    stored = read_toml(path)
    return build_train_config({**find_preset(stored.get("preset"), path), **stored}, path)


def build_train_config(settings: Mapping[str, object], path: Path) -> TrainConfig:
    """Return settings that were read from `path`, checked. Raises InputError."""
    try:
        return TrainConfig.model_validate(settings)
    except ValidationError as error:
        raise explain(error, path, TrainConfig) from None


def find_preset(name: object, path: Path) -> dict[str, Any]:
    """Return a preset's settings, none without a name. Raises InputError for one that is unknown."""
    presets = load_presets()
    if name is None:
        return {}
    if name not in presets:
        raise InputError(
            f"there is no preset {name!r}",
            where=f"{path}, field preset",
            todo=suggest(str(name), presets) or f"they are: {', '.join(presets)}",
        )
    return presets[str(name)]
