"""Tags before sentences: written and read back the same, and read from what sloppy models write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.tagging import clean_reply, find_strategy, parse_tags, strip_end, tag_turn
from agents.transcript import STRATEGY_ZH, Sentence, Speaker, Strategy, Turn
from personas.schema import Language

Q, RE, RF = Strategy.QUESTION, Strategy.RESTATEMENT, Strategy.REFLECTION
EN = ("You said it sits on your chest.", "When did it last hit you?", "That sounds heavy!", "Hm…")
ZH = ("您刚才说手心出汗。", "那一刻想到了什么？", "听着真不容易！")


def turn(*sentences: Sentence) -> Turn:
    return Turn(Speaker.COUNSELOR, sentences)


def test_the_form_is_tag_then_sentence() -> None:
    said = turn(Sentence(EN[0], RE), Sentence(EN[1], Q))
    assert tag_turn(said, "en") == f"[Restatement] {EN[0]} [Question] {EN[1]}"
    said = turn(Sentence(ZH[0], RE), Sentence(ZH[1], Q))
    assert tag_turn(said, "zh") == f"[复述] {ZH[0]} [提问] {ZH[1]}"


@given(
    st.sampled_from(["en", "zh"]),
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(Strategy)), min_size=1, max_size=5),
    st.booleans(),
)
def test_what_is_written_is_read_back(
    language: Language, drawn: list[tuple[int, Strategy]], bare: bool
) -> None:
    lines = ZH if language == "zh" else EN
    sentences = [Sentence(lines[index], strategy) for index, strategy in drawn]
    if bare:
        sentences.insert(0, Sentence(lines[0]))
    assert parse_tags(tag_turn(turn(*sentences), language)) == tuple(sentences)


def test_every_label_is_found_in_both_languages_and_any_case() -> None:
    for strategy in Strategy:
        for label in (strategy.value, strategy.value.upper(), STRATEGY_ZH[strategy]):
            assert find_strategy(label) is strategy


@pytest.mark.parametrize(
    ("label", "strategy"),
    [
        ("Restatment", RE),
        ("Quesion", Q),
        ("reflection", RF),
        ("Reflection of Feeling", RF),
        ("Self disclosure", Strategy.SELF_DISCLOSURE),
        ("Reassurance", Strategy.REASSURANCE),
        ("Suggestions", Strategy.SUGGESTION),
        ("Providing Information", Strategy.INFORMATION),
        ("Negotiation", Strategy.NEGOTIATE),
        ("情感反应", RF),
        ("肯定和安慰", Strategy.REASSURANCE),
        ("建议", Strategy.SUGGESTION),
        ("Strategy: Question", Q),
        ("Restatement / Question", RE),
        ("提供", None),
        ("your boss", None),
        ("Smile", None),
        ("pause", None),
    ],
)
def test_labels_are_recognised_near_enough(label: str, strategy: Strategy | None) -> None:
    assert find_strategy(label) is strategy


@pytest.mark.parametrize(
    ("reply", "sentences"),
    [
        ("【复述】您说怕。【提问】怕什么？", (Sentence("您说怕。", RE), Sentence("怕什么？", Q))),
        ("［question］ Why now?", (Sentence("Why now?", Q),)),
        ("[Question] Why now? Why here?", (Sentence("Why now?", Q), Sentence("Why here?", Q))),
        ("Why now?", (Sentence("Why now?"),)),
        ("So. [Question] Why?", (Sentence("So."), Sentence("Why?", Q))),
        ("[Smile] Good. [Question] Why?", (Sentence("Good."), Sentence("Why?", Q))),
        ("You said no. [Restatement] Why? [Question]", (Sentence("You said no.", RE), Sentence("Why?", Q))),
        ("[Question] Did [he] say so?", (Sentence("Did [he] say so?", Q),)),
        ("[Question]\n\n[Restatement] So he left.", (Sentence("So he left.", RE),)),
        ("**[Question]** Why *now*?", (Sentence("Why now?", Q),)),
        ("```\n[Question] Why?\n```", (Sentence("Why?", Q),)),
        ('Counselor: "[Question] Why?"', (Sentence("Why?", Q),)),
        ("咨询师：【提问】怕什么？", (Sentence("怕什么？", Q),)),
        ("- [Restatement] You left.\n- [Question] Why?", (Sentence("You left.", RE), Sentence("Why?", Q))),
        ("<think>I should [Question] ask.</think>[Question] Why?", (Sentence("Why?", Q),)),
        ("They want a question.</think>\nWhy?", (Sentence("Why?"),)),
        ("[Question] Why?\nClient: Because.\nCounselor: I see.", (Sentence("Why?", Q),)),
        ("<think>never ends", ()),
        ("[Question] …", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_sloppy_replies_are_read(reply: str, sentences: tuple[Sentence, ...]) -> None:
    assert parse_tags(reply) == sentences


def test_a_quotation_inside_a_message_stays() -> None:
    assert clean_reply('"I fail," you said, "again."') == '"I fail," you said, "again."'
    assert clean_reply("“Why now?”") == "Why now?"


@pytest.mark.parametrize(
    "marker",
    ["[End]", "[END]", " [end].", "【结束】", "（会谈结束）", "<end>", "[End of session]", "[/End]"],
)  # fmt: skip
def test_the_end_marker_is_recognised_and_taken_out(marker: str) -> None:
    text, ended = strip_end(f"[Question] Take care. {marker}")
    assert ended
    assert text in {"[Question] Take care.", "[Question] Take care.."}
    assert strip_end("[Question] When did it end?") == ("[Question] When did it end?", False)
