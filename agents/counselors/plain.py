"""A generic supportive listener in the manner of an untuned assistant: kind, without a method."""

from __future__ import annotations

import random

from agents.counselors.base import CounselorView, Utterance
from agents.counselors.cactus import echo_slots, fits_before, is_worth_giving_back
from agents.hearing.reading import read_client
from agents.phrasebook import Phrase, choose_phrase, has_fresh, load_phrases
from agents.text import split_sentences
from agents.transcript import Speaker, turns_of
from personas.schema import Language

_FIRST_TIP = 5
_SHORTEST = 16
_LONGEST = 18


class PlainCounselor:
    """Reflects and asks; from the fifth turn on every other turn is a tip. Closes after 16-18."""

    name = "plain"
    protocol = "plain"
    voice = "scripted"

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._bank = load_phrases("plain", language)

    async def speak(self, view: CounselorView) -> Utterance:
        """Return the next message; the last one closes."""
        rng = view.rng("counselor")
        kind = self._kind(view)
        slots = {"name": view.first_name, **echo_slots(view)}
        main = choose_phrase(self._bank, kind, rng, view.formulation.used, slots)
        lead = None if kind.startswith("say.") else self._lead(main, view, rng, slots)
        said = [lead, main] if lead else [main]
        return Utterance(
            tuple(sentence for phrase in said for sentence in phrase.sentences),
            view.formulation.remember(*(phrase.id for phrase in said)),
            closes=kind == "say.goodbye",
        )

    def _kind(self, view: CounselorView) -> str:
        turn = own_turns(view) + 1
        last = random.Random(f"{view.seed}/plain").randint(_SHORTEST, _LONGEST)
        if turn >= last:
            return "say.goodbye"
        if turn == last - 1:
            return "say.winding"
        if self._must_repair(view):
            return "say.repair"
        if turn < _FIRST_TIP:
            return "ask.early"
        return "tip.any" if (turn - _FIRST_TIP) % 2 == 0 else "ask.late"

    def _must_repair(self, view: CounselorView) -> bool:
        own = [turn.text for turn in view.transcript if turn.speaker is Speaker.COUNSELOR]
        openings = {split_sentences(text)[0] for text in self._bank["say.repair"]}
        just_did = bool(own) and split_sentences(own[-1])[0] in openings
        fresh = has_fresh(self._bank, "say.repair", view.formulation.used, {})
        return read_client(view.said, self._language).resisting and fresh and not just_did

    def _lead(
        self, main: Phrase, view: CounselorView, rng: random.Random, slots: dict[str, str]
    ) -> Phrase | None:
        kinds = (
            ("echo", "echo", "feeling", "support") if is_worth_giving_back(view) else ("support",)
        )
        key = f"lead.{rng.choice(kinds)}"
        if not has_fresh(self._bank, key, view.formulation.used, slots):
            return None
        lead = choose_phrase(self._bank, key, rng, view.formulation.used, slots)
        return lead if fits_before(lead, main, view) else None


def own_turns(view: CounselorView) -> int:
    """Return how often the counselor has spoken after the greeting that opens every session."""
    return max(0, len(turns_of(view.transcript, Speaker.COUNSELOR)) - 1)
