"""The scripted CRDial counselor: one node of the graph at a time, sentence-level strategies.

It knows the public intake, the transcript and its own formulation. Each sub-stage asks for one
thing, gives the client's words back first, and measures only after it has reflected.
"""

from __future__ import annotations

import random

from agents.counselors.base import CounselorView, Utterance
from agents.counselors.formulation import Channel, Formulation
from agents.hearing.echo import core_sentence, echo, lower_start, mirror
from agents.hearing.lexicon import load_cues
from agents.hearing.reading import read_client
from agents.phrasebook import Phrase, choose_phrase, has_fresh, load_phrases, parse_tagged
from agents.text import count_words, is_chinese
from agents.transcript import Speaker, turns_of
from personas.distortions import taxonomy
from personas.schema import Distortion, Language

_LONGEST_FACT = 14
_PROSECUTION = ("pr.exception", "pr.else", "pr.friend", "pr.after")


class CrdialCounselor:
    """Scripted voice of the CRDial protocol (arXiv 2504.17238)."""

    name = "crdial"
    protocol = "crdial"
    voice = "scripted"

    def __init__(self, language: Language) -> None:
        self.language = language
        self.bank = load_phrases("crdial", language)

    async def speak(self, view: CounselorView) -> Utterance:
        """Return the next message of the sub-stage `view.stage`."""
        rng = view.rng("counselor")
        slots = self._slots(view)
        key = _choose_step(view, slots, rng)
        phrase = choose_phrase(self.bank, key, rng, view.formulation.used, slots)
        lead = self._lead(view, key, phrase, slots, rng)
        used = [phrase.id, *([lead.id] if lead else [])]
        text = f"{lead.text} {phrase.text}" if lead else phrase.text
        return Utterance(
            sentences=parse_tagged(text),
            formulation=view.formulation.remember(*used),
            closes=key in {"cl.goodbye", "cl.cap"},
        )

    def _slots(self, view: CounselorView) -> dict[str, str]:
        formulation = view.formulation
        channel, moved = formulation.channel, _last_moved(formulation)
        others = [c.thought for i, c in enumerate(formulation.channels) if i != formulation.current]
        given = [give_back(thought) for thought in others]
        return {
            "name": view.first_name,
            "echo": _echo(view.said, self.language),
            "feeling": self._feeling(view),
            "thought": give_back(channel.thought) if channel else "",
            "other": given[0] if given else "",
            "third": given[1] if len(given) > 1 else "",
            "pattern": self._pattern(channel),
            "fact": _best_fact(channel),
            "balanced": give_back(moved.balanced) if moved else "",
            "was": give_back(moved.thought) if moved else "",
        }

    def _lead(
        self,
        view: CounselorView,
        key: str,
        phrase: Phrase,
        slots: dict[str, str],
        rng: random.Random,
    ) -> Phrase | None:
        """Open with the client's words or feeling; sometimes with nothing."""
        if key.startswith(("rp.", "cl.", "cb.name")) or phrase.text.count("[") > 1:
            return None
        kinds = _lead_kinds(key, bool(slots["feeling"]), rng)
        used = view.formulation.used
        for kind in kinds:
            if kind and has_fresh(self.bank, f"lead.{kind}", used, slots):
                return choose_phrase(self.bank, f"lead.{kind}", rng, used, slots)
        return None

    def _pattern(self, channel: Channel | None) -> str:
        if channel is None or not channel.distortion:
            return self.bank["words.pattern"][0]
        return taxonomy()[Distortion(channel.distortion)].plain.pick(self.language)

    def _feeling(self, view: CounselorView) -> str:
        """Return an adjective for the last feeling word the client used in its last two messages."""
        recent = " ".join(turn.text for turn in turns_of(view.transcript, Speaker.CLIENT)[-2:])
        found = [
            match.group().lower()
            for match in load_cues(self.language, "emotions")["negative"].finditer(recent)
        ]
        known = (self.bank.get(f"feelings.{word}") for word in reversed(found))
        return next((adjective[0] for adjective in known if adjective), "")


