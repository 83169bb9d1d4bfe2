"""A run folder: created whole or not at all, reopened only with the settings it was made with."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import tomli_w

from personas.errors import InputError
from personas.files import parse_json, read_text, read_toml
from runs.key import Shape
from runs.line import EPISODES, FAILURES

CONFIG = "config.toml"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What the run was made with and of. Times are UTC; `personas` hashes all persona digests."""

    created: str
    counselgym: str
    python: str
    packages: dict[str, str]
    seeds: tuple[int, ...]
    personas: str
    persona_count: int
    voices: dict[str, object]
    repairs: tuple[dict[str, object], ...]


def prepare_folder(folder: Path, config: Mapping[str, object], manifest: Manifest) -> bool:
    """Create the run folder, or check that an existing one fits; return whether it is new.

    `config` is the resolved configuration and holds the fields of `Shape`. Raises InputError, and
    leaves nothing behind, if the place cannot be written, holds something else, or holds a run
    whose episodes were shaped differently.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("this is a file, not a folder", where=str(folder))
    try:
        if folder.exists() and any(folder.iterdir()):
            check_run_folder(folder)
            _check_shape(folder, read_config(folder), config)
            return False
        return _create(folder, config, manifest)
    except OSError as error:
        raise InputError(
            f"cannot write here: {error.strerror}", where=str(folder), todo="name another --out"
        ) from None


def update_scope(folder: Path, config: Mapping[str, object], manifest: Manifest) -> None:
    """Store a changed scope: the configuration or the personas behind it. For the writer only."""
    created, personas = _read_origin(folder / MANIFEST)
    if read_config(folder) == dict(config) and personas == manifest.personas:
        return
    _replace(folder / CONFIG, tomli_w.dumps(dict(config)))
    _replace(folder / MANIFEST, _dump_manifest(replace(manifest, created=created)))


def check_run_folder(folder: Path) -> None:
    """Raise InputError unless `folder` is a run folder."""
    if not folder.exists():
        raise InputError("no such folder", where=str(folder), todo="`ls out` lists the runs here")
    if not is_run_folder(folder):
        raise InputError(
            f"not a run folder: it has no {CONFIG} and {MANIFEST}",
            where=str(folder),
            todo="name a folder that `counselgym run` has written",
        )


def is_run_folder(folder: Path) -> bool:
    """Tell whether `counselgym run` has made this folder."""
    return (folder / CONFIG).is_file() and (folder / MANIFEST).is_file()


def read_config(folder: Path) -> dict[str, object]:
    """Return the resolved configuration a run was made with."""
    return read_toml(folder / CONFIG)


def _create(folder: Path, config: Mapping[str, object], manifest: Manifest) -> bool:
    folder.parent.mkdir(parents=True, exist_ok=True)
    half = folder.parent / f".{folder.name}.{os.getpid()}.tmp"
    half.mkdir()
    try:
        (half / CONFIG).write_bytes(tomli_w.dumps(dict(config)).encode())
        (half / MANIFEST).write_text(_dump_manifest(manifest), encoding="utf-8")
        (half / EPISODES).touch()
        (half / FAILURES).touch()
        half.rename(folder)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return True


def _check_shape(folder: Path, stored: Mapping[str, object], config: Mapping[str, object]) -> None:
    changed = [
        name
        for name in (field.name for field in fields(Shape))
        if stored.get(name) != config.get(name)
    ]
    if changed:
        told = ", ".join(f"{name} {stored.get(name)} → {config.get(name)}" for name in changed)
        raise InputError(
            f"the run was made with other settings: {told}",
            where=str(folder / CONFIG),
            todo="give the stored settings, or another folder with --out",
        )


def _read_origin(path: Path) -> tuple[str, str]:
    """Return when a run was created and the hash over its personas."""
    stored = parse_json(read_text(path), path)
    if not isinstance(stored, dict) or not {"created", "personas"} <= stored.keys():
        raise InputError("not the manifest of a run", where=str(path))
    return str(stored["created"]), str(stored["personas"])


def _dump_manifest(manifest: Manifest) -> str:
    return json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n"


def _replace(path: Path, text: str) -> None:
    half = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    half.write_text(text, encoding="utf-8")
    half.replace(path)
