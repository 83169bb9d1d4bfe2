"""The run folders a report is made of: what they were made with, and what they still owe."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personas.errors import InputError
from personas.files import parse_json, read_text
from runs.folder import CONFIG, MANIFEST, read_config
from runs.judgement import Judgement, iter_judgements
from runs.reader import is_torn, iter_failures

AUDIT = "audit.json"
Json = dict[str, object]


@dataclass(frozen=True)
class Source:
    """One run folder; `label` tells it from the others of the report, `failed` counts attempts by key.

    `added` holds the verdicts that were added later, by session.
    """

    folder: Path
    label: str
    config: Json
    config_text: str
    manifest: Json
    failed: Counter[str]
    torn: bool
    added: dict[str, list[Judgement]]
    audit: tuple[Json, ...]
    audit_fault: str


def open_sources(folders: Sequence[Path]) -> list[Source]:
    """Return the runs behind the folders. Raises InputError for none, one named twice, or no run."""
    if not folders:
        raise InputError("no run is named", where="counselgym report", todo="name a run folder")
    resolved = [folder.resolve() for folder in folders]
    doubled = [str(folder) for folder, n in Counter(resolved).items() if n > 1]
    if doubled:
        raise InputError(f"named twice: {', '.join(doubled)}", where="counselgym report")
    names = Counter(folder.name for folder in resolved)
    labels = [
        path.name if names[path.name] == 1 else str(folder)
        for folder, path in zip(folders, resolved, strict=True)
    ]
    return [_open(folder, label) for folder, label in zip(folders, labels, strict=True)]


def _open(folder: Path, label: str) -> Source:
    failed = Counter(failure.key for failure in iter_failures(folder))  # checks the folder too
    audit, fault = _read_audit(folder / AUDIT)
    return Source(
        folder=folder,
        label=label,
        config=read_config(folder),
        config_text=read_text(folder / CONFIG),
        manifest=_read_object(folder / MANIFEST),
        failed=failed,
        torn=is_torn(folder),
        added=_read_added(folder),
        audit=audit,
        audit_fault=fault,
    )


def _read_added(folder: Path) -> dict[str, list[Judgement]]:
    added: dict[str, list[Judgement]] = {}
    for judgement in iter_judgements(folder):
        added.setdefault(judgement.episode, []).append(judgement)
    return added


def _read_object(path: Path) -> Json:
    found = parse_json(read_text(path), path)
    if not isinstance(found, dict):
        raise InputError("not an object", where=str(path))
    return found


def _read_audit(path: Path) -> tuple[tuple[Json, ...], str]:
    """Return the scorecards of an audit without their single checks, and what is wrong with it."""
    if not path.is_file():
        return (), ""
    try:
        cards = json.loads(path.read_text(encoding="utf-8"))["judges"]
        return tuple(_shorten_card(card) for card in cards), ""
    except (ValueError, KeyError, TypeError):
        return (), f"{path} is not the audit of a judge; it is left out."


def _shorten_card(card: Any) -> Json:
    return {
        "judge": str(card["judge"]),
        "scale": str(card["scale"]),
        "fitness": str(card["fitness"]),
        "reasons": [str(reason) for reason in card["reasons"]],
        "items": [
            {
                "item": str(item["item"]),
                "fitness": str(item["fitness"]),
                "noise": None if item["noise"] is None else float(item["noise"]),
            }
            for item in card["items"]
        ],
    }
