"""The scripted counselors in Chinese: every line asks what its step is after, quotes, and addresses."""

from __future__ import annotations

import asyncio
import re

import pytest
from test_crdial_counselor import WANTED

from agents.counselors import PROTOCOLS, build_counselor
from agents.counselors.base import CounselorView
from agents.counselors.crdial import give_back
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.supervisor import observe
from agents.counselors.techniques import load_asks, load_techniques, rank_techniques
from agents.hearing.discourse import Ask, Move, classify
from agents.hearing.echo import echo
from agents.phrasebook import load_phrases, parse_tagged
from agents.transcript import Sentence, Speaker, Transcript, Turn, client_turn
from personas.schema import Demographics, PublicIntake

SLOTS = {
    "name": "王女士", "echo": "您把网页关了又开", "clause": "您把网页关了又开", "feeling": "害怕",
    "thought": "我什么都做不好", "other": "他们都嫌我慢", "third": "我是个骗子", "rest": "难受",
    "pattern": "一件事代表了所有的事", "fact": "她又请您去了一次", "was": "我总是出错",
    "balanced": "错了一回，不等于回回都错", "plain": "看看您一直守着的那条规矩", "pro": "您刹车晚了",
    "con": "没人看见那辆车",
}  # fmt: skip
TAGGED = ("crdial", "cactus", "plain")
LATIN = re.compile(r"[A-Za-z]")


def lines_of(part: str) -> list[tuple[str, str]]:
    """Return (key, template) of everything a counselor says."""
    bank = load_phrases(part, "zh")
    silent = ("words.", "feelings.")
    return [(k, line) for k, lines in bank.items() if not k.startswith(silent) for line in lines]


def asked(template: str) -> list[Ask]:
    asks = [classify(s.text, "zh")[1] for s in parse_tagged(template.format_map(SLOTS))]
    return [ask for ask in asks if ask is not Ask.NONE]


@pytest.mark.parametrize("part", ["crdial", "cactus", "plain", "baselines", "shared"])
def test_the_banks_hold_the_same_keys_as_the_english_ones(part: str) -> None:
    free = ("words.", "feelings.", "eliza.rules.")
    mine, theirs = (
        {k for k in load_phrases(part, language) if not k.startswith(free)}
        for language in ("zh", "en")
    )
    assert mine == theirs


@pytest.mark.parametrize("part", ["crdial", "cactus", "plain", "baselines", "shared"])
def test_nothing_is_said_in_english_and_nothing_twice(part: str) -> None:
    for key, template in lines_of(part):
        for sentence in parse_tagged(template.format_map(SLOTS)):
            assert not LATIN.search(sentence.text), (key, template)
    bank = load_phrases(part, "zh")
    assert all(len(set(lines)) == len(lines) for lines in bank.values())


@pytest.mark.parametrize("part", TAGGED)
def test_every_sentence_carries_a_strategy_and_none_lectures_or_consoles(part: str) -> None:
    barred = {Move.PERSUASION, Move.PLATITUDE, Move.ATTACK, Move.JARGON, Move.PRAISE, Move.LECTURE}
    for key, template in lines_of(part):
        for sentence in parse_tagged(template.format_map(SLOTS)):
            assert sentence.strategy is not None, (key, template)
            assert not classify(sentence.text, "zh")[0] & barred, (key, template)


@pytest.mark.parametrize("key", sorted(WANTED))
def test_each_crdial_line_asks_one_thing_and_the_right_one(key: str) -> None:
    for template in load_phrases("crdial", "zh")[key]:
        asks = asked(template)
        assert len(asks) <= 1, template
        assert (asks[0] if asks else Ask.NONE) in WANTED[key], template


def test_each_cactus_line_asks_what_its_step_is_after() -> None:
    for key, template in lines_of("cactus"):
        kind, _, step = key.partition(".")
        if kind in ("ask", "try_out"):
            assert asked(template) == [load_asks()[step] if kind == "ask" else Ask.PLAN], template


@pytest.mark.parametrize(
    ("part", "key"),
    [("crdial", "lead.feeling"), ("crdial", "lead.heavy"), ("cactus", "lead.feeling"),
     ("cactus", "lead.felt"), ("cactus", "lead.eased"), ("plain", "lead.feeling")],
)  # fmt: skip
def test_leads_before_a_number_reflect_the_feeling(part: str, key: str) -> None:
    for template in load_phrases(part, "zh")[key]:
        moves = [classify(s.text, "zh")[0] for s in parse_tagged(template.format_map(SLOTS))]
        assert any(Move.REFLECTION in found for found in moves), template


def test_every_counselor_says_you_politely() -> None:
    for part in (*TAGGED, "baselines", "shared"):
        for key, template in lines_of(part):
            assert "你" not in template.replace("你们", ""), (key, template)


@pytest.mark.parametrize(
    ("reason", "technique"),
    [
        ("都怪我，要不是我项目也不会黄，我一直很自责。", "pie_chart"),
        ("我不敢坐电梯，人多的商场也躲着走，推掉了好几次聚会。", "systematic_exposure"),
        ("万一断供了怎么办，我怕这个家就完了。", "decatastrophizing"),
        ("当妈的就应该什么都顾上，我不该喊累，必须撑着。", "changing_rules_to_wishes"),
        ("欠债和房贷压着，账单一张接一张，不知道从哪开始。", "problem_solving"),
        ("我拿不定主意要不要辞职，左右为难。", "pros_and_cons"),
        ("晚上翻来覆去，停不下来，睡不着。", "efficiency_evaluation"),
    ],
)
def test_planner_picks_a_technique_that_fits_the_reason(reason: str, technique: str) -> None:
    assert rank_techniques(reason, "zh")[0].id == technique


