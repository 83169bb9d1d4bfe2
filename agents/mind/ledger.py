"""The disclosure ledger: what its entries stand for, and what came out when in a recorded session.

An entry names a line of the persona (`automatic_thought`, `against.1.0`, `disclosure.3`) or an event
without a line of its own (`outcome.0.worst`, `risk`).
"""

from __future__ import annotations

from dataclasses import dataclass

from agents.mind.gauge import Gauge
from personas.schema import Persona


@dataclass(frozen=True)
class Disclosed:
    """One line of the ledger: what came out, at which message and trust, and what had asked for it.

    `ask` is what the counselor's question was after, `moves` all that its message did.
    """

    entry: str
    turn: int
    trust: float
    ask: str
    moves: tuple[str, ...]


def read_ledger(trace: tuple[Gauge, ...]) -> tuple[Disclosed, ...]:
    """Return the disclosure ledger of a session, in the order in which things came out."""
    return tuple(
        Disclosed(entry, gauge.turn, gauge.trust, gauge.ask, gauge.moves)
        for gauge in trace
        for entry in gauge.told
    )


def line_of(persona: Persona, entry: str) -> str:
    """Return the persona's line behind a ledger entry. Raises KeyError for an unknown entry."""
    profile = persona.profile
    kind, _, rest = entry.partition(".")
    if kind in {"situation", "automatic_thought", "rule", "core_belief"}:
        return str(getattr(profile, kind))
    index = [int(part) for part in rest.split(".")]
    match kind:
        case "thought":
            return profile.thoughts[index[0]].text
        case "balanced":
            return profile.thoughts[index[0]].balanced
        case "for":
            return profile.thoughts[index[0]].evidence_for[index[1]].text
        case "against":
            return profile.thoughts[index[0]].evidence_against[index[1]].text
        case "disclosure":
            return profile.disclosures[index[0]].text
        case _:
            raise KeyError(entry)


def own_situation(persona: Persona, entry: str) -> str:
    """Return the situation that belongs to a thought alone; empty for any other entry."""
    kind, _, index = entry.partition(".")
    return (persona.profile.thoughts[int(index)].situation or "") if kind == "thought" else ""
