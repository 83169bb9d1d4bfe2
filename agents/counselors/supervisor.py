"""The CRDial supervisor: after each client message, what was learned and how far the sub-stage is.

It sees the transcript and the formulation, never the mind. What it learns goes into the
formulation; where to go next is decided by the graph's routing table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Protocol

from agents.counselors.base import CounselorView
from agents.counselors.formulation import Channel, Formulation
from agents.hearing.discourse import Ask, hear
from agents.hearing.echo import core_sentence, strip_hedges
from agents.hearing.lexicon import matches
from agents.hearing.reading import Reading, find_facts, is_same, read_client
from agents.text import count_words, split_sentences
from personas.distortions import rank_distortions
from personas.schema import Language

MAX_CHANNELS = 3
_ORDINALS: dict[Language, tuple[re.Pattern[str], ...]] = {
    "en": (
        re.compile(r"\bfirst\b", re.I),
        re.compile(r"\bsecond\b", re.I),
        re.compile(r"\b(third|last)\b", re.I),
    ),
    "zh": (
        re.compile("^[^第后最]*(?<!想说)(第一|头一|前一|前头|前面)"),
        re.compile("第二|(?<!最)后(一|面|头)"),
        re.compile("第三|最后"),
    ),
}
SHIFT = 20  # points by which a rating must fall
ATTEMPTS = {  # counselor turns after which a sub-stage is left in any case
    "automatic_thoughts": 5,
    "intermediate_beliefs": 3,
    "core_beliefs": 4,
    "defense": 3,
    "prosecution": 4,
    "verdict": 4,
    "repair": 1,
    "closing": 3,
}


@dataclass(frozen=True)
class Progress:
    """What the supervisor concludes from the client's last message.

    `new_thought` is empty, `here` (same situation) or `elsewhere`; `thin` names the side of the
    case that still lacks facts (`for`, `against` or nothing) when the verdict brought no shift.
    """

    formulation: Formulation
    done: bool
    resisting: bool = False
    shifted: bool = False
    new_thought: str = ""
    thin: str = ""


class Supervisor(Protocol):
    """Someone who watches a CRDial session. `voice` is `scripted` or a model id."""

    @property
    def voice(self) -> str:
        """Return `scripted` or the id of the model that watches."""
        ...

    async def observe(self, view: CounselorView) -> Progress:
        """Return what the client's last message brought."""
        ...


class ScriptedSupervisor:
    """Reads the client's words by rules."""

    voice = "scripted"

    async def observe(self, view: CounselorView) -> Progress:
        """Return what the client's last message brought."""
        return observe(view)


def observe(view: CounselorView) -> Progress:
    """Return the updated formulation and the state of the sub-stage."""
    reading = read_client(view.said, view.language)
    attempts = view.formulation.attempts
    if reading.resisting and view.stage != "repair":
        spent = attempts >= ATTEMPTS[view.stage]
        return Progress(view.formulation, done=spent, resisting=True, thin=_thin(view, reading))
    new = _new_thought(view, reading)
    formulation = (
        _learn_new(view.formulation, _surfaced(view.language, reading), view.language)
        if new
        else _learn(view, reading)
    )
    formulation = fall_back(view, formulation)
    channel = formulation.channel
    return Progress(
        formulation=formulation,
        done=attempts >= ATTEMPTS[view.stage] or _is_done(view, formulation, reading),
        shifted=bool(channel and channel.shifted) or bool(new),
        new_thought=new,
        thin=_thin(view, reading),
    )


def fall_back(view: CounselorView, formulation: Formulation) -> Formulation:
    """Return the formulation in which, if no thought was caught in time, rule or core belief is one."""
    spoken = formulation.rule or formulation.core_belief
    late = view.stage == "core_beliefs" and formulation.attempts >= 3
    if formulation.channels or not spoken or not late:
        return formulation
    return replace(formulation, channels=(_open(spoken, view.language),))


def _new_thought(view: CounselorView, reading: Reading) -> str:
    """A thought that surfaces in the verdict, after the first has shifted."""
    channel = view.formulation.channel
    if view.stage != "verdict" or not reading.new_thought or not channel or not channel.shifted:
        return ""
    if len(view.formulation.channels) > MAX_CHANNELS or not _surfaced(view.language, reading):
        return ""
    return "elsewhere" if "elsewhere" in matches(view.language, "client", reading.text) else "here"


def _surfaced(language: Language, reading: Reading) -> str:
    """Return the last statement of a message that is more than the announcement of something new."""
    said = [
        part
        for part in split_sentences(reading.text)
        if count_words(part) >= 4 and "new_thought" not in matches(language, "client", part)
    ]
    return said[-1] if said else ""


def _learn_new(formulation: Formulation, thought: str, language: Language) -> Formulation:
    opened = _open(thought, language)
    formulation = replace(formulation, channels=(*formulation.channels, opened))
    return replace(formulation, current=len(formulation.channels) - 1)


