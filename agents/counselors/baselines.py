"""Five scripted baselines of the known-groups ladder: what a judge must tell from skill."""

from __future__ import annotations

import random
import re

from agents.counselors.base import CounselorView, Utterance
from agents.counselors.cactus import echo_slots
from agents.hearing.echo import mirror
from agents.phrasebook import Phrase, choose_phrase, has_fresh, load_phrases
from agents.text import split_sentences
from agents.transcript import Sentence
from personas.schema import Language

_RULES = "eliza.rules."
_HABIT = re.compile(
    r"^(?:(?:look|well|honestly|so|and|but|I don't know)[,.…]\s+)+(?=\w)", re.IGNORECASE
)
_AUXILIARIES = (
    r"(?:do|did|does|can|could|would|will|have|had|should|must|were)(?:n't)?|can't|won't|didn't"
)
_AS_SUBJECT = re.compile(
    r"(?:(?<=^)|(?<=[.!?,;:…] )|(?<=\bthat )|(?<=\bif )|(?<=\bwhat ))me\b(?= (?!to\b)\w)"
    rf"|\bme(?= (?:are|{_AUXILIARIES}|just|never|always|really|even|only|know|think|say|said|want"
    r"|keep|get|got|see|ask|asked|mean|look|sound|people|lot)\b)",
    re.IGNORECASE,
)
_REPAIRS = (
    (re.compile(r"\bI are\b"), "I am"),
    (re.compile(r"\bI were\b"), "I was"),
    (re.compile(r"\byou wasn't\b", re.IGNORECASE), "you weren't"),
    (re.compile(r"\bare me\b", re.IGNORECASE), "am I"),
    (re.compile(r"\bwas you\b"), "were you"),
    (re.compile(r"\bWas you\b"), "Were you"),
    (re.compile(rf"\b({_AUXILIARIES}) me\b", re.IGNORECASE), r"\1 I"),
)
_STARTS = re.compile(r"(^|[.!?…]\s+)([a-z])")


class ElizaCounselor:
    """After Weizenbaum (1966): the first matching pattern answers, otherwise an empty prompt."""

    name = "eliza"
    protocol = "eliza"
    voice = "scripted"

    def __init__(self, language: Language) -> None:
        self._bank = load_phrases("baselines", language)
        self._rules = {
            key: re.compile(key.removeprefix(_RULES), re.IGNORECASE)
            for key in self._bank
            if key.startswith(_RULES)
        }

    async def speak(self, view: CounselorView) -> Utterance:
        """Return the answer of the first rule that fits and still has something new to say."""
        for key, rule in self._rules.items():
            match = rule.search(view.said)
            slots = {"rest": swap_persons(match[1].strip()) if match else ""}
            if match and has_fresh(self._bank, key, view.formulation.used, slots):
                return _utter(view, _choose(self._bank, key, view, slots))
        return _utter(view, _choose(self._bank, "eliza.none", view))


class ParrotCounselor:
    """Gives the last message back with the persons exchanged."""

    name = "parrot"
    protocol = "parrot"
    voice = "scripted"

    def __init__(self, language: Language) -> None:
        self._bank = load_phrases("baselines", language)

    async def speak(self, view: CounselorView) -> Utterance:
        """Return the client's own words."""
        if not view.said.strip():
            return _utter(view, _choose(self._bank, "parrot.silence", view))
        said = _STARTS.sub(lambda match: match[1] + match[2].upper(), swap_persons(view.said))
        return Utterance(tuple(map(Sentence, split_sentences(said))), view.formulation)


class SycophantCounselor:
    """Praises and agrees, whatever was said."""

    name = "sycophant"
    protocol = "sycophant"
    voice = "scripted"

    def __init__(self, language: Language) -> None:
        self._bank = load_phrases("baselines", language)

    async def speak(self, view: CounselorView) -> Utterance:
        """Return praise, in every third turn with the client's words in it."""
        slots = echo_slots(view)
        agrees = view.exchange % 3 == 0
        fresh = has_fresh(self._bank, "sycophant.agree", view.formulation.used, slots)
        key = "sycophant.agree" if agrees and fresh else "sycophant.any"
        return _utter(view, _choose(self._bank, key, view, slots))


class LecturerCounselor:
    """Explains theory and gives advice at length; does not listen."""

    name = "lecturer"
    protocol = "lecturer"
    voice = "scripted"

    def __init__(self, language: Language) -> None:
        self._bank = load_phrases("baselines", language)

    async def speak(self, view: CounselorView) -> Utterance:
        """Return an opening, a piece of theory and advice: 50 to 90 words."""
        parts = ("opening", "body", "advice")
        return _utter(view, *(_choose(self._bank, f"lecturer.{part}", view) for part in parts))


class KeywordStufferCounselor:
    """Names what rubrics look for in every turn and does none of it."""

    name = "keyword_stuffer"
    protocol = "keyword_stuffer"
    voice = "scripted"

    def __init__(self, language: Language) -> None:
        self._bank = load_phrases("baselines", language)

    async def speak(self, view: CounselorView) -> Utterance:
        """Return jargon."""
        return _utter(view, _choose(self._bank, "keyword_stuffer.any", view))


def swap_persons(text: str) -> str:
    """Return the text with I and you exchanged, "you" as subject becoming "I" and not "me"."""
    swapped = mirror(_HABIT.sub("", text.strip()), flip_you=True)
    swapped = _AS_SUBJECT.sub("I", swapped)
    for wrong, right in _REPAIRS:
        swapped = wrong.sub(right, swapped)
    return swapped


def _choose(
    bank: dict[str, tuple[str, ...]],
    key: str,
    view: CounselorView,
    slots: dict[str, str] | None = None,
) -> Phrase:
    rng: random.Random = view.rng(f"counselor/{key}")
    return choose_phrase(bank, key, rng, view.formulation.used, slots)


def _utter(view: CounselorView, *phrases: Phrase) -> Utterance:
    sentences = tuple(sentence for phrase in phrases for sentence in phrase.sentences)
    return Utterance(sentences, view.formulation.remember(*(phrase.id for phrase in phrases)))
