"""Dice for the rows of a batch: what a row draws is decided by its own seed, whoever stands beside it.

Imports torch and transformers; only a loaded checkpoint imports this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import LogitsProcessor


@dataclass(frozen=True, slots=True)
class Die:
    """One row's die: `source` is a generator of its own, `temperature` (above 0) how even it is."""

    temperature: float
    source: Any

    def weigh(self, scores: Any) -> Any:
        """Return the scores (vocabulary,) with noise such that the highest is a draw by softmax.

        The Gumbel-max trick: noise of minus the logarithm of an exponential variable.
        """
        noise = torch.empty(scores.shape).exponential_(generator=self.source).log()
        return scores.float() / self.temperature - noise.to(scores.device)


def make_die(temperature: float, seed: int | None) -> Die | None:
    """Return a die, none at temperature 0; without a seed it falls otherwise each time."""
    if temperature == 0:
        return None
    source = torch.Generator()
    if seed is None:
        source.seed()
    else:
        source.manual_seed(seed)
    return Die(temperature, source)


class Throw(LogitsProcessor):  # type: ignore[misc]  # no types without the extra
    """Lets every row throw its die; a row without one keeps its scores."""

    def __init__(self, dice: Sequence[Die | None]) -> None:
        self._dice = dice

    def __call__(self, _: Any, scores: Any) -> Any:
        """Return the scores (rows, vocabulary) whose highest are to be taken."""
        rows = zip(self._dice, scores, strict=True)
        return torch.stack([die.weigh(row) if die else row.float() for die, row in rows])