def _lead_kinds(key: str, felt: bool, rng: random.Random) -> tuple[str, ...]:
    """Before measuring, reflect; while weighing facts, restate; now and then say nothing first."""
    draw = rng.random()
    if key == "at.rating":
        return ("feeling", "heavy")
    if key.startswith("vd."):
        return ("plain",) if draw < 0.2 else ()
    if key.startswith(("df.", "pr.")):
        return ("echo", "plain") if draw < 0.6 else (("plain",) if draw < 0.72 else ())
    if felt and draw < 0.35:
        return ("feeling", "echo")
    if draw < 0.65:
        return ("echo", "heavy")
    return ("heavy", "valid") if draw < 0.85 else ("valid", "plain")


def _choose_step(view: CounselorView, slots: dict[str, str], rng: random.Random) -> str:
    """Return the phrase key for what this sub-stage needs next."""
    formulation, attempts = view.formulation, view.formulation.attempts
    channel = formulation.channel
    match view.stage:
        case "automatic_thoughts":
            return _automatic_thoughts(formulation, attempts, rng)
        case "intermediate_beliefs":
            return "ib.meaning"
        case "core_beliefs":
            return _core_beliefs(formulation, attempts, slots)
        case "defense":
            return "df.first" if attempts == 0 else "df.more"
        case "prosecution":
            found = channel is not None and bool(channel.case_against)
            more = attempts > 0 and found and attempts % 2 == 1
            return "pr.more" if more and slots["fact"] else rng.choice(_PROSECUTION)
        case "verdict":
            return _verdict(channel, attempts)
        case "repair":
            return "rp.lines"
        case "time_up":
            return "cl.cap"
        case _:
            return _closing(attempts, slots)


def _automatic_thoughts(formulation: Formulation, attempts: int, rng: random.Random) -> str:
    channel = formulation.channel
    if channel is not None and channel.rating_before is None:
        return (
            "at.feeling"
            if not formulation.feeling and attempts < 3 and rng.random() < 0.5
            else "at.rating"
        )
    if channel is not None:
        return "at.new"
    return "at.situation" if not formulation.situation and attempts == 0 else "at.thought"


def _core_beliefs(formulation: Formulation, attempts: int, slots: dict[str, str]) -> str:
    known = len(formulation.channels)
    if any(channel.shifted for channel in formulation.channels):
        return "cb.name_new"
    if attempts == 0 and not formulation.core_belief:
        return "cb.core"
    if known == 0 or (known < 2 and attempts < 3):
        return "cb.other"
    if known >= 3 and slots["third"]:
        return "cb.name_three"
    return "cb.name_two" if slots["other"] else "cb.name_one"


def _verdict(channel: Channel | None, attempts: int) -> str:
    if channel is None or attempts == 0:
        return "vd.weigh"
    if not channel.shifted:
        return "vd.again"
    return "vd.rate" if channel.rating_after is None and attempts < 3 else "vd.left"


def _closing(attempts: int, slots: dict[str, str]) -> str:
    if attempts == 0:
        return "cl.take_shifted" if slots["balanced"] else "cl.take_open"
    return "cl.feedback" if attempts == 1 else "cl.goodbye"


def give_back(sentence: str) -> str:
    """Return a client's thought to stand inside one of the counselor's sentences: as "you …".

    A Chinese one is quoted as it was said: with 您 it would sound like the counselor's own verdict.
    """
    core = core_sentence(sentence)
    return f"“{core}”" if core and is_chinese(core) else _turn_to_you(core)


def _turn_to_you(sentence: str) -> str:
    return lower_start(mirror(sentence))


def _echo(said: str, language: Language) -> str:
    """Return what to give back: nothing of a number, a refusal, or a client who is stuck."""
    reading = read_client(said, language)
    if reading.rating is not None or reading.resisting or reading.stuck:
        return ""
    return echo(said, language)


def _best_fact(channel: Channel | None) -> str:
    """Return the fullest of the client's facts against the thought that still fits in a sentence."""
    facts = [_turn_to_you(core_sentence(fact)) for fact in channel.case_against] if channel else []
    short = [fact for fact in facts if count_words(fact) <= _LONGEST_FACT]
    return max(short, key=count_words, default=facts[-1] if facts else "")


def _last_moved(formulation: Formulation) -> Channel | None:
    """Return the last channel for which the client found another sentence."""
    return next((c for c in reversed(formulation.channels) if c.balanced), None)
