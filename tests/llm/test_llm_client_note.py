"""The note: every act, in both languages, in a few everyday words."""

from __future__ import annotations

from string import Template

import pytest
from client_people import LIN, TOMAS, in_language, speech_for

from agents.hearing.discourse import Ask
from agents.hearing.reading import stated_rating
from agents.llm.client.note import lines_to_tell, mend_number, write_note
from agents.llm.lines import load_lines
from agents.mind.intent import Act, Intent
from agents.text import words
from personas.schema import Language, Resistance

LANGUAGES: tuple[Language, ...] = ("en", "zh")
INTENTS = [
    Intent(Act.TELL, Ask.STORY, ("situation",)),
    Intent(Act.TELL, Ask.THOUGHT, ("automatic_thought",)),
    Intent(Act.TELL, Ask.THOUGHT, ("thought.1",)),
    Intent(Act.TELL, Ask.MEANING, ("rule",)),
    Intent(Act.TELL, Ask.CORE, ("core_belief",)),
    Intent(Act.TELL, Ask.EVIDENCE_FOR, ("for.0.0", "for.0.1")),
    Intent(Act.TELL, Ask.EVIDENCE_AGAINST, ("against.0.0",)),
    Intent(Act.TELL, Ask.FEELING, ("disclosure.3",)),
    Intent(Act.TELL, Ask.PLAN, ("disclosure.6",)),
    Intent(Act.TELL, Ask.PLAN, ("disclosure.10",)),
    Intent(Act.RATE, Ask.RATING, rating=65),
    Intent(Act.CHOOSE, Ask.CHOICE, ("thought.1",), chosen=1),
    *(Intent(Act.CHOOSE, Ask.CHOICE, reason=at, chosen=0) for at in ("first", "second", "third")),
    Intent(Act.BALANCE, Ask.ALTERNATIVE, ("balanced.0",)),
    Intent(Act.SURFACE, Ask.ALTERNATIVE, ("thought.2",), chosen=2),
    *(
        Intent(Act.STUCK, Ask.OUTCOME, reason=reason)
        for reason in ("nothing", "same_thought", "case_unheard", "too_little", "not_ready")
    ),
    Intent(Act.STUCK, Ask.ALTERNATIVE, ("for.0.0",), reason="not_ready"),
    Intent(Act.PLAN, Ask.PLAN, reason="willing"),
    Intent(Act.DECLINE, Ask.PLAN, reason="reluctant"),
    *(
        Intent(Act.FEEDBACK, Ask.FEEDBACK, reason=reason)
        for reason in ("close", "off", "settled", "good", "poor", "safe")
    ),
    Intent(Act.HOLD_BACK, Ask.STORY),
    Intent(Act.HOLD_BACK, Ask.STORY, reason="gated"),
    Intent(Act.DRY, Ask.STORY),
    *(
        Intent(Act.IMAGINE, Ask.OUTCOME, (f"outcome.0.{kind}",), reason=kind)
        for kind in ("worst", "best", "likely", "cope", "gain", "cost")
    ),
    Intent(Act.IMAGINE, Ask.OUTCOME, ("outcome.0.likely", "against.0.1"), reason="likely"),
    Intent(Act.RISK, Ask.SAFETY, ("risk",)),
    Intent(Act.RISK, Ask.SAFETY, ("risk", "disclosure.11")),
    Intent(Act.RISK, Ask.SAFETY, reason="after"),
    Intent(Act.FADE, Ask.STORY),
    Intent(Act.LEAVE, Ask.STORY, reason="neutral"),
    Intent(Act.LEAVE, Ask.STORY, reason="outside"),
]


def test_the_intents_here_cover_every_act() -> None:
    assert {intent.act for intent in INTENTS} == set(Act)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_a_short_note_of_its_own(language: Language) -> None:
    notes = [write_note(speech_for(in_language(TOMAS, language), intent)) for intent in INTENTS]
    assert len(set(notes)) == len(INTENTS)
    for intent, note in zip(INTENTS, notes, strict=True):
        assert "$" not in note
        assert note.startswith("<note>\n")
        assert note.endswith("\n</note>")
        assert len(words(note)) <= (60 if language == "en" else 110), note
        speech = speech_for(in_language(TOMAS, language), intent)
        assert all(f"“{line}”" in note for line in lines_to_tell(speech))
        spoken = [entry for entry in intent.told if not entry.startswith("outcome.")]
        assert bool(lines_to_tell(speech)) == bool(spoken)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_of_holding_back_has_its_own_instruction(language: Language) -> None:
    notes = {
        write_note(
            speech_for(
                in_language(TOMAS, language).model_copy(update={"resistance": pattern}),
                Intent(Act.HOLD_BACK, Ask.STORY),
            )
        )
        for pattern in Resistance
    }
    assert len(notes) == 7


@pytest.mark.parametrize("part", ["client_notes", "client_traits"])
def test_both_languages_have_the_same_lines_with_the_same_slots(part: str) -> None:
    def slots(lines: dict[str, Template]) -> dict[str, list[str]]:
        return {name: sorted(line.get_identifiers()) for name, line in lines.items()}

    english = load_lines(part, "en")
    assert slots(english) == slots(load_lines(part, "zh"))
    assert all(line.template for line in english.values())


@pytest.mark.parametrize(
    ("levels", "felt"),
    [
        ({"trust": 10.0, "tension": 80.0, "distress": 80.0}, ("do not trust", "cross", "weighs")),
        ({"trust": 30.0, "tension": 40.0, "distress": 50.0, "hope": 0.0}, ("wary", "on edge")),
        ({"trust": 50.0, "distress": 40.0, "hope": 60.0}, ("warming", "lighter")),
        ({"trust": 100.0, "distress": 40.0, "hope": 0.0}, ("you trust this",)),
    ],
)
def test_the_mind_is_felt_in_plain_words(levels: dict[str, float], felt: tuple[str, ...]) -> None:
    note = write_note(speech_for(TOMAS, Intent(Act.DRY, Ask.STORY), **levels))
    assert len(note.splitlines()) == len(felt) + 3
    assert all(word in note for word in felt)


@pytest.mark.parametrize("last", [None, 70, 65, 60])
def test_a_rating_says_how_it_compares_with_the_last(last: int | None) -> None:
    speech = speech_for(TOMAS, Intent(Act.RATE, Ask.RATING, rating=65))
    note = write_note(speech.__class__(**{**vars(speech), "last_rating": last}))
    word = {None: "unsure", 70: "lower", 65: "still", 60: "higher"}[last]
    assert word in note
    assert "sixty-five" in note


@pytest.mark.parametrize("persona", [TOMAS, LIN], ids=["en", "zh"])
@pytest.mark.parametrize("rating", range(0, 101, 5))
def test_a_mended_number_is_read_as_the_rating(persona: object, rating: int) -> None:
    person = TOMAS if persona is TOMAS else LIN
    speech = speech_for(person, Intent(Act.RATE, Ask.RATING, rating=rating))
    assert stated_rating(mend_number(speech, "…")) == rating


@pytest.mark.parametrize(
    ("text", "rating"),
    [("大概八十吧。", 80), ("七十五，没那么高了。", 75), ("一百。", 100), ("就60左右", 60),
     ("原来九十，现在四十五。", 45), ("有一点。", None), ("十五吧", 15)],
)  # fmt: skip
def test_chinese_ratings_are_read(text: str, rating: int | None) -> None:
    assert stated_rating(text) == rating
