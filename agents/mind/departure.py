"""When a client leaves: walking out as a hazard of every exchange, and ending politely.

Both are probabilities of one exchange; `agents.mind.intent` draws against them with the episode's seed.
Numbers stand in `parameters.toml` under `drop_out` and `fade`.
"""

from __future__ import annotations

from math import exp

from agents.mind.state import Mind
from personas.schema import Persona


def drop_out_hazard(persona: Persona, mind: Mind) -> float:
    """Return the probability (0 to 1) that the client walks out at this exchange.

    Discrete-time proportional hazards: base × attitude × exp(β_trust (50 − trust) / 10 +
    β_tension tension / 10), times a factor while a rupture is open; never before a first exchange,
    never certain. It falls with trust and rises with tension.
    """
    p = mind.parameters
    if mind.exchange < p["drop_out.first"]:
        return 0.0
    strain = (
        p["drop_out.trust"] * (50 - mind.trust) / 10 + p["drop_out.tension"] * mind.tension / 10
    )
    hazard = p["drop_out.base"] * p[f"drop_out.{persona.attitude}"] * exp(strain)
    return min(p["drop_out.cap"], hazard * (p["rupture.hazard"] if mind.rupture else 1.0))


def fade_hazard(mind: Mind) -> float:
    """Return the probability (0 to 1) that the client ends politely because nothing new comes."""
    p = mind.parameters
    if mind.exchange < p["fade.first"]:
        return 0.0
    return min(p["fade.cap"], p["fade.step"] * max(0.0, mind.stale - p["fade.patience"]))
