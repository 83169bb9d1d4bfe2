"""Two episodes compared: `pairs.jsonl`, one line per pair and judge with both orders."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from evaluators.pairwise import Preference, agree, settle
from runs.added import AddedRecord, Shelf


class Comparison(AddedRecord):
    """One judge on two episodes of the same client and seed, shown in both orders.

    `episodes` and `counselors` stand in the order of `forward`; `backward` saw the second episode
    first. `judge` is the spec that was asked for, `voice` its model; `form` the client's intake form.
    """

    schema_version: Literal[1] = 1
    episodes: tuple[str, str]
    counselors: tuple[str, str]
    client: str
    form: str
    seed: int
    judge: str
    voice: str
    forward: Preference
    backward: Preference
    at: str

    @property
    def won(self) -> float | None:
        """Return 1 if the first episode won, 0 if it lost, 0.5 for a tie, `None` = missing."""
        return settle(self.forward, self.backward)

    @property
    def consistent(self) -> bool | None:
        """Tell whether both orders gave the same answer; `None` if one is missing."""
        return agree(self.forward, self.backward)


PAIR_SHELF = Shelf(Comparison, "pairs.jsonl", ".pairs.lock")


def comparison_key(episodes: tuple[str, str], judge: str, settings: str) -> str:
    """Return 16 hex digits over who compares what; `settings` digests what shapes the judge's words."""
    parts = json.dumps(["pair", *episodes, judge, settings])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]
