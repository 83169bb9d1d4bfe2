"""The scripted client voice: finds words for an intent, from the persona's own lines and small talk.

Nothing is said twice in an episode: lines of the persona are told once by the ledger, phrases are
remembered, and a message that would equal an earlier one is drawn again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agents.colour import find_lead, find_return, find_tail, talkativeness, tells_own
from agents.hearing.discourse import Ask, Heard, Move
from agents.hearing.echo import lower_start
from agents.hearing.lexicon import find_checks
from agents.mind.agreement import contradicts
from agents.mind.intent import Act, Intent
from agents.mind.ledger import line_of, own_situation
from agents.mind.state import Mind
from agents.phrasebook import choose_phrase, has_fresh, load_phrases
from agents.text import count_words, is_chinese, join_sentences, words
from personas.schema import Attitude, Language, Persona, Topic

REACTIONS = (
    Move.ATTACK, Move.PARROT, Move.REPETITION, Move.LECTURE, Move.JARGON, Move.PLATITUDE,
    Move.PERSUASION, Move.PRAISE, Move.ADVICE,
)  # fmt: skip
_LONG = 24
_TENS = [
    "zero",
    "ten",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
]
_DIGITS_ZH = "零一二三四五六七八九"
_TRIES = 40


@dataclass(frozen=True)
class Spoken:
    """A message, the phrases it used, and whether it held something of the client's own life."""

    text: str
    used: frozenset[str]
    own: bool = False


@dataclass(frozen=True)
class Speech:
    """Everything the voice may look at for one message.

    `bare` counts the client's last messages in a row that held nothing of its own life.
    """

    persona: Persona
    mind: Mind
    intent: Intent
    heard: Heard
    used: frozenset[str]
    last_rating: int | None
    rng: random.Random
    bare: int = 0

    @property
    def bank(self) -> dict[str, tuple[str, ...]]:
        """Return the phrases of the persona's language."""
        return load_phrases("client", self.persona.language)


def say(speech: Speech, said: frozenset[str]) -> Spoken:
    """Return a message that has not been said in this episode."""
    spoken = _compose(speech)
    for _ in range(_TRIES):
        if _normal(spoken.text) not in said:
            return spoken
        spoken = _compose(speech)
    return _vary(speech, spoken, said)


def _normal(text: str) -> str:
    return " ".join(words(text))


def _vary(speech: Speech, spoken: Spoken, said: frozenset[str]) -> Spoken:
    """Put small openers before a line until the whole is new."""
    openers = [
        opener for key in ("lead.guard", "lead.think", "lead.open") for opener in speech.bank[key]
    ]
    for first in openers:
        for second in ("", *openers):
            text = join_sentences(tuple(filter(None, (first, second, spoken.text))))
            if _normal(text) not in said:
                return replace(spoken, text=text)
    return spoken


def _compose(speech: Speech) -> Spoken:
    picker = _Picker(speech)
    body = join_sentences(tuple(_body(speech, picker)))
    lead, tail = _lead(speech, picker), ""
    if count_words(body) + count_words(lead) <= _LONG:
        tail = _tail(speech, picker)
    text = join_sentences(tuple(filter(None, (lead, body, tail))))
    own = tells_own(speech.intent) or picker.recalled
    return Spoken(re.sub(r"\s+", " ", text).strip(), frozenset(picker.used), own)


