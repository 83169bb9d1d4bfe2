"""The budget of a run: what has been spent on calls, and when to stop."""

from __future__ import annotations

from dataclasses import dataclass

from agents.models.calls import CallRecord
from agents.models.stop import StopRun


class BudgetSpent(StopRun):
    """The budget is spent; what is in flight is parked and goes on when there is more."""


@dataclass
class Budget:
    """Bounds on the calls of this process; None is no bound. Calls already under way still count."""

    max_cost: float | None = None
    max_tokens: int | None = None
    cost: float = 0.0
    tokens: int = 0

    def check(self) -> None:
        """Raise BudgetSpent if a bound is reached."""
        if self.max_cost is not None and self.cost >= self.max_cost:
            raise BudgetSpent(f"the budget is spent: {self.cost:.4f} of {self.max_cost:g}")
        if self.max_tokens is not None and self.tokens >= self.max_tokens:
            raise BudgetSpent(f"the budget is spent: {self.tokens:,} of {self.max_tokens:,} tokens")

    def spend(self, call: CallRecord) -> None:
        """Add what a call took."""
        self.tokens += call.prompt_tokens + call.completion_tokens
        self.cost += call.cost or 0.0
