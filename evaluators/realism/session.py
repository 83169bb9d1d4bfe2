"""One session as the fidelity measures see it: words, and what else is known of it, if anything.

Foreign corpora give words and sometimes the form and the attitude; our own records also give the
persona and the trace of the mind. A measure says so where it lacks what it needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from agents.gauge import Gauge
from agents.transcript import Speaker, Transcript, turns_of
from personas.schema import Attitude, Language, Persona


@dataclass(frozen=True)
class Session:
    """One session. `form` groups sessions of one intake form; `form_text` is what stands on it.

    `dropped_out` is `None` where the source does not say how a session ended.
    """

    id: str
    transcript: Transcript
    language: Language
    counselor: str = ""
    form: str = ""
    form_text: str = ""
    attitude: Attitude | None = None
    dropped_out: bool | None = None
    persona: Persona | None = None
    trace: tuple[Gauge, ...] = ()

    @cached_property
    def client_texts(self) -> tuple[str, ...]:
        """Return the client's messages, in order."""
        return tuple(turn.text for turn in turns_of(self.transcript, Speaker.CLIENT))
