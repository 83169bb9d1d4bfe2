"""What the client decides to do with a question: tell, hold back, rate, shift, end, or leave.

The decision is made from persona and mind alone. The voice, scripted or LLM, only finds the words
for it, so that both kinds of client have the same character.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from agents.hearing.discourse import Ask, Heard, Move
from agents.hearing.lexicon import find_checks
from agents.mind.agreement import is_true_to
from agents.mind.answers import (
    FEELING_TOPICS,
    STORY_TOPICS,
    Entry,
    answers,
    case_against,
    case_for,
    disclosures,
    first_open,
    risk_entries,
    risk_fact,
    second_answers,
)
from agents.mind.departure import drop_out_hazard, fade_hazard
from agents.mind.focus import find_offered, waiting_thought
from agents.mind.intent import Act, Intent
from agents.mind.state import (
    Mind,
    is_at_ease,
    is_ready,
    is_willing,
    may_shift,
    thin_against,
    thin_for,
)
from agents.text import count_words
from personas.schema import Fact, Persona, Risk, Topic

_SHORT = 13  # words of an answer that leaves room for more
_HOLDS = 0.6  # how often a client who cannot see it differently says what holds it
_THIN = 9  # words of a counselor who hardly says anything
_UNSPECIFIC = {Ask.STORY, Ask.AGENDA, Ask.OTHER, Ask.NONE}
_OUTCOMES = ("cost", "gain", "cope", "likely", "best", "worst")
_PRESSING = {Move.ATTACK, Move.LECTURE, Move.PERSUASION, Move.PLATITUDE}


def decide(persona: Persona, mind: Mind, heard: Heard, rng: random.Random) -> Intent:
    """Return what the client does next."""
    leave, fade, mood = rng.random(), rng.random(), rng.random()
    if leave < drop_out_hazard(persona, mind):
        return Intent(
            Act.LEAVE, heard.ask, reason="outside" if is_at_ease(mind) else persona.attitude
        )
    if fade < fade_hazard(mind):
        return Intent(Act.FADE, heard.ask)
    if _risk_is_due(persona, mind, heard):
        return Intent(Act.RISK, heard.ask, risk_entries(persona))
    if heard.ask is not Ask.SAFETY and mood < _reluctance(mind, heard):
        return Intent(Act.HOLD_BACK, heard.ask)
    return _answer(persona, mind, heard, rng)


def _risk_is_due(persona: Persona, mind: Mind, heard: Heard) -> bool:
    if persona.risk is Risk.NONE or "risk" in mind.told:
        return False
    asked = heard.ask is Ask.SAFETY
    return asked or (mind.exchange >= 4 and mind.trust >= risk_fact(persona).trust)


def _reluctance(mind: Mind, heard: Heard) -> float:
    """Return how likely (0 to 1) the client holds back although it could answer."""
    p = mind.parameters
    cross = max(0.0, mind.tension - p["reluctance.tension_from"]) / p["reluctance.tension_scale"]
    distant = max(0.0, p["reluctance.trust_below"] - mind.trust) / p["reluctance.trust_scale"]
    pressed = p["reluctance.pressed"] if _PRESSING & heard.moves else 0.0
    return min(1.0, cross + distant + pressed + (p["rupture.guard"] if mind.rupture else 0.0))


def _answer(persona: Persona, mind: Mind, heard: Heard, rng: random.Random) -> Intent:
    ask = heard.ask
    if ask is Ask.RATING and mind.on_table(mind.focus):
        return Intent(Act.RATE, ask, rating=_spoken(mind.beliefs[mind.focus]))
    if ask is Ask.ALTERNATIVE and mind.on_table(mind.focus):
        return _weigh(persona, mind, ask, rng)
    if ask is Ask.CHOICE:
        return _pick_thought(persona, mind, heard)
    if (
        ask is Ask.OUTCOME
        and mind.on_table(mind.focus)
        and (kind := _outcome(persona, mind, heard))
    ):
        return _imagine(persona, mind, ask, kind)
    if ask is Ask.PLAN and (entry := _own_idea(persona, mind, rng)):
        return Intent(Act.TELL, ask, (entry,))
    if ask is Ask.PLAN:
        return _take_step(mind, ask)
    if ask is Ask.FEEDBACK:
        return Intent(Act.FEEDBACK, ask, reason=_judge_contact(persona, mind, heard))
    if ask is Ask.SAFETY and persona.risk is not Risk.NONE:
        return Intent(Act.RISK, ask, reason="after")
    if ask is Ask.SAFETY:
        return Intent(Act.FEEDBACK, ask, reason="safe")
    return _tell_next(persona, mind, heard, rng)


def _spoken(belief: float) -> int:
    """People round what they rate to fives."""
    return int(5 * round(belief / 5))


def _take_step(mind: Mind, ask: Ask) -> Intent:
    if is_willing(mind):
        return Intent(Act.PLAN, ask, reason="willing")
    return Intent(Act.DECLINE, ask, reason="reluctant")


def _outcome(persona: Persona, mind: Mind, heard: Heard) -> str:
    """Return which outcome is asked for, if the client has not yet said what it thinks of it."""
    asked = find_checks(persona.language, heard.text)
    kind = next((kind for kind in _OUTCOMES if kind in asked), "")
    return kind if f"outcome.{mind.focus}.{kind}" not in mind.told else ""


def _imagine(persona: Persona, mind: Mind, ask: Ask, kind: str) -> Intent:
    """Put the outcome into words; it rests on a fact of the client's life if there is one."""
    facts: dict[str, Iterator[Entry]] = {
        "likely": case_against(persona, mind.focus),
        "cost": disclosures(persona, (Topic.BODY,)),
        "best": disclosures(persona, (Topic.HOPE,)),
        "cope": disclosures(persona, (Topic.COPING,)),
    }
    fact = first_open(facts.get(kind, iter(())), mind)
    told = (f"outcome.{mind.focus}.{kind}", *([fact] if fact else []))
    return Intent(Act.IMAGINE, ask, told, reason=kind)


