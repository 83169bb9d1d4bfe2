"""What shows in a client's small words beside what it says: resistance, halting, doubt, asking back,
and coming back to what happened.

Nothing here decides anything; it names the phrase keys that colour a turn, by the mind's state. A
language whose bank lacks a key goes without.
"""

from __future__ import annotations

import random

from agents.hearing.discourse import Ask, Heard
from agents.mind.intent import Act, Intent
from agents.mind.state import Mind
from personas.schema import Persona

_HARD = ("core_belief", "thought", "rule")
_STORY = ("situation", "disclosure", "for")
_GENERAL = {
    Act.STUCK, Act.RATE, Act.FEEDBACK, Act.PLAN, Act.DECLINE, Act.HOLD_BACK, Act.DRY, Act.IMAGINE,
    Act.CHOOSE, Act.FADE, Act.LEAVE,
}  # fmt: skip
_RETURNS = {Act.HOLD_BACK: "guard", Act.PLAN: "plan", Act.FADE: "end", Act.LEAVE: "end"}
_BARE = 2
_OFTEN = 0.15
_HOPEFUL = 48
_THIN = 9  # words of a counselor who hardly says anything


def resistance(mind: Mind) -> float:
    """Return how much of the client's resistance shows (0 to 1): tension and missing trust."""
    cross = max(0.0, mind.tension - 12) / 80
    distant = max(0.0, 58 - mind.trust) / 60
    return min(1.0, cross + distant)


def talkativeness(persona: Persona, mind: Mind, heard: Heard) -> float:
    """Return how much the client adds to what it must say, as a factor around 1.

    Manner and temperament set it; who is hardly spoken to says less as well.
    """
    factor = mind.temper.talk * (0.75 + 0.3 * persona.manner.talkative)
    return factor * (0.4 if heard.word_count < _THIN else 1.0)


def find_lead(mind: Mind, intent: Intent, rng: random.Random) -> str:
    """Return the key of what comes before a telling: a silence, a search for words, or nothing."""
    kind = _kind(intent)
    if intent.act is not Act.TELL or intent.ask is Ask.PLAN:
        return ""
    if kind in _HARD or (kind == "disclosure" and mind.distress > 66):
        return "lead.halting" if rng.random() < 0.3 else ""
    if kind in _STORY and mind.exchange < 6:
        return "lead.search" if rng.random() < 0.22 else ""
    return ""


def find_tail(persona: Persona, mind: Mind, intent: Intent, rng: random.Random) -> str:
    """Return the key of what the pattern of resistance, doubt or need adds, or nothing."""
    if intent.act not in {Act.TELL, Act.RATE, Act.STUCK, Act.IMAGINE, Act.BALANCE, Act.FEEDBACK}:
        return ""
    if intent.reason in {"safe", "after"}:
        return ""
    kind = _kind(intent)
    if rng.random() < 0.55 * resistance(mind) and intent.act is not Act.BALANCE:
        return f"colour.{persona.resistance}"
    if kind == "against" and _is_torn(mind):
        return "tail.torn" if rng.random() < 0.3 else ""
    if kind in {"disclosure", "core_belief"} and mind.trust > 40:
        return "tail.ask" if rng.random() < 0.14 else ""
    return ""


def find_return(persona: Persona, mind: Mind, intent: Intent, bare: int, rng: random.Random) -> str:
    """Return the key of how a client comes back to the images of its situation, or nothing.

    It does so when it has told that situation and then talked in general for `bare` messages.
    """
    known = persona.profile.images and "situation" in mind.told
    if not known or tells_own(intent) or intent.act not in _GENERAL:
        return ""
    if bare < _BARE and rng.random() >= _OFTEN * bare:
        return ""
    easing = intent.act in {Act.RATE, Act.FEEDBACK} and mind.hope > _HOPEFUL
    return f"image.{_RETURNS.get(intent.act, 'easing' if easing else 'stuck')}"


def tells_own(intent: Intent) -> bool:
    """Tell whether a turn says something of the client's own life."""
    return any(not entry.startswith(("risk", "outcome.")) for entry in intent.told)


def _is_torn(mind: Mind) -> bool:
    return 35 < mind.beliefs[mind.focus] < 80 and mind.counted("against", mind.focus) > 0


def _kind(intent: Intent) -> str:
    return intent.told[0].split(".", maxsplit=1)[0] if intent.told else ""
