"""The Chinese scripted client: Chinese only, nothing twice, its own life, the same mind as in English."""

from __future__ import annotations

import asyncio
import itertools
import re
from dataclasses import replace
from functools import cache
from statistics import median

import pytest

from agents.client import ClientReply, ClientState, ScriptedClient
from agents.hearing.reading import stated_rating
from agents.mind.intent import Act
from agents.mind.ledger import line_of
from agents.phrasebook import load_phrases
from agents.text import split_sentences, words
from agents.transcript import Sentence, Speaker, Transcript, Turn, client_turn
from agents.voice import number_words
from personas.builtin import load_builtin
from personas.schema import Persona, Resistance, Risk

PERSONAS = load_builtin("zh")
BY_ID = {persona.id: persona for persona in PERSONAS}
CLIENT = ScriptedClient()
SKILFUL = (
    "听起来这阵子挺难熬的。最近一次是什么时候，当时发生了什么？",
    "您愿意说出来，很不容易。那一刻，您脑子里闪过的是什么？",
    "我听着心里也跟着一沉。那会儿心里是什么滋味？",
    "从零到一百，您有多相信这句话？",
    "听起来挺委屈的。要是它是真的，那意味着什么？",
    "难怪您放不下。照这么说，您觉得自己是个什么样的人？",
    "还有别的念头跟着它一起来吗？",
    "有哪些事实支持它，别人也看得见的那种？",
    "我跟得上。还有什么支持它的？",
    "有没有哪一次，不是这样的？",
    "这一条值得停一停。还有什么跟它对不上的？",
    "您慢慢想。站在您这边的朋友，会补上什么？",
    "两边放在一起，用您自己的话，现在会怎么说？",
    "现在您有多相信原来那句，零到一百？",
    "还有什么没说到的吗？",
    "想到什么说什么都行，您往下说说？",
    "我有没有听错的地方？",
    "下次见面之前，您愿意试着做一件什么小事？",
    "什么会拦着您？",
    "今天聊下来，您觉得怎么样？",
)
CLUMSY = (
    "您应该多出去走走，放松一下。",
    "研究表明，人的大脑会放大负面信息，这叫灾难化，您必须学会识别认知歪曲，然后坚持记录，"
    "每天写三条积极的想法，这样您的情绪就会慢慢好起来，您还应该保持规律的作息。",
    "一切都会好起来的，别想太多。",
    "您想多了，事实上没有人这么看您。",
    "您真棒，您太勇敢了！",
    "别矫情，这都是您自己的错。",
)


def ask(
    persona: Persona, state: ClientState, text: str, before: Transcript = (), seed: int = 0
) -> ClientReply:
    spoken = Turn(Speaker.COUNSELOR, tuple(map(Sentence, split_sentences(text))))
    return asyncio.run(CLIENT.reply(persona, state, (*before, spoken), seed))


@cache
def session(name: str, seed: int, said: tuple[str, ...] = SKILFUL) -> tuple[ClientReply, ...]:
    """Play the counselor's messages at a client until it leaves."""
    persona, replies = BY_ID[name], []
    transcript: Transcript = (client_turn(persona.opening),)
    state = CLIENT.begin(persona, seed)
    for text in said:
        reply = ask(persona, state, text, transcript, seed)
        spoken = Turn(Speaker.COUNSELOR, tuple(map(Sentence, split_sentences(text))))
        transcript, state = (*transcript, spoken, client_turn(reply.text)), reply.state
        replies.append(reply)
        if reply.departure:
            break
    return tuple(replies)


SESSIONS = list(itertools.product(BY_ID, range(3)))
ALL = [session(*key) for key in SESSIONS]
MIXED = tuple(itertools.chain(*zip(SKILFUL[:6], CLUMSY, strict=True)))


@pytest.mark.parametrize("said", [SKILFUL, CLUMSY, MIXED], ids=["skilful", "clumsy", "mixed"])
def test_no_word_is_english(said: tuple[str, ...]) -> None:
    for name, seed in SESSIONS:
        for reply in session(name, seed, said):
            assert not re.search(r"[A-Za-z]", reply.text), reply.text
            assert re.search(r"[一-鿿…]", reply.text)
            assert "  " not in reply.text
            assert "{" not in reply.text


@pytest.mark.parametrize("said", [SKILFUL, MIXED], ids=["skilful", "mixed"])
def test_nothing_is_said_twice(said: tuple[str, ...]) -> None:
    for name, seed in SESSIONS:
        texts = [BY_ID[name].opening, *(reply.text for reply in session(name, seed, said))]
        bare = ["".join(words(text)) for text in texts]
        assert len(set(bare)) == len(bare)


