"""Episodes at hand by key: where each line of a run begins, so that none is kept in memory."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from personas.errors import InputError
from runs.line import EPISODES, Head, parse_line
from runs.record import Episode

_AT_HAND = 64  # episodes built and kept: those of a few clients


class EpisodeIndex:
    """Reads single episodes of a run folder, the latest few of which stay at hand.

    `keys` holds all that are there. Raises InputError for a line that is no episode.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / EPISODES
        self._places = _find_places(self._path)
        self.read = lru_cache(maxsize=_AT_HAND)(self._read)

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys of all episodes."""
        return frozenset(self._places)

    def _read(self, key: str) -> Episode:
        number, start = self._places[key]
        with self._path.open("rb") as file:
            file.seek(start)
            episode = parse_line(Episode, file.readline(), self._path, number)
        if episode.key != key:
            raise InputError("the file was changed while it was read", where=str(self._path))
        return episode


def _find_places(path: Path) -> dict[str, tuple[int, int]]:
    """Return the line number and the first byte of every finished line by its key."""
    places: dict[str, tuple[int, int]] = {}
    start = 0
    if not path.exists():
        return places
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.endswith(b"\n"):
                places.setdefault(parse_line(Head, line, path, number).key, (number, start))
            start += len(line)
    return places
