"""What a record says of one model call. It stands apart so that records need no model code."""

from __future__ import annotations

from dataclasses import dataclass

FAULT = "fault: "


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call: who made it, to which model, and what it took.

    Tokens as the endpoint counted them; `attempts` counts requests; `cost` in the currency of the
    configured prices, None without prices. `finish_reason` is the endpoint's word; of a call that
    failed it is `fault: ` and the kind of fault.
    """

    role: str
    model: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    latency_s: float
    finish_reason: str
    attempts: int
    cost: float | None = None
