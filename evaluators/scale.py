"""A rating scale as data: its items, the words of its anchors, its range and its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from personas.errors import InputError
from personas.schema import Language

_FOLDER = Path(__file__).parent / "scales"
ItemCount = Literal[6, 11]


@dataclass(frozen=True)
class Item:
    """One item. `anchors` describes the even scores in our own words (empty for PANAS), `anchors_zh`
    the same in Chinese.

    `part` is `general` or `cbt` in CTRS, `positive` or `negative` in PANAS; `cactus` marks the six
    CTRS items of the short form.
    """

    id: str
    name: str
    name_zh: str
    anchors: Mapping[int, str]
    anchors_zh: Mapping[int, str]
    cactus: bool
    part: str

    def name_in(self, language: Language) -> str:
        """Return the item's name in a language."""
        return self.name_zh if language == "zh" else self.name

    def anchors_in(self, language: Language) -> Mapping[int, str]:
        """Return what the even scores mean, in a language."""
        return self.anchors_zh if language == "zh" else self.anchors


@dataclass(frozen=True)
class Scale:
    """An instrument. `labels` names the points of its answer scale as (English, Chinese)."""

    id: str
    name: str
    source: str
    minimum: int
    maximum: int
    items: tuple[Item, ...]
    labels: Mapping[int, tuple[str, str]]


@cache
def load_scale(scale_id: str) -> Scale:
    """Return the scale `ctrs` or `panas`. Raises InputError for another id."""
    path = _FOLDER / f"{scale_id}.toml"
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in _FOLDER.glob("*.toml")))
        raise InputError(f"there is no scale {scale_id!r}", todo=f"use one of: {known}")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Scale(
        id=scale_id,
        name=table["name"],
        source=table["source"],
        minimum=table["minimum"],
        maximum=table["maximum"],
        items=tuple(_read_item(row) for row in table["items"]),
        labels={int(point): (pair[0], pair[1]) for point, pair in table.get("labels", {}).items()},
    )


def _read_item(row: dict[str, Any]) -> Item:
    return Item(
        id=row["id"],
        name=row["name"],
        name_zh=row["name_zh"],
        anchors=_read_anchors(row, "anchors"),
        anchors_zh=_read_anchors(row, "anchors_zh"),
        cactus=row.get("cactus", False),
        part=row["part"],
    )


def _read_anchors(row: dict[str, Any], key: str) -> dict[int, str]:
    return {int(point): text for point, text in row.get(key, {}).items()}


def ctrs_items(count: ItemCount) -> tuple[Item, ...]:
    """Return the six CTRS items of Cactus' short form, or all eleven, in the scale's order."""
    items = load_scale("ctrs").items
    return items if count == 11 else tuple(item for item in items if item.cactus)
