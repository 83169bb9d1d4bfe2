"""Listening to Chinese: sentences, lengths, what a clause says, ratings among other numbers, moves, asks."""

from __future__ import annotations

from itertools import cycle

import pytest

from agents.hearing.discourse import Ask, Move, classify_ask, hear
from agents.hearing.echo import echo, key_clause, mirror, strip_hedges
from agents.hearing.reading import find_rule, find_thought, read_client, stated_rating
from agents.phrasebook import load_phrases
from agents.text import (
    closeness,
    content_words,
    count_words,
    join_sentences,
    overlap,
    split_sentences,
)
from agents.transcript import Sentence, Speaker, Turn, client_turn
from personas.builtin import load_builtin

PERSONAS = load_builtin("zh")
BANK = load_phrases("client", "zh")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("嗯。就这样。", ("嗯。", "就这样。")),
        ("他说“您老眼花了吧。”然后关了门。", ("他说“您老眼花了吧。”", "然后关了门。")),
        ("就……觉得他们都在等我出错吧。", ("就……觉得他们都在等我出错吧。",)),
        ("我就是没那个命。……没了。", ("我就是没那个命。", "……没了。")),
        ("真的吗？我不信！", ("真的吗？", "我不信！")),
    ],
)
def test_sentences(text: str, parts: tuple[str, ...]) -> None:
    assert split_sentences(text) == parts
    assert join_sentences(parts) == text


def test_three_characters_are_as_long_as_two_words() -> None:
    assert count_words("我现在一份稿子核七遍") == 7
    assert count_words("I check it seven times now, each") == 7


def test_likeness_lives_in_pairs_of_characters() -> None:
    assert content_words("的了我他是不") == frozenset()
    assert overlap("主任看我那一眼", "您说主任看了您一眼") > 0.3
    assert overlap("主任看我那一眼", "我五点起来熬的南瓜粥") == 0
    assert closeness("我没用。", "您说您没用") == 1


@pytest.mark.parametrize(
    ("said", "given_back"),
    [
        ("我们家的事我自己知道。", "您家的事您自己知道。"),
        ("我妈把我的照片发在群里。", "您母亲把您的照片发在群里。"),
        ("咱俩没说过话。", "咱俩没说过话。"),
    ],
)
def test_persons_are_turned(said: str, given_back: str) -> None:
    assert mirror(said) == given_back


@pytest.mark.parametrize("key", ["thought.frames", "choose.frames"])
def test_a_frame_around_a_thought_is_not_part_of_it(key: str) -> None:
    for persona in PERSONAS:
        for thought in persona.profile.thoughts:
            for lead, frame in zip(cycle(BANK["lead.halting"]), BANK[key], strict=False):
                said = lead + frame.format(F=thought.text, f=thought.text)
                assert strip_hedges(find_thought(said, "zh")) == strip_hedges(thought.text)


def test_every_rule_is_heard_as_one() -> None:
    for persona in PERSONAS:
        for frame in BANK["rule.frames"]:
            rule = persona.profile.rule
            assert strip_hedges(find_rule(frame.format(F=rule, f=rule))) == strip_hedges(rule)


def test_facts_are_heard_and_habits_are_not() -> None:
    for persona in PERSONAS:
        for thought in persona.profile.thoughts:
            for fact in thought.evidence_for + thought.evidence_against:
                assert strip_hedges(fact.text), fact.text
        for habit in persona.manner.habits:
            assert strip_hedges(f"{habit}媳妇看我老咳。") == "媳妇看我老咳"


