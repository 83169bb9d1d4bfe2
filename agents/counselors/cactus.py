"""The scripted Cactus counselor: one turn speaks one step of its plan, in the client's words."""

from __future__ import annotations

import random
from dataclasses import replace

from agents.counselors.base import CounselorView, Utterance
from agents.counselors.cactus_plan import (
    ASIDES,
    evades,
    find_feeling,
    follow_plan,
    is_answered,
    make_plan,
    mentions,
)
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.techniques import load_asks, load_techniques
from agents.hearing.discourse import Ask
from agents.hearing.echo import echo, key_clause, lower_start, mirror, strip_hedges
from agents.hearing.reading import read_client
from agents.phrasebook import Phrase, choose_phrase, has_fresh, load_phrases
from agents.text import content_words, count_words, overlap, split_sentences, words
from personas.schema import Language

_LONGEST_TURN = 28
_LONGEST_SUMMARY = 36
_LONGEST_QUOTE = 11
_LONGEST_FACT = 9
_SHORTEST_CLAUSE_ZH = 4  # a Chinese half sentence needs no subject to stand after 您说


class CactusCounselor:
    """A collaborative, questioning counselor with one of twelve techniques and a pliable plan."""

    name = "cactus"
    protocol = "cactus"
    voice = "scripted"

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._bank = load_phrases("cactus", language)

    async def speak(self, view: CounselorView) -> Utterance:
        """Plan and talk in one: the next message; the last one closes."""
        return await self.talk(replace(view, formulation=await self.plan(view)))

    async def plan(self, view: CounselorView) -> Formulation:
        """Return the picture with a technique and a plan: made, followed one step on, or revised."""
        return follow_plan(view) if view.formulation.plan else make_plan(view)

    async def talk(self, view: CounselorView) -> Utterance:
        """Return the message of the plan's present step."""
        picture = view.formulation
        step = picture.plan[picture.step]
        rng = view.rng("counselor")
        slots = {**self._slots(picture, view), **echo_slots(view)}
        key = self._key(step, picture, view)
        main = choose_phrase(self._bank, key, rng, picture.used, slots)
        lead = self._lead(main, picture, view, rng, slots)
        said = [lead, main] if lead else [main]
        return Utterance(
            tuple(sentence for phrase in said for sentence in phrase.sentences),
            picture.remember(*(phrase.id for phrase in said)),
            closes=step == "goodbye",
        )

    def _key(self, step: str, picture: Formulation, view: CounselorView) -> str:
        if step == "goodbye":
            return self._farewell(view)
        if step in ASIDES:
            return f"say.{step}"
        return f"try_out.{self._homework(picture)}" if step == "try_out" else f"ask.{step}"

    def _farewell(self, view: CounselorView) -> str:
        if read_client(view.said, self._language).new_thought:
            return "say.goodbye_more"
        missed = mentions(view.said, self._bank["words.missed"])
        return "say.goodbye_missed" if missed else "say.goodbye"

    def _homework(self, picture: Formulation) -> str:
        kind = load_techniques(self._language)[picture.technique].homework
        done = picture.plan[: picture.step]
        ready = {
            "notice": True,
            "words": bool(picture.channel and picture.channel.balanced),
            "test": "check" in done,
            "step": "step" in done,
        }
        return kind if ready[kind] else "notice"

    def _slots(self, picture: Formulation, view: CounselorView) -> dict[str, str]:
        channel = picture.channel or Channel("")
        return {
            "name": view.first_name,
            "thought": _quotable(picture.automatic_thought, self._language),
            "balanced": _quotable(channel.balanced, self._language),
            "feeling": picture.feeling or find_feeling(view.said, self._language),
            "pro": _given_back(channel.case_for, self._language),
            "con": _given_back(channel.case_against, self._language),
            "plain": load_techniques(self._language)[picture.technique].plain,
        }

    def _lead(
        self,
        main: Phrase,
        picture: Formulation,
        view: CounselorView,
        rng: random.Random,
        slots: dict[str, str],
    ) -> Phrase | None:
        key = self._lead_kind(picture, view, rng)
        if not key or not has_fresh(self._bank, f"lead.{key}", picture.used, slots):
            return None
        lead = choose_phrase(self._bank, f"lead.{key}", rng, picture.used, slots)
        return lead if fits_before(lead, main, view) else None

    def _lead_kind(self, picture: Formulation, view: CounselorView, rng: random.Random) -> str:
        step = picture.plan[picture.step]
        before = picture.plan[picture.step - 1] if picture.step else ""
        if step in ASIDES or step == "goodbye":
            return ""
        if picture.attempts > 1:
            return "again"
        if before in ASIDES:
            return "after_repair"
        if step == "rating":
            return "felt" if is_worth_giving_back(view) and rng.random() < 0.6 else "feeling"
        if step in ("rerate", "wording"):
            return "eased" if step == "rerate" else "both"
        return self._common_lead(before, view, rng)

    def _common_lead(self, before: str, view: CounselorView, rng: random.Random) -> str:
        ask, draw = load_asks().get(before, Ask.NONE), rng.random()
        reading = read_client(view.said, self._language)
        if ask in (Ask.RATING, Ask.PLAN, Ask.FEEDBACK):
            return ""
        if find_feeling(view.said, self._language) and draw < 0.35:
            return "feeling"
        if is_worth_giving_back(view) and draw < 0.78:
            return "echo"
        if (
            draw > 0.88
            or before in ("", "focus")
            or not is_answered(before, reading, self._language)
        ):
            return ""
        return "counts" if ask in (Ask.EVIDENCE_AGAINST, Ask.OUTCOME) else "warm"


