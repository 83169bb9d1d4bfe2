"""The client's hidden mind: trust, tension, affect, beliefs, and the ledger of what was disclosed.

Pure functions over a small frozen state; no text, no model. `begin` makes a mind from a persona,
`hear_moves` lets the counselor's message act on it, `tell` lets the client's own words act on it.
All levels lie in 0..100. Every number stands in `parameters.toml`, with its range and reason; docs/mind.md
tells the laws and what the numbers were calibrated to.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from statistics import fmean

from agents.hearing.discourse import Ask, Heard, Move
from agents.mind.gauge import Gauge
from agents.mind.parameters import Parameters, load_parameters
from agents.mind.temperament import Temperament, draw_temperament
from personas.schema import Attitude, Persona

_SOOTHING = (
    Move.NEGOTIATION, Move.VALIDATION, Move.REFLECTION, Move.FEEDBACK, Move.RESTATEMENT,
)  # fmt: skip


@dataclass(frozen=True)
class Mind:
    """The client's state between two turns. `beliefs` follow the order of the persona's thoughts.

    `rupture` is the repair still owed (0: the alliance is whole), `mended` tells that the last
    message closed one, `moves` are those of the last message, `stale` counts barren answers.
    """

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
    rupture: float = 0.0
    mended: bool = False
    moves: frozenset[Move] = frozenset()
    temper: Temperament = field(default_factory=Temperament)
    parameters: Parameters = field(default_factory=load_parameters, compare=False, repr=False)

    @property
    def shifted(self) -> bool:
        """Tell whether any thought was put differently."""
        return any(entry.startswith("balanced") for entry in self.told)

    def on_table(self, thought: int) -> bool:
        """Tell whether a thought was voiced (the automatic thought is the first one's surface)."""
        return f"thought.{thought}" in self.told or (
            thought == 0 and "automatic_thought" in self.told
        )

    def counted(self, kind: str, thought: int) -> int:
        """Return how many facts `for` or `against` a thought the client has told."""
        return sum(entry.startswith(f"{kind}.{thought}.") for entry in self.told)

    def gauge(
        self, turn: int, told: tuple[str, ...], act: str, pattern: str, ask: str = ""
    ) -> Gauge:
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
            ask=ask,
            moves=tuple(sorted(self.moves)),
            alliance="mended" if self.mended else "rupture" if self.rupture else "",
        )


def begin(persona: Persona, seed: int, parameters: Parameters | None = None) -> Mind:
    """Return the mind with which a client walks in: attitude, temperament, and the day's mood."""
    p = parameters or load_parameters()
    rng = random.Random(f"{seed}/{persona.id}/begin")
    temper = draw_temperament(persona.form, p)

    def mood(name: str) -> float:
        return rng.uniform(-1, 1) * p[name]

    attitude, thoughts = persona.attitude, persona.profile.thoughts
    mind = Mind(
        trust=_clamp(p[f"trust.start.{attitude}"] + temper.trust + mood("trust.start.mood")),
        tension=_clamp(p[f"tension.start.{attitude}"] + mood("tension.start.mood")),
        distress=0.0,
        hope=0.0,
        beliefs=tuple(_clamp(thought.strength + mood("belief.spread")) for thought in thoughts),
        temper=temper,
        parameters=p,
    )
    return replace(mind, distress=_distress_target(persona, mind), hope=_hope_target(persona, mind))


def hear_moves(persona: Persona, mind: Mind, heard: Heard) -> Mind:
    """Return the mind after the counselor's message, before the client answers."""
    p = mind.parameters
    wear = {move: worn * p["wear.fade"] for move, worn in mind.wear}
    gain = _gain(persona, mind, heard, wear)
    gain = max(-p["trust.bound.loss"], min(p["trust.bound.gain"], gain))
    gain *= _room(mind, gain)
    calm = _soothe(mind, heard, wear)
    owed = max(0.0, mind.rupture - calm)
    mended = 0.0 < mind.rupture <= calm
    relief = p["rupture.relief"] if mended else 0.0
    pressed = -p["tension.pressed"] * min(gain, 0.0)
    for move in heard.moves:
        wear[move] = wear.get(move, 0.0) + 1.0
    return replace(
        mind,
        trust=_clamp(mind.trust + gain),
        tension=_clamp(
            mind.tension * p["tension.settle"] + pressed - p["tension.soothed"] * calm - relief
        ),
        beliefs=_harden(mind, heard),
        wear=tuple(sorted(wear.items())),
        exchange=mind.exchange + 1,
        rupture=p["rupture.repair"] if gain <= -p["rupture.opens"] else owed,
        mended=mended and gain > -p["rupture.opens"],
        moves=heard.moves,
    )


