"""A table of a paper with our rows and the published ones, for the terminal and for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.table import Table

BLANK = "–"
Number = float | int | None


@dataclass(frozen=True)
class PaperRow:
    """One row: who or what, and the numbers of the columns; `published` ones are the paper's."""

    name: str
    cells: tuple[Number, ...]
    published: bool = False


@dataclass(frozen=True)
class PaperTable:
    """One table. `differs` says what is not as in the paper's protocol; empty where it has no figures."""

    title: str
    first: str
    columns: tuple[str, ...]
    rows: tuple[PaperRow, ...]
    differs: str


def make_row(
    name: str, keys: tuple[str, ...], numbers: Mapping[str, Number], *, published: bool = False
) -> PaperRow:
    """Return a row with the numbers of these keys, `None` where there is none."""
    return PaperRow(name, tuple(numbers.get(key) for key in keys), published)


def draw_paper_table(table: PaperTable) -> Table:
    """Draw our rows, a line, and the published ones."""
    drawn = Table(
        title=table.title, caption=table.differs, title_justify="left", caption_justify="left"
    )
    drawn.add_column(table.first, overflow="fold")
    for column in table.columns:
        drawn.add_column(column, justify="right")
    for row in table.rows:
        if row.published and not table.rows[table.rows.index(row) - 1].published:
            drawn.add_section()
        name = f"{row.name}, published" if row.published else row.name
        drawn.add_row(name, *(_say(cell) for cell in row.cells))
    return drawn


def _say(cell: Number) -> str:
    if cell is None:
        return BLANK
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:.2f}"
