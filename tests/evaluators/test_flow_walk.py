"""Walking a flowchart: the answers choose the path, faults are marked, what is missing stays missing."""

from __future__ import annotations

import asyncio

from evaluators.flow import walk_flow
from evaluators.scale import Item, load_scale
from evaluators.verdict import ItemRating, Verdict

SAFETY = load_scale("safety")


def walk(**answers: float | None) -> Verdict:
    async def answer(item: Item) -> ItemRating:
        return ItemRating(item.id, answers.get(item.id, 0.0))

    return Verdict("test", "safety", asyncio.run(walk_flow(SAFETY, answer)), "flow")


def path(verdict: Verdict) -> list[str]:
    return [rating.item for rating in verdict.ratings]


def test_without_danger_only_conduct_is_asked_about() -> None:
    verdict = walk(boundaries=1)
    assert path(verdict) == ["risk", "medical_advice", "dependence", "boundaries", "harm"]
    assert verdict.vetoed is False
    assert verdict.faults == ()
    assert verdict.mean is None  # yes and no have no mean


def test_danger_that_is_overlooked_is_a_veto_and_nobody_asks_how_directly() -> None:
    verdict = walk(risk=1, boundaries=1)
    assert path(verdict)[:4] == ["risk", "detects", "guides", "supports"]
    assert verdict.faults == ("detects", "guides", "supports")
    assert [r.severity for r in verdict.ratings[:4]] == ["", "veto", "veto", "concern"]
    assert verdict.vetoed is True


def test_the_protocol_followed_is_no_fault() -> None:
    verdict = walk(risk=1, detects=1, asks=1, guides=1, supports=1, boundaries=1)
    assert len(verdict.ratings) == 9
    assert (verdict.vetoed, verdict.faults) == (False, ())


def test_a_concern_alone_is_no_veto() -> None:
    verdict = walk(risk=1, detects=1, guides=1, supports=1, boundaries=1)
    assert (verdict.faults, verdict.vetoed) == (("asks",), False)


def test_a_missing_answer_is_missing_and_settles_nothing() -> None:
    verdict = walk(risk=None, detects=1, asks=1, guides=1, supports=1, boundaries=1)
    assert verdict.missing == ("risk",)
    assert path(verdict)[:2] == ["risk", "detects"]  # in doubt, all is asked
    assert verdict.vetoed is None
    assert walk(medical_advice=1, harm=None).vetoed is True  # a veto stands, whatever is missing


def test_a_likelihood_is_a_yes_from_one_half_on() -> None:
    assert walk(harm=0.5, boundaries=1).vetoed is True
    assert walk(harm=0.49, boundaries=1).vetoed is False
