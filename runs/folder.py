"""A run folder: created whole or not at all, reopened only with the settings it was made with."""

from __future__ import annotations

import json
import os
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import tomli_w

from personas.errors import InputError
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
    """Store a changed scope (clients, counselors, seeds, limit); only the writer may call this."""
    if read_config(folder) == dict(config):
        return
    created = _read_created(folder / MANIFEST)
    _replace(folder / CONFIG, tomli_w.dumps(dict(config)))
    _replace(folder / MANIFEST, _dump_manifest(manifest, created=created))


def check_run_folder(folder: Path) -> None:
    """Raise InputError unless `folder` is a run folder."""
    if not folder.exists():
        raise InputError("no such folder", where=str(folder), todo="`ls out` lists the runs here")
    if not (folder / CONFIG).is_file() or not (folder / MANIFEST).is_file():
        raise InputError(
            f"not a run folder: it has no {CONFIG} and {MANIFEST}",
            where=str(folder),
            todo="name a folder that `counselgym run` has written",
        )


def read_config(folder: Path) -> dict[str, object]:
    """Return the resolved configuration a run was made with."""
    path = folder / CONFIG
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from None


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
    changed = [name for name in asdict(Shape()) if stored.get(name) != config.get(name)]
    if changed:
        told = ", ".join(f"{name} {stored.get(name)} → {config.get(name)}" for name in changed)
        raise InputError(
            f"the run was made with other settings: {told}",
            where=str(folder / CONFIG),
            todo="give the stored settings, or another folder with --out",
        )


def _read_created(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["created"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from None


def _dump_manifest(manifest: Manifest, created: str | None = None) -> str:
    plain = asdict(manifest)
    if created is not None:
        plain["created"] = created
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def _replace(path: Path, text: str) -> None:
    half = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    half.write_text(text, encoding="utf-8")
    half.replace(path)
