"""Human ratings as CSV: reading filled-in sheets, and writing blank ones with blind transcripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from agents.transcript import Speaker, Transcript
from evaluators.agreement.table import Rating
from evaluators.scale import Scale
from personas.errors import InputError, shorten, suggest
from personas.files import read_text
from personas.schema import Language

COLUMNS = ("episode", "rater", "item", "score")
_SPEAKERS = {
    "en": {Speaker.CLIENT: "Client: ", Speaker.COUNSELOR: "Counselor: "},
    "zh": {Speaker.CLIENT: "来访者：", Speaker.COUNSELOR: "咨询师："},
}
_BLIND = {
    "en": "Synthetic dialogue between a simulated client and a counselor who is not named.",
    "zh": "合成对话：来访者为模拟，咨询师不具名。",
}


def read_sheets(paths: Iterable[Path], scale: Scale, episodes: frozenset[str]) -> list[Rating]:
    """Return the ratings of filled-in sheets; an empty score is missing.

    Columns `episode`, `rater`, `item`, `score` in any order, others are ignored; commas or
    semicolons. Raises InputError, with file, line and field, for anything that cannot be used.
    """
    seen: dict[tuple[str, str, str], str] = {}
    ratings = []
    for path in paths:
        rows = list(_read_rows(path))
        if not rows:
            raise InputError("no ratings in this file", where=str(path))
        for line, row in rows:
            rating = _read_rating(path, line, row, scale, episodes)
            _refuse_second(rating, f"{path}, line {line}", seen)
            ratings.append(rating)
    return ratings


def _refuse_second(rating: Rating, where: str, seen: dict[tuple[str, str, str], str]) -> None:
    key = rating.episode, rating.rater, rating.item
    if key in seen:
        what = f"{rating.rater} rated this item of this episode already: {seen[key]}"
        raise InputError(what, where=f"{where}, field item", todo="delete one of the two")
    seen[key] = where


def write_rows(keys: Iterable[str], scale: Scale) -> str:
    """Return a blank sheet: a row an item, episodes in the order given."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key in keys:
        writer.writerows((key, "", item.id, "") for item in scale.items)
    return out.getvalue()


def write_transcript(key: str, transcript: Transcript, language: Language) -> str:
    """Return a session as a rater reads it: who speaks and the words, nothing else that is recorded."""
    lines = [f"{_SPEAKERS[language][turn.speaker]}{turn.text}" for turn in transcript]
    return "\n\n".join((f"{key}\n{_BLIND[language]}", *lines)) + "\n"


def write_guide(scale: Scale, language: Language) -> str:
    """Return what the items and their scores mean."""
    parts = [f"{scale.name_in(language)}\n{scale.source}", f"{scale.minimum} … {scale.maximum}"]
    parts += [f"{point} = {pair[language == 'zh']}" for point, pair in scale.labels.items()]
    for item in scale.items:
        asked = [item.question_in(language)] if item.question_in(language) else []
        anchors = [f"  {point}: {text}" for point, text in item.anchors_in(language).items()]
        parts.append("\n".join((f"{item.id} · {item.name_in(language)}", *asked, *anchors)))
    return "\n\n".join(parts) + "\n"


def _read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    text = read_text(path).removeprefix("\ufeff")
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",")
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        if absent := [name for name in COLUMNS if name not in columns]:
            todo = f"the first line must name the columns {','.join(COLUMNS)}"
            what = f"no column {', '.join(absent)}"
            raise InputError(what, where=f"{path}, line 1", todo=todo)
        if doubled := [name for name in COLUMNS if columns.count(name) > 1]:
            raise InputError(f"two columns {doubled[0]}", where=f"{path}, line 1")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _name_cells(path, reader.line_num, columns, cells)
    except csv.Error as error:
        raise InputError(f"invalid CSV: {error}", where=f"{path}, line {reader.line_num}") from None


def _name_cells(path: Path, line: int, columns: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        what = f"{len(cells)} cells where the first line has {len(columns)} columns"
        raise InputError(what, where=f"{path}, line {line}")
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}


def _read_rating(
    path: Path, line: int, row: dict[str, str], scale: Scale, episodes: frozenset[str]
) -> Rating:
    items = [item.id for item in scale.items]
    if row["episode"] not in episodes:
        what = f"the run has no episode {shorten(row['episode'])}"
        todo = "the sheet must come from this run: counselgym agreement RUN --template SHEET.csv"
        raise InputError(what, where=_place(path, line, "episode"), todo=todo)
    if not row["rater"]:
        todo = "write the same name or number in every row you rate"
        raise InputError("no rater is named", where=_place(path, line, "rater"), todo=todo)
    if row["item"] not in items:
        todo = suggest(row["item"], items) or f"the items are {', '.join(items)}"
        what = f"{scale.id} has no item {shorten(row['item'])}"
        raise InputError(what, where=_place(path, line, "item"), todo=todo)
    score = _read_score(row["score"], scale, _place(path, line, "score"))
    return Rating(row["episode"], row["rater"], row["item"], score)


def _read_score(cell: str, scale: Scale, where: str) -> float | None:
    if not cell:
        return None
    low, high = scale.minimum, scale.maximum
    try:
        score = float(cell.replace(",", "."))
    except ValueError:
        score = float("nan")
    if not low <= score <= high:
        todo = f"a number from {low} to {high}, or empty for a rating that is missing"
        raise InputError(f"{shorten(cell)} is no score", where=where, todo=todo)
    return score


def _place(path: Path, line: int, field: str) -> str:
    return f"{path}, line {line}, field {field}"
