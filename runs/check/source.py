"""Rows held against the episodes they come from: what was said, in that order, and nothing hidden.

The episodes are found by the rows' lineage and the set's manifest; one is read at a time, by an
index of where each stands in its run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from agents.llm.counselors.staged import split_stage
from agents.tagging import parse_tags, strip_end
from agents.text import words
from agents.transcript import Speaker, Transcript
from personas.schema import Intake, Persona
from runs.check.example import Example
from runs.check.talk import Fault
from runs.export.card import MANIFEST
from runs.export.lineage import digest_config
from runs.folder import is_run_folder
from runs.reader import iter_offsets, read_episode
from runs.record import Episode

_SHORTEST = 4
_ROLES = {Speaker.COUNSELOR: "assistant", Speaker.CLIENT: "user"}
_NAMES = {"assistant": "counselor", "user": "client"}


class Sources:
    """The runs behind a set. `unknown` counts examples whose episode was not found, by reason."""

    def __init__(self, dataset: Path) -> None:
        self.unknown: dict[str, int] = {}
        self._runs = dict(_find_runs(dataset))
        self._offsets: dict[tuple[str, str], dict[str, int]] = {}
        self._read = lru_cache(maxsize=8)(read_episode)

    def check(self, example: Example) -> Iterator[Fault]:
        """Yield what the row says that its episode does not."""
        episode = self._find(example)
        if episode is None:
            return
        yield from check_order(example, episode)
        yield from check_hidden(example, episode)

    def _find(self, example: Example) -> Episode | None:
        lineage = example.lineage
        run = str(lineage.get("run", "")), str(lineage.get("config", ""))
        key = lineage.get("episode")
        if not isinstance(key, str):
            self._miss("rows without a lineage")
            return None
        folder = self._runs.get(run)
        if folder is None:
            self._miss(f"run {run[0]!r} is not where the manifest says, or has changed")
            return None
        if run not in self._offsets:
            self._offsets[run] = dict(iter_offsets(folder))
        offset = self._offsets[run].get(key)
        if offset is None:
            self._miss(f"episodes that are not in {run[0]!r}")
            return None
        return self._read(folder, offset)

    def _miss(self, reason: str) -> None:
        self.unknown[reason] = self.unknown.get(reason, 0) + 1


def _find_runs(dataset: Path) -> Iterator[tuple[tuple[str, str], Path]]:
    """Yield the runs that the manifest names, as far as they are there and unchanged."""
    folder = dataset if dataset.is_dir() else dataset.parent
    manifest = next((p for p in (folder / MANIFEST, folder.parent / MANIFEST) if p.is_file()), None)
    if manifest is None:
        return
    for run in json.loads(manifest.read_text(encoding="utf-8")).get("runs", ()):
        path = Path(run["path"])
        if is_run_folder(path) and digest_config(path) == run["config"]:
            yield (run["name"], run["config"]), path


def check_order(example: Example, episode: Episode) -> Iterator[Fault]:
    """Yield the first message that is not the one that was spoken at its place."""
    place = _find_start(example, episode)
    for number, message in enumerate(example.messages):
        if message["role"] == "system":
            continue
        if place >= 0 and (
            place >= len(episode.transcript) or not _is_said(message, episode, place)
        ):
            yield _name_fault(number, message, episode, place)
            return
        place += 1


def _find_start(example: Example, episode: Episode) -> int:
    """Return the place in the transcript of the first message; -1 if it only says that one has come in."""
    if not example.from_start:
        turn = example.lineage.get("turn")
        return turn - 1 if isinstance(turn, int) else 0
    opens = episode.transcript[0].speaker is Speaker.COUNSELOR
    return -1 if opens and not example.spoken else 0


def _is_said(message: dict[str, str], episode: Episode, place: int) -> bool:
    turn = episode.transcript[place]
    if _ROLES[turn.speaker] != message["role"]:
        return False
    return words(turn.text) in _read(message["role"], message["content"])


@lru_cache(maxsize=4096)
def _read(role: str, text: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a message: as it stands, without a note, without step, tags and end mark."""
    if role == "user":
        return words(text), words(text.rpartition("\n\n")[0])
    bare = split_stage(strip_end(text)[0])[1]
    untagged = " ".join(sentence.text for sentence in parse_tags(bare))
    return words(bare), words(untagged)


def _name_fault(number: int, message: dict[str, str], episode: Episode, place: int) -> Fault:
    said = _read(message["role"], message["content"])
    name = _NAMES.get(message["role"], message["role"])
    found = [n for n, turn in enumerate(episode.transcript) if words(turn.text) in said]
    if not found:
        return "source", f"message {number}: these words of the {name} are not in the episode"
    if all(_ROLES[episode.transcript[n].speaker] != message["role"] for n in found):
        return "roles", f"message {number}: the other's words stand as the {name}'s"
    return "history", f"message {number} is out of order: said as number {found[0]}, not {place}"


def check_hidden(example: Example, episode: Episode) -> Iterator[Fault]:
    """Yield the hidden lines of the persona that the row tells and the client has not said by then."""
    turn = example.lineage.get("turn")
    until = turn + 1 if isinstance(turn, int) else None
    known = _join(_open_words(episode.persona, episode.transcript[:until]))
    text = _join(words(message["content"]) for message in example.messages)
    for name, line in _hidden(episode.persona):
        sought = _join([words(line)])
        if len(words(line)) >= _SHORTEST and sought in text and sought not in known:
            yield "hidden", f"tells what the client never said, {name}: {line[:60]!r}"


def _open_words(persona: Persona, transcript: Transcript) -> Iterator[tuple[str, ...]]:
    yield words(persona.intake.reason)
    for value in persona.demographics.model_dump().values():
        yield words(str(value))
    for turn in transcript:
        yield words(turn.text)


def _join(parts: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    return " / ".join(f" {' '.join(part)} " for part in parts)


def _hidden(persona: Persona) -> Iterator[tuple[str, str]]:
    profile = persona.profile
    for name in ("situation", "automatic_thought", "rule", "core_belief"):
        yield name, getattr(profile, name)
    for place, thought in enumerate(profile.thoughts):
        yield f"thoughts.{place}", thought.text
        yield f"thoughts.{place}.balanced", thought.balanced
        for fact in (*thought.evidence_for, *thought.evidence_against):
            yield f"thoughts.{place}.evidence", fact.text
    for disclosure in profile.disclosures:
        yield f"disclosures.{disclosure.topic}", disclosure.text
    for name in set(Intake.model_fields) - {"reason"}:
        yield f"intake.{name}", getattr(persona.intake, name)
