"""A session as a judge meets it: who counsels whom, and the transcript; from a run or an import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agents.transcript import Transcript
from evaluators.verdict import Verdict
from personas.schema import Language
from runs.imported import Imported, is_import_folder, iter_imported
from runs.reader import iter_episodes, iter_keys
from runs.record import Episode


@dataclass(frozen=True)
class Scene:
    """One session to be judged. `form` groups the sessions of one client; `client` is who spoke it.

    `verdicts` are those that came with the session.
    """

    key: str
    language: Language
    counselor: str
    client: str
    form: str
    transcript: Transcript
    verdicts: tuple[Verdict, ...] = ()


def iter_scenes(folder: Path) -> Iterator[Scene]:
    """Yield the sessions of a run folder or an import. Raises InputError like `iter_episodes`."""
    if is_import_folder(folder):
        return map(from_import, iter_imported(folder))
    return map(from_episode, iter_episodes(folder))


def iter_scene_keys(folder: Path) -> Iterator[str]:
    """Yield the keys of the sessions that `iter_scenes` yields."""
    if is_import_folder(folder):
        return (record.key for record in iter_imported(folder))
    return iter_keys(folder)


def from_episode(episode: Episode) -> Scene:
    """Return an episode as a scene."""
    return Scene(
        key=episode.key,
        language=episode.language,
        counselor=episode.counselor,
        client=episode.voices.client,
        form=episode.persona.form,
        transcript=episode.transcript,
        verdicts=episode.verdicts,
    )


def from_import(record: Imported) -> Scene:
    """Return an imported session as a scene; without a form it stands for itself."""
    return Scene(
        key=record.key,
        language=record.language,
        counselor=record.counselor,
        client=record.client,
        form=record.form or record.key,
        transcript=record.transcript,
    )