def test_every_technique_can_be_offered_in_chinese() -> None:
    assert all(t.plain and t.cues for t in load_techniques("zh").values())


def test_a_thought_is_quoted_and_a_fact_is_turned_to_the_client() -> None:
    assert give_back("嗯，我就是个骗子，装上班的骗子。") == "“我就是个骗子，装上班的骗子”"
    assert echo("一屋子人都看见了，我不配穿这身衣服。", "zh").startswith("“")
    assert echo("我五点起来熬的粥，她当着我的面倒进水池。", "zh") == (
        "您五点起来熬的粥，她当着您的面倒进水池"
    )


def test_a_topic_without_a_verb_is_not_given_back() -> None:
    said = "二模那天数学最后一道，我看着题，手不动了，听见后面人翻卷子。"
    assert echo(said, "zh") == "手不动了，听见后面人翻卷子"


def view_of(stage: str, picture: Formulation, question: str, said: str) -> CounselorView:
    transcript: Transcript = (
        Turn(Speaker.COUNSELOR, (Sentence("您好，请坐。想从哪儿说起？"),)),
        client_turn("单位的事。"),
        Turn(Speaker.COUNSELOR, (Sentence(question),)),
        client_turn(said),
    )
    intake = PublicIntake(
        demographics=Demographics(name="王桂芳", age=58, gender="女"), reason="睡不好。"
    )
    return CounselorView(intake, transcript, picture, stage, "zh", 3)


def test_the_supervisor_learns_thought_rating_case_and_balance() -> None:
    at = Formulation(attempts=1)
    caught = observe(view_of("automatic_thoughts", at, "那一刻，脑子里闪过的是什么？",
                             "就觉得他们都在等我出错吧。")).formulation  # fmt: skip
    assert caught.channels[0].thought == "他们都在等我出错"
    assert caught.channels[0].distortion == "mind_reading"
    rated = observe(view_of("automatic_thoughts", caught, "从零到一百，您有多相信它？",
                            "大概七十五吧。"))  # fmt: skip
    assert rated.formulation.channels[0].rating_before == 75
    assert rated.done
    against = observe(view_of("prosecution", rated.formulation, "有什么跟这句话对不上的？",
                              "小林倒是来问我要了那张表。")).formulation  # fmt: skip
    assert against.channels[0].case_against == ("小林倒是来问我要了那张表。",)
    told = view_of(
        "verdict", against, "用您自己的话，现在会怎么说？", "有人在等，也有人来问我要表。"
    )
    assert observe(told).shifted


@pytest.mark.parametrize("said", ["这个我不想谈。", "您又不是我，您知道什么。", "能不能不说这个？"])
def test_resistance_is_heard_and_repaired(said: str) -> None:
    picture = Formulation(channels=(Channel("他们都在等我出错"),), attempts=1)
    view = view_of("defense", picture, "有哪些事实支持它？", said)
    assert observe(view).resisting
    for spec in ("crdial", "plain"):
        at = view_of("repair" if spec == "crdial" else "talk", picture, "有哪些事实支持它？", said)
        sentences = asyncio.run(build_counselor(spec, "zh").speak(at)).sentences
        moves = frozenset[Move]().union(*(classify(s.text, "zh")[0] for s in sentences))
        assert moves & {Move.NEGOTIATION, Move.VALIDATION}, sentences


@pytest.mark.parametrize("spec", PROTOCOLS)
def test_equal_views_get_equal_words(spec: str) -> None:
    view = view_of(
        "automatic_thoughts", Formulation(), "最近怎么样？", "我每天三点醒，醒了就算账。"
    )
    said = [asyncio.run(build_counselor(spec, "zh").speak(view)).sentences for _ in range(2)]
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("name", "gender", "age", "called"),
    [
        ("王桂芳", "女", 58, "王女士"),
        ("欧阳明", "男", 40, "欧阳先生"),
        ("林雨桐", "女", 19, "雨桐"),
        ("高飞", "男", 20, "高先生"),
        ("方海洋", None, 38, "方海洋"),
        ("Ana Ruiz", "female", 30, "Ana"),
    ],
)
def test_a_client_is_addressed_as_one_does(
    name: str, gender: str | None, age: int, called: str
) -> None:
    assert Demographics(name=name, gender=gender, age=age).first_name == called


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("前面那个。后一个是跟着来的。", 0),
        ("头一个。", 0),
        ("本来想说前面那个，其实是后一个。", 1),
        ("后面那个吧。", 1),
        ("就最后一个。", 2),
        ("第三个，前面的都从它来。", 2),
    ],
)
def test_the_thought_the_client_points_at_is_taken(said: str, chosen: int) -> None:
    thoughts = (Channel("我又说错话了"), Channel("早该嫁出去了"), Channel("没人要我"))
    picture = Formulation(channels=thoughts, attempts=2)
    view = view_of("core_beliefs", picture, "哪一句最重？", said)
    assert observe(view).formulation.current == chosen
