"""One generated persona: a person, a situation and a plan written out as form and profile."""

from __future__ import annotations

import random

from personas.generator.material import DistortionLines, Line, Material, Situation
from personas.generator.paperwork import write_demographics, write_intake, write_opening
from personas.generator.people import Person, Registry
from personas.generator.quota import Cell
from personas.generator.wording import Wording, word_for
from personas.schema import (
    CognitiveProfile,
    Disclosure,
    DistortedThought,
    Distortion,
    Fact,
    Manner,
    Persona,
    Resistance,
    Risk,
    Topic,
)

_APART = (  # pairs that would say the same thing, or contradict each other, in one person
    {Distortion.LABELING, Distortion.EMOTIONAL_REASONING},
    {Distortion.PERSONALIZATION, Distortion.BLAMING},
    {Distortion.JUMPING_TO_CONCLUSIONS, Distortion.MIND_READING},
    {Distortion.FORTUNE_TELLING, Distortion.CATASTROPHIZING},
    {Distortion.ALL_OR_NOTHING, Distortion.OVERGENERALIZATION},
)
_COUNTS = (2, 3, 3, 4)
_DISCLOSURES = (  # topic, block, how many at least and at most, thresholds
    (Topic.STORY, "story", 2, 3, (5, 35)),
    (Topic.COPING, "coping", 1, 2, (15, 30)),
    (Topic.PEOPLE, "people", 1, 2, (15, 30)),
    (Topic.PAST, "past", 1, 1, (30, 45)),
    (Topic.HOPE, "hope", 1, 1, (20, 30)),
    (Topic.SECRET, "secret", 1, 1, (55, 65)),
)
_TALK = {
    Resistance.MINIMAL_TALK: (0, 0, 0, 1),
    Resistance.IRRELEVANT_TALK: (1, 2, 2),
    Resistance.INTELLECTUALISING: (1, 2, 2),
    Resistance.DEFENSIVENESS: (0, 1, 1),
}


def compose(
    material: Material,
    registry: Registry,
    cell: Cell,
    person: Person,
    situation: Situation,
    name: str,
    risk: Risk,
    rng: random.Random,
) -> Persona:
    """Return the persona of a plan; every line is of this person in this situation."""
    wording = word_for(material, registry, person, situation, rng)
    profile = _write_profile(wording, cell, risk)
    return Persona(
        id=name,
        form=name,
        source=f"generated:{material.language}:{situation.id}",
        language=material.language,
        domain=cell.domain,
        attitude=cell.attitude,
        resistance=cell.resistance,
        risk=risk,
        demographics=write_demographics(material, person, rng),
        intake=write_intake(wording, cell),
        opening=write_opening(wording, cell),
        profile=profile,
        manner=_choose_manner(wording, cell.resistance),
    )


def _write_profile(wording: Wording, cell: Cell, risk: Risk) -> CognitiveProfile:
    lines, rng = wording.situation.lines, wording.rng
    event = wording.tell(wording.pick(lines["event"]))
    kinds = _choose_distortions(cell.distortion, rng)
    later = len(kinds) > 2 and rng.random() < 0.6
    thoughts = tuple(
        _write_thought(wording, kind, place, later=later and place == len(kinds) - 1)
        for place, kind in enumerate(kinds)
    )
    return CognitiveProfile(
        situation=event,
        automatic_thought=wording.tell(wording.pick(lines["auto"])),
        rule=wording.tell(wording.pick(lines["rule"])),
        core_belief=rng.choice(wording.material.choices(f"core.{wording.situation.theme}")),
        thoughts=thoughts,
        disclosures=_write_disclosures(wording, risk),
    )


def _choose_distortions(first: Distortion, rng: random.Random) -> list[Distortion]:
    """Return the first distortion and one to three others that go with it."""
    kinds = [first]
    rest = [kind for kind in Distortion if kind is not first]
    rng.shuffle(rest)
    for kind in rest[:]:
        if not any({kind, other} in _APART for other in kinds):
            kinds.append(kind)
    return kinds[: rng.choice(_COUNTS)]


def _write_thought(
    wording: Wording, kind: Distortion, place: int, *, later: bool
) -> DistortedThought:
    lines, rng = wording.material.distortions[kind], wording.rng
    wording.set_fragment("slip")
    wording.set_fragment("yet")
    text = wording.tell(wording.pick(lines.lines["thoughts"]))
    return DistortedThought(
        distortion=kind,
        text=text,
        strength=rng.randint(*((74, 92), (64, 82), (56, 74), (52, 70))[place]),
        trust=rng.choice(((20, 25, 30), (30, 35, 40), (35, 40), (40, 45))[place]),
        evidence_for=_write_evidence(wording, lines, "for", rng.choice((2, 2, 3))),
        evidence_against=_write_evidence(wording, lines, "against", rng.choice((2, 3, 3))),
        balanced=wording.tell(wording.pick(lines.lines["balanced"])),
        later=later,
    )


def _write_evidence(
    wording: Wording, lines: DistortionLines, case: str, count: int
) -> tuple[Fact, ...]:
    """Return facts of the situation, and one of the kind that goes with the distortion."""
    own, other = ("me", "o") if lines.side == "me" else ("o", "me")
    of = wording.situation.lines
    pools = [of[f"{case}_{own}"], of[f"{case}_{other}"]]
    general = wording.fresh(lines.lines[case])
    first, second = (wording.fresh(pool) for pool in pools)
    texts = [*first[: count - 1], *general[:1]]
    texts += [*general[1:2], *second, *general[2:]][: count - len(texts)]
    wording.said.update(texts)
    wording.rng.shuffle(texts)
    trusts = (15, 20, 25, 30, 35, 40, 45) if case == "for" else (20, 25, 30, 35, 40, 45)
    return tuple(Fact(text=wording.fill(t), trust=wording.rng.choice(trusts)) for t in texts)


def _write_disclosures(wording: Wording, risk: Risk) -> tuple[Disclosure, ...]:
    rng, material, lines = wording.rng, wording.material, wording.situation.lines
    told: list[tuple[Topic, str, tuple[int, int]]] = []
    for topic, block, least, most, trusts in _DISCLOSURES:
        if topic is Topic.SECRET and risk is not Risk.NONE:
            text = rng.choice(material.choices(f"risk.{risk.value}"))
            told.append((topic, text, (30, 30)))
            continue
        texts = wording.fresh(lines[block])[: rng.randint(least, most)]
        told += [(topic, text, trusts) for text in texts]
    feelings = [Line(t) for t in material.choices(f"feeling.{wording.situation.theme}")]
    told += [(Topic.FEELING, t, (20, 40)) for t in wording.fresh(tuple(feelings))[:2]]
    told.append((Topic.BODY, rng.choice(material.choices("body.all")), (10, 20)))
    order = list(Topic)
    told.sort(key=lambda item: order.index(item[0]))
    return tuple(
        Disclosure(topic=topic, text=wording.fill(text), trust=_draw(rng, trusts))
        for topic, text, trusts in told
    )


def _draw(rng: random.Random, bounds: tuple[int, int]) -> int:
    """Return a threshold in steps of five."""
    return rng.randrange(bounds[0], bounds[1] + 1, 5)


def _choose_manner(wording: Wording, resistance: Resistance) -> Manner:
    rng = wording.rng
    habits = rng.sample(wording.material.choices("habits"), rng.choice((1, 2, 2, 3)))
    return Manner(talkative=rng.choice(_TALK.get(resistance, (0, 1, 1, 2))), habits=tuple(habits))
