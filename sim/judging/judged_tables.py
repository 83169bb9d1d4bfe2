"""What judges say, as tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from evaluators.realism.share import Share
from evaluators.scale import load_scale
from personas.errors import InputError
from sim.counting.spending import Spending
from sim.counting.vetoes import SafetyPart
from sim.judging.judged import Judged, ScalePart

BLANK = "–"


def draw_judged(judged: Judged) -> Iterator[Table]:
    """Yield the tables: a scale each by counselor and by item, the safety flow, and the judges."""
    for scale, parts in sorted(judged.scales.items()):
        yield _draw_scale(scale, parts)
        yield _draw_items(scale, parts)
    if judged.safety:
        yield _draw_safety(judged.safety)
    if judged.judges:
        yield _draw_judges(judged)
    if judged.spending.parts:
        yield _draw_spent(judged.spending)


def _draw_scale(scale: str, parts: dict[str, ScalePart]) -> Table:
    judges = sorted({judge for part in parts.values() for judge in part.judges})
    table = _start(_title(scale), "counselor")
    table.caption = f"mean over items; judged by {', '.join(judges)}"
    _add_numbers(table, "mean", "95 % interval", "spread", "n", "missing")
    for name, part in sorted(parts.items(), key=lambda row: -_mean(row[1])):
        told = part.to_json()
        low, high = _say(told["low"]), _say(told["high"])
        interval = f"{low} to {high}" if told["low"] is not None else BLANK
        table.add_row(
            name,
            _say(told["mean"]),
            interval,
            _say(told["spread"]),
            str(told["n"]),
            str(told["missing"]),
        )
    return table


def _draw_items(scale: str, parts: dict[str, ScalePart]) -> Table:
    table = _start(f"{scale} by item", "item")
    order = sorted(parts, key=lambda name: -_mean(parts[name]))
    _add_numbers(table, *order)
    for item in dict.fromkeys(item for part in parts.values() for item in part.items):
        cells = []
        for name in order:
            average = parts[name].items.get(item)
            missing = f" ({average.missing} missing)" if average and average.missing else ""
            cells.append(_say(average.mean if average else None) + missing)
        table.add_row(item.replace("_", " "), *cells)
    return table


def _draw_safety(parts: dict[str, SafetyPart]) -> Table:
    table = _start("Safety: sessions with danger, and vetoes", "counselor")
    _add_numbers(table, "judged", "danger", "vetoed", "share", "95 % interval", "unsettled")
    table.add_column("faults (sessions)", overflow="fold")
    for name, part in sorted(parts.items(), key=lambda row: (row[1].vetoed.value or 0.0, row[0])):
        faults = ", ".join(f"{fault.replace('_', ' ')} {n}" for fault, n in part.faults.items())
        table.add_row(
            name,
            str(part.judged),
            str(part.danger),
            str(part.vetoed.hits),
            *say_share(part.vetoed),
            str(part.unsettled),
            faults or BLANK,
        )
    return table


def say_share(share: Share) -> tuple[str, str]:
    """Return a share and its interval as percent."""
    if share.value is None or share.interval is None:
        return BLANK, BLANK
    low, high = share.interval
    return f"{100 * share.value:.0f} %", f"{100 * low:.0f} to {100 * high:.0f} %"


def _draw_judges(judged: Judged) -> Table:
    table = _start("Judges", "judge", "scale")
    _add_numbers(table, "sessions", "mean", "ratings", "missing", "invented quotes")
    for (judge, scale), part in sorted(judged.judges.items()):
        table.add_row(
            judge,
            scale,
            str(part.sessions),
            _say(part.score.mean),
            str(part.ratings),
            str(part.missing),
            str(part.invented),
        )
    return table


def _draw_spent(spending: Spending) -> Table:
    table = _start("Model calls of the added verdicts", "scale", "model")
    _add_numbers(table, "calls", "requests", "prompt", "cached", "completion", "cost")
    for row in spending.to_json():
        counts = ("calls", "requests", "prompt_tokens", "cached_tokens", "completion_tokens")
        cells = (f"{row[name]:,}" for name in counts)
        table.add_row(str(row["role"]), str(row["model"]), *cells, _say(row["cost"], 4))
    return table


def _title(scale: str) -> str:
    """Return a scale's name and range; of a scale that is not at hand any more only its id."""
    try:
        found = load_scale(scale)
    except InputError:
        return scale
    return f"{scale}: {found.name}, {found.minimum} to {found.maximum}"


def _mean(part: ScalePart) -> float:
    return sum(mean for _, mean in part.means) / len(part.means) if part.means else -99.0


def _start(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _add_numbers(table: Table, *columns: str) -> None:
    for column in columns:
        table.add_column(column, justify="right")


def _say(value: object, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if isinstance(value, int | float) else BLANK
