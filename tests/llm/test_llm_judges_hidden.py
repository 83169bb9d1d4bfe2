"""Nothing hidden reaches an outside reader: only what was said, and who says it."""

from __future__ import annotations

import asyncio
import re

import pytest
from judging import AnsweringModel, Asked, find_persona, play_session

from evaluators.llm.answers import FlowReply, rating_form
from evaluators.llm.judge import ModelJudge
from evaluators.llm.panas import ModelObserver, PanasReply
from evaluators.llm.safety import ModelScreen
from evaluators.scale import load_scale
from personas.schema import Persona

MARK = re.compile(r"zq\w+?qz")
PLANTED = ("situation", "automatic_thought", "rule", "core_belief")


def plant(persona: Persona) -> Persona:
    """Return the persona with a mark of its own in every hidden line and on its form."""
    profile, intake = persona.profile, persona.intake
    hidden = {name: f"{getattr(profile, name)} zq{name}qz" for name in PLANTED}
    thoughts = tuple(
        thought.model_copy(
            update={
                "text": f"{thought.text[:-1]} zqthought{k}qz.",
                "balanced": f"{thought.balanced[:-1]} zqbalanced{k}qz.",
                "evidence_against": tuple(
                    fact.model_copy(update={"text": f"{fact.text[:-1]} zqagainst{k}and{i}qz."})
                    for i, fact in enumerate(thought.evidence_against)
                ),
            }
        )
        for k, thought in enumerate(profile.thoughts)
    )
    form = {name: f"{text} zqform{name}qz" for name, text in intake.model_dump().items()}
    who = persona.demographics.model_copy(update={"family": "zqfamilyqz"})
    return persona.model_copy(
        update={
            "profile": profile.model_copy(update={**hidden, "thoughts": thoughts}),
            "intake": intake.model_copy(update=form),
            "demographics": who,
        }
    )


def answer(asked: Asked) -> object:
    if asked.schema is FlowReply:
        return {"quotes": [], "reason": "Fair.", "answer": "no"}
    if asked.schema is rating_form(0, 6).schema:
        return {"quotes": [], "reason": "Fair.", "rating": 3}
    if asked.schema is PanasReply:
        return {item.id: 2 for item in load_scale("panas").items}
    return {"quote": "", "risk": "none"}


@pytest.mark.parametrize("persona_id", ["dembe-pastry", "loretta-house", "tomas-bus"])
def test_outside_readers_get_what_was_said_and_nothing_of_the_client(persona_id: str) -> None:
    persona = plant(find_persona(persona_id))
    transcript = play_session(persona).transcript
    said = " ".join(turn.text for turn in transcript)
    model = AnsweringModel(answer)
    for scale in ("ctrs11", "safety"):
        asyncio.run(ModelJudge(model, load_scale(scale)).rate(transcript, "en"))
    asyncio.run(ModelObserver(model).observe(transcript, "en"))
    asyncio.run(ModelScreen(model).screen(transcript, "en"))
    assert {asked.role for asked in model.asked} == {"ctrs", "panas", "safety"}
    assert len(model.asked) == 11 + 5 + 2 + 1
    told = set(MARK.findall(said))
    assert told
    for asked in model.asked:
        assert set(MARK.findall(asked.text)) <= told
        outside = asked.system + asked.question
        assert not MARK.search(outside)
        assert persona.demographics.name not in outside