def test_small_words_are_no_thoughts() -> None:
    keys = [k for k in BANK if k.startswith(("tail.", "colour.", "lead.")) and "easing" not in k]
    asides = [(key, line) for key in keys for line in BANK[key] if find_thought(line, "zh")]
    images = [
        frame.format(i=image)
        for frame in BANK["image.stuck"]
        for persona in PERSONAS
        for image in persona.profile.images
        if find_thought(frame.format(i=image), "zh")
    ]
    assert asides == []
    assert images == []


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("八十吧。", 80),
        ("大概三十五。", 35),
        ("现在离四十近。", 40),
        ("十？", 10),
        ("一百，没给别的留地方。", 100),
        ("85分吧", 85),
        ("大概70", 70),
        ("三十八岁，十个有八个写三十五以下。", None),
        ("整条线四十七个人，走了四十五个。", None),
        ("血压一百七，老伴一量就抹眼泪。", None),
        ("英语我从九十多提到一百二了。", None),
        ("那单四十七分钟，超时了。", None),
        ("女的过了三十，要是没人要，就是自己有毛病。", None),
    ],
)
def test_a_rating_among_other_numbers(text: str, rating: int | None) -> None:
    assert stated_rating(text) == rating


@pytest.mark.parametrize("line", BANK["hold_back.gated"])
def test_a_refusal_is_heard(line: str) -> None:
    assert read_client(line, "zh").refusal


@pytest.mark.parametrize("line", BANK["hold_back.hostility"])
def test_hostility_is_heard(line: str) -> None:
    assert read_client(line, "zh").resisting


@pytest.mark.parametrize(
    "line", [line for key in BANK if key.startswith("stuck.") for line in BANK[key]]
)
def test_being_stuck_is_heard(line: str) -> None:
    assert read_client(line, "zh").stuck


def test_the_clause_worth_giving_back() -> None:
    said = "怎么说呢，散会他从我旁边过去，没点头。您看。"
    assert "您旁边过去" in echo(said, "zh")
    assert echo("说来惭愧，反诈的片子我在社区看过。", "zh") == "反诈的片子您在社区看过"
    assert key_clause("您这屋空调是不是开太足了？", "zh") == ""


@pytest.mark.parametrize(
    ("question", "ask"),
    [
        ("那一刻脑子里闪过的是什么？", Ask.THOUGHT),
        ("从零到一百，您有多相信这句话？", Ask.RATING),
        ("有哪些事实支持它？", Ask.EVIDENCE_FOR),
        ("有没有哪一次，不是这样的？", Ask.EVIDENCE_AGAINST),
        ("换个说法，您会怎么说？", Ask.ALTERNATIVE),
        ("要是它是真的，那意味着什么？", Ask.MEANING),
        ("您觉得自己是个什么样的人？", Ask.CORE),
        ("那会儿心里是什么滋味？", Ask.FEELING),
        ("万一真发生了，最坏会怎么样？", Ask.OUTCOME),
        ("这个星期，您愿意试着做一件什么小事？", Ask.PLAN),
        ("今天您最想谈的是什么？", Ask.AGENDA),
        ("我有没有听错？", Ask.FEEDBACK),
        ("您有没有想过结束自己的生命？", Ask.SAFETY),
        ("您能多说说吗？", Ask.STORY),
        ("我听着呢。", Ask.NONE),
    ],
)
def test_what_a_question_is_after(question: str, ask: Ask) -> None:
    assert classify_ask(question, "zh") is ask


@pytest.mark.parametrize(
    ("message", "move"),
    [
        ("听起来您心里挺委屈的。", Move.REFLECTION),
        ("换了谁都会这样，难怪您睡不着。", Move.VALIDATION),
        ("您应该多出去走走。", Move.ADVICE),
        ("一切都会好起来的，别想太多。", Move.PLATITUDE),
        ("您想多了，事实上没有人这么看。", Move.PERSUASION),
        ("这叫灾难化，是一种认知歪曲。", Move.JARGON),
        ("您真棒，太了不起了！", Move.PRAISE),
        ("别矫情，这都是您自己的错。", Move.ATTACK),
        ("不想说也可以，我们慢慢来。", Move.NEGOTIATION),
        ("散会他从您旁边过去，没点头。", Move.RESTATEMENT),
    ],
)
def test_what_a_message_does(message: str, move: Move) -> None:
    before = client_turn("散会他从我旁边过去，没点头。屋里没人吭声。")
    spoken = Turn(Speaker.COUNSELOR, tuple(map(Sentence, split_sentences(message))))
    assert move in hear((before, spoken), "zh").moves
