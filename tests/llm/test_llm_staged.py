"""A model that names its own step through `plain`: read, recorded, shown again; never spoken."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from speaking import Double, Request, exchanges, view_of

from agents.llm.counselors.plain import ModelPlainCounselor, lay_out_plain
from agents.llm.counselors.staged import STAGES, show_staged, split_stage
from agents.transcript import Sentence, Speaker, Strategy, Turn
from graphs.crdial import COUNSELOR_NODES
from graphs.session import play
from personas.builtin import load_builtin

SAID = "<defense> [Restatement] You said so. [Question] What are the facts?"
ANA = load_builtin("en")[0]


def test_the_steps_are_those_of_the_crdial_graph() -> None:
    assert set(STAGES) == set(COUNSELOR_NODES)


@pytest.mark.parametrize("said", ["<defence> Hm.", "I was in <defense>.", "defense: Hm.", "Hm."])
def test_what_names_no_step_stays_as_it_is(said: str) -> None:
    assert split_stage(said) == ("", said)


def test_a_step_is_read_and_shown_again_word_for_word() -> None:
    words = asyncio.run(
        ModelPlainCounselor(Double(lambda _: SAID), "en", None, "plain@x").speak(view_of("Hm."))
    )
    assert words.stage == "defense"
    assert words.sentences == (
        Sentence("You said so.", Strategy.RESTATEMENT),
        Sentence("What are the facts?", Strategy.QUESTION),
    )
    turn = Turn(Speaker.COUNSELOR, words.sentences, words.stage)
    assert show_staged(turn, "en") == SAID
    assert show_staged(replace(turn, stage="talk"), "en") == "You said so. What are the facts?"


def test_in_a_session_the_model_sees_its_own_steps_and_the_client_hears_none() -> None:
    def answer(request: Request) -> str:
        own = sum(isinstance(message, AIMessage) for message in request.messages)
        return SAID if own < 3 else "<closing> [Affirmation and Reassurance] Go well. [End]"

    double = Double(answer)
    outcome = asyncio.run(play(ANA, ModelPlainCounselor(double, "en", None, "plain@x"), seed=0))
    own = [turn for turn in outcome.transcript if turn.speaker is Speaker.COUNSELOR][1:]
    assert [turn.stage for turn in own] == ["defense", "defense", "closing"]
    assert not any("<" in turn.text or "[" in turn.text for turn in outcome.transcript)
    seen = [m.content for m in double.requests[-1].messages if isinstance(m, AIMessage)]
    assert seen[1:] == [SAID] * 2


def test_the_whole_session_is_what_the_last_request_and_its_reply_were() -> None:
    view = view_of(*exchanges(20))
    request = lay_out_plain(view)
    turn = Turn(Speaker.COUNSELOR, (Sentence("Go well."),), "closing")
    whole = lay_out_plain(replace(view, transcript=(*view.transcript, turn)))
    assert whole[:-1] == request
    assert whole[-1] == AIMessage("<closing> Go well.")


def test_hints_of_the_time_stay_where_they_were_given() -> None:
    shorter, longer = (lay_out_plain(view_of(*exchanges(count))) for count in (18, 19))
    assert isinstance(shorter[-1], HumanMessage)
    assert "time is nearly up" in str(shorter[-1].content)
    assert longer[: len(shorter)] == shorter
