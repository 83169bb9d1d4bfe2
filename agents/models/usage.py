"""Usage: the tokens and requests that a call took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint counted them (0 where it does not), over all replies it gave.

    `prompt_tokens` counts all prompt tokens, the `cached_tokens` among them. `attempts` counts
    requests, the failed ones too.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    attempts: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.attempts + other.attempts,
        )
