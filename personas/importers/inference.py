"""Inferring a cognitive profile from an intake form by rules; the words stand in `inference*.toml`.

Everything is chosen by a hash of the form, so one form gives one profile whatever the attitude.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from personas.distortions import rank_distortions, score_distortions, taxonomy
from personas.importers import spoken, spoken_zh
from personas.importers.inference_material import Matter, load_material
from personas.importers.intake_form import IntakeForm
from personas.schema import (
    CognitiveProfile,
    Disclosure,
    DistortedThought,
    Distortion,
    Domain,
    Fact,
    Language,
    Manner,
    Topic,
)

_TRUST = {
    Topic.STORY: (10, 30),
    Topic.FEELING: (20, 35),
    Topic.BODY: (10, 20),
    Topic.COPING: (15, 25),
    Topic.PEOPLE: (15, 30),
    Topic.PAST: (30, 40),
    Topic.HOPE: (20, 30),
    Topic.SECRET: (58, 68),
}
_WANTED = {
    Topic.STORY: 3,
    Topic.FEELING: 2,
    Topic.BODY: 1,
    Topic.COPING: 1,
    Topic.PEOPLE: 2,
    Topic.PAST: 1,
    Topic.HOPE: 1,
    Topic.SECRET: 1,
}
_COMMON = (
    Distortion.ALL_OR_NOTHING,
    Distortion.OVERGENERALIZATION,
    Distortion.MENTAL_FILTERING,
    Distortion.DISQUALIFYING_POSITIVE,
    Distortion.EMOTIONAL_REASONING,
    Distortion.SHOULD_STATEMENTS,
    Distortion.JUMPING_TO_CONCLUSIONS,
    Distortion.LABELING,
)
_HABITS = {
    "en": (
        "I guess.",
        "You know,",
        "Honestly,",
        "I don't know.",
        "Well,",
        "Like,",
        "I mean,",
        "Anyway,",
    ),
    "zh": ("怎么说呢，", "反正，", "就是，", "其实吧，", "我也说不清。", "嗯……", "可能是吧。"),
}
_UNNAMED = {"en": "this", "zh": "这件事"}


@dataclass(frozen=True)
class Ear:
    """How lines to be spoken are taken from what was written, in one language."""

    thoughts: Callable[[str], list[str]]
    event: Callable[[Iterable[str]], str | None]
    moments: Callable[[str], list[str]]
    onset: Callable[[str], str | None]
    weigh: Callable[[str], int]
    pad: str


def _listen(language: Language) -> Ear:
    ear = spoken_zh if language == "zh" else spoken
    return Ear(
        ear.extract_thoughts,
        ear.extract_event,
        ear.extract_moments,
        ear.say_onset,
        spoken_zh.weigh if language == "zh" else _weigh,
        "" if language == "zh" else spoken.PAD,
    )


@dataclass(frozen=True)
class Inferred:
    """All that is inferred from a form."""

    profile: CognitiveProfile
    domain: Domain
    topic: str
    manner: Manner


def draw(seed: str, salt: str, size: int) -> int:
    """Return a number below `size` that depends on nothing but the two texts."""
    return int.from_bytes(hashlib.sha256(f"{salt}|{seed}".encode()).digest()[:6]) % size


@dataclass
class Choice:
    """Chooses lines for one form: the same form, the same lines; never a line twice."""

    seed: str
    topic: str
    doing: bool = True
    used: set[str] = field(default_factory=set)

    def shuffle(self, lines: Iterable[str], salt: str) -> list[str]:
        """Return the lines with the topic filled in, in an order of this form's own."""
        fitting = [line for line in lines if self.doing or "with {topic}" not in line]
        filled = [line.replace("{topic}", self.topic) for line in fitting]
        return sorted(filled, key=lambda line: draw(self.seed, salt + line, 1 << 40))

    def take(self, lines: Iterable[str], salt: str, count: int = 1) -> list[str]:
        """Return up to `count` lines not used before, and mark them used."""
        fresh = [line for line in dict.fromkeys(self.shuffle(lines, salt)) if line not in self.used]
        self.used.update(fresh[:count])
        return fresh[:count]

    def between(self, low: int, high: int, salt: str) -> int:
        """Return a number from `low` to `high`."""
        return low + draw(self.seed, salt, high - low + 1)


