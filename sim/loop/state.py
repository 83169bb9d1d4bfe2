"""What a loop remembers: its settings, what they meant when it began, and which stages are finished."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from personas.errors import InputError
from personas.files import parse_json, read_text, replace_file
from sim.loop.config import LoopConfig
from sim.training.finetune import MEMORY

STATE = "loop.json"
_FREE = {"keep.fewest", "play.concurrency"} | {
    f"{table}.{name}" for table in ("training", "later") for name in MEMORY
}
"""What may change while a loop is under way, besides more `rounds`."""


class LoopState:
    """The file `loop.json` of a loop, written whole after every stage.

    `inputs` are digests of what the settings only name: the clients, the checkpoint to start from.
    """

    def __init__(self, config: LoopConfig, inputs: Mapping[str, str], path: Path) -> None:
        """Open the loop of a configuration that stands in `path`, or begin it.

        Raises InputError for a folder that is something else, and for one that began otherwise.
        """
        self._file = config.out / STATE
        self._data: dict[str, Any] = {
            "config": config.model_dump(mode="json"),
            "inputs": dict(inputs),
            "finished": [],
        }
        if self._file.is_file():
            self._go_on(path)
        elif config.out.exists() and any(config.out.iterdir()):
            raise InputError(
                "this folder is no loop", where=str(config.out), todo="name another out"
            )
        config.out.mkdir(parents=True, exist_ok=True)
        self._write()

    def is_finished(self, stage: str) -> bool:
        """Tell whether a stage, such as `round-1/data`, has come to its end."""
        return stage in self._data["finished"]

    def finish(self, stage: str) -> None:
        """Remember that a stage has come to its end."""
        if not self.is_finished(stage):
            self._data["finished"].append(stage)
            self._write()

    def _go_on(self, path: Path) -> None:
        stored = parse_json(read_text(self._file), self._file)
        if not isinstance(stored, dict) or not self._data.keys() <= stored.keys():
            raise InputError("not the state of a loop", where=str(self._file))
        for name, (before, now) in _compare(stored["config"], self._data["config"]):
            raise InputError(
                f"this loop began with {_show(before)}, not {_show(now)}",
                where=f"{path}, field {name}",
                todo=f"go on with what {self._file} holds, or name another out; rounds may be raised",
            )
        for name, digest in self._data["inputs"].items():
            if stored["inputs"].get(name) != digest:
                raise InputError(
                    "what it names has changed since this loop began",
                    where=f"{path}, field {name}",
                    todo="bring back what it was, or name another out",
                )
        self._data["finished"] = stored["finished"]

    def _write(self) -> None:
        text = json.dumps(self._data, ensure_ascii=False, indent=1)
        replace_file(self._file, f"{text}\n")


def _compare(
    before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Yield every field that may not differ and does, with both values."""
    old, new = dict(_flatten(before)), dict(_flatten(now))
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        raised = name == "rounds" and one is not None and other is not None and other > one
        if one != other and name not in _FREE and not raised:
            yield name, (one, other)


def _flatten(table: Mapping[str, Any], front: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{front}{name}.")
        else:
            yield f"{front}{name}", value


def _show(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
