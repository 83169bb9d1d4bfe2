"""What a model is trained on is what it is sent at play: requests held against requests."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from played import pick, record

sys.path.insert(0, str(Path(__file__).parents[1] / "llm"))

from speaking import Double, Request

from agents.counselors import build_counselor
from agents.llm.counselors.cbt_qa import FivePartAnswer
from agents.llm.counselors.layouts import END, layout_of
from agents.llm.counselors.planner import FirstPlan, PlanReview
from agents.llm.counselors.protocols import build_model_counselor
from agents.llm.counselors.staged import split_stage
from agents.tagging import parse_tags, strip_end
from agents.transcript import Speaker, turns_of
from graphs.state import Finish
from personas.schema import Language
from runs.export.exchanges import (
    UnbriefedError,
    as_message,
    count_exact,
    is_tagged,
    join_exchanges,
    list_exchanges,
)
from runs.record import Episode

ASKED = {
    "en": (
        "[Restatement] You said so, {n}. [Question] What went through your mind?",
        "[Question] How true does it feel, from nought to a hundred, {n}?",
        "[Question] What are the facts that speak for it, {n}?",
        "[Reflection of Feelings] That is heavy, {n}. [Question] When was it not like that?",
    ),
    "zh": (
        "[复述] 您刚才这样说，{n}。[提问] 那一刻您脑子里闪过什么？",
        "[提问] 从零到一百，您有多相信这个念头，{n}？",
        "[提问] 有哪些事实支持它，{n}？",
        "[情感反映] 这很沉重，{n}。[提问] 什么时候不是这样？",
    ),
}
STEPS = ["agree on today", "one moment", "find the thought", "facts for it"]


def answering(language: Language, ends_at: int = 99) -> Double:
    """Speaks in tags, plans, and says goodbye in its message number `ends_at`."""
    said = 0

    def answer(request: Request) -> object:
        nonlocal said
        if request.schema is FirstPlan:
            return FirstPlan(technique="reality_testing", plan=STEPS)
        if request.schema is PlanReview:
            return PlanReview(
                keep=False, step=2, technique="continuum", plan=[*STEPS[1:], "try it"]
            )
        if request.schema is FivePartAnswer:
            return FivePartAnswer(
                validation="It stayed with you.",
                key_thought="“Not safe” stands for all of it.",
                challenge="What did others see?",
                strategy="Note one good stop tomorrow.",
                encouragement="You came.",
            )
        said += 1
        text = ASKED[language][said % 4].format(n=said)
        return f"{text} {END[language]}" if said >= ends_at else text

    return Double(answer)  # type: ignore[arg-type]


def play_model(
    protocol: str, language: Language, ends_at: int = 99, prompt: str | None = None
) -> tuple[Episode, Double]:
    double = answering(language, ends_at)
    counselor = build_model_counselor(protocol, double, language, f"{protocol}@x", prompt)
    persona = pick("tomas-bus" if language == "en" else "luo-zhibo", language=language)[0]
    return record(persona, counselor, 1), double


def sent(double: Double) -> list[tuple[dict[str, str], ...]]:
    return [tuple(map(as_message, request.messages)) for request in double.of("counselor")]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("protocol", ["plain", "crdial", "cactus", "cbt_qa"])
def test_every_example_is_the_request_that_was_sent(protocol: str, language: Language) -> None:
    episode, double = play_model(protocol, language, ends_at=9)
    exchanges = list_exchanges(episode, layout_of(protocol))
    assert len(exchanges) >= (2 if protocol == "cbt_qa" else 8)
    assert [exchange.request for exchange in exchanges] == sent(double)


def test_a_system_prompt_of_ones_own_is_in_the_examples() -> None:
    episode, double = play_model("plain", "en", ends_at=5, prompt="Be brief. It costs $5.")
    exchanges = list_exchanges(episode, layout_of("plain", "Be brief. It costs $5."))
    assert [exchange.request for exchange in exchanges] == sent(double)


def test_a_plain_session_is_one_exact_conversation_and_a_crdial_one_is_not() -> None:
    """The notes of crdial are told once; in one conversation they would all stand in the history."""
    persona = pick("tomas-bus")[0]
    episode = record(persona, build_counselor("crdial", "en"), 1, exchanges=20)
    plain = list_exchanges(episode, layout_of("plain"))
    assert count_exact(plain) == len(plain) >= 18
    assert tuple(join_exchanges(plain)[:-1]) == plain[-1].request
    assert count_exact(list_exchanges(episode, layout_of("staged"))) == len(plain)
    assert count_exact(list_exchanges(episode, layout_of("crdial"))) == 1


def test_the_wanted_words_are_read_back_as_they_were_spoken() -> None:
    episode, _ = play_model("crdial", "en")
    for exchange in list_exchanges(episode, layout_of("crdial")):
        assert (
            parse_tags(strip_end(exchange.words)[0]) == episode.transcript[exchange.turn].sentences
        )
        assert exchange.words.startswith("[")


def test_the_examples_are_the_counselors_own_messages_and_nobody_elses(
    episodes: list[Episode],
) -> None:
    crisis = [episode for episode in episodes if episode.finish is Finish.CRISIS_HANDOFF]
    assert crisis
    for episode in episodes:
        protocol = episode.counselor
        for exchange in list_exchanges(episode, layout_of(protocol)):
            turn = episode.transcript[exchange.turn]
            assert turn.speaker is Speaker.COUNSELOR
            assert turn.stage not in ("opening", "crisis")
            assert exchange.request[0]["role"] == "system"
            assert exchange.request[-1]["role"] == "user"
            assert turn.text not in exchange.request[-1]["content"]


def test_only_a_goodbye_carries_the_mark_of_the_end(episodes: list[Episode]) -> None:
    marked = unmarked = 0
    for episode in episodes:
        exchanges = list_exchanges(episode, layout_of(episode.counselor))
        own = turns_of(episode.transcript, Speaker.COUNSELOR)
        ended = [strip_end(exchange.words)[1] for exchange in exchanges]
        assert not any(ended[:-1])
        whole = exchanges and episode.transcript[exchanges[-1].turn] is own[-1]
        by_counselor = episode.finish in (Finish.RESOLVED, Finish.COUNSELOR_ENDED)
        assert ended[-1] == bool(whole and by_counselor)
        marked += ended[-1]
        unmarked += not ended[-1]
    assert marked >= 3
    assert unmarked >= 3


def test_a_session_longer_than_play_allows_stops_before_the_hint_of_time() -> None:
    persona = pick("tomas-bus")[0]
    episode = record(persona, build_counselor("crdial", "en"), 1)
    own = turns_of(episode.transcript, Speaker.COUNSELOR)
    assert len(own) > 21
    exchanges = list_exchanges(episode, layout_of("plain"))
    assert len(exchanges) == 17
    assert all("nearly up" not in exchange.request[-1]["content"] for exchange in exchanges)
    shorter = record(persona, build_counselor("crdial", "en"), 1, exchanges=20)
    closing = list_exchanges(shorter, layout_of("plain"))
    assert len(closing) > 17
    assert strip_end(closing[-1].words)[1]
    assert "nearly up" in closing[17].request[-1]["content"]


def test_plain_examples_of_a_staged_session_hold_no_step_and_no_tag(
    episodes: list[Episode],
) -> None:
    staged = [episode for episode in episodes if episode.counselor == "crdial"]
    for episode in staged:
        for message in join_exchanges(list_exchanges(episode, layout_of("plain")))[1:]:
            assert not re.search(r"\[(?!End)|<", message["content"])


def test_staged_examples_tell_the_step_and_are_read_back(episodes: list[Episode]) -> None:
    for episode in episodes:
        assert is_tagged(episode) == (episode.counselor == "crdial")
        if not is_tagged(episode):
            continue
        for exchange in list_exchanges(episode, layout_of("staged")):
            turn = episode.transcript[exchange.turn]
            stage, said = split_stage(strip_end(exchange.words)[0])
            assert stage == turn.stage
            assert parse_tags(said) == turn.sentences


def test_an_older_record_has_no_briefings_and_says_so() -> None:
    episode, _ = play_model("crdial", "en")
    older = episode.model_copy(update={"briefings": ()})
    with pytest.raises(UnbriefedError):
        list_exchanges(older, layout_of("crdial"))
    assert list_exchanges(older, layout_of("plain"))
