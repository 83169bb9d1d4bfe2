"""What the client decides to do with a question: tell, hold back, rate, shift, end, or leave.

The decision is made from persona and mind alone. The voice, scripted or LLM, only finds the words
for it, so that both kinds of client have the same character.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from agents.hearing.discourse import Ask, Heard, Move
from agents.hearing.lexicon import find_checks
from agents.mind.agreement import is_true_to
from agents.mind.departure import drop_out_hazard, fade_hazard
from agents.mind.state import (
    Mind,
    is_at_ease,
    is_ready,
    is_willing,
    may_shift,
    thin_against,
    thin_for,
)
from agents.text import closeness, count_words
from personas.schema import Fact, Persona, Risk, Topic


class Act(StrEnum):
    """What kind of turn the client makes."""

    TELL = "tell"
    RATE = "rate"
    CHOOSE = "choose"
    BALANCE = "balance"
    SURFACE = "surface"  # a new thought comes up after a shift
    STUCK = "stuck"
    IMAGINE = "imagine"  # what would follow, what the thought costs or is good for
    PLAN = "plan"  # says yes to a step
    DECLINE = "decline"  # does not
    FEEDBACK = "feedback"
    HOLD_BACK = "hold_back"
    DRY = "dry"
    RISK = "risk"
    FADE = "fade"
    LEAVE = "leave"


@dataclass(frozen=True)
class Intent:
    """The client's next turn without its words.

    `told` are ledger entries, `rating` is 0..100, `chosen` is the thought the client turns to.
    """

    act: Act
    ask: Ask
    told: tuple[str, ...] = ()
    rating: int | None = None
    reason: str = ""
    chosen: int | None = None


_SHORT = 13  # words of an answer that leaves room for more
_HOLDS = 0.6  # how often a client who cannot see it differently says what holds it
_THIN = 9  # words of a counselor who hardly says anything
_UNSPECIFIC = {Ask.STORY, Ask.AGENDA, Ask.OTHER, Ask.NONE}
_STORY_TOPICS = (Topic.STORY, Topic.COPING, Topic.PEOPLE, Topic.PAST, Topic.HOPE, Topic.SECRET)
_OUTCOMES = ("cost", "gain", "cope", "likely", "best", "worst")
_PRESSING = {Move.ATTACK, Move.LECTURE, Move.PERSUASION, Move.PLATITUDE}
_FEELING_TOPICS = (Topic.FEELING, Topic.BODY)


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
        return Intent(Act.RISK, heard.ask, _risk_entry(persona))
    if heard.ask is not Ask.SAFETY and mood < reluctance(mind, heard):
        return Intent(Act.HOLD_BACK, heard.ask)
    return _answer(persona, mind, heard, rng)


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
    facts: dict[str, Iterator[tuple[str, Fact]]] = {
        "likely": _facts(
            "against", mind.focus, persona.profile.thoughts[mind.focus].evidence_against
        ),
        "cost": _disclosures(persona, (Topic.BODY,)),
        "best": _disclosures(persona, (Topic.HOPE,)),
        "cope": _disclosures(persona, (Topic.COPING,)),
    }
    open_facts = (
        entry
        for entry, fact in facts.get(kind, iter(()))
        if entry not in mind.told and fact.trust <= mind.trust
    )
    fact = next(open_facts, None)
    told = (f"outcome.{mind.focus}.{kind}", *([fact] if fact else []))
    return Intent(Act.IMAGINE, ask, told, reason=kind)


def _own_idea(persona: Persona, mind: Mind, rng: random.Random) -> str:
    """Asked for a step, the client may first say what it tried or would like."""
    if not is_willing(mind) or rng.random() < 0.6:
        return ""
    ideas = _disclosures(persona, (Topic.COPING, Topic.HOPE))
    return next((e for e, fact in ideas if e not in mind.told and fact.trust <= mind.trust), "")


def _judge_contact(persona: Persona, mind: Mind, heard: Heard) -> str:
    """Return what the client makes of being asked: was I understood, or how is this going?"""
    good = mind.trust >= mind.parameters["shift.contact_trust"]
    if "understood" in find_checks(persona.language, heard.text):
        return "close" if good and is_true_to(persona, mind, heard) is not False else "off"
    return "good" if good else "poor"


def _tell_next(persona: Persona, mind: Mind, heard: Heard, rng: random.Random) -> Intent:
    for entry, fact in _answers(persona, mind, heard, rng):
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
    for entry, fact in _disclosures(persona, _STORY_TOPICS + _FEELING_TOPICS):
        if entry not in mind.told and fact.trust <= mind.trust:
            return Intent(Act.TELL, heard.ask, (entry,))
    return Intent(Act.DRY, heard.ask)


def _answers(
    persona: Persona, mind: Mind, heard: Heard, rng: random.Random
) -> Iterator[tuple[str, Fact]]:
    """Yield what would answer the question, in the order the client would say it."""
    profile, focus = persona.profile, mind.focus
    thought = profile.thoughts[focus]
    match heard.ask:
        case Ask.THOUGHT:
            yield "automatic_thought", Fact(text=profile.automatic_thought, trust=18)
            yield from _thoughts(persona)
        case Ask.MEANING | Ask.CORE:
            yield "rule", Fact(text=profile.rule, trust=26)
            yield "core_belief", Fact(text=profile.core_belief, trust=34)
            yield from _thoughts(persona)
        case Ask.FEELING:
            yield from _disclosures(persona, _FEELING_TOPICS)
        case Ask.EVIDENCE_FOR if mind.on_table(focus):
            yield from _facts("for", focus, thought.evidence_for)
        case Ask.EVIDENCE_AGAINST | Ask.OUTCOME if mind.on_table(focus):
            yield from _facts("against", focus, thought.evidence_against)
        case _:
            yield "situation", Fact(text=profile.situation, trust=12)
            if mind.exchange > 2 and rng.random() < 0.3:
                yield "automatic_thought", Fact(text=profile.automatic_thought, trust=38)
            yield from _disclosures(persona, _STORY_TOPICS)


def _thoughts(persona: Persona) -> Iterator[tuple[str, Fact]]:
    """The automatic thought is the first thought's surface; the others are told one by one."""
    for index, thought in enumerate(persona.profile.thoughts):
        if index and not thought.later:
            yield f"thought.{index}", Fact(text=thought.text, trust=thought.trust)


