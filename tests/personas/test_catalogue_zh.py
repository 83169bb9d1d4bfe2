"""The Chinese catalogue: written in Chinese throughout, every kind of client, as deep as the English."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from evaluators.scripted.safety import screen_client
from personas.builtin import load_builtin
from personas.schema import (
    Attitude,
    Demographics,
    Distortion,
    Domain,
    Persona,
    Resistance,
    Risk,
    Topic,
)

PERSONAS = load_builtin("zh")
LATIN = re.compile(r"[A-Za-z]{2,}")


def texts_of(persona: Persona) -> Iterator[str]:
    """Yield every line that a reader of the persona may meet."""
    profile = persona.profile
    yield from (persona.opening, profile.situation, profile.automatic_thought, profile.rule)
    yield from (profile.core_belief, *profile.images, *persona.manner.habits)
    yield from (item.text for item in profile.disclosures)
    for thought in profile.thoughts:
        yield from (thought.text, thought.balanced, thought.situation or "。")
        yield from (fact.text for fact in thought.evidence_for + thought.evidence_against)
    yield from (str(value) for value in persona.intake.model_dump().values() if value)
    yield from (str(value) for value in persona.demographics.model_dump().values() if value)


def test_every_kind_of_client_is_there():
    assert len(PERSONAS) >= 12
    assert {persona.language for persona in PERSONAS} == {"zh"}
    assert {persona.domain for persona in PERSONAS} == set(Domain)
    assert {persona.resistance for persona in PERSONAS} == set(Resistance)
    assert min(Counter(persona.attitude for persona in PERSONAS).values()) >= 4
    assert len(Counter(persona.attitude for persona in PERSONAS)) == len(Attitude)


def test_every_distortion_occurs_twice():
    kinds = Counter(t.distortion for persona in PERSONAS for t in persona.profile.thoughts)
    assert {kind: kinds[kind] for kind in Distortion if kinds[kind] < 2} == {}


def test_nothing_is_written_in_english():
    strays = [(p.id, text) for p in PERSONAS for text in texts_of(p) if LATIN.search(text)]
    assert strays == []


def test_no_line_belongs_to_two_clients():
    owners: dict[str, set[str]] = {}
    for persona in PERSONAS:
        for text in texts_of(persona):
            if len(text) > 9:
                owners.setdefault(text, set()).add(persona.id)
    assert {text for text, ids in owners.items() if len(ids) > 1} == set()


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.id)
def test_a_client_is_as_deep_as_an_english_one(persona: Persona):
    profile = persona.profile
    assert {item.topic for item in profile.disclosures} == set(Topic)
    assert len(profile.disclosures) >= 12
    assert len(profile.images) >= 3
    assert any(thought.later for thought in profile.thoughts)
    for thought in profile.thoughts:
        assert len(thought.evidence_for) >= 2
        assert len(thought.evidence_against) >= 3
    facts = [fact for t in profile.thoughts for fact in t.evidence_for + t.evidence_against]
    assert len({fact.trust for fact in facts}) >= 4
    secrets = [item for item in profile.disclosures if item.topic is Topic.SECRET]
    assert max(item.trust for item in secrets) >= 55
    assert all(item.trust >= 55 or tells_risk(item.text) for item in secrets)


def tells_risk(text: str) -> bool:
    return screen_client(text, "zh") is not Risk.NONE


def test_one_client_tells_of_a_passive_risk_and_no_other_sounds_like_it():
    risky = {p.id for p in PERSONAS for text in texts_of(p) if tells_risk(text)}
    assert risky == {p.id for p in PERSONAS if p.risk is Risk.PASSIVE} == {"ye-chanhou"}


@pytest.mark.parametrize(
    ("name", "gender", "age", "said"),
    [
        ("郑立伟", "男", 34, "郑先生"),
        ("欧阳慧", "女", 45, "欧阳女士"),
        ("林雨桐", "女", 19, "雨桐"),
        ("李静", "女", 18, "李女士"),
        ("曹玉兰", None, 66, "曹玉兰"),
        ("Mara Lind", "female", 34, "Mara"),
    ],
)
def test_clients_are_spoken_to_as_one_does(name: str, gender: str | None, age: int, said: str):
    assert Demographics(name=name, gender=gender, age=age).first_name == said
