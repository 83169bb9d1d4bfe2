"""What a model gives back, and what a voice needs of a model: one call, a reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from langchain_core.messages import BaseMessage
from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call brought back.

    Tokens add up over every answer the call took (other samples and re-asks were paid for, too);
    `cached_tokens` are among `prompt_tokens`. `latency_s` is the last request's, without waiting
    for a slot or between attempts. `attempts` counts requests.
    """

    text: str
    """The reply as it came, also when it does not fit the schema."""
    model: str
    """The model's name as the endpoint gives it."""
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    latency_s: float
    finish_reason: str
    """`stop` or `length` mostly, as the endpoint gives it; empty if it does not."""
    attempts: int
    parsed: BaseModel | None = None
    """The instance of the schema; None if none was asked for or the reply did not fit: missing."""
    odds: tuple[tuple[str, float], ...] = ()
    """How likely each beginning of a `Weighed` answer was (0 to 1), where the endpoint tells it."""


class Weighed(BaseModel):
    """A schema with one short answer whose odds matter; endpoints with `logprobs` are asked for them."""

    answer_field: ClassVar[str]
    """The field that holds the answer."""


class Model(Protocol):
    """Something that answers prompts: an endpoint's caller, or a checkpoint in this process."""

    @property
    def voice(self) -> str:
        """Return the model's id, as records name it."""
        ...

    async def call(
        self,
        messages: Sequence[BaseMessage],
        *,
        role: str,
        seed: int | None = None,
        schema: type[BaseModel] | None = None,
        max_tokens: int | None = None,
    ) -> Reply:
        """Return the reply to the messages; `role` is who speaks or judges, for errors and accounts.

        Raises PermanentFault if no call can succeed, CallFault if this one did not.
        """
        ...
