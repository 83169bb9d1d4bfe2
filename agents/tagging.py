"""Counselor words with strategy tags: written for models, and read back from what models reply.

The form is `[Restatement] You said … [Question] When …?`: the tag stands before its sentence. It is
what an LLM counselor sees of its own turns, what it is asked to write, and the form of training
examples. Models are sloppy, so reading is tolerant of everything around the words.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache

from agents.text import split_sentences, words
from agents.transcript import STRATEGY_ZH, Sentence, Strategy, Turn
from personas.schema import Language

_CLOSE = 0.75
_TAG = re.compile(r"[\[【［]\s*([^\[\]【】［］\n]{1,40}?)\s*[\]】］]")
_PARTS = re.compile(r"\s*[/,，、|&+:：]\s*")
_SENTENCE_OVER = re.compile(r"(^|[.!?…。！？\n:：\"'”’」）)])\s*$")
_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_END = re.compile(r"\A.*</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^\s*```.*$", re.MULTILINE)
_LINE_START = re.compile(r"^\s*(?:#{1,6}|>|[-*•](?=\s))\s*", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*\*|__|\*)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_OWN_NAMES = r"counsell?or|therapist|assistant|咨询师|治疗师|辅导员|助手"
_OWN_LABEL = re.compile(
    rf"^\s*[\[【(（]?(?:{_OWN_NAMES})[\])】）]?\s*[:：]\s*", re.I | re.MULTILINE
)
_FLIP = re.compile(
    r"^\s*(?:client|patient|user|来访者|求助者|用户)\s*[:：].*\Z", re.I | re.M | re.S
)
_QUOTES = ('""', "''", "“”", "‘’", "「」", "『』")
_END = re.compile(
    r"\s*[\[【［(（<]\s*/?\s*(?:the\s+)?(?:end(?:\s+of\s+(?:the\s+)?session)?|session\s+end(?:ed|s)?|"
    r"(?:本次)?(?:会谈|咨询|对话|谈话)?(?:到此)?(?:结束|完))\s*[.。!！]?\s*[\]】］)）>]",
    re.IGNORECASE,
)


def tag_turn(turn: Turn, language: Language) -> str:
    """Return a turn with the label of its strategy before each sentence; unlabelled ones stay bare."""
    return " ".join(_tag_sentence(sentence, language) for sentence in turn.sentences)


def _tag_sentence(sentence: Sentence, language: Language) -> str:
    if sentence.strategy is None:
        return sentence.text
    return f"[{label_of(sentence.strategy, language)}] {sentence.text}"


def label_of(strategy: Strategy, language: Language) -> str:
    """Return the name of a strategy in a language."""
    return STRATEGY_ZH[strategy] if language == "zh" else strategy.value


def parse_tags(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a model's reply with their strategies; empty if it holds no words.

    A tag counts for all sentences up to the next one. Without a tag, or after a tag that names no
    strategy, the strategy is None. A reply that writes its tags after the sentences is read so.
    """
    spans = _split_spans(clean_reply(text))
    if len(spans) > 1 and spans[0][1].strip() and not spans[-1][1].strip():
        labels = [label for label, _ in spans[1:]]
        spans = list(zip(labels, [said for _, said in spans], strict=False))
    return tuple(
        Sentence(sentence, find_strategy(label))
        for label, said in spans
        for sentence in plain_sentences(said)
    )


def _split_spans(text: str) -> list[tuple[str, str]]:
    """The text in pieces (label, words); the first has no label. Other brackets stay words."""
    spans: list[tuple[str, str]] = []
    label, start = "", 0
    for tag in _TAG.finditer(text):
        if find_strategy(tag[1]) or _SENTENCE_OVER.search(text[start : tag.start()]):
            spans.append((label, text[start : tag.start()]))
            label, start = tag[1], tag.end()
    return [*spans, (label, text[start:])]


def plain_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text that hold words; stray marks join the sentence before."""
    out: list[str] = []
    for part in split_sentences(" ".join(text.split())):
        if words(part):
            out.append(part)
        elif out:
            out[-1] += part
    return tuple(out)


@lru_cache(maxsize=1024)
def find_strategy(label: str) -> Strategy | None:
    """Return the strategy a label means, also misspelt or shortened; None if it means none."""
    found = (_match_label(part) for part in _PARTS.split(label.strip().lower()) if part)
    return next((strategy for strategy in found if strategy), None)


def _match_label(label: str) -> Strategy | None:
    names = _names()
    if label in names:
        return names[label]
    shortest = 2 if ord(label[0]) > 0x2E7F else 5
    held = {
        strategy
        for name, strategy in names.items()
        if (len(label) >= shortest and label in name) or name in label
    }
    if len(held) == 1:
        return held.pop()
    near = get_close_matches(label, names, n=1, cutoff=_CLOSE)
    return names[near[0]] if near else None


@lru_cache(maxsize=1)
def _names() -> dict[str, Strategy]:
    english = {strategy.value.lower(): strategy for strategy in Strategy}
    return english | {name: strategy for strategy, name in STRATEGY_ZH.items()}


def strip_end(text: str) -> tuple[str, bool]:
    """Return the text without the marker that ends a session, and whether it was there."""
    bare, found = _END.subn("", text)
    return bare.strip(), found > 0


def clean_reply(text: str) -> str:
    """Return what a model wants said: no thinking, role label, other speaker, quotes or markdown."""
    bare = _THOUGHT_END.sub("", _THINKING.sub("", text))
    bare = _LINE_START.sub("", _FENCE.sub("", bare))
    bare = _EMPHASIS.sub(r"\2", bare)
    bare = _FLIP.sub("", _OWN_LABEL.sub("", bare)).strip()
    while len(bare) > 1 and bare[0] + bare[-1] in _QUOTES and bare[0] not in bare[1:-1]:
        bare = bare[1:-1].strip()
    return bare
