"""Odds: how likely each answer was, read from the log-probabilities of one token of a JSON reply."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

TOP = 20  # alternatives per token that endpoints tell at most
_BEFORE = ' \n\t:"'  # what may stand in the answer's first token before the answer


def read_odds(tokens: Sequence[Mapping[str, Any]], field: str) -> tuple[tuple[str, float], ...]:
    """Return how likely (0 to 1) each beginning of the answer in `field` was, the likeliest first.

    `tokens` is `logprobs.content` of a chat completion. The answer's first token counts, whatever
    stands in it before the answer; where the field stands more than once, the last one counts.
    Nothing comes back where the field is not found.
    """
    text = "".join(str(token["token"]) for token in tokens)
    places = [match.end() for match in re.finditer(rf'"{re.escape(field)}"\s*:\s*"?', text)]
    token = _find_token(tokens, places[-1]) if places else None
    if token is None:
        return ()
    odds: dict[str, float] = {}
    told = {one["token"]: one["logprob"] for one in (token, *(token.get("top_logprobs") or ()))}
    for word, logprob in told.items():
        answer = str(word).lstrip(_BEFORE)
        odds[answer] = odds.get(answer, 0.0) + exp(float(logprob))
    return tuple(sorted(odds.items(), key=lambda pair: (-pair[1], pair[0])))


def _find_token(tokens: Sequence[Mapping[str, Any]], place: int) -> Mapping[str, Any] | None:
    """Return the token that holds the character at a place of the joined text."""
    end = 0
    for token in tokens:
        end += len(str(token["token"]))
        if end > place:
            return token
    return None
