"""The rows of a batch that a checkpoint continues: what each has read and written, side by side.

Imports torch and transformers; only a loaded checkpoint imports this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from agents.models.pasts import Past

SLACK = 64  # tokens that a layer has room for beyond those it holds


class Dice:
    """What a row's next token is drawn with, at a temperature above 0: the seed decides.

    Noise is added to the logits so that the likeliest token is a fair draw (Gumbel-max): rows with
    dice of their own are drawn in one batch, and no neighbour changes a draw.
    """

    def __init__(self, temperature: float, seed: int | None) -> None:
        self._temperature = temperature
        self._generator = torch.Generator()
        if seed is None:
            self._generator.seed()
        else:
            self._generator.manual_seed(seed)

    def throw(self, logits: Any) -> Any:
        """Return one row's logits (vocabulary,), with the noise of one draw."""
        noise = torch.empty(logits.shape[-1]).exponential_(generator=self._generator)
        return logits / self._temperature - noise.log().to(logits)


@dataclass(slots=True)
class Row:
    """One prompt under way: `ids` are its tokens and those written, `past` is of all but the last."""

    ids: tuple[int, ...]
    prompt: int
    limit: int
    dice: Dice | None
    cached: int = 0
    past: Past | None = None
    ended: bool = False

    @property
    def left(self) -> int:
        """Return how many tokens it may still write."""
        return self.prompt + self.limit - len(self.ids)

    def write(self, tokens: Sequence[int], ends: Sequence[int]) -> None:
        """Add what was written, up to the end of the reply or the limit."""
        tokens = tokens[: self.left]
        end = next((place for place, token in enumerate(tokens) if token in ends), None)
        self.ids += tuple(tokens if end is None else tokens[: end + 1])
        self.ended = end is not None or self.left == 0


class RoomyLayer(DynamicLayer):  # type: ignore[misc]  # no types without the extra
    """A cache layer that grows in place: the usual one copies all it holds for every token."""

    def __init__(self, stored: Sequence[Any], held: int) -> None:
        """Take keys and values of `held` tokens and some room, (batch, heads, tokens + room, size)."""
        super().__init__()
        self.lazy_initialization(*stored)
        self._stored = stored
        self.keys, self.values = (part[:, :, :held] for part in stored)

    def update(self, key_states: Any, value_states: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
        """Append one or more tokens' keys and values, (batch, heads, tokens, size); return all."""
        held = self.keys.shape[2]
        total = held + key_states.shape[2]
        if total > self._stored[0].shape[2]:
            self._stored = [_widen(part, total) for part in (self.keys, self.values)]
        for stored, new in zip(self._stored, (key_states, value_states), strict=True):
            stored[:, :, held:total] = new
        self.keys, self.values = (stored[:, :, :total] for stored in self._stored)
        return self.keys, self.values


def _widen(part: Any, total: int) -> Any:
    batch, heads, held, size = part.shape
    wide = part.new_empty((batch, heads, total + SLACK, size))
    wide[:, :, :held] = part
    return wide


def can_keep(model: Any) -> bool:
    """Return whether a model's memory is keys and values of every token, which can be cut anywhere."""
    if getattr(model, "_is_stateful", False):
        return False
    return all(type(layer) is DynamicLayer for layer in DynamicCache(config=model.config).layers)


def read_on(model: Any, past: Past | None, ids: tuple[int, ...]) -> Past:
    """Return the past of all `ids`, which continue `past`."""
    cache = DynamicCache(config=model.config)
    if past is not None:
        for layer, (keys, values) in zip(cache.layers, past.layers, strict=True):
            layer.update(keys, values)
    new = torch.tensor([ids[len(past.ids) if past else 0 :]], device=model.device)
    model.base_model(input_ids=new, past_key_values=cache, use_cache=True)
    return Past(ids, tuple((layer.keys, layer.values) for layer in cache.layers))


def pad_left(rows: Sequence[Row], padding: int, device: Any) -> tuple[Any, Any]:
    """Return the rows' tokens, padded on the left to one length, and which of them are real."""
    width = max(len(row.ids) for row in rows)
    ids = [[padding] * (width - len(row.ids)) + list(row.ids) for row in rows]
    mask = [[0] * (width - len(row.ids)) + [1] * len(row.ids) for row in rows]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


def stack(pasts: Sequence[Past]) -> Any:
    """Return a cache of all pasts, padded on the left with zeros."""
    cache = DynamicCache()
    width = max(len(past.ids) for past in pasts)
    cache.layers = [
        RoomyLayer([_stack([layer[part] for layer in layers], width) for part in (0, 1)], width)
        for layers in zip(*(past.layers for past in pasts), strict=True)
    ]
    return cache


def _stack(parts: Sequence[Any], width: int) -> Any:
    _, heads, _, size = parts[0].shape
    out = parts[0].new_zeros((len(parts), heads, width + SLACK, size))
    for row, part in zip(out, parts, strict=True):
        row[:, width - part.shape[2] : width] = part[0]
    return out


def unstack(cache: Any, rows: Sequence[Row], width: int) -> None:
    """Give each row its past out of the cache, in which it ended before column `width`.

    Those that have ended get memory of their own; the others are about to be stacked again.
    """
    for n, row in enumerate(rows):
        assert row.past is not None
        begin = width - len(row.past.ids)
        ids = row.ids[:-1]
        here = (slice(n, n + 1), slice(None), slice(begin, begin + len(ids)))
        parts = [(layer.keys[here], layer.values[here]) for layer in cache.layers]
        if row.ended:
            parts = [(keys.clone(), values.clone()) for keys, values in parts]
        row.past = Past(ids, tuple(parts))


def throw_dice(rows: Sequence[Row]) -> Callable[..., Any]:
    """Return a processor that throws the dice of each row that has some."""

    def throw(_: Any, logits: Any) -> Any:
        for row, one in zip(rows, logits, strict=True):
            if row.dice is not None:
                one.copy_(row.dice.throw(one))
        return logits

    return throw


def stop_at_half(rows: Sequence[Row], width: int, ends: Sequence[int]) -> Callable[..., Any]:
    """Return a criterion that stops all once half of them have ended, so that few drag on in company."""

    def stop(ids: Any, _: Any, **__: Any) -> Any:
        new = ids[:, width:]
        full = torch.tensor([row.left <= new.shape[1] for row in rows], device=ids.device)
        ended = full | torch.isin(new, torch.tensor(ends, device=ids.device)).any(dim=1)
        return (2 * ended.sum() >= len(rows)).expand(len(rows))

    return stop