class _Picker:
    """Draws phrases and remembers which."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech
        self.used: set[str] = set(speech.used)
        self.recalled = False

    def pick(self, key: str, **slots: str) -> str:
        phrase = choose_phrase(self.speech.bank, key, self.speech.rng, self.used, slots)
        self.used.add(phrase.id)
        return phrase.text

    def pick_fresh(self, key: str, **slots: str) -> str:
        """Return an unused phrase, or nothing."""
        fresh = has_fresh(self.speech.bank, key, self.used, slots)
        return self.pick(key, **slots) if fresh else ""

    def recall(self, key: str) -> str:
        """Return an unused phrase around what the client keeps coming back to, or nothing."""
        images = self.speech.persona.profile.images
        fresh = [image for image in images if image not in self.used] or images
        image = self.speech.rng.choice(fresh)
        said = self.pick_fresh(key, i=image)
        if said:
            self.used.add(image)
            self.recalled = True
        return said


_PLAIN = {
    Act.STUCK: "stuck.{reason}",
    Act.PLAN: "plan.{reason}",
    Act.DECLINE: "plan.{reason}",
    Act.FEEDBACK: "feedback.{reason}",
    Act.FADE: "fade.{attitude}",
    Act.LEAVE: "leave.{reason}",
}
# Keys that a language may lack, and what is said instead.
_FALLBACKS = {"stuck.not_ready": "stuck.too_little", "leave.outside": "leave.positive"}


def _body(speech: Speech, picker: _Picker) -> Iterator[str]:
    intent = speech.intent
    if intent.act in _PLAIN:
        key = _PLAIN[intent.act]
        reason = plan_reason(speech) if intent.act is Act.PLAN else intent.reason
        key = key.format(reason=reason, attitude=speech.persona.attitude)
        yield picker.pick(key if key in speech.bank else _FALLBACKS[key])
        yield from (line_of(speech.persona, entry) for entry in intent.told)
        return
    match intent.act:
        case Act.CHOOSE if not intent.told:
            yield picker.pick(f"choose.{intent.reason}")
        case Act.TELL | Act.CHOOSE | Act.BALANCE | Act.SURFACE:
            yield from _facts(speech, picker)
        case Act.RATE:
            yield _rating(speech, picker)
        case Act.IMAGINE:
            yield _outcome(speech, picker)
        case Act.HOLD_BACK:
            yield picker.pick(_hold_back_key(speech, picker))
        case Act.RISK:
            yield _risk(speech, picker)
        case _:
            silent = speech.rng.random() < 0.2
            yield (picker.pick_fresh("silence.lines") if silent else "") or picker.pick("dry.lines")


def _outcome(speech: Speech, picker: _Picker) -> str:
    _, *facts = speech.intent.told
    if not facts:
        return picker.pick(f"imagine.{speech.intent.reason}")
    line = line_of(speech.persona, facts[0])
    key = f"imagine.{speech.intent.reason}_fact"
    if key not in speech.bank:
        return line
    return picker.pick(key, F=line, f=lower_start(line))


def plan_reason(speech: Speech) -> str:
    """Asked what might get in the way, or for an idea, a willing client does not just say yes."""
    checks = find_checks(speech.persona.language, speech.heard.text)
    if speech.intent.reason == "willing" and "obstacle" in checks:
        return "obstacle"
    willing = speech.intent.reason == "willing"
    return "idea" if willing and "idea" in checks else speech.intent.reason


def _hold_back_key(speech: Speech, picker: _Picker) -> str:
    pattern = f"hold_back.{speech.persona.resistance}"
    gated = speech.intent.reason == "gated" and speech.rng.random() < 0.55
    if gated or not has_fresh(speech.bank, pattern, picker.used, {}):
        return "hold_back.gated"
    return pattern


def _facts(speech: Speech, picker: _Picker) -> Iterator[str]:
    for position, entry in enumerate(speech.intent.told):
        line = line_of(speech.persona, entry)
        slots = {"F": line, "f": lower_start(line), "S": own_situation(speech.persona, entry)}
        frames = _frames(speech, entry, bool(slots["S"]))
        if position:
            joined = "join.more" in speech.bank and _is_soft(line)
            yield picker.pick("join.more", **slots) if joined else line
        elif (frames and _is_soft(line)) or frames in {"surface.same", "surface.elsewhere"}:
            yield picker.pick(frames, **slots)
        else:
            yield _with_habit(speech, line)


def _is_soft(line: str) -> bool:
    """Lines that begin with a name or place keep their capital and so fit fewer frames."""
    return lower_start(line) != line or line.startswith(("I ", "I'")) or is_chinese(line)


def _frames(speech: Speech, entry: str, elsewhere: bool) -> str:
    intent = speech.intent
    if intent.act is Act.BALANCE:
        return "balance.frames"
    if intent.act is Act.CHOOSE:
        return "choose.frames"
    if intent.act is Act.SURFACE:
        return "surface.elsewhere" if elsewhere else "surface.same"
    kind, _, index = entry.partition(".")
    if intent.ask is Ask.PLAN and kind == "disclosure":
        hope = speech.persona.profile.disclosures[int(index)].topic is Topic.HOPE
        return "own.hope" if hope else "own.coping"
    return {
        "automatic_thought": "thought.frames",
        "thought": "thought.frames",
        "rule": "rule.frames",
        "core_belief": "core.frames",
    }.get(kind, "")


def _with_habit(speech: Speech, line: str) -> str:
    habits = speech.persona.manner.habits
    if not habits or speech.rng.random() > 0.22:
        return line
    habit = speech.rng.choice(habits)
    runs_on = habit.endswith((",", "…", ":"))
    return join_sentences((habit, lower_start(line) if runs_on else line))


def _risk(speech: Speech, picker: _Picker) -> str:
    if speech.intent.reason == "after":
        return picker.pick("risk.after")
    entry = next((e for e in speech.intent.told if e.startswith("disclosure.")), None)
    return line_of(speech.persona, entry) if entry else picker.pick("risk.lines")


def _rating(speech: Speech, picker: _Picker) -> str:
    spoken = number_words(speech.intent.rating or 0, speech.persona.language)
    return picker.pick(f"rate.{rating_trend(speech)}", n=spoken, N=spoken.capitalize())


def rating_trend(speech: Speech) -> str:
    """Return how the rating compares with the last one: `first`, `lower`, `same` or `higher`."""
    rating, last = speech.intent.rating or 0, speech.last_rating
    if last is None:
        return "lower" if f"balanced.{speech.mind.focus}" in speech.mind.told else "first"
    if rating < last:
        return "lower"
    return "higher" if rating > last else "same"


def number_words(number: int, language: Language) -> str:
    """Return 0..100 as it is spoken; digits where nobody would say the word."""
    if language == "zh":
        return _number_zh(number)
    if number >= 100:
        return "a hundred"
    if number == 15:
        return "fifteen"
    tens, unit = divmod(number, 10)
    return (
        _TENS[tens] + ("-five" if unit == 5 and tens else "")
        if unit in (0, 5) and number != 5
        else str(number)
    )


def _number_zh(number: int) -> str:
    if number >= 100:
        return "一百"
    tens, unit = divmod(number, 10)
    if not tens:
        return str(number)
    return (_DIGITS_ZH[tens] if tens > 1 else "") + "十" + (_DIGITS_ZH[unit] if unit else "")


def _lead(speech: Speech, picker: _Picker) -> str:
    rng, intent = speech.rng, speech.intent
    move = next((move for move in REACTIONS if move in speech.heard.moves), None)
    if intent.act in {Act.LEAVE, Act.FADE, Act.RISK}:
        return ""
    if move and rng.random() < 0.55:
        return picker.pick_fresh(f"lead.react.{move}")
    if intent.act is not Act.TELL or intent.ask is Ask.PLAN:
        return ""
    if key := find_lead(speech.mind, intent, rng):
        return picker.pick_fresh(key)
    if intent.ask in {Ask.EVIDENCE_AGAINST, Ask.EVIDENCE_FOR, Ask.ALTERNATIVE, Ask.OUTCOME}:
        return picker.pick_fresh("lead.think") if rng.random() < 0.3 else ""
    if Move.REFLECTION in speech.heard.moves or Move.RESTATEMENT in speech.heard.moves:
        guarded = speech.mind.trust < 32 or contradicts(speech.persona, speech.mind, speech.heard)
        return (
            picker.pick_fresh("lead.guard" if guarded else "lead.open")
            if rng.random() < 0.3
            else ""
        )
    return picker.pick_fresh("lead.guard") if rng.random() < 0.12 else ""


def _tail(speech: Speech, picker: _Picker) -> str:
    back = find_return(speech.persona, speech.mind, speech.intent, speech.bare, speech.rng)
    if back and (said := picker.recall(back)):
        return said
    colour = find_tail(speech.persona, speech.mind, speech.intent, speech.rng)
    if colour and (said := picker.pick_fresh(colour)):
        return said
    key, chance = _tail_key(speech)
    chance *= talkativeness(speech.persona, speech.mind, speech.heard)
    return picker.pick_fresh(key) if key and speech.rng.random() < chance else ""


def _tail_key(speech: Speech) -> tuple[str, float]:
    intent, mind = speech.intent, speech.mind
    kind = intent.told[0].split(".", maxsplit=1)[0] if intent.told else ""
    if kind == "rule":
        return "tail.law", 0.5
    if kind in {"automatic_thought", "thought", "core_belief"} and intent.act is Act.TELL:
        return "tail.takeback", 0.5
    if kind == "against":
        return f"tail.against_{lean(speech.persona.attitude, mind)}", 0.4
    if kind == "for":
        return "tail.for", 0.2
    if intent.act not in {Act.TELL, Act.BALANCE, Act.RATE} or intent.ask is Ask.PLAN:
        return "", 0.0
    lower = speech.last_rating is not None and (intent.rating or 0) < speech.last_rating
    if mind.distress > 58 and intent.act is not Act.BALANCE and not lower:
        return "tail.heavy", 0.16
    return ("tail.easing", 0.35) if mind.hope > 48 else ("", 0.0)


def lean(attitude: Attitude, mind: Mind) -> str:
    """A client who has come to trust stops waving good facts away."""
    if attitude is Attitude.NEGATIVE and mind.trust > 50:
        return "neutral"
    return str(attitude)
