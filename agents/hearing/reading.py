"""What a client's message tells someone who has only its words: refusal, a rating, a thought, a shift.

Scripted counselors and their supervisor read clients through this module; it never sees the mind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from agents.hearing.lexicon import matches
from agents.text import content_words, count_words, overlap, split_sentences, words
from personas.schema import Language

_TENS = {
    "ten": 10, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "fifteen": 15, "zero": 0, "nought": 0,
}  # fmt: skip
_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_DIGITS_ZH = "零一二三四五六七八九"
_COUNTED_ZH = (
    r"(?!多?来?几?(?:年|月|日|天|号|岁|点|个|块|元|千|万|亿|多?分钟|秒|小时|斤|里|公里|米|平|楼|层|路|度|倍|"
    r"字|条|件|张|只|位|名|户|级|口|次|回|遍|趟|页|人|家|桌|站|栋|瓶|碗|单|台|节|门|封))"
)
_RATED_ZH = r"(?=分?(?:[，。！？…、；吧近]|上下|左右|$))"  # else it counts things, or an age
_NUMBER = re.compile(
    rf"(?<![a-z\d])(?:(\d{{1,3}})|({'|'.join(_TENS)})(?:[- ]({'|'.join(_UNITS)}))?)(?![a-z\d]){_COUNTED_ZH}"
    rf"|(?<![{_DIGITS_ZH}两几第数])(?<!过了)"
    rf"(?P<zh>一?百|[{_DIGITS_ZH[1:]}]?十[{_DIGITS_ZH[1:]}]?){_RATED_ZH}",
    re.IGNORECASE,
)
_THOUGHT_CUE = re.compile(
    r"\b(I'm|I am|I'll|I will|I'd|I can't|I shouldn't|I should|I ought|they|he|she|nobody|no one|"
    r"everyone|everybody|always|never|if|it'll|it's|what if|people|somebody|you|I|I've|my|it|this|"
    r"that's|there's|things?|something|everything|nothing|anything|whatever|anyone|anybody|one)\b"
    r"|我|他们|她们|人家|别人|大家|谁都|没人|他|她|永远|从来|总是|老是|如果|要是|万一|肯定|一定|不可能|什么都|"
    r"不配|不该|应该|就得|完了|白费|没用|一辈子|早晚|迟早|要么|全是|就是|都是|准是|这个家|最后|白练|换谁|谁都行|那点事|就跟|等于|当妈的",
    re.IGNORECASE,
)
_RULE_CUE = re.compile(
    r"\b(if|when|unless|once|whoever|anyone who|either|you have to|you've got to)\b"
    r"|如果|要是|只要|只有|一旦|除非|万一|但凡|要么|凡是|就得|就该|必须|(不|没|一|谁|人|了)[^，。]{1,10}，?"
    r"(他|她|它|你|我|人家)?(就|才|别)|的人，|当[^，]{1,6}的，",
    re.IGNORECASE,
)
_MINIMAL_WORDS = 4


@dataclass(frozen=True)
class Reading:
    """One client message as read from outside. `rating` is the last 0..100 number stated, if any."""

    text: str
    word_count: int
    minimal: bool
    refusal: bool
    hostile: bool
    stuck: bool
    balance: bool
    new_thought: bool
    rating: int | None
    thought: str
    rule: str

    @property
    def resisting(self) -> bool:
        """Tell whether the client holds back or hits out."""
        return self.refusal or self.hostile

    @property
    def substantive(self) -> bool:
        """Tell whether the client gave something to work with."""
        return not self.refusal and self.word_count > _MINIMAL_WORDS


@lru_cache(maxsize=1024)
def read_client(text: str, language: Language) -> Reading:
    """Return what a client's message shows."""
    cues = matches(language, "client", text)
    count = count_words(text)
    return Reading(
        text=text,
        word_count=count,
        minimal=count <= _MINIMAL_WORDS,
        refusal="refusal" in cues,
        hostile="hostile" in cues,
        stuck="stuck" in cues,
        balance="balance" in cues,
        new_thought="new_thought" in cues,
        rating=stated_rating(text),
        thought=find_thought(text, language),
        rule=find_rule(text),
    )


def stated_rating(text: str) -> int | None:
    """Return the last number from 0 to 100 that a message states in digits or words, either language."""
    last = None
    for digits, tens, unit, chinese in _NUMBER.findall(text):
        if chinese:
            value = _read_zh(chinese)
        else:
            value = int(digits) if digits else _TENS[tens.lower()] + _UNITS.get(unit.lower(), 0)
        last = value if value <= 100 else last
    return last


def _read_zh(number: str) -> int:
    if "百" in number:
        return 100
    tens, _, units = number.partition("十")
    return 10 * (_DIGITS_ZH.index(tens) if tens else 1) + (_DIGITS_ZH.index(units) if units else 0)


def find_thought(text: str, language: Language) -> str:
    """Return the sentence that reads most like a thought about oneself, others or the future."""
    candidates = [
        part
        for part in split_sentences(text)
        if _is_statement(part, language) and (content_words(part) or count_words(part) > 4)
    ]
    best = max(candidates, key=_thought_weight, default="")
    return best if best and _THOUGHT_CUE.search(best) else ""


def find_rule(text: str) -> str:
    """Return the sentence that reads like an if-then rule, or an empty string."""
    rules = [
        part for part in split_sentences(text) if _RULE_CUE.search(part) and count_words(part) >= 5
    ]
    return max(rules, key=count_words, default="")


def find_facts(text: str, language: Language) -> tuple[str, ...]:
    """Return the sentences of a message that state something (neither refusal nor question)."""
    return tuple(
        part
        for part in split_sentences(text)
        if _is_statement(part, language)
        and count_words(part) >= 4
        and len(content_words(part)) >= 2
        and not part.lower().startswith(("you ", "您", "你"))
    )


def is_same(thought: str, other: str) -> bool:
    """Tell whether two sentences voice about the same thought."""
    return max(overlap(thought, other), overlap(other, thought)) >= 0.6


def _is_statement(sentence: str, language: Language) -> bool:
    cues = matches(language, "client", sentence)
    return (
        not sentence.endswith(("?", "？"))
        and not cues & {"refusal", "stuck", "takeback", "aside"}
        and len(words(sentence)) >= 3
    )


def _thought_weight(sentence: str) -> float:
    cue = len(_THOUGHT_CUE.findall(sentence))
    return 2 * min(cue, 3) + min(len(content_words(sentence)), 6)
