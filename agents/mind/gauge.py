"""The client's hidden state as it is recorded beside the transcript, one reading per client turn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gauge:
    """State after the client's message number `turn` (0-based index in the transcript).

    Trust, tension, distress, hope and belief strengths lie in 0..100; `told` lists the ledger
    entries disclosed in this very turn; `act` and `pattern` say how the client behaved. `stand_in`
    tells what of the words is not a model client's own: nothing, `number` (the rating was added) or
    `message` (the scripted voice spoke in its place). `ask` is what the counselor had asked for and
    `moves` what its message did; `alliance` is empty, `rupture` (open) or `mended` (just closed).
    """

    turn: int
    trust: float
    tension: float
    distress: float
    hope: float
    beliefs: tuple[float, ...]
    told: tuple[str, ...] = ()
    act: str = ""
    pattern: str = ""
    stand_in: str = ""
    ask: str = ""
    moves: tuple[str, ...] = ()
    alliance: str = ""
