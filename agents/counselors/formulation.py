"""The counselor's own picture of the client, drawn from the transcript; never the persona."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Channel:
    """One distorted thought as the counselor understood it, all in the client's words.

    `distortion` is the counselor's guess (an id of the taxonomy), ratings are 0..100 as stated.
    """

    thought: str
    distortion: str = ""
    case_for: tuple[str, ...] = ()
    case_against: tuple[str, ...] = ()
    rating_before: int | None = None
    rating_after: int | None = None
    shifted: bool = False
    balanced: str = ""


@dataclass(frozen=True)
class Formulation:
    """What the counselor has understood so far, and what it has already said (`used` phrases).

    `attempts` counts counselor turns in the present pass through a sub-stage, `returns` how often
    the verdict sent the current channel back, `tried` the channels taken up; `technique`, `plan`,
    `step` and `revisions` belong to the cactus protocol.
    """

    situation: str = ""
    feeling: str = ""
    automatic_thought: str = ""
    rule: str = ""
    core_belief: str = ""
    channels: tuple[Channel, ...] = ()
    current: int = 0
    attempts: int = 0
    returns: int = 0
    tried: frozenset[int] = frozenset()
    technique: str = ""
    plan: tuple[str, ...] = ()
    step: int = 0
    revisions: int = 0
    used: frozenset[str] = frozenset()

    @property
    def channel(self) -> Channel | None:
        """Return the channel being worked on."""
        return self.channels[self.current] if self.current < len(self.channels) else None

    def with_channel(self, channel: Channel) -> Formulation:
        """Return a copy in which the current channel is replaced."""
        channels = list(self.channels)
        channels[self.current] = channel
        return replace(self, channels=tuple(channels))

    def remember(self, *phrase_ids: str) -> Formulation:
        """Return a copy that remembers having said these phrases."""
        return replace(self, used=self.used | set(phrase_ids))
