"""A model that draws other samples: the same calls with other seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

from agents.models.reply import Model, Reply

_SHIFT = 100_003


@dataclass(frozen=True)
class ResampledModel:
    """Calls the inner model with every seed moved on, `draw` times as far for each further draw.

    A call without a seed stays as it is.
    """

    inner: Model
    draw: int = 1

    @property
    def voice(self) -> str:
        """Return the inner model's id."""
        return self.inner.voice

    async def call(
        self,
        messages: Sequence[BaseMessage],
        *,
        role: str,
        seed: int | None = None,
        schema: type[BaseModel] | None = None,
        max_tokens: int | None = None,
    ) -> Reply:
        """Return the inner model's reply. Raises what that raises."""
        moved = None if seed is None else (seed + self.draw * _SHIFT) % 2**31
        return await self.inner.call(
            messages, role=role, seed=moved, schema=schema, max_tokens=max_tokens
        )