def _own_idea(persona: Persona, mind: Mind, rng: random.Random) -> str:
    """Asked for a step, the client may first say what it tried or would like."""
    if not is_willing(mind) or rng.random() < 0.6:
        return ""
    return first_open(disclosures(persona, (Topic.COPING, Topic.HOPE)), mind)


def _judge_contact(persona: Persona, mind: Mind, heard: Heard) -> str:
    """Return what the client makes of being asked: was I understood, or how is this going?"""
    good = mind.trust >= mind.parameters["shift.contact_trust"]
    if "understood" in find_checks(persona.language, heard.text):
        return "close" if good and is_true_to(persona, mind, heard) is not False else "off"
    return "good" if good else "poor"


def _tell_next(persona: Persona, mind: Mind, heard: Heard, rng: random.Random) -> Intent:
    for entry, fact in answers(persona, mind, heard, rng):
        if entry in mind.told:
            continue
        if fact.trust > mind.trust and heard.ask in _UNSPECIFIC:
            continue
        if fact.trust > mind.trust:
            return Intent(Act.HOLD_BACK, heard.ask, reason="gated")
        return Intent(Act.TELL, heard.ask, _with_more(persona, mind, heard, entry, fact, rng))
    return _volunteer(persona, mind, heard)


def _volunteer(persona: Persona, mind: Mind, heard: Heard) -> Intent:
    """Nothing left of what was asked for: say that, or bring something else that is safe to say."""
    if heard.ask in {Ask.EVIDENCE_AGAINST, Ask.EVIDENCE_FOR, Ask.ALTERNATIVE, Ask.OUTCOME}:
        return Intent(Act.STUCK, heard.ask, reason="nothing")
    if heard.ask in {Ask.THOUGHT, Ask.MEANING, Ask.CORE}:
        return Intent(Act.STUCK, heard.ask, reason="same_thought")
    entry = first_open(disclosures(persona, STORY_TOPICS + FEELING_TOPICS), mind)
    return Intent(Act.TELL, heard.ask, (entry,)) if entry else Intent(Act.DRY, heard.ask)


