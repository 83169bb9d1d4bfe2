"""Faults on a schedule: which requests fail, and how, is decided by their hash, attempt and a seed.

So a run can be repeated fault by fault, whatever the order in which its requests arrive, and
another attempt at a failed request may well succeed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b


class Fault(StrEnum):
    """What the server does instead of answering."""

    HANG = "hang"
    """Nothing comes, for longer than a client waits."""
    CUT = "cut"
    """The connection is cut before the first byte."""
    CUT_BODY = "cut_body"
    """The connection is cut in the middle of the body."""
    RATE_LIMIT = "rate_limit"
    """429 without a word on when to come back."""
    RETRY_AFTER = "retry_after"
    """429 with Retry-After."""
    ERROR_500 = "error_500"
    BAD_GATEWAY = "bad_gateway"
    """502 with the HTML page of a proxy."""
    UNAVAILABLE = "unavailable"
    """503."""
    GARBAGE = "garbage"
    """200 with a body that is no JSON."""
    TORN_BODY = "torn_body"
    """200 with a body that stops in the middle of its JSON."""
    EMPTY = "empty"
    """A reply without words."""
    LENGTH = "length"
    """Half a reply, with finish reason `length`."""
    FILTERED = "filtered"
    """No words, with finish reason `content_filter`."""
    TORN_JSON = "torn_json"
    """A whole reply whose JSON stops in the middle; text requests get `torn_body` instead."""


@dataclass(frozen=True)
class FaultPlan:
    """Which share (0 to 1) of the requests fails, in which ways, each as often as the others."""

    share: float = 0.0
    kinds: tuple[Fault, ...] = tuple(Fault)
    seed: int = 0
    hang_s: float = 600.0
    retry_after_s: float = 0.1

    def choose(self, request_hash: str, attempt: int, *, structured: bool) -> Fault | None:
        """The fault of the n-th attempt (from 1) at a request; None if it goes well."""
        if not self.share:
            return None
        word = f"{self.seed}/{attempt}/{request_hash}".encode()
        draw = int.from_bytes(blake2b(word, digest_size=8).digest()) / 2**64
        if draw >= self.share:
            return None
        fault = self.kinds[int(draw / self.share * len(self.kinds))]
        return Fault.TORN_BODY if fault is Fault.TORN_JSON and not structured else fault