def _facts(kind: str, thought: int, facts: tuple[Fact, ...]) -> Iterator[tuple[str, Fact]]:
    for index, fact in sorted(enumerate(facts), key=lambda pair: pair[1].trust):
        yield f"{kind}.{thought}.{index}", fact


def _disclosures(persona: Persona, topics: tuple[Topic, ...]) -> Iterator[tuple[str, Fact]]:
    ranked = sorted(
        enumerate(persona.profile.disclosures),
        key=lambda pair: (
            (pair[1].trust // 15, topics.index(pair[1].topic))
            if pair[1].topic in topics
            else (99, 99)
        ),
    )
    for index, item in ranked:
        if item.topic in topics and not _is_risk_secret(persona, item.topic):
            yield f"disclosure.{index}", item


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
    pool = _second_answers(persona, mind, heard.ask)
    more = (e for e, f in pool if e not in mind.told and e != entry and f.trust <= mind.trust)
    second = next(more, None)
    return (entry, second) if second else (entry,)


def _second_answers(persona: Persona, mind: Mind, ask: Ask) -> Iterator[tuple[str, Fact]]:
    thought = persona.profile.thoughts[mind.focus]
    if ask is Ask.EVIDENCE_FOR:
        return _facts("for", mind.focus, thought.evidence_for)
    if ask in {Ask.EVIDENCE_AGAINST, Ask.OUTCOME}:
        return _facts("against", mind.focus, thought.evidence_against)
    return _disclosures(persona, _FEELING_TOPICS if ask is Ask.FEELING else _STORY_TOPICS)


def _pick_thought(persona: Persona, mind: Mind, heard: Heard) -> Intent:
    """Point at the strongest of the thoughts the counselor laid out, or name the strongest of all."""
    offered = _offered(persona, mind, heard)
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


def _offered(persona: Persona, mind: Mind, heard: Heard) -> list[int]:
    """Return the voiced thoughts a question names, in the order in which it names them."""
    places: dict[int, int] = {}
    for index in range(len(persona.profile.thoughts)):
        if not mind.on_table(index) or f"balanced.{index}" in mind.told:
            continue
        likeness = [
            max(closeness(text, sentence.text) for text in _voiced(persona, mind, index))
            for sentence in heard.sentences
        ]
        if likeness and max(likeness) >= 0.5:
            places[index] = likeness.index(max(likeness))
    return sorted(places, key=lambda index: places[index])


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
    facts = _facts("for", mind.focus, persona.profile.thoughts[mind.focus].evidence_for)
    fact = next((e for e, f in facts if e not in mind.told and f.trust <= mind.trust), None)
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


def waiting_thought(persona: Persona, mind: Mind) -> int | None:
    """Return the index of a thought that surfaces now that another has shifted, if trust allows."""
    if not any(entry.startswith("balanced") for entry in mind.told):
        return None
    return next(
        (
            index
            for index, thought in enumerate(persona.profile.thoughts)
            if thought.later and f"thought.{index}" not in mind.told and thought.trust <= mind.trust
        ),
        None,
    )


def find_focus(persona: Persona, mind: Mind, heard: Heard) -> int:
    """Return which thought the counselor is talking about: the voiced one closest to its words."""
    scores = {
        index: max(closeness(text, heard.text) for text in _voiced(persona, mind, index))
        for index in range(len(persona.profile.thoughts))
        if mind.on_table(index)
    }
    best = max(scores, key=lambda index: scores[index], default=mind.focus)
    return best if scores.get(best, 0.0) >= 0.5 else mind.focus


def _voiced(persona: Persona, mind: Mind, index: int) -> list[str]:
    texts = [persona.profile.thoughts[index].text]
    if index == 0 and "automatic_thought" in mind.told:
        texts.append(persona.profile.automatic_thought)
    return texts


def reluctance(mind: Mind, heard: Heard) -> float:
    """Return how likely (0 to 1) the client holds back although it could answer."""
    p = mind.parameters
    cross = max(0.0, mind.tension - p["reluctance.tension_from"]) / p["reluctance.tension_scale"]
    distant = max(0.0, p["reluctance.trust_below"] - mind.trust) / p["reluctance.trust_scale"]
    pressed = p["reluctance.pressed"] if _PRESSING & heard.moves else 0.0
    return min(1.0, cross + distant + pressed + (p["rupture.guard"] if mind.rupture else 0.0))


def _risk_is_due(persona: Persona, mind: Mind, heard: Heard) -> bool:
    if persona.risk is Risk.NONE or "risk" in mind.told:
        return False
    asked = heard.ask is Ask.SAFETY
    return asked or (mind.exchange >= 4 and mind.trust >= _risk_fact(persona).trust)


def _risk_fact(persona: Persona) -> Fact:
    secrets = [item for item in persona.profile.disclosures if item.topic is Topic.SECRET]
    return secrets[0] if secrets else Fact(text="I wouldn't mind not waking up.", trust=30)


def _risk_entry(persona: Persona) -> tuple[str, ...]:
    for index, item in enumerate(persona.profile.disclosures):
        if item.topic is Topic.SECRET:
            return ("risk", f"disclosure.{index}")
    return ("risk",)


def _is_risk_secret(persona: Persona, topic: Topic) -> bool:
    return topic is Topic.SECRET and persona.risk is not Risk.NONE


def _spoken(belief: float) -> int:
    """People round what they rate to fives."""
    return int(5 * round(belief / 5))