def _gain(persona: Persona, mind: Mind, heard: Heard, wear: Mapping[Move, float]) -> float:
    """Return what the message is worth in trust: its goods, less its harms."""
    p = mind.parameters
    felt = [_felt(move, wear.get(move, 0.0), mind, heard) for move in heard.moves]
    felt.append(p["trust.case.extra_question"] * max(0, heard.questions - 1))
    good = sum(effect for effect in felt if effect > 0) * mind.temper.warmth
    harm = sum(effect for effect in felt if effect < 0) * mind.temper.reactivity
    gain = good + harm
    return gain * p[f"openness.{persona.attitude}"] if gain > 0 else gain


def _felt(move: Move, worn: float, mind: Mind, heard: Heard) -> float:
    p = mind.parameters
    effect = p.get(f"trust.effect.{move}")
    if move is Move.PRAISE:
        return effect + p["trust.case.praise_sours"] * worn
    if move is Move.EVIDENCE_QUESTION:
        welcome = mind.trust >= p["trust.case.evidence_trust"] and heard.grounded > 0
        effect = p["trust.case.evidence_welcome" if welcome else "trust.case.evidence_early"]
    if move is Move.HOMEWORK:
        effect = p["trust.case.homework_ready" if mind.shifted else "trust.case.homework_early"]
    if move is Move.ADVICE and not mind.on_table(mind.focus):
        effect += p["trust.case.early_advice"]
    if effect > 0:
        return effect / (1 + p["wear.weight"] * worn)
    return effect * (1 + p["wear.worse"] * worn)


def _room(mind: Mind, gain: float) -> float:
    p = mind.parameters
    if gain < 0:
        return 1.0
    return min(1.0, max(p["trust.bound.room_floor"], (100 - mind.trust) / p["trust.bound.room"]))


def _soothe(mind: Mind, heard: Heard, wear: Mapping[Move, float]) -> float:
    p = mind.parameters
    return sum(
        p[f"soothing.{move}"] / (1 + p["wear.weight"] * wear.get(move, 0.0))
        for move in _SOOTHING
        if move in heard.moves
    )


def _harden(mind: Mind, heard: Heard) -> tuple[float, ...]:
    """Persuasion without alliance hardens the belief it attacks, once that is on the table."""
    p = mind.parameters
    presses = Move.PERSUASION in heard.moves or Move.LECTURE in heard.moves
    if not presses or not mind.on_table(mind.focus):
        return mind.beliefs
    bar = p["belief.harden_trust"]
    push = p["belief.harden"] * max(0.0, (bar - mind.trust) / bar)
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
    negative = persona.attitude is Attitude.NEGATIVE
    strain = mind.parameters["tension.held_back_negative" if negative else "tension.held_back"]
    mind = replace(
        mind,
        told=mind.told | set(fresh),
        stale=mind.stale + 1 if barren else max(0, mind.stale - 1),
        tension=_clamp(mind.tension + (strain if held_back else 0.0)),
        beliefs=_loosen(persona, mind, heard, fresh),
    )
    return replace(
        mind,
        distress=_drift(mind, mind.distress, _distress_target(persona, mind)),
        hope=_drift(mind, mind.hope, _hope_target(persona, mind)),
    )


def _loosen(
    persona: Persona, mind: Mind, heard: Heard, fresh: tuple[str, ...]
) -> tuple[float, ...]:
    """A belief moves only on the table, by the client's own words, by a bounded step."""
    p = mind.parameters
    ease = min(1.0, mind.trust / p["belief.ease_trust"]) * p[f"openness.{persona.attitude}"]
    bound = p["belief.step"]
    return tuple(
        _clamp(belief - min(bound, _step(mind, index, heard, fresh, ease)))
        if mind.on_table(index)
        else belief
        for index, belief in enumerate(mind.beliefs)
    )


