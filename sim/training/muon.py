"""Muon for the matrices of a decoder, AdamW for the rest: one optimizer to a trainer.

Muon (Jordan et al. 2024, in torch) makes every update of a matrix orthogonal; a small model learns
from the same tokens in about two thirds of the steps (docs/training.md). One learning rate serves
both: Muon's updates are scaled to the size of AdamW's, and the rest learns at a quarter of it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

_REST = 0.25  # of the learning rate


def build_muon(model: Any, learning_rate: float, weight_decay: float) -> Any:
    """Return the optimizer of a model's weights; its state is stored and loaded like any other."""
    from torch.optim import AdamW, Muon

    matrices, rest = _sort_weights(model)
    return _load_pair()(
        Muon(
            matrices,
            lr=learning_rate,
            weight_decay=weight_decay,
            adjust_lr_fn="match_rms_adamw",
        ),
        AdamW(rest, lr=learning_rate * _REST, weight_decay=0.0),
    )


def _sort_weights(model: Any) -> tuple[list[Any], list[Any]]:
    """Return the matrices inside the layers, and all else: embeddings, last layer, norms."""
    ends = {id(model.get_input_embeddings().weight), id(model.get_output_embeddings().weight)}
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    inner = [weight.ndim == 2 and id(weight) not in ends for weight in weights]
    return (
        [weight for weight, is_inner in zip(weights, inner, strict=True) if is_inner],
        [weight for weight, is_inner in zip(weights, inner, strict=True) if not is_inner],
    )


@cache
def _load_pair() -> type[Any]:
    from torch.optim import Optimizer

    class Pair(Optimizer):  # type: ignore[misc, unused-ignore]
        """Two optimizers of one group each; groups and state are kept here, for both."""

        def __init__(self, *parts: Any) -> None:
            self._parts = parts
            super().__init__([group for part in parts for group in part.param_groups], {})

        def step(self, closure: Any = None) -> Any:
            """Let each take its step; a loaded state stands in other objects than before."""
            loss = None if closure is None else closure()
            for part, group in zip(self._parts, self.param_groups, strict=True):
                part.param_groups, part.state = [group], self.state
                part.step()
            return loss

    return Pair
