"""Our own episodes as sessions for the fidelity measures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evaluators.realism.session import Session
from graphs.state import Finish
from personas.schema import Intake
from runs.reader import iter_episodes
from runs.record import Episode


def iter_sessions(folder: Path) -> Iterator[Session]:
    """Yield the sessions of a run folder. Raises InputError like `iter_episodes`."""
    return map(make_session, iter_episodes(folder))


def make_session(episode: Episode) -> Session:
    """Return an episode as a session, with all that is known of it."""
    persona = episode.persona
    return Session(
        id=episode.key,
        transcript=episode.transcript,
        language=episode.language,
        counselor=episode.counselor,
        form=persona.form,
        form_text="\n".join(getattr(persona.intake, name) for name in Intake.model_fields),
        attitude=persona.attitude,
        dropped_out=episode.finish is Finish.DROPPED_OUT,
        persona=persona,
        trace=episode.trace,
    )