def echo_slots(view: CounselorView) -> dict[str, str]:
    """Return the client's words turned to "you": `echo`, and `clause` where it is a clause."""
    spoken = set(words(key_clause(view.said, view.language)))
    bank = load_phrases("cactus", view.language)
    both = spoken & set(bank["words.you"]) and spoken & set(bank["words.me"])
    given = "" if both else echo(view.said, view.language)
    given = "" if mentions(given, bank["words.empty"]) else given
    return {"echo": given, "clause": given if is_clause(given, view.language) else ""}


def is_worth_giving_back(view: CounselorView) -> bool:
    """Tell whether the last message holds a clause with content, and not an evasion."""
    reading = read_client(view.said, view.language)
    holds_back = reading.resisting or reading.stuck or evades(reading, view.language)
    return not holds_back and len(content_words(echo_slots(view)["echo"])) >= 2


def is_clause(text: str, language: Language) -> bool:
    """Tell whether an echo reads as a clause with subject and verb, not as a fragment."""
    bank, spoken = load_phrases("cactus", language), words(text)
    if language == "zh":
        return len(spoken) >= _SHORTEST_CLAUSE_ZH
    if not spoken or spoken[0] not in bank["words.clause_starts"]:
        return False
    contracted = "'" in spoken[0]
    return (
        contracted
        or spoken[0] in bank["words.subjects"]
        or any(word in bank["words.verbs"] for word in spoken[1:5])
    )


def fits_before(lead: Phrase, main: Phrase, view: CounselorView) -> bool:
    """Tell whether a lead may stand before the main phrase: short enough, nothing said twice."""
    summary = lead.id.startswith("lead.both")
    spoken = {sentence.text for turn in view.transcript for sentence in turn.sentences}
    new = [sentence.text for sentence in lead.sentences]
    length = sum(count_words(s.text) for s in (*lead.sentences, *main.sentences))
    twice = any(text in spoken for text in new) or overlap(lead.text, main.text) > 0.5
    return length <= (_LONGEST_SUMMARY if summary else _LONGEST_TURN) and not twice


def _quotable(text: str, language: Language) -> str:
    fillers = load_phrases("cactus", language)["words.fillers"]
    sentences = split_sentences(text)
    own = sentences[0].replace("：", ": ").rpartition(": ")[2] if sentences else ""
    clean = own.strip(' .!?…“”"。！？，')
    while filler := next((f for f in fillers if clean.lower().startswith(f)), ""):
        clean = clean[len(filler) :].lstrip()
    clean = clean[:1].upper() + clean[1:]
    return clean if 2 < count_words(clean) <= _LONGEST_QUOTE else ""


def _given_back(facts: tuple[str, ...], language: Language) -> str:
    """Return the richest short fact turned to "you", or an empty string."""
    empty = load_phrases("cactus", language)["words.empty"]
    clauses = [strip_hedges(fact) for fact in facts if not mentions(fact, empty)]
    short = [clause for clause in clauses if 4 <= count_words(clause) <= _LONGEST_FACT]
    best = max(short, key=lambda clause: len(content_words(clause)), default="")
    return lower_start(mirror(best)) if len(content_words(best)) > 2 else ""
