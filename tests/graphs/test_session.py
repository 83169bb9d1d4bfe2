"""Whole sessions through the compiled graphs: fairness of the shared nodes, endings, determinism."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import json
from collections import Counter
from pathlib import Path

import pytest
from langgraph.graph.state import CompiledStateGraph

from agents.counselors import PROTOCOLS, build_counselor
from agents.counselors.base import CounselorView, Utterance
from agents.transcript import Sentence, Speaker, turns_of
from graphs.drawing import draw_mermaid
from graphs.session import play
from graphs.state import Finish, Limits, Outcome
from personas.builtin import load_builtin
from personas.schema import Attitude, Persona, Risk

PERSONAS = load_builtin("en")
CALM = next(p for p in PERSONAS if p.attitude is Attitude.POSITIVE)


def session(persona: Persona, spec: str, seed: int = 0, cap: int = 30) -> Outcome:
    counselor = build_counselor(spec, "en")
    return asyncio.run(play(persona, counselor, seed=seed, limits=Limits(cap)))


class Stuck:
    """A counselor that says the same thing for ever."""

    name = protocol = "stuck"
    voice = "scripted"

    async def speak(self, view: CounselorView) -> Utterance:
        return Utterance((Sentence("And how do you feel about that?"),), view.formulation)


class Broken(Stuck):
    """A counselor whose model fails."""

    async def speak(self, view: CounselorView) -> Utterance:
        raise ConnectionError("the endpoint hung up")


@pytest.mark.parametrize("spec", PROTOCOLS)
def test_every_protocol_plays_a_whole_session(spec: str) -> None:
    outcome = session(CALM, spec)
    speakers = [turn.speaker for turn in outcome.transcript]
    assert speakers[:2] == [Speaker.COUNSELOR, Speaker.CLIENT]
    assert all(a is not b for a, b in itertools.pairwise(speakers))
    assert outcome.finish is not Finish.ERROR
    assert [r.reader for r in outcome.panas_before] == ["self", "mind", "observer"]
    assert [r.reader for r in outcome.panas_after] == ["self", "mind", "observer"]
    assert len(outcome.trace) == len(turns_of(outcome.transcript, Speaker.CLIENT))
    assert all(outcome.transcript[g.turn].speaker is Speaker.CLIENT for g in outcome.trace)
    assert outcome.verdicts[0].scale == "ctrs6"


def test_the_same_seed_gives_the_same_session_and_another_one_does_not() -> None:
    assert session(CALM, "crdial", 4) == session(CALM, "crdial", 4)
    assert session(CALM, "crdial", 4).transcript != session(CALM, "crdial", 5).transcript


@pytest.mark.parametrize("spec", ["crdial", "parrot"])
def test_the_cap_ends_the_session(spec: str) -> None:
    outcome = session(CALM, spec, cap=6)
    assert len(turns_of(outcome.transcript, Speaker.CLIENT)) - 1 <= 6
    assert outcome.finish is not Finish.ERROR


def test_a_counselor_in_a_loop_is_stopped() -> None:
    outcome = asyncio.run(play(CALM, Stuck(), seed=0))
    assert outcome.finish is Finish.LOOP_DETECTED
    assert len(turns_of(outcome.transcript, Speaker.COUNSELOR)) <= 5


def test_a_broken_model_is_the_callers_to_handle() -> None:
    with pytest.raises(ConnectionError):
        asyncio.run(play(CALM, Broken(), seed=0))


@pytest.mark.parametrize("spec", ["crdial", "cactus", "plain", "eliza", "sycophant"])
def test_a_client_at_risk_is_handed_over_whoever_counsels(spec: str) -> None:
    persona = next(p for p in PERSONAS if p.risk is not Risk.NONE)
    finishes = [session(persona, spec, seed) for seed in range(4)]
    handed = [outcome for outcome in finishes if outcome.finish is Finish.CRISIS_HANDOFF]
    assert handed, "risk never came up"
    for outcome in handed:
        stages = [turn.stage for turn in outcome.transcript[-3:]]
        assert stages == ["crisis"] * 3
        assert "emergency" in outcome.transcript[-1].text
        assert any(edge.target == "crisis" for edge in outcome.edges)


def test_no_risk_no_alarm() -> None:
    calm = [p for p in PERSONAS if p.risk is Risk.NONE]
    finishes = Counter(session(p, "crdial").finish for p in calm)
    assert finishes[Finish.CRISIS_HANDOFF] == 0


def test_the_graph_draws_itself() -> None:
    picture = draw_mermaid("crdial")
    for node in (
        "automatic_thoughts",
        "defense",
        "prosecution",
        "verdict",
        "repair",
        "crisis",
        "supervisor",
    ):
        assert f"\t{node}({node})" in picture
    for edge in (
        "supervisor -.-> prosecution",
        "client -.-> crisis",
        "supervisor -.-> automatic_thoughts",
    ):
        assert edge in picture
    assert "planner -.-> talk" in draw_mermaid("cactus")
    assert "counselor -.-> client" in draw_mermaid("plain")


def test_langgraph_json_names_builders_of_compiled_graphs() -> None:
    root = Path(__file__).parents[2]
    for target in json.loads((root / "langgraph.json").read_text())["graphs"].values():
        path, _, builder = target.partition(":")
        module = importlib.import_module(
            path.removeprefix("./").removesuffix(".py").replace("/", ".")
        )
        assert isinstance(getattr(module, builder)(), CompiledStateGraph)


def test_the_page_with_the_graphs_is_up_to_date() -> None:
    docs = Path(__file__).parents[2] / "docs"
    page = (docs / "graphs.md").read_text(encoding="utf-8")
    for protocol in ("crdial", "cactus", "plain"):
        assert draw_mermaid(protocol).strip() in page, "run `make docs`"
