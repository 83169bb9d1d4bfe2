"""One session as the fidelity measures see it: words, and what else is known of it, if anything.

Foreign corpora give words and sometimes the form and the attitude; our own records also give the
persona and the trace of the mind. A measure says so where it lacks what it needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from agents.mind.gauge import Gauge
from agents.transcript import Speaker, Transcript, turns_of
from personas.schema import Attitude, Distortion, Language, Persona


@dataclass(frozen=True)
class Session:
    """One session. `form` groups sessions of one intake form; `form_text` is what stands on it.

    `secrets` are hidden thoughts as they were written down for the client, `distortions` what the
    source says of them, the main one first. `dropped_out` is `None` where the source does not say
    how a session ended. `pa_gain` and `na_gain` are the changes of the PANAS sums by self-report.
    """

    id: str
    transcript: Transcript
    language: Language
    counselor: str = ""
    form: str = ""
    form_text: str = ""
    secrets: tuple[str, ...] = ()
    distortions: tuple[Distortion, ...] = ()
    attitude: Attitude | None = None
    dropped_out: bool | None = None
    pa_gain: float | None = None
    na_gain: float | None = None
    persona: Persona | None = None
    trace: tuple[Gauge, ...] = ()

    @property
    def cluster(self) -> str:
        """Return what groups sessions that are not independent: the form, else the session itself."""
        return self.form or self.id

    @cached_property
    def client_texts(self) -> tuple[str, ...]:
        """Return the client's messages, in order."""
        return tuple(turn.text for turn in turns_of(self.transcript, Speaker.CLIENT))
