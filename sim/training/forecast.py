"""The dry run: steps, tokens, what would be cut, and the memory it takes, before anything is trained."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sim.training.config import TrainConfig
from sim.training.dataset import Row
from sim.training.drill import PAIRS
from sim.training.trainer import count_tokens

_ADAM = 8  # bytes of AdamW's two moments in float32
_QUARTER = 0.55  # bytes of a 4 bit weight with its scales
_KEPT = 34  # bytes of activations per token, layer and unit of width, at 16 bit (arXiv 2205.05198)


@dataclass(frozen=True)
class Size:
    """Parameters in all and trained ones, and the shape that activations depend on.

    `looked_up` are those that are only read and never multiplied: input embeddings that are not the
    last layer at the same time.
    """

    parameters: int
    trained: int
    looked_up: int
    layers: int
    width: int


@dataclass(frozen=True)
class Forecast:
    """What a training will take. `cut_rows` and `cut_tokens` are lost to `max_length`.

    `drill` are the steps of exercises that come before `steps`.
    """

    rows: int
    test_rows: int
    packs: int
    steps: int
    tokens: int
    longest: int
    cut_rows: int
    cut_tokens: int
    size: Size
    memory: int
    drill: int = 0

    def lines(self) -> list[tuple[str, str]]:
        """Return what is printed, in pairs of words and figures."""
        exercises = [("exercises", f"{self.drill:,} steps of {PAIRS}")] if self.drill else []
        return [
            *exercises,
            ("rows", f"{self.rows:,} to learn from, {self.test_rows:,} to evaluate on"),
            ("tokens", f"{self.tokens:,} an epoch, the longest row {self.longest:,}"),
            (
                "cut",
                f"{self.cut_rows / self.rows:.1%} of the rows, "
                f"{self.cut_tokens / (self.tokens + self.cut_tokens):.1%} of the tokens",
            ),
            ("forward passes' rows", f"{self.packs:,} an epoch"),
            ("steps", f"{self.steps:,}"),
            ("parameters", f"{self.size.parameters:,}, trained {self.size.trained:,}"),
            ("memory", f"about {self.memory / 2**30:.1f} GiB (weights, moments, activations)"),
        ]


def forecast(
    config: TrainConfig, size: Size, tokenizer: Any, rows: list[Row], test: list[Row]
) -> Forecast:
    """Return the forecast; every row is tokenized for it."""
    lengths = [max(_measure(tokenizer, row)) for row in rows]
    kept = [min(length, config.max_length) for length in lengths]
    packs = pack_count(kept, config.max_length) if config.batching == "packed" else len(kept)
    per_epoch = math.ceil(math.ceil(packs / config.batch) / config.accumulate)
    return Forecast(
        rows=len(rows),
        test_rows=len(test),
        packs=packs,
        steps=config.max_steps or math.ceil(per_epoch * config.epochs),
        tokens=sum(kept),
        longest=max(lengths),
        cut_rows=sum(length > config.max_length for length in lengths),
        cut_tokens=sum(lengths) - sum(kept),
        size=size,
        memory=estimate_memory(config, size, max(kept)),
        drill=config.scratch.drill if config.scratch else 0,
    )


def _measure(tokenizer: Any, row: Row) -> list[int]:
    if "messages" in row:
        return [count_tokens(tokenizer, row["messages"])]
    ends = [row[name] for name in ("completion", "chosen", "rejected") if name in row]
    return [count_tokens(tokenizer, row["prompt"] + end) for end in ends]


def pack_count(lengths: list[int], room: int) -> int:
    """Return how many rows of `room` tokens the lengths fill, each put where it fits best (as TRL)."""
    free = [0] * (room + 1)  # how many packs have so many tokens left
    packs = 0
    for length in sorted(lengths, reverse=True):
        place = next((left for left in range(length, room + 1) if free[left]), None)
        if place is None:
            packs, place = packs + 1, room
        else:
            free[place] -= 1
        free[place - length] += 1
    return packs


def estimate_memory(config: TrainConfig, size: Size, longest: int) -> int:
    """Return bytes: weights, gradients, moments, and the activations of one forward pass; rough."""
    weight = {"full": 4.0, "lora": 4.0 if config.dtype == "float32" else 2.0, "qlora": _QUARTER}
    states = size.parameters * weight[config.method] + size.trained * (4 + _ADAM)
    if config.method != "full":
        states += size.trained * 4
    room = config.max_length if config.batching == "packed" else longest
    wide = 2 if config.dtype == "float32" else 1
    per_layer = config.batch * room * size.width * wide
    kept = 2 * size.layers + _KEPT if config.checkpointing else _KEPT * size.layers
    return int(states + per_layer * kept)


def measure_size(config: TrainConfig, tokenizer: Any) -> Size:
    """Return the model's size, from its shape alone: no weights are loaded."""
    import torch

    with torch.device("meta"):
        model = _build_empty(config, tokenizer)
    shape = model.config.get_text_config()
    parameters = sum(weight.numel() for weight in model.parameters())
    return Size(
        parameters=parameters,
        trained=parameters if config.method == "full" else _count_adapter(config, model),
        looked_up=0 if shape.tie_word_embeddings else model.get_input_embeddings().weight.numel(),
        layers=shape.num_hidden_layers,
        width=shape.hidden_size,
    )


def _build_empty(config: TrainConfig, tokenizer: Any) -> Any:
    from transformers import AutoConfig, AutoModelForCausalLM

    from sim.training.model import check_folder
    from sim.training.scratch import build_model

    if config.scratch is not None:
        return build_model(config.scratch, tokenizer)
    check_folder(str(config.model))
    return AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(str(config.model)))


def _count_adapter(config: TrainConfig, model: Any) -> int:
    """Two thin matrices beside every linear layer but the last."""
    from torch import nn

    head = model.get_output_embeddings()
    return sum(
        config.lora.rank * (layer.in_features + layer.out_features)
        for layer in model.modules()
        if isinstance(layer, nn.Linear) and layer is not head
    )
