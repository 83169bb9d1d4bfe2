"""Phrase banks: named lists of templates with `{slots}` and inline strategy tags, one TOML a part.

A template whose slot has no value is skipped, one that was used is avoided until all were used.
Templates carry no opinion about when they are said; that is the speaker's business.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from agents.text import split_sentences
from agents.transcript import Sentence, Strategy
from personas.errors import InputError
from personas.schema import Language

_FOLDER = Path(__file__).parent / "phrases"
_TAG = re.compile(r"\s*\[([A-Z][A-Za-z- ]+)\]\s*")
_UNADDRESSED = re.compile(r"(?<!^)(?:，|,? ?)\{name\}|^\{name\}(?:, |，)")
_SLOT_START = re.compile(r"(^|[.!?…]\s+)([a-z])")


@dataclass(frozen=True)
class Phrase:
    """A chosen template, filled. `id` is remembered by the speaker so that it is not used again."""

    id: str
    text: str

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Return the tagged sentences of the phrase."""
        return parse_tagged(self.text)


@cache
def load_phrases(part: str, language: Language) -> dict[str, tuple[str, ...]]:
    """Return the bank `phrases/<language>/<part>.toml` as key → templates; nested keys are dotted.

    Raises InputError where the language has no such bank.
    """
    path = _FOLDER / language / f"{part}.toml"
    if not path.exists():
        raise InputError(
            f"there are no {part!r} phrases for language {language!r} yet", todo="use --language en"
        )
    return dict(_flatten(tomllib.loads(path.read_text(encoding="utf-8")), ""))


def _flatten(table: Mapping[str, object], prefix: str) -> list[tuple[str, tuple[str, ...]]]:
    rows: list[tuple[str, tuple[str, ...]]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            rows.extend(_flatten(value, f"{prefix}{name}."))
        elif isinstance(value, list):
            rows.append((f"{prefix}{name}", tuple(str(item) for item in value)))
    return rows


def choose_phrase(
    bank: Mapping[str, tuple[str, ...]],
    key: str,
    rng: random.Random,
    used: Collection[str] = (),
    slots: Mapping[str, str] | None = None,
) -> Phrase:
    """Return a filled template of `key`, unused ones first; an empty name is left out.

    Raises KeyError for an unknown key, or if the slots fit no template.
    """
    slots = slots or {}
    fitting = [f"{key}#{i}" for i, text in enumerate(bank[key]) if _fits(text, slots)]
    if not fitting:
        raise KeyError(f"no template of {key!r} fits the slots {sorted(slots)}")
    fresh = [name for name in fitting if name not in used]
    chosen = rng.choice(fresh or fitting)
    template = bank[key][int(chosen.rpartition("#")[2])]
    if slots.get("name") == "":
        template = _UNADDRESSED.sub("", template)
    return Phrase(chosen, _capitalise(template.format_map(slots)))


def has_fresh(
    bank: Mapping[str, tuple[str, ...]], key: str, used: Collection[str], slots: Mapping[str, str]
) -> bool:
    """Tell whether an unused template of `key` fits the slots."""
    return any(
        _fits(text, slots) and f"{key}#{i}" not in used for i, text in enumerate(bank.get(key, ()))
    )


@cache
def _slot_names(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


def _fits(template: str, slots: Mapping[str, str]) -> bool:
    return all(
        slots.get(name) or (name == "name" and name in slots) for name in _slot_names(template)
    )


def _capitalise(text: str) -> str:
    return _SLOT_START.sub(lambda match: match[1] + match[2].upper(), text)


def parse_tagged(text: str) -> tuple[Sentence, ...]:
    """Return sentences of `text`, each with the strategy tag that follows it, if one does."""
    pieces = _TAG.split(text)
    sentences: list[Sentence] = []
    for spoken, tag in zip(pieces[::2], [*pieces[1::2], None], strict=False):
        strategy = Strategy(tag) if tag else None
        sentences.extend(Sentence(part, strategy) for part in split_sentences(spoken))
    return tuple(sentences)
