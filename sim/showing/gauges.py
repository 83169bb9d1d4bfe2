"""The client's state as needles: figures, with or without small bars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from agents.mind.gauge import Gauge

WIDTH = 6
GAP = "  "
EIGHTHS = " ▏▎▍▌▋▊▉█"
GOOD_WHEN_HIGH = ("trust", "hope")


@dataclass(frozen=True)
class Needle:
    """One figure of 0 to 100 with its change since the last reading; `None` at the first."""

    name: str
    value: int
    change: int | None


def iter_needles(gauge: Gauge, before: Gauge | None) -> Iterator[Needle]:
    """Yield trust, tension, distress, hope, then the strength of each belief."""
    for name in ("trust", "tension", "distress", "hope"):
        yield _needle(name, getattr(gauge, name), getattr(before, name) if before else None)
    for index, value in enumerate(gauge.beliefs):
        known = before is not None and index < len(before.beliefs)
        last = before.beliefs[index] if before is not None and known else None
        yield _needle(f"belief{index + 1}", value, last)


def draw_gauge(gauge: Gauge, before: Gauge | None, *, bars: bool, width: int) -> Text:
    """Return all needles in as few lines of `width` cells as they need; none is torn apart."""
    lines = Text("")
    used = 0
    for needle in iter_needles(gauge, before):
        drawn = _draw_needle(needle, bars=bars)
        fits = used + len(GAP) + drawn.cell_len <= width
        if used:
            lines.append(GAP if fits else "\n")
        lines.append_text(drawn)
        used = used + len(GAP) + drawn.cell_len if used and fits else drawn.cell_len
    return lines


def _needle(name: str, value: float, last: float | None) -> Needle:
    return Needle(name, round(value), None if last is None else round(value) - round(last))


def _draw_needle(needle: Needle, *, bars: bool) -> Text:
    text = Text.assemble((f"{needle.name} ", "dim"))
    if bars:
        text.append(draw_bar(needle.value), style=_choose_colour(needle.name)).append(" ")
    text.append(str(needle.value), style="bold")
    if needle.change:
        text.append(f" ({needle.change:+d})", style=_choose_tone(needle))
    return text


def draw_bar(value: int) -> str:
    """Return a bar of six cells for a value of 0 to 100, in steps of an eighth of a cell."""
    steps = round(max(0, min(100, value)) / 100 * WIDTH * 8)
    full, rest = divmod(steps, 8)
    bar = EIGHTHS[8] * full + (EIGHTHS[rest] if rest else "")
    return bar.ljust(WIDTH, "·")


def _choose_colour(name: str) -> str:
    return "green" if name in GOOD_WHEN_HIGH else "magenta" if "belief" in name else "yellow"


def _choose_tone(needle: Needle) -> str:
    rising = (needle.change or 0) > 0
    return "green" if rising == (needle.name in GOOD_WHEN_HIGH) else "red"
