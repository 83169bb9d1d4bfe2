"""Log-probabilities as an endpoint tells them: certain of every token but the answer."""

from __future__ import annotations

import re
from math import log
from typing import Any

_TOKEN = re.compile(r"\d|[^\W\d]+|\s+|[^\w\s]|_")
_ANSWER = re.compile(r"\d|yes|no|null")
_SHARES = {"yes": {"yes": 0.9, "no": 0.1}, "no": {"no": 0.9, "yes": 0.1}, "null": {"null": 0.9}}


def make_logprobs(text: str) -> dict[str, Any]:
    """The field `logprobs` of a choice; the last number, yes or no in the text is the answer."""
    tokens = _TOKEN.findall(text)
    places = [n for n, token in enumerate(tokens) if _ANSWER.fullmatch(token)]
    answer = places[-1] if places else -1
    return {
        "content": [
            _describe(token, share_out(token) if n == answer else {token: 0.99})
            for n, token in enumerate(tokens)
        ],
        "refusal": None,
    }


def share_out(answer: str) -> dict[str, float]:
    """How likely the alternatives to an answer were: a point lower more than a point higher."""
    if answer in _SHARES:
        return _SHARES[answer]
    lower, higher = str(int(answer) - 1), str(int(answer) + 1)
    return {answer: 0.7, lower: 0.2, higher: 0.1}


def _describe(token: str, shares: dict[str, float]) -> dict[str, Any]:
    told = [{"token": t, "logprob": log(p), "bytes": list(t.encode())} for t, p in shares.items()]
    return {**told[0], "token": token, "top_logprobs": told}