def _step(mind: Mind, index: int, heard: Heard, fresh: tuple[str, ...], ease: float) -> float:
    p = mind.parameters
    heard_out = 1.0 if mind.counted("for", index) else p["belief.unheard"]
    step = p["belief.case_heard"] * _count(fresh, f"for.{index}.")
    step += p["belief.against"] * ease * heard_out * _count(fresh, f"against.{index}.")
    step += p["belief.balanced"] * ease * (f"balanced.{index}" in fresh)
    if heard.ask is Ask.OUTCOME and index == mind.focus and mind.counted("against", index):
        step += p["belief.outcome"] * ease
    return step + p["belief.spill"] * _count(fresh, "balanced")


def may_shift(persona: Persona, mind: Mind, thought: int) -> bool:
    """Tell whether the client could put the thought differently now."""
    if not mind.on_table(thought) or not is_ready(mind):
        return False
    return not thin_for(persona, mind, thought) and not thin_against(persona, mind, thought)


def is_ready(mind: Mind) -> bool:
    """Tell whether trust has reached what this person needs before it looks at a thought anew."""
    p = mind.parameters
    needed = p["shift.trust"] - mind.temper.readiness - (p["shift.again"] if mind.shifted else 0.0)
    return mind.trust >= max(p["shift.floor"], needed)


def is_willing(mind: Mind) -> bool:
    """Tell whether the client would take a step: it trusts, and is ready or has moved already."""
    trusts = mind.trust >= mind.parameters["shift.plan_trust"]
    return trusts and (mind.shifted or is_ready(mind))


def is_at_ease(mind: Mind) -> bool:
    """Tell whether nothing in the room would make the client leave: who goes now has other reasons."""
    p = mind.parameters
    calm = mind.tension < p["reluctance.tension_from"] and not mind.rupture
    return calm and mind.trust >= p["shift.contact_trust"]


def thin_for(persona: Persona, mind: Mind, thought: int) -> bool:
    """Tell whether the client feels that the case for the thought has not been heard yet."""
    positive = persona.attitude is Attitude.POSITIVE
    needed = mind.parameters["shift.for_positive" if positive else "shift.for_others"]
    available = len(persona.profile.thoughts[thought].evidence_for)
    return mind.counted("for", thought) < min(needed, available)


def thin_against(persona: Persona, mind: Mind, thought: int) -> bool:
    """Tell whether the client has not yet said enough that speaks against the thought."""
    negative = persona.attitude is Attitude.NEGATIVE
    needed = mind.parameters["shift.against_negative" if negative else "shift.against_others"]
    available = len(persona.profile.thoughts[thought].evidence_against)
    return mind.counted("against", thought) < min(needed, available)


def _distress_target(persona: Persona, mind: Mind) -> float:
    """Beliefs weigh by their initial strength; tension adds."""
    p, weights = mind.parameters, [thought.strength for thought in persona.profile.thoughts]
    level = sum(w * b for w, b in zip(weights, mind.beliefs, strict=True)) / max(1, sum(weights))
    return _clamp(
        p["affect.distress_base"]
        + p["affect.distress_belief"] * level
        + p["affect.distress_tension"] * mind.tension
    )


def _hope_target(persona: Persona, mind: Mind) -> float:
    p = mind.parameters
    drops = [
        max(0.0, thought.strength - belief)
        for thought, belief in zip(persona.profile.thoughts, mind.beliefs, strict=True)
    ]
    return _clamp(
        p["affect.hope_base"]
        + p["affect.hope_trust"] * mind.trust
        + p["affect.hope_drop"] * fmean(drops)
        + p["affect.hope_shift"] * sum(entry.startswith("balanced") for entry in mind.told)
        - p["affect.hope_tension"] * mind.tension
    )


def _drift(mind: Mind, level: float, target: float) -> float:
    return _clamp(level + mind.parameters["affect.pace"] * (target - level))


def _count(entries: tuple[str, ...], prefix: str) -> int:
    return sum(entry.startswith(prefix) for entry in entries)


def _clamp(level: float) -> float:
    return max(0.0, min(100.0, level))
