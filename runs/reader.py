"""Reading a run back: a stream of episodes, or the one that was asked for."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from personas.errors import InputError
from runs.folder import check_run_folder
from runs.line import EPISODES, FAILURES, Head, Model, parse_line
from runs.record import Episode, Failure


def iter_episodes(folder: Path) -> Iterator[Episode]:
    """Yield the episodes of a run in the order they were finished, each key once.

    A last line without its newline is still being written, or torn: it is no episode yet (see
    `is_torn`). Raises InputError for a missing folder or a corrupt record.
    """
    return (episode for _, episode in scan_episodes(folder))


def scan_episodes(folder: Path) -> Iterator[tuple[int, Episode]]:
    """Yield the episodes as `iter_episodes` does, each with the byte at which its line starts."""
    check_run_folder(folder)
    seen: set[str] = set()
    offset = 0
    for number, line in _iter_lines(folder / EPISODES):
        episode = parse_line(Episode, line, folder / EPISODES, number)
        if episode.key not in seen:
            seen.add(episode.key)
            yield offset, episode
        offset += len(line)


def iter_offsets(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield the key of every episode and the byte at which its line starts, without building it."""
    check_run_folder(folder)
    offset = 0
    for number, line in _iter_lines(folder / EPISODES):
        yield parse_line(Head, line, folder / EPISODES, number).key, offset
        offset += len(line)


def read_episode(folder: Path, offset: int) -> Episode:
    """Return the episode whose line starts at this byte, as told by `scan_episodes`."""
    with (folder / EPISODES).open("rb") as lines:
        lines.seek(offset)
        return parse_line(Episode, lines.readline(), folder / EPISODES, 0)


def iter_failures(folder: Path) -> Iterator[Failure]:
    """Yield the broken attempts of a run, oldest first; a key may fail more than once."""
    check_run_folder(folder)
    return _iter_records(Failure, folder / FAILURES)


def iter_heads(folder: Path) -> Iterator[Head]:
    """Yield the heads of the episodes that `iter_episodes` yields, without building them."""
    check_run_folder(folder)
    return (head for _, _, head in _iter_heads(folder / EPISODES))


def iter_forms(folder: Path) -> Iterator[str]:
    """Yield the intake form behind every episode that `iter_episodes` yields, without building it."""
    check_run_folder(folder)
    return (head.persona.form for _, _, head in _iter_heads(folder / EPISODES))


def is_torn(folder: Path) -> bool:
    """Return whether the last line of the episodes is unfinished."""
    path = folder / EPISODES
    if not path.exists() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) != b"\n"


def find_episode(folder: Path, which: str | None = None) -> Episode:
    """Return one episode: by 1-based number, persona id or key prefix; the first if none is named.

    A number means the place in `iter_episodes`; a persona id means the first of its episodes.
    Reads no further than it must. Raises InputError if there is none, or if a key is ambiguous.
    """
    check_run_folder(folder)
    path, which = folder / EPISODES, which or "1"
    heads: list[Head] = []
    by_key: list[Head] = []
    keyed = (0, b"")
    for number, line, head in _iter_heads(path):
        heads.append(head)
        if which in (str(len(heads)), head.persona.id):
            return parse_line(Episode, line, path, number)
        if head.key.startswith(which):
            by_key.append(head)
            keyed = number, line
    if len(by_key) == 1:
        return parse_line(Episode, keyed[1], path, keyed[0])
    raise _explain_missing(folder, which, heads, by_key)


def _iter_heads(path: Path) -> Iterator[tuple[int, bytes, Head]]:
    """Yield line number, bytes and head of every episode, each key once."""
    seen: set[str] = set()
    for number, line in _iter_lines(path):
        head = parse_line(Head, line, path, number)
        if head.key not in seen:
            seen.add(head.key)
            yield number, line, head


def _explain_missing(folder: Path, which: str, heads: list[Head], by_key: list[Head]) -> InputError:
    if not heads:
        return InputError("no finished episode yet", where=str(folder), todo="run it again first")
    if by_key:
        keys = ", ".join(head.key for head in by_key[:4])
        return InputError(
            f"{len(by_key)} episodes have a key that starts with {which!r}",
            where=str(folder),
            todo=f"give more of the key: {keys}",
        )
    names = [*dict.fromkeys(head.persona.id for head in heads), *(head.key for head in heads)]
    near = difflib.get_close_matches(which, names, n=3, cutoff=0.4)
    nearest = f"; the nearest: {', '.join(near)}" if near else ""
    return InputError(
        f"no episode {which!r}",
        where=str(folder),
        todo=f"give a number from 1 to {len(heads)}, a key or a persona id{nearest}",
    )


def _iter_records(model: type[Model], path: Path) -> Iterator[Model]:
    for number, line in _iter_lines(path):
        yield parse_line(model, line, path, number)


def _iter_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of every finished line."""
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.endswith(b"\n"):
                yield number, line