def find_matter(form: IntakeForm) -> Matter:
    """Return what the form is about; "this" (这件事) when no rule knows."""
    intake = form.intake
    texts = (intake.problem, f"{intake.reason} {intake.onset} {intake.trigger}")
    for text in reversed(texts) if form.language == "zh" else texts:  # a question names the matter
        for matter in load_material(form.language).topics:
            if _compile(matter.match).search(text):
                return matter
    return Matter(match="", say=_UNNAMED[form.language], domain=Domain.LIFESTYLE)


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """Compile once: the material holds more patterns than the cache of `re`."""
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(maxsize=512)
def infer(form: IntakeForm) -> Inferred:
    """Return the profile, the domain and the manner that the form suggests."""
    matter = find_matter(form)
    choice = Choice(form.text, matter.say, matter.doing)
    talkative = choice.between(0, 2, "talkative")
    habits = tuple(choice.shuffle(_HABITS[form.language], "habits")[:2])
    profile = _build_profile(form, matter, choice)
    manner = Manner(talkative=talkative, habits=habits)
    return Inferred(profile, matter.domain, matter.say, manner)


def _build_profile(form: IntakeForm, matter: Matter, choice: Choice) -> CognitiveProfile:
    own, kind = find_own_thought(form, choice)
    generic = load_material(form.language).generic[kind]
    situation = find_situation(form, choice)
    hints = _collect_hints(form, matter, kind, choice)
    thoughts = _build_thoughts(form, own, kind, hints, choice)
    return CognitiveProfile(
        situation=situation,
        automatic_thought=choice.take(generic.thoughts, "automatic")[0],
        rule=choice.take(generic.rules, "rule")[0],
        core_belief=choice.take(generic.cores, "core")[0],
        thoughts=thoughts,
        disclosures=_build_disclosures(form, hints, choice),
        images=() if matter.say in _UNNAMED.values() else (matter.say,),
    )


def find_own_thought(form: IntakeForm, choice: Choice) -> tuple[str, Distortion]:
    """Return the client's own negative thought as spoken, and the distortion it voices."""
    ear = _listen(form.language)
    candidates = ear.thoughts(form.intake.problem)
    if candidates:
        text = max(candidates, key=lambda line: (ear.weigh(line), -candidates.index(line)))
        choice.used.add(text)
        return text, _name_kind(text.removesuffix(ear.pad), form)
    for fallback in load_material(form.language).fallbacks:
        if _compile(fallback.match).search(form.intake.problem):
            return choice.take(fallback.texts, "own")[0], fallback.distortion
    raise AssertionError("the last fallback of inference.toml matches everything")


def _name_kind(text: str, form: IntakeForm) -> Distortion:
    """Return the distortion of a thought: what it voices, then what the form says of it."""
    voiced = score_distortions(text, form.language)
    if not voiced and re.search(r"\bI (can't|don't)\b", text):
        return Distortion.OVERGENERALIZATION
    hinted = _count_markers(form.intake.problem, form.language)
    scores = {kind: 2 * voiced.get(kind, 0) + min(hinted[kind], 3) for kind in Distortion}
    if not any(scores.values()):
        return rank_markers(form.text, form.language)[0]
    return max(Distortion, key=lambda kind: scores[kind])


def _weigh(line: str) -> int:
    """Prefer what is said about oneself and is final; distrust what is only a description."""
    final = len(
        re.findall(r"\b(never|won't|will|can't|don't|no one|always|worst|going to|must)\b", line)
    )
    return 2 * final + min(len(rank_distortions(line)), 2)


def rank_markers(text: str, language: Language = "en") -> list[Distortion]:
    """Return the distortions that a form hints at, the most hints first; all sixteen in the end."""
    hits = _count_markers(text, language)
    return sorted(Distortion, key=lambda kind: -hits[kind])


def _count_markers(text: str, language: Language) -> dict[Distortion, int]:
    markers = load_material(language).markers
    return {
        kind: sum(len(_compile(marker).findall(text)) for marker in markers[kind])
        for kind in Distortion
    }


def _choose_kinds(form: IntakeForm, first: Distortion, choice: Choice) -> list[Distortion]:
    """Return three distortions, none of them the parent of another."""
    intake = form.intake
    told = f"{intake.problem} {intake.trigger} {intake.course}"
    hits = _count_markers(told, form.language)
    hinted = sorted(
        (kind for kind in Distortion if hits[kind]),
        key=lambda kind: (-min(hits[kind], 2), draw(choice.seed, kind, 1 << 40)),
    )
    kinds = [first]
    for kind in [*hinted, *sorted(_COMMON, key=lambda kind: draw(choice.seed, kind, 1 << 40))]:
        family = {
            kind,
            taxonomy()[kind].parent,
            *(d for d in kinds if taxonomy()[d].parent == kind),
        }
        if not family & set(kinds) and len(kinds) < 3:
            kinds.append(kind)
    return kinds


