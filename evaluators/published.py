"""Figures of the published systems, to be laid beside ours; never mixed into a statistic."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

Paper = Literal["cactus", "crisp", "cbt_llm"]


@cache
def load_published(paper: Paper) -> dict[str, Any]:
    """Return the tables of one paper by name, and its `source`."""
    path = Path(__file__).with_name("published.toml")
    tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))[paper]
    return tables
