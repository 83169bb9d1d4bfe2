"""The changes of the battery do what they say, and nothing else."""

from __future__ import annotations

from functools import cache

import pytest

from agents.hearing.discourse import Ask, classify_ask
from agents.text import split_sentences, words
from agents.transcript import Speaker, Transcript, turns_of
from evaluators.audit.expectations import load_expectations
from evaluators.audit.perturbations import CHANGES
from evaluators.audit.perturbations.editing import load_words
from evaluators.audit.perturbations.paraphrase import say_otherwise
from evaluators.audit.specimen import Specimen
from evaluators.scale import ctrs_items
from personas.schema import Language
from sim.judging.audit_material import choose_changed, play_ladder

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@cache
def sessions(language: Language) -> tuple[Specimen, ...]:
    return choose_changed(play_ladder(language, 3))


def texts(told: Transcript, speaker: Speaker) -> list[str]:
    return [turn.text for turn in turns_of(told, speaker)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_pure_keeps_the_turns_and_changes_something(
    name: str, language: Language
) -> None:
    for session in sessions(language):
        before = session.transcript
        told = CHANGES[name](session)
        assert told == CHANGES[name](session)
        assert session.transcript is before
        assert [turn.speaker for turn in told] == [turn.speaker for turn in before]
        assert all(turn.text.strip() for turn in told)
        assert told != before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["reflections", "lectures", "homework", "harm", "verbosity", "jargon", "echo"]
)
def test_changes_of_the_counselor_leave_the_client_alone(name: str, language: Language) -> None:
    for session in sessions(language):
        told = CHANGES[name](session)
        assert texts(told, Speaker.CLIENT) == texts(session.transcript, Speaker.CLIENT)


def test_lectures_leave_no_question() -> None:
    for session in sessions("en"):
        said = texts(CHANGES["lectures"](session), Speaker.COUNSELOR)
        asks = {classify_ask(part, "en") for text in said for part in split_sentences(text)}
        assert asks == {Ask.NONE}


def test_shuffling_loses_no_message() -> None:
    for session in sessions("en"):
        told = CHANGES["shuffle"](session)
        for speaker in Speaker:
            before, after = texts(session.transcript, speaker), texts(told, speaker)
            assert sorted(before) == sorted(after)
            assert before != after


def test_harm_is_put_in_three_times_after_the_clients_first_words() -> None:
    harmful = load_words("en")["harm"]
    for session in sessions("en"):
        told = CHANGES["harm"](session)
        places = [
            i for i, turn in enumerate(told) if any(part.text in harmful for part in turn.sentences)
        ]
        assert len(places) == 3
        assert min(places) > 0
        assert len({told[i].sentences[-1].text for i in places}) == 3


def test_the_other_name_stands_wherever_the_client_s_stood() -> None:
    for session in sessions("en"):
        told = CHANGES["name"](session)
        said = " ".join(turn.text for turn in told)
        assert session.name not in said
        assert any(name in said for name in load_words("en")["names"])


def test_form_and_bare_change_no_word() -> None:
    for session in sessions("en"):
        plain = [word for turn in session.transcript for word in words(turn.text)]
        for name in ("form", "bare"):
            told = CHANGES[name](session)
            assert [word for turn in told for word in words(turn.text)] == plain
    bare = " ".join(turn.text for turn in CHANGES["bare"](sessions("en")[0]))
    assert not set(".,!?…:;") & set(bare)


def test_rewordings_keep_grammar_where_it_is_tricky() -> None:
    assert say_otherwise("It's been hard, I don't know.", "en") == "It's been hard, I do not know."
    assert say_otherwise("That’s it.", "en") == "That is it."
    assert say_otherwise("Maybe you're right.", "en") == "Perhaps you are right."


def test_the_injection_stands_in_client_messages_only() -> None:
    for session in sessions("en"):
        told = CHANGES["injection"](session)
        assert texts(told, Speaker.COUNSELOR) == texts(session.transcript, Speaker.COUNSELOR)
        assert sum("6" in text for text in texts(told, Speaker.CLIENT)) >= 2


def test_every_change_has_expectations_of_known_items_and_a_meaning_for_each() -> None:
    known = {item.id for item in ctrs_items(11)} | {"mean", "*"}
    assert {owed.change for owed in load_expectations()} == set(CHANGES)
    for owed in load_expectations():
        for wanted in (owed.required, owed.wished):
            kinds = {"falls": wanted.falls, "holds": wanted.holds, "not_up": wanted.not_up}
            assert all(set(items) <= known for items in kinds.values())
            assert all(kind in owed.tells for kind, items in kinds.items() if items)
