"""A persona: everything that is true of a client before the session starts. Frozen and hashable.

What a counselor may read is `Persona.public()` and nothing else; the cognitive profile, the
attitude and the resistance are hidden, and reach the conversation only through the client's words.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from personas.address import address

Language = Literal["en", "zh"]
Percent = Annotated[int, Field(ge=0, le=100)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Attitude(StrEnum):
    """How the client meets the counselor (Cactus, arXiv 2407.03103)."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Resistance(StrEnum):
    """Otani's resistance patterns: how this client holds back when pressed or not trusting."""

    MINIMAL_TALK = "minimal_talk"
    IRRELEVANT_TALK = "irrelevant_talk"
    SUPERFICIAL_TALK = "superficial_talk"
    INTELLECTUALISING = "intellectualising"
    HOSTILITY = "hostility"
    DEFENSIVENESS = "defensiveness"
    COMPLIANCE = "compliance"


class Risk(StrEnum):
    """Risk of self-harm the client carries; `none` unless a study asks for it."""

    NONE = "none"
    PASSIVE = "passive"
    ACTIVE = "active"


class Domain(StrEnum):
    """The ten life domains of Crisp (arXiv 2504.17238)."""

    FAMILY = "family"
    EDUCATION = "education"
    CAREER = "career"
    HEALTH = "health"
    FINANCE = "finance"
    ROMANCE = "romantic_relationship"
    LIFESTYLE = "lifestyle"
    FRIENDSHIP = "friendship"
    NEIGHBOURHOOD = "neighbourhood"
    TECHNOLOGY = "technology"


class Distortion(StrEnum):
    """Cognitive distortions; names, definitions and cues stand in `distortions.toml`."""

    ALL_OR_NOTHING = "all_or_nothing"
    OVERGENERALIZATION = "overgeneralization"
    MENTAL_FILTERING = "mental_filtering"
    DISQUALIFYING_POSITIVE = "disqualifying_positive"
    JUMPING_TO_CONCLUSIONS = "jumping_to_conclusions"
    MIND_READING = "mind_reading"
    FORTUNE_TELLING = "fortune_telling"
    CATASTROPHIZING = "catastrophizing"
    EMOTIONAL_REASONING = "emotional_reasoning"
    SHOULD_STATEMENTS = "should_statements"
    PERSONALIZATION = "personalization"
    COMPARING_DESPAIRING = "comparing_despairing"
    BLAMING = "blaming"
    CONTROL_FALLACY = "control_fallacy"
    EXTERNAL_VALIDATION = "external_validation"
    LABELING = "labeling"


class Topic(StrEnum):
    """What a disclosure is about; the client picks by it when asked."""

    STORY = "story"  # what happened, concrete and observable
    FEELING = "feeling"  # an emotion in the client's own words
    BODY = "body"  # where it shows physically
    COPING = "coping"  # what was tried, what helps a little
    PEOPLE = "people"  # who is around, who knows
    PAST = "past"  # where it may come from
    HOPE = "hope"  # what the client would like instead
    SECRET = "secret"  # told only when trust is high


class Frozen(BaseModel):
    """Base of all persona data: immutable, hashable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Demographics(Frozen):
    """Blank answers on a form are `None`, never invented."""

    name: Line | None = None
    age: Annotated[int, Field(ge=5, le=110)] | None = None
    gender: str | None = None
    occupation: str | None = None
    education: str | None = None
    marital_status: str | None = None
    family: str | None = None

    @property
    def first_name(self) -> str:
        """Return what a counselor calls the client: the first name, in Chinese 王女士 or a young one's 雨桐.

        Empty where the form has no name.
        """
        name = self.name or ""
        if "一" <= name[:1] <= "龥":
            return address(name, self.gender or "", self.age)
        return name.split()[0] if name else ""


class Intake(Frozen):
    """The rest of the intake form. `reason` is what the counselor is told; all else is hidden."""

    reason: Line
    problem: str = ""
    onset: str = ""
    trigger: str = ""
    course: str = ""
    frequency: str = ""
    attempts: str = ""
    history: str = ""
    occupational: str = ""
    relationships: str = ""
    daily_life: str = ""
    support: str = ""


class Fact(Frozen):
    """One verifiable thing the client could say, in the first person, told from trust `trust` on."""

    text: Line
    trust: Percent = 30


class Disclosure(Fact):
    """A fact of the client's life with the topic it belongs to."""

    topic: Topic


class DistortedThought(Frozen):
    """One channel: a distorted thought with its strength (0 to 100) and the case for and against.

    `later` thoughts surface only after another one has shifted; with a `situation` of their own
    they open a new corner of life, without one they belong to the same situation.
    """

    distortion: Distortion
    text: Line
    strength: Percent
    trust: Percent = 30
    evidence_for: tuple[Fact, ...] = Field(min_length=1)
    evidence_against: tuple[Fact, ...] = Field(min_length=1)
    balanced: Line
    situation: str | None = None
    later: bool = False


class CognitiveProfile(Frozen):
    """Beck's chain: situation, automatic thought, if-then rule, core belief, and the channels.

    `images` are what of the situation the client keeps coming back to, each in a few words.
    """

    situation: Line
    automatic_thought: Line
    rule: Line
    core_belief: Line
    thoughts: tuple[DistortedThought, ...] = Field(min_length=2, max_length=4)
    disclosures: tuple[Disclosure, ...] = ()
    images: tuple[Line, ...] = ()


class Manner(Frozen):
    """How this client talks: `talkative` 0 (clipped) to 2 (runs on), and words they lean on."""

    talkative: Annotated[int, Field(ge=0, le=2)] = 1
    habits: tuple[str, ...] = ()


class PublicIntake(Frozen):
    """All that a counselor is told before the session (as in Cactus: demographics and reason)."""

    demographics: Demographics
    reason: str


class Persona(Frozen):
    """A client. `form` groups personas that share one intake form (a cluster for statistics)."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
    form: Line
    source: Line
    language: Language = "en"
    domain: Domain
    attitude: Attitude
    resistance: Resistance
    risk: Risk = Risk.NONE
    demographics: Demographics
    intake: Intake
    greeting: str = ""
    opening: Line
    profile: CognitiveProfile
    manner: Manner = Manner()
    inferred: tuple[str, ...] = ()

    def public(self) -> PublicIntake:
        """Return what the counselor may read."""
        return PublicIntake(demographics=self.demographics, reason=self.intake.reason)

    @cached_property
    def digest(self) -> str:
        """Return 16 hex digits that change with any field."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]
