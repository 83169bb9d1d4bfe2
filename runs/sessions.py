"""Sessions for the fidelity measures: our own episodes, and those of foreign corpora."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evaluators.panas import panas_sums
from evaluators.realism.session import Session
from graphs.state import Finish
from personas.schema import Intake, Persona
from runs.imported import Imported, is_import_folder, iter_imported
from runs.reader import iter_episodes
from runs.record import Episode


def iter_sessions(folder: Path) -> Iterator[Session]:
    """Yield the sessions of a run folder or an import. Raises InputError like `iter_episodes`."""
    if is_import_folder(folder):
        return map(from_import, iter_imported(folder))
    return map(from_episode, iter_episodes(folder))


def from_episode(episode: Episode) -> Session:
    """Return an episode as a session, with all that is known of it."""
    persona = episode.persona
    pa_gain, na_gain = _gains(episode)
    thoughts = sorted(persona.profile.thoughts, key=lambda thought: -thought.strength)
    return Session(
        id=episode.key,
        transcript=episode.transcript,
        language=episode.language,
        counselor=episode.counselor,
        form=persona.form,
        form_text="\n".join(getattr(persona.intake, name) for name in Intake.model_fields),
        secrets=_secrets(persona),
        distortions=tuple(dict.fromkeys(thought.distortion for thought in thoughts)),
        attitude=persona.attitude,
        dropped_out=episode.finish is Finish.DROPPED_OUT,
        pa_gain=pa_gain,
        na_gain=na_gain,
        persona=persona,
        trace=episode.trace,
    )


def from_import(record: Imported) -> Session:
    """Return an imported session; what its source does not say stays unknown."""
    return Session(
        id=record.key,
        transcript=record.transcript,
        language=record.language,
        counselor=record.counselor,
        form=record.form,
        form_text=record.form_text,
        secrets=(record.thought,) if record.thought else (),
        distortions=record.distortions,
        attitude=record.attitude,
    )


def _secrets(persona: Persona) -> tuple[str, ...]:
    """Return what lies below the surface; situation and automatic thought are what one comes with."""
    profile = persona.profile
    thoughts = (thought.text for thought in profile.thoughts)
    deeper = (profile.rule, profile.core_belief, *thoughts)
    return tuple(text for text in deeper if text != profile.automatic_thought)


def _gains(episode: Episode) -> tuple[float | None, float | None]:
    before, after = (
        next((panas_sums(reading) for reading in readings if reading.reader == "self"), None)
        for readings in (episode.panas.before, episode.panas.after)
    )
    if before is None or after is None:
        return None, None
    pa, na = (
        None if early is None or late is None else late - early
        for early, late in zip(before, after, strict=True)
    )
    return pa, na