def _learn(view: CounselorView, reading: Reading) -> Formulation:
    """Put the client's answer where the question asked for it."""
    formulation, ask = view.formulation, hear(view.transcript, view.language).ask
    facts = find_facts(reading.text, view.language)
    match ask:
        case Ask.THOUGHT:
            return _learn_thought(formulation, reading, view.language)
        case Ask.MEANING | Ask.CORE:
            return _learn_belief(formulation, reading)
        case Ask.RATING:
            return _learn_rating(formulation, reading)
        case Ask.CHOICE:
            return _learn_choice(formulation, reading, view.language)
        case Ask.EVIDENCE_FOR if view.stage == "defense":
            return _add_case(formulation, facts, against=False)
        case Ask.EVIDENCE_AGAINST | Ask.OUTCOME | Ask.STORY if view.stage == "prosecution":
            return _add_case(formulation, facts, against=True)
        case Ask.ALTERNATIVE if view.stage == "verdict":
            return _learn_balance(formulation, reading, facts)
        case Ask.FEELING:
            return replace(formulation, feeling=formulation.feeling or reading.text)
        case _ if view.stage == "automatic_thoughts" and reading.substantive:
            return replace(formulation, situation=formulation.situation or reading.text)
        case _:
            return formulation


def _open(thought: str, language: Language) -> Channel:
    bare = strip_hedges(thought)
    ranked = rank_distortions(bare, language)
    return Channel(bare, str(ranked[0]) if ranked else "")


def _learn_thought(formulation: Formulation, reading: Reading, language: Language) -> Formulation:
    """The first thought is taken as it comes; a further channel must sound distorted."""
    if not reading.thought or reading.stuck:
        return formulation
    if formulation.channels and not rank_distortions(reading.thought, language):
        return formulation
    if not formulation.automatic_thought:
        formulation = replace(formulation, automatic_thought=reading.thought)
    known = any(is_same(reading.thought, channel.thought) for channel in formulation.channels)
    if known or len(formulation.channels) >= MAX_CHANNELS:
        return formulation
    return replace(formulation, channels=(*formulation.channels, _open(reading.thought, language)))


def _learn_belief(formulation: Formulation, reading: Reading) -> Formulation:
    if not reading.substantive and not reading.thought:
        return formulation
    if reading.rule and not formulation.rule:
        return replace(formulation, rule=reading.rule)
    if formulation.core_belief:
        return formulation
    return replace(formulation, core_belief=reading.thought or reading.text)


def _learn_rating(formulation: Formulation, reading: Reading) -> Formulation:
    channel = formulation.channel
    if channel is None or reading.rating is None:
        return formulation
    if channel.rating_before is None and not channel.shifted:
        return formulation.with_channel(replace(channel, rating_before=reading.rating))
    dropped = (channel.rating_before or 0) - reading.rating
    shifted = channel.shifted or dropped >= SHIFT
    return formulation.with_channel(replace(channel, rating_after=reading.rating, shifted=shifted))


def _learn_choice(formulation: Formulation, reading: Reading, language: Language) -> Formulation:
    for index, ordinal in enumerate(_ORDINALS[language][: len(formulation.channels)]):
        if ordinal.search(reading.text):
            return replace(formulation, current=index)
    for index, channel in enumerate(formulation.channels):
        if is_same(channel.thought, reading.text):
            return replace(formulation, current=index)
    if reading.thought and len(formulation.channels) < MAX_CHANNELS:
        channels = (*formulation.channels, _open(reading.thought, language))
        return replace(formulation, channels=channels, current=len(channels) - 1)
    return formulation


def _add_case(formulation: Formulation, facts: tuple[str, ...], *, against: bool) -> Formulation:
    channel = formulation.channel
    if channel is None:
        return formulation
    known = channel.case_against if against else channel.case_for
    case = (*known, *(fact for fact in facts if fact not in known))
    changed = replace(channel, case_against=case) if against else replace(channel, case_for=case)
    return formulation.with_channel(changed)


def _learn_balance(
    formulation: Formulation, reading: Reading, facts: tuple[str, ...]
) -> Formulation:
    """Take a longer message that states something as the fairer sentence; an evasion states nothing."""
    channel = formulation.channel
    if channel is None or channel.balanced or reading.stuck or not reading.substantive:
        return formulation
    if not reading.balance and (reading.word_count < 7 or not facts):
        return formulation
    return formulation.with_channel(
        replace(channel, balanced=core_sentence(reading.text), shifted=True)
    )


def _is_done(view: CounselorView, formulation: Formulation, reading: Reading) -> bool:
    channel = formulation.channel
    match view.stage:
        case "automatic_thoughts":
            return bool(channel and channel.rating_before is not None)
        case "intermediate_beliefs":
            return bool(formulation.rule or formulation.core_belief)
        case "core_beliefs":
            return bool(channel) and hear(view.transcript, view.language).ask in {
                Ask.CHOICE,
                Ask.FEEDBACK,
            }
        case "defense":
            return bool(channel and len(channel.case_for) >= 2)
        case "prosecution":
            return bool(channel and len(channel.case_against) >= 2)
        case "verdict":
            return _verdict_done(view, formulation, reading)
        case _:
            return False


def _verdict_done(view: CounselorView, formulation: Formulation, reading: Reading) -> bool:
    """Shifted: after the re-rating and the question what is left. Not shifted: after two tries."""
    channel = formulation.channel
    if channel is None:
        return True
    if channel.shifted:
        return view.formulation.attempts >= 3 or bool(reading.new_thought)
    return view.formulation.attempts >= 2


def _thin(view: CounselorView, reading: Reading) -> str:
    """Which side still lacks facts: the client says so, or the count does."""
    channel = view.formulation.channel
    if channel is None or channel.shifted:
        return ""
    unheard = "unheard" in matches(view.language, "client", reading.text)
    return "for" if unheard or len(channel.case_for) < 1 else "against"
