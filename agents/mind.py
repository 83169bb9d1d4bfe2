"""The client's hidden mind: trust, tension, affect, beliefs, and the ledger of what was disclosed.

Pure functions over a small frozen state; no text, no model. `begin` makes a mind from a persona,
`hear_moves` lets the counselor's message act on it, `tell` lets the client's own words act on it.
All levels lie in 0..100. Numbers are design choices unless a source is named; see docs/concepts.md.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from statistics import fmean

from agents.discourse import Ask, Heard, Move
from agents.gauge import Gauge
from personas.schema import Attitude, Persona

START_TRUST = {Attitude.POSITIVE: 46.0, Attitude.NEUTRAL: 35.0, Attitude.NEGATIVE: 24.0}
START_TENSION = {Attitude.POSITIVE: 8.0, Attitude.NEUTRAL: 20.0, Attitude.NEGATIVE: 36.0}
OPENNESS = {Attitude.POSITIVE: 1.2, Attitude.NEUTRAL: 1.0, Attitude.NEGATIVE: 0.65}
# How much more or less readily than a neutral client one walks out at the same tension and trust.
WALK_OUT = {Attitude.POSITIVE: 0.5, Attitude.NEUTRAL: 1.0, Attitude.NEGATIVE: 2.0}

# What a move does to trust when it is fresh. Validation and reflection build the alliance;
# advice, lecturing, platitudes, persuasion and attack cost it (design.md, the client's mind).
TRUST_EFFECT: dict[Move, float] = {
    Move.REFLECTION: 3.2,
    Move.VALIDATION: 2.6,
    Move.RESTATEMENT: 2.0,
    Move.NEGOTIATION: 2.4,
    Move.SUMMARY: 1.5,
    Move.FEEDBACK: 1.5,
    Move.AGENDA: 1.0,
    Move.OPEN_QUESTION: 0.8,
    Move.PRAISE: 0.6,
    Move.SELF_DISCLOSURE: 0.2,
    Move.INFORMATION: -0.4,
    Move.JARGON: -2.4,
    Move.ADVICE: -2.4,
    Move.PARROT: -3.0,
    Move.REPETITION: -3.5,
    Move.PLATITUDE: -4.0,
    Move.PERSUASION: -4.0,
    Move.LECTURE: -5.0,
    Move.ATTACK: -14.0,
}
# Moves that calm a client who holds back or is cross.
SOOTHING: dict[Move, float] = {
    Move.NEGOTIATION: 9.0,
    Move.VALIDATION: 5.0,
    Move.REFLECTION: 4.0,
    Move.FEEDBACK: 3.0,
    Move.RESTATEMENT: 1.5,
}
_WEAR_FADE = 0.8
_WEAR_WEIGHT = 0.35
_TRUST_GAIN_CAP = 6.0
_TRUST_LOSS_CAP = 15.0
_BELIEF_STEP_CAP = 16.0
_AFFECT_PACE = 0.35


@dataclass(frozen=True)
class Mind:
    """The client's state between two turns. `beliefs` follow the order of the persona's thoughts."""

    trust: float
    tension: float
    distress: float
    hope: float
    beliefs: tuple[float, ...]
    told: frozenset[str] = frozenset()
    wear: tuple[tuple[Move, float], ...] = ()
    focus: int = 0
    exchange: int = 0
    stale: int = 0

    def on_table(self, thought: int) -> bool:
        """Tell whether a thought was voiced (the automatic thought is the first one's surface)."""
        return f"thought.{thought}" in self.told or (
            thought == 0 and "automatic_thought" in self.told
        )

    def counted(self, kind: str, thought: int) -> int:
        """Return how many facts `for` or `against` a thought the client has told."""
        return sum(entry.startswith(f"{kind}.{thought}.") for entry in self.told)

    def gauge(self, turn: int, told: tuple[str, ...], act: str, pattern: str) -> Gauge:
        """Return the state as it is recorded beside the transcript, rounded to one decimal."""
        return Gauge(
            turn=turn,
            trust=round(self.trust, 1),
            tension=round(self.tension, 1),
            distress=round(self.distress, 1),
            hope=round(self.hope, 1),
            beliefs=tuple(round(belief, 1) for belief in self.beliefs),
            told=told,
            act=act,
            pattern=pattern,
        )


def begin(persona: Persona, seed: int) -> Mind:
    """Return the mind with which a client walks in: attitude sets it, individual differences vary it."""
    rng = random.Random(f"{seed}/{persona.id}/begin")
    mind = Mind(
        trust=_clamp(START_TRUST[persona.attitude] + rng.uniform(-5, 5)),
        tension=_clamp(START_TENSION[persona.attitude] + rng.uniform(-5, 5)),
        distress=0.0,
        hope=0.0,
        beliefs=tuple(
            _clamp(thought.strength + rng.uniform(-4, 4)) for thought in persona.profile.thoughts
        ),
    )
    return replace(mind, distress=_distress_target(persona, mind), hope=_hope_target(persona, mind))


def hear_moves(persona: Persona, mind: Mind, heard: Heard) -> Mind:
    """Return the mind after the counselor's message, before the client answers."""
    wear = {move: worn * _WEAR_FADE for move, worn in mind.wear}
    gain = sum(_felt(move, wear.get(move, 0.0), mind, heard) for move in heard.moves)
    gain -= 1.5 * max(0, heard.questions - 1)
    gain *= OPENNESS[persona.attitude] if gain > 0 else 1.0
    gain = max(-_TRUST_LOSS_CAP, min(_TRUST_GAIN_CAP, gain))
    soothed = sum(
        calm / (1 + _WEAR_WEIGHT * wear.get(move, 0.0))
        for move, calm in SOOTHING.items()
        if move in heard.moves
    )
    pressed = -1.3 * min(gain, 0.0)
    for move in heard.moves:
        wear[move] = wear.get(move, 0.0) + 1.0
    return replace(
        mind,
        trust=_clamp(mind.trust + gain * _room(mind.trust, gain)),
        tension=_clamp(mind.tension * 0.96 + pressed - 0.5 * soothed),
        beliefs=_harden(mind, heard),
        wear=tuple(sorted(wear.items())),
        exchange=mind.exchange + 1,
    )


def _felt(move: Move, worn: float, mind: Mind, heard: Heard) -> float:
    effect = TRUST_EFFECT.get(move, 0.0)
    if move is Move.PRAISE:
        return effect - 0.8 * worn
    if move is Move.EVIDENCE_QUESTION:
        return 0.8 if mind.trust >= 35 and heard.grounded > 0 else -1.0
    if move is Move.HOMEWORK:
        return 0.6 if any(entry.startswith("balanced") for entry in mind.told) else -0.8
    if move is Move.ADVICE and not mind.on_table(mind.focus):
        effect -= 1.4
    if effect > 0:
        return effect / (1 + _WEAR_WEIGHT * worn)
    return effect * (1 + 0.15 * worn)


def _room(trust: float, gain: float) -> float:
    return 1.0 if gain < 0 else max(0.15, (100 - trust) / 65)


def _harden(mind: Mind, heard: Heard) -> tuple[float, ...]:
    """Persuasion without alliance hardens the belief it attacks."""
    if Move.PERSUASION not in heard.moves and Move.LECTURE not in heard.moves:
        return mind.beliefs
    push = 2.5 * max(0.0, (55 - mind.trust) / 55)
    return tuple(
        _clamp(belief + (push if index == mind.focus else 0.0))
        for index, belief in enumerate(mind.beliefs)
    )


def tell(
    persona: Persona,
    mind: Mind,
    heard: Heard,
    told: tuple[str, ...],
    *,
    held_back: bool = False,
    barren: bool = False,
) -> Mind:
    """Return the mind after the client has spoken: ledger, beliefs and affect move with the telling.

    `held_back`: the client could have answered and did not, which strains; `barren`: there was
    nothing left to say, which tires.
    """
    fresh = tuple(entry for entry in told if entry not in mind.told)
    strain = (5.0 if persona.attitude is Attitude.NEGATIVE else 3.0) if held_back else 0.0
    mind = replace(
        mind,
        told=mind.told | set(fresh),
        stale=mind.stale + 1 if barren or held_back else max(0, mind.stale - 1),
        tension=_clamp(mind.tension + strain),
        beliefs=_loosen(persona, mind, heard, fresh),
    )
    return replace(
        mind,
        distress=_drift(mind.distress, _distress_target(persona, mind)),
        hope=_drift(mind.hope, _hope_target(persona, mind)),
    )


def _loosen(
    persona: Persona, mind: Mind, heard: Heard, fresh: tuple[str, ...]
) -> tuple[float, ...]:
    """A belief moves only on the table, by the client's own words, by a bounded step."""
    ease = min(1.0, mind.trust / 60) * OPENNESS[persona.attitude]
    beliefs = []
    for index, belief in enumerate(mind.beliefs):
        step = 0.0
        if mind.on_table(index):
            heard_out = 1.0 if mind.counted("for", index) else 0.5
            step += 1.0 * _count(fresh, f"for.{index}.")
            step += 9.0 * ease * heard_out * _count(fresh, f"against.{index}.")
            step += 12.0 * ease * (f"balanced.{index}" in fresh)
            if heard.ask is Ask.OUTCOME and index == mind.focus and mind.counted("against", index):
                step += 2.0 * ease
            step += 2.0 * sum(entry.startswith("balanced") for entry in fresh)
        beliefs.append(_clamp(belief - min(step, _BELIEF_STEP_CAP)))
    return tuple(beliefs)


def may_shift(persona: Persona, mind: Mind, thought: int) -> bool:
    """Tell whether the client could put the thought differently now."""
    if not mind.on_table(thought) or mind.trust < 34:
        return False
    return not thin_for(persona, mind, thought) and not thin_against(persona, mind, thought)


def thin_for(persona: Persona, mind: Mind, thought: int) -> bool:
    """Tell whether the client feels that the case for the thought has not been heard yet."""
    needed = 1 if persona.attitude is Attitude.POSITIVE else 2
    available = len(persona.profile.thoughts[thought].evidence_for)
    return mind.counted("for", thought) < min(needed, available)


def thin_against(persona: Persona, mind: Mind, thought: int) -> bool:
    """Tell whether the client has not yet said enough that speaks against the thought."""
    needed = 3 if persona.attitude is Attitude.NEGATIVE else 2
    available = len(persona.profile.thoughts[thought].evidence_against)
    return mind.counted("against", thought) < min(needed, available)


def drop_out_hazard(persona: Persona, mind: Mind) -> float:
    """Return the probability (0 to 1) that the client leaves at this exchange, never before the third."""
    if mind.exchange < 3:
        return 0.0
    cross = max(0.0, mind.tension - 45) / 55
    distant = max(0.0, 24 - mind.trust) / 24
    unsure = max(0.0, 45 - mind.trust) / 45
    hazard = 0.35 * cross + 0.22 * distant + 0.02 * unsure
    return min(0.5, WALK_OUT[persona.attitude] * hazard)


def fade_hazard(mind: Mind) -> float:
    """Return the probability (0 to 1) that the client ends politely because nothing new comes."""
    return 0.0 if mind.exchange < 8 else min(0.6, 0.12 * max(0, mind.stale - 2))


def _distress_target(persona: Persona, mind: Mind) -> float:
    """Beliefs weigh by their initial strength; tension adds."""
    weights = [thought.strength for thought in persona.profile.thoughts]
    level = sum(w * b for w, b in zip(weights, mind.beliefs, strict=True)) / max(1, sum(weights))
    return _clamp(0.82 * level + 0.3 * mind.tension + 6)


def _hope_target(persona: Persona, mind: Mind) -> float:
    drops = [
        max(0.0, thought.strength - belief)
        for thought, belief in zip(persona.profile.thoughts, mind.beliefs, strict=True)
    ]
    shifts = sum(entry.startswith("balanced") for entry in mind.told)
    return _clamp(10 + 0.38 * mind.trust + 0.7 * fmean(drops) + 4 * shifts - 0.1 * mind.tension)


def _drift(level: float, target: float) -> float:
    return _clamp(level + _AFFECT_PACE * (target - level))


def _count(entries: tuple[str, ...], prefix: str) -> int:
    return sum(entry.startswith(prefix) for entry in entries)


def _clamp(level: float) -> float:
    return max(0.0, min(100.0, level))
