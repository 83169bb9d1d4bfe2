"""What a run's model calls took, by role and model; whoever does not speak judges, and stands apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from agents.models.calls import CallRecord

SPEAKING = ("client", "appraisal", "counselor", "planner", "supervisor")


@dataclass
class Spent:
    """The calls of one role to one model, added up. `cost` is None while a price is unknown."""

    calls: int = 0
    requests: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    latency_s: float = 0.0
    cost: float | None = 0.0

    def add(self, call: CallRecord) -> None:
        """Take in one call."""
        self.calls += 1
        self.requests += call.attempts
        self.prompt_tokens += call.prompt_tokens
        self.cached_tokens += call.cached_tokens
        self.completion_tokens += call.completion_tokens
        self.latency_s += call.latency_s
        known = self.cost is not None and call.cost is not None
        self.cost = (self.cost or 0.0) + (call.cost or 0.0) if known else None

    def to_json(self) -> dict[str, object]:
        """Return the sums and the mean latency."""
        return {
            "calls": self.calls,
            "requests": self.requests,
            "prompt_tokens": self.prompt_tokens,
            "cached_tokens": self.cached_tokens,
            "completion_tokens": self.completion_tokens,
            "latency_mean_s": round(self.latency_s / self.calls, 4) if self.calls else None,
            "cost": None if self.cost is None else round(self.cost, 6),
        }


@dataclass
class Spending:
    """All calls of a run."""

    parts: dict[tuple[str, str], Spent] = field(default_factory=dict)

    def add(self, calls: Iterable[CallRecord]) -> None:
        """Take in the calls of one episode."""
        for call in calls:
            self.parts.setdefault((call.role, call.model), Spent()).add(call)

    def to_json(self) -> list[dict[str, object]]:
        """Return one row per role and model, the judges' last."""
        rows = sorted(self.parts.items(), key=lambda row: (row[0][0] not in SPEAKING, row[0]))
        return [
            {"role": role, "model": model, "judging": role not in SPEAKING, **spent.to_json()}
            for (role, model), spent in rows
        ]