def find_situation(form: IntakeForm, choice: Choice) -> str:
    """Return the event behind the problem, or the recurring moment, in the client's words."""
    intake = form.intake
    ear, pools = _listen(form.language), load_material(form.language).pools
    event = ear.event((intake.problem, intake.onset, intake.trigger, intake.course))
    if event:
        choice.used.add(event)
        return event
    moments = ear.moments(f"{intake.frequency} {intake.course}")
    return choice.take(moments[:1] or pools["situation"], "situation")[0]


def _collect_hints(
    form: IntakeForm, matter: Matter, first: Distortion, choice: Choice
) -> dict[str, list[str]]:
    """Return the lines that the form gives away, by use; the first match in a group counts."""
    found: dict[str, list[str]] = {}
    done: set[str] = set()
    tags = {matter.domain.value, first.value}
    for hint in load_material(form.language).hints:
        text = form.text if hint.section == "all" else str(getattr(form.intake, hint.section))
        fits = hint.group not in done and (matter.doing or not hint.doing)
        if text and fits and _compile(hint.match).search(text):
            done.add(hint.group)
            found.setdefault(hint.place(tags), []).extend(choice.take(hint.lines, hint.group))
    return found


def _build_thoughts(
    form: IntakeForm, own: str, first: Distortion, hints: dict[str, list[str]], choice: Choice
) -> tuple[DistortedThought, ...]:
    kinds = _choose_kinds(form, first, choice)
    strengths = (
        choice.between(74, 88, "s0"),
        choice.between(62, 74, "s1"),
        choice.between(55, 66, "s2"),
    )
    late = choice.between(0, 1, "later") == 1
    corner = _find_corner(form, choice) if late else None
    thoughts = []
    for number, (kind, strength) in enumerate(zip(kinds, strengths, strict=True)):
        generic = load_material(form.language).generic[kind]
        thoughts.append(
            DistortedThought(
                distortion=kind,
                text=own if number == 0 else choice.take(generic.thoughts, "thought")[0],
                strength=strength,
                trust=(22, 32, 40)[number],
                evidence_for=_build_case(
                    form, "for", generic.evidence_for, hints, choice, 2 + (number == 0)
                ),
                evidence_against=_build_case(
                    form, "against", generic.evidence_against, hints, choice, 3
                ),
                balanced=choice.take(generic.balanced, "balanced")[0],
                later=late and number == 2,
                situation=corner if number == 2 else None,
            )
        )
    return tuple(thoughts)


def _find_corner(form: IntakeForm, choice: Choice) -> str | None:
    """Return, for every second late thought, the other corner of life it comes from."""
    if choice.between(0, 1, "corner") == 0:
        return None
    return choice.take(load_material(form.language).pools["elsewhere"], "elsewhere")[0]


def _build_case(
    form: IntakeForm,
    side: str,
    generic: tuple[str, ...],
    hints: dict[str, list[str]],
    choice: Choice,
    size: int,
) -> tuple[Fact, ...]:
    """Return `size` facts: first what the form gives away, then what fits the distortion."""
    known = hints.get(side, [])
    lines, hints[side] = known[:2] if size == 3 else known[:1], known[2 if size == 3 else 1 :]
    lines = lines + choice.take(generic, side, size - len(lines))
    pool = load_material(form.language).pools[f"evidence_{side}"]
    lines += choice.take(pool, side, size - len(lines))
    low, high = (18, 42) if side == "for" else (20, 40)
    return tuple(Fact(text=line, trust=choice.between(low, high, line)) for line in lines)


def _build_disclosures(
    form: IntakeForm, hints: dict[str, list[str]], choice: Choice
) -> tuple[Disclosure, ...]:
    """Return nine to twelve things the client may tell, each with its topic."""
    told: dict[Topic, list[str]] = {topic: list(hints.get(topic.value, [])) for topic in Topic}
    told[Topic.STORY] = _find_stories(form, choice) + told[Topic.STORY]
    pools = load_material(form.language).pools
    for topic, wanted in _WANTED.items():
        told[topic] += choice.take(
            pools[topic.value], topic.value, max(0, wanted - len(told[topic]))
        )
    return tuple(
        Disclosure(topic=topic, text=line, trust=choice.between(*_TRUST[topic], line))
        for topic, wanted in _WANTED.items()
        for line in told[topic][:wanted]
    )


def _find_stories(form: IntakeForm, choice: Choice) -> list[str]:
    """Return when it began and when it comes, as far as the form says it in speakable words."""
    intake = form.intake
    ear = _listen(form.language)
    onset = ear.onset(intake.onset or intake.problem)
    moments = ear.moments(f"{intake.frequency} {intake.course}")
    return ([onset] if onset else []) + choice.take(moments, "moments")