def _with_more(
    persona: Persona, mind: Mind, heard: Heard, entry: str, fact: Fact, rng: random.Random
) -> tuple[str, ...]:
    """A client who likes to talk, or trusts, brings a second thing along with a short answer."""
    eager = 0.34 * persona.manner.talkative + (0.2 if mind.trust > 45 else 0.06)
    eager *= mind.temper.talk * (0.2 if heard.word_count < _THIN else 1.0)
    if count_words(fact.text) > _SHORT or rng.random() > eager:
        return (entry,)
    kind = entry.split(".", maxsplit=1)[0]
    if kind not in {"situation", "disclosure", "for", "against"}:
        return (entry,)
    if kind == "against" and rng.random() > 0.5:
        return (entry,)
    second = first_open(second_answers(persona, mind, heard.ask), mind, besides=entry)
    return (entry, second) if second else (entry,)


def _pick_thought(persona: Persona, mind: Mind, heard: Heard) -> Intent:
    """Point at the strongest of the thoughts the counselor laid out, or name the strongest of all."""
    offered = find_offered(persona, mind, heard)
    if len(offered) > 1:
        chosen = max(offered, key=lambda index: mind.beliefs[index])
        ordinal = ("first", "second", "third")[min(offered.index(chosen), 2)]
        return Intent(Act.CHOOSE, heard.ask, chosen=chosen, reason=ordinal)
    open_thoughts = [
        (mind.beliefs[index], index)
        for index, thought in enumerate(persona.profile.thoughts)
        if not mind.on_table(index) and not thought.later and thought.trust <= mind.trust
    ]
    if not open_thoughts:
        return Intent(Act.CHOOSE, heard.ask, chosen=mind.focus, reason="first")
    chosen = max(open_thoughts)[1]
    return Intent(Act.CHOOSE, heard.ask, (f"thought.{chosen}",), chosen=chosen)


def _weigh(persona: Persona, mind: Mind, ask: Ask, rng: random.Random) -> Intent:
    """Asked for another way to see it: the client can, says what is missing, or digs in."""
    focus = mind.focus
    if may_shift(persona, mind, focus) and f"balanced.{focus}" not in mind.told:
        return Intent(Act.BALANCE, ask, (f"balanced.{focus}",))
    if f"balanced.{focus}" in mind.told:
        return _after_shift(persona, mind, ask)
    if rng.random() < max(0.0, (50 - mind.trust) / 60):
        return Intent(Act.HOLD_BACK, ask, reason="pressed")
    missing = _what_is_missing(persona, mind)
    return Intent(Act.STUCK, ask, _what_holds(persona, mind, rng), reason=missing)


def _what_holds(persona: Persona, mind: Mind, rng: random.Random) -> tuple[str, ...]:
    """A client who cannot see it differently may say what holds it: one more fact for the thought."""
    if rng.random() > _HOLDS:
        return ()
    fact = first_open(case_for(persona, mind.focus), mind)
    return (fact,) if fact else ()


def _what_is_missing(persona: Persona, mind: Mind) -> str:
    if thin_for(persona, mind, mind.focus):
        return "case_unheard"
    if thin_against(persona, mind, mind.focus) or is_ready(mind):
        return "too_little"
    return "not_ready"


def _after_shift(persona: Persona, mind: Mind, ask: Ask) -> Intent:
    waiting = waiting_thought(persona, mind)
    if waiting is not None:
        return Intent(Act.SURFACE, ask, (f"thought.{waiting}",), chosen=waiting)
    return Intent(Act.FEEDBACK, ask, reason="settled")
