"""What a model observed of the client's last message, and how it enters the formulation: with care.

The rules are those of the scripted supervisor (`agents.counselors.supervisor`): facts go to the
thought on the table, there are at most three channels and one that surfaced late, and only a new
sentence or a fallen rating makes a shift.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from agents.counselors.base import CounselorView
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.supervisor import ATTEMPTS, MAX_CHANNELS, SHIFT, Progress, fall_back
from agents.hearing.reading import is_same
from agents.text import content_words, words
from agents.transcript import Speaker, Transcript, turns_of
from personas.distortions import rank_distortions
from personas.schema import Distortion

_IDENTIFICATION = ("automatic_thoughts", "intermediate_beliefs", "core_beliefs")
_WEIGHING = ("defense", "prosecution", "verdict", "repair")
_LONGEST_QUOTE = 240
_PICTURE = ("situation", "feeling", "automatic_thought", "rule", "core_belief")
_NUMBER = re.compile(
    r"[0-9０-９]|\b(?:zero|nought|five|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundred|half)\b|[十百半零〇]|[一二两三四五六七八九]成",
    re.IGNORECASE,
)
# Chinese characters that carry grammar rather than content; quotes are compared without them.
_GRAMMAR_ZH = frozenset(
    "我你您他她它们的了是不在就都也很这那有和跟与吗呢吧啊呀嘛着过得地会要没把被让还又再只"
)


class Observation(BaseModel):
    """What the client's last message brought; texts are the client's words, null if nothing."""

    model_config = ConfigDict(extra="forbid")

    done: bool
    resisting: bool
    shifted: bool
    new_thought: Literal["none", "here", "elsewhere"]
    thin: Literal["none", "for", "against"]
    situation: str | None
    feeling: str | None
    automatic_thought: str | None
    rule: str | None
    core_belief: str | None
    thought: str | None
    distortion: Distortion | None
    rating: int | None
    facts_for: list[str]
    facts_against: list[str]
    balanced: str | None
    chosen_channel: int | None


def enter(view: CounselorView, seen: Observation) -> Progress:
    """Return the formulation with what was observed and holds, and the state of the sub-stage."""
    spent = view.formulation.attempts >= ATTEMPTS[view.stage]
    if seen.resisting and view.stage != "repair":
        return Progress(
            view.formulation, done=spent, resisting=True, thin=_thin(view.formulation, seen)
        )
    formulation = fall_back(view, _learn(view, seen))
    new = _find_new(view, formulation, seen)
    if new is not None:
        channels = (*formulation.channels, new)
        formulation = replace(formulation, channels=channels, current=len(channels) - 1)
    channel = formulation.channel
    return Progress(
        formulation=formulation,
        done=spent or (seen.done and _has_what_it_needs(view.stage, formulation)),
        shifted=new is not None or bool(channel and channel.shifted),
        new_thought=seen.new_thought if new is not None else "",
        thin=_thin(formulation, seen),
    )


def _learn(view: CounselorView, seen: Observation) -> Formulation:
    formulation = view.formulation
    missing = [name for name in _PICTURE if not getattr(formulation, name)]
    quotes: dict[str, Any] = {n: _quote(getattr(seen, n), view.transcript) for n in missing}
    formulation = replace(formulation, **quotes)
    if view.stage in _IDENTIFICATION:
        formulation = _learn_thought(view, formulation, seen)
    if view.stage == "core_beliefs":
        formulation = _choose(formulation, seen.chosen_channel)
    channel = formulation.channel
    return formulation.with_channel(_weigh(view, channel, seen)) if channel else formulation


def _learn_thought(view: CounselorView, formulation: Formulation, seen: Observation) -> Formulation:
    first = not formulation.channels and view.stage == "automatic_thoughts"
    spoken = seen.thought or (seen.automatic_thought if first else None)
    thought = _quote(spoken, view.transcript)
    if not thought or len(formulation.channels) >= MAX_CHANNELS or _is_known(formulation, thought):
        return formulation
    opened = _open(view, thought, seen.distortion)
    return replace(
        formulation,
        automatic_thought=formulation.automatic_thought or thought,
        channels=(*formulation.channels, opened),
    )


def _open(view: CounselorView, thought: str, distortion: Distortion | None) -> Channel:
    heard = [distortion] if distortion else rank_distortions(thought, view.language)
    return Channel(thought, heard[0].value if heard else "")


def _is_known(formulation: Formulation, thought: str) -> bool:
    return any(is_same(thought, channel.thought) for channel in formulation.channels)


def _choose(formulation: Formulation, number: int | None) -> Formulation:
    if number is None or not 1 <= number <= len(formulation.channels):
        return formulation
    return replace(formulation, current=number - 1)


def _weigh(view: CounselorView, channel: Channel, seen: Observation) -> Channel:
    """The channel on the table with the rating, the facts and the new sentence of this message."""
    if view.stage in _WEIGHING:
        case_for = _add(channel.case_for, seen.facts_for, view.transcript)
        case_against = _add(channel.case_against, seen.facts_against, view.transcript)
        channel = replace(channel, case_for=case_for, case_against=case_against)
    if _NUMBER.search(view.said):
        channel = _rate(channel, seen.rating, first=view.stage in _IDENTIFICATION)
    if view.stage != "verdict" or (channel.shifted and channel.balanced):
        return channel
    balanced = _quote(seen.balanced, view.transcript) or channel.balanced
    moved = channel.shifted or (seen.shifted and bool(balanced))
    return replace(channel, balanced=balanced, shifted=moved)


def _rate(channel: Channel, rating: int | None, *, first: bool) -> Channel:
    """Before the weighing only a first rating counts; what comes later may show a shift."""
    if rating is None or not 0 <= rating <= 100:
        return channel
    if channel.rating_before is None and not channel.shifted:
        return replace(channel, rating_before=rating)
    if first:
        return channel
    dropped = (channel.rating_before or 0) - rating
    return replace(channel, rating_after=rating, shifted=channel.shifted or dropped >= SHIFT)


def _add(known: tuple[str, ...], facts: Iterable[str], transcript: Transcript) -> tuple[str, ...]:
    """The facts with the new ones; what is but a piece of a known one is not new."""
    for fact in facts:
        quote = _quote(fact, transcript)
        said = set(words(quote))
        if quote and not any(said <= set(words(old)) for old in known):
            known = (*known, quote)
    return known


def _find_new(view: CounselorView, formulation: Formulation, seen: Observation) -> Channel | None:
    """The thought that surfaced in the verdict, after the one on the table had shifted."""
    channel = formulation.channel
    if view.stage != "verdict" or seen.new_thought == "none" or not channel or not channel.shifted:
        return None
    thought = _quote(seen.thought, view.transcript)
    full = len(formulation.channels) > MAX_CHANNELS
    if full or not thought or _is_known(formulation, thought):
        return None
    return _open(view, thought, seen.distortion)


def _has_what_it_needs(stage: str, formulation: Formulation) -> bool:
    """Whether the sub-stage has brought what the next one stands on, whatever the model says."""
    channel = formulation.channel
    match stage:
        case "automatic_thoughts":
            return channel is not None and channel.rating_before is not None
        case "intermediate_beliefs":
            return bool(formulation.rule or formulation.core_belief)
        case "core_beliefs":
            return channel is not None
        case _:
            return True


def _thin(formulation: Formulation, seen: Observation) -> str:
    channel = formulation.channel
    if channel is None or channel.shifted:
        return ""
    if seen.thin != "none":
        return seen.thin
    return "against" if channel.case_for else "for"


def _quote(text: str | None, transcript: Transcript) -> str:
    """The text on one line if the client's words carry it, else nothing."""
    bare = " ".join((text or "").split()).strip("\"'“”‘’ ")[:_LONGEST_QUOTE]
    said = " ".join(turn.text for turn in turns_of(transcript, Speaker.CLIENT))
    return bare if bare and is_carried(bare, said) else ""


def is_carried(quote: str, said: str) -> bool:
    """Tell whether a quote shares a word of content with what was said; in Chinese, a pair of signs."""
    mine = _terms(quote)
    if mine:
        return bool(mine & _terms(said))
    return bool(words(quote)) and set(words(quote)) <= set(words(said))


def _terms(text: str) -> frozenset[str]:
    latin = frozenset(word for word in content_words(text) if word.isascii())
    runs, run = [], ""
    for sign in text:
        inside = "一" <= sign <= "鿿" and sign not in _GRAMMAR_ZH
        if inside:
            run += sign
        elif run:
            runs.append(run)
            run = ""
    runs.append(run)
    pairs = {run[i : i + 2] for run in runs for i in range(len(run) - 1)}
    return latin | pairs
