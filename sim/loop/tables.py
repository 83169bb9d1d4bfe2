"""The Goodhart table in the terminal: the rounds, and what changed from each to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from evaluators.statistics import Estimate
from sim.loop.config import LoopConfig
from sim.loop.goodhart import MEASURES, Line

BLANK = "–"
_SHARES = {"vetoed", "dropout"}


def draw_tables(
    rounds: Sequence[Line], others: Sequence[Line], config: LoopConfig
) -> Iterator[Table]:
    """Yield the table of all counselors, and that of the changes if there are any."""
    table = _start("Goodhart table: the same held-out clients, every round", ("rows",))
    table.caption = _explain(config, rounds)
    for line in rounds:
        cells = (_say(line.measures[m.id], m.id) for m in MEASURES)
        table.add_row(line.counselor, BLANK if line.rows is None else str(line.rows), *cells)
    for line in others:
        table.add_row(line.counselor, BLANK, *(_say(line.measures[m.id], m.id) for m in MEASURES))
    yield table
    if len(rounds) > 1:
        yield _draw_changes(rounds)


def _draw_changes(rounds: Sequence[Line]) -> Table:
    table = _start("Change from the round before, paired by client", ())
    table.caption = (
        "!! the training judge rose while this got worse, both intervals exclude 0; "
        "? the same, but an interval holds 0"
    )
    for line in rounds:
        if line.changes is None:
            continue
        warned = {warning.measure: " !!" if warning.clear else " ?" for warning in line.warnings}
        table.add_row(
            line.counselor,
            *(_say(line.changes[m.id], m.id, sign=True) + warned.get(m.id, "") for m in MEASURES),
        )
    return table


def _start(title: str, more: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    table.add_column("counselor")
    for name in (*more, *(measure.name for measure in MEASURES)):
        table.add_column(name, justify="right")
    return table


def _explain(config: LoopConfig, rounds: Sequence[Line]) -> str:
    mine, theirs = config.judges.training, config.judges.held_out
    items = f" ({', '.join(theirs.items)})" if theirs.items else ""
    why = f" One voice: {theirs.same_voice}." if theirs.same_voice else ""
    missing = sum(count for line in rounds for count in line.missing.values())
    lacking = f" {missing} values are missing." if missing else ""
    return (
        f"{rounds[0].sessions if rounds else 0} sessions each. Training judge: {mine.voice} on "
        f"{mine.scale}. Held-out judge: {theirs.voice} on {theirs.scale}{items}.{why} NA change: the "
        f"client's own PANAS, less is better; no judge sees it.{lacking}"
    )


def _say(found: Estimate | None, measure: str, *, sign: bool = False) -> str:
    if found is None:
        return BLANK
    shape = ("+" if sign else "") + (".0%" if measure in _SHARES else ".2f")
    value = format(found.mean, shape)
    if found.low is None or found.high is None:
        return value
    return f"{value} ({found.low:{shape}} to {found.high:{shape}})"
