"""What a persona holds that would answer a question, in the order the client would say it.

An entry is a name of the ledger (`agents.mind.ledger`) with the fact it stands for; what may come
out at a given trust is decided by the caller.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from agents.hearing.discourse import Ask, Heard
from agents.mind.state import Mind
from personas.schema import Fact, Persona, Risk, Topic

Entry = tuple[str, Fact]
STORY_TOPICS = (Topic.STORY, Topic.COPING, Topic.PEOPLE, Topic.PAST, Topic.HOPE, Topic.SECRET)
FEELING_TOPICS = (Topic.FEELING, Topic.BODY)


def first_open(entries: Iterator[Entry], mind: Mind, besides: str = "") -> str:
    """Return the first entry that is untold and within the client's trust, empty if there is none."""
    return next(
        (
            entry
            for entry, fact in entries
            if entry not in mind.told and entry != besides and fact.trust <= mind.trust
        ),
        "",
    )


def answers(persona: Persona, mind: Mind, heard: Heard, rng: random.Random) -> Iterator[Entry]:
    """Yield what would answer the question, in the order the client would say it."""
    profile, focus = persona.profile, mind.focus
    match heard.ask:
        case Ask.THOUGHT:
            yield "automatic_thought", Fact(text=profile.automatic_thought, trust=18)
            yield from _thoughts(persona)
        case Ask.MEANING | Ask.CORE:
            yield "rule", Fact(text=profile.rule, trust=26)
            yield "core_belief", Fact(text=profile.core_belief, trust=34)
            yield from _thoughts(persona)
        case Ask.FEELING:
            yield from disclosures(persona, FEELING_TOPICS)
        case Ask.EVIDENCE_FOR if mind.on_table(focus):
            yield from case_for(persona, focus)
        case Ask.EVIDENCE_AGAINST | Ask.OUTCOME if mind.on_table(focus):
            yield from case_against(persona, focus)
        case _:
            yield "situation", Fact(text=profile.situation, trust=12)
            if mind.exchange > 2 and rng.random() < 0.3:
                yield "automatic_thought", Fact(text=profile.automatic_thought, trust=38)
            yield from disclosures(persona, STORY_TOPICS)


def second_answers(persona: Persona, mind: Mind, ask: Ask) -> Iterator[Entry]:
    """Yield what goes well with an answer to the question."""
    if ask is Ask.EVIDENCE_FOR:
        return case_for(persona, mind.focus)
    if ask in {Ask.EVIDENCE_AGAINST, Ask.OUTCOME}:
        return case_against(persona, mind.focus)
    return disclosures(persona, FEELING_TOPICS if ask is Ask.FEELING else STORY_TOPICS)


def _thoughts(persona: Persona) -> Iterator[Entry]:
    """The automatic thought is the first thought's surface; the others are told one by one."""
    for index, thought in enumerate(persona.profile.thoughts):
        if index and not thought.later:
            yield f"thought.{index}", Fact(text=thought.text, trust=thought.trust)


def case_for(persona: Persona, thought: int) -> Iterator[Entry]:
    """Yield what speaks for a thought, the easiest to tell first."""
    return _by_trust(f"for.{thought}", persona.profile.thoughts[thought].evidence_for)


def case_against(persona: Persona, thought: int) -> Iterator[Entry]:
    """Yield what speaks against a thought, the easiest to tell first."""
    return _by_trust(f"against.{thought}", persona.profile.thoughts[thought].evidence_against)


def _by_trust(name: str, facts: tuple[Fact, ...]) -> Iterator[Entry]:
    for index, fact in sorted(enumerate(facts), key=lambda pair: pair[1].trust):
        yield f"{name}.{index}", fact


def disclosures(persona: Persona, topics: tuple[Topic, ...]) -> Iterator[Entry]:
    """Yield the disclosures on some topics, the easiest first; a secret that is a risk is none."""
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


def risk_fact(persona: Persona) -> Fact:
    """Return what the client would tell of its risk, with the trust that takes."""
    secrets = [item for item in persona.profile.disclosures if item.topic is Topic.SECRET]
    return secrets[0] if secrets else Fact(text="I wouldn't mind not waking up.", trust=30)


def risk_entries(persona: Persona) -> tuple[str, ...]:
    """Return the ledger entries of telling the risk: `risk`, and the secret that holds it."""
    for index, item in enumerate(persona.profile.disclosures):
        if item.topic is Topic.SECRET:
            return ("risk", f"disclosure.{index}")
    return ("risk",)


def _is_risk_secret(persona: Persona, topic: Topic) -> bool:
    return topic is Topic.SECRET and persona.risk is not Risk.NONE