def test_everything_an_english_client_can_say_has_chinese_words() -> None:
    assert set(load_phrases("client", "en")) <= set(load_phrases("client", "zh"))


def test_turns_are_as_short_as_speech() -> None:
    lengths = [len(words(reply.text)) for replies in ALL for reply in replies]
    assert 8 <= median(lengths) <= 25
    assert max(lengths) < 80


def test_what_the_ledger_notes_is_in_the_words() -> None:
    facts = 0
    for (name, _), replies in zip(SESSIONS, ALL, strict=True):
        for reply in replies:
            told = [e for e in reply.gauge.told if not e.startswith(("risk", "outcome."))]
            facts += len(told)
            assert all(line_of(BY_ID[name], entry) in reply.text for entry in told)
    assert facts > 8 * len(ALL)


def test_no_three_turns_in_a_row_are_empty_of_the_clients_life() -> None:
    for (name, _), replies in zip(SESSIONS, ALL, strict=True):
        images, bare = BY_ID[name].profile.images, 0
        for reply in replies:
            if "situation" not in reply.state.mind.told:
                continue
            own = any(not e.startswith(("risk", "outcome.")) for e in reply.gauge.told)
            bare = 0 if own or any(image in reply.text for image in images) else bare + 1
            assert bare <= 2, (name, reply.text)


def test_a_gate_holds_in_chinese_too() -> None:
    for (name, _), replies in zip(SESSIONS, ALL, strict=True):
        persona = BY_ID[name]
        for reply in replies:
            for entry in reply.gauge.told:
                if entry.startswith(("for.", "against.")):
                    kind, thought, index = entry.split(".")
                    case = persona.profile.thoughts[int(thought)]
                    facts = case.evidence_for if kind == "for" else case.evidence_against
                    assert facts[int(index)].trust <= reply.gauge.trust + 1e-6


def test_belief_stands_still_before_its_thought_is_voiced() -> None:
    for replies in ALL:
        for before, after in itertools.pairwise(reply.state.mind for reply in replies):
            for index, belief in enumerate(after.beliefs):
                if not after.on_table(index) and not after.shifted:
                    assert belief >= before.beliefs[index]


def test_kindness_raises_trust_and_lecturing_lowers_it() -> None:
    for persona in PERSONAS:
        state = CLIENT.begin(persona, 0)
        kind = ask(persona, state, "听起来这阵子您心里挺委屈的，换了谁都会难受。")
        lectured = ask(persona, state, CLUMSY[1])
        insulted = ask(persona, state, CLUMSY[5])
        assert kind.state.mind.trust > state.mind.trust
        assert lectured.state.mind.trust < state.mind.trust
        assert insulted.state.mind.trust < state.mind.trust


def test_a_rating_is_heard_as_it_was_meant() -> None:
    for replies in ALL:
        for reply in replies:
            if reply.gauge.act == Act.RATE:
                focus = reply.state.mind.focus
                assert stated_rating(reply.text) == dict(reply.state.ratings)[focus]


def test_patterns_of_resistance_show_in_words() -> None:
    bank = load_phrases("client", "zh")
    for pattern in Resistance:
        persona = BY_ID["tang-waimai"].model_copy(update={"resistance": pattern})
        state = CLIENT.begin(persona, 0)
        cross = replace(state, mind=replace(state.mind, trust=15.0, tension=95.0, exchange=1))
        said = [ask(persona, cross, "能说说吗？", seed=seed) for seed in range(12)]
        held = [reply.text for reply in said if reply.gauge.act == Act.HOLD_BACK]
        own = bank[f"hold_back.{pattern}"]
        assert any(text.startswith(line.rstrip("。")) for text in held for line in own)


def test_somebody_at_risk_says_so_in_chinese() -> None:
    persona = BY_ID["ye-chanhou"].model_copy(update={"risk": Risk.PASSIVE})
    bare = persona.profile.model_copy(update={"disclosures": ()})
    persona = persona.model_copy(update={"profile": bare})
    reply = ask(persona, CLIENT.begin(persona, 0), "您有没有过不想活的念头？")
    assert reply.gauge.act == Act.RISK
    assert "不用再醒过来" in reply.text


@pytest.mark.parametrize(
    ("number", "spoken"),
    [(0, "0"), (5, "5"), (10, "十"), (15, "十五"), (20, "二十"), (85, "八十五"), (100, "一百")],
)
def test_numbers_as_they_are_said(number: int, spoken: str) -> None:
    assert number_words(number, "zh") == spoken
