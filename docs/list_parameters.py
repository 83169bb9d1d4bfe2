"""Writes the tables of docs/mind.md from agents/mind/parameters.toml; what stands around them is kept."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from agents.mind.parameters import Parameter, load_parameters

PAGE = Path(__file__).with_name("mind.md")
START, END = "<!-- parameters: written by docs/list_parameters.py -->\n", "<!-- end -->\n"


def render(page: str) -> str:
    """Return the page with its tables written anew."""
    before, _, rest = page.partition(START)
    return f"{before}{START}{write_tables()}{END}{rest.partition(END)[2]}"


def write_tables() -> str:
    """Return one table per group of parameters."""
    rows = load_parameters().table.items()
    groups = groupby(rows, key=lambda row: row[0].rpartition(".")[0])
    return "".join(_write_group(name, list(group)) for name, group in groups)


def _write_group(group: str, rows: list[tuple[str, Parameter]]) -> str:
    head = f"\n**{group}**\n\n| name | value | range | unit | source | why |\n|---|---|---|---|---|---|\n"
    return (
        head
        + "".join(
            f"| {name.rpartition('.')[2]} | {p.value:g} | {p.low:g} to {p.high:g} | {p.unit} | {p.source} "
            f"| {p.why} |\n"
            for name, p in rows
        )
        + "\n"
    )


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
