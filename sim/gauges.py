"""The client's state as needles: one line of figures, or small bars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from agents.gauge import Gauge

WIDTH = 6
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


def draw_gauge(gauge: Gauge, before: Gauge | None, *, bars: bool) -> Text:
    """Return all needles; without bars they stand in one plain line."""
    line = Text("")
    for needle in iter_needles(gauge, before):
        if line:
            line.append("  ")
        line.append_text(_draw_needle(needle, bars=bars))
    return line


def _needle(name: str, value: float, last: float | None) -> Needle:
    return Needle(name, round(value), None if last is None else round(value) - round(last))


def _draw_needle(needle: Needle, *, bars: bool) -> Text:
    text = Text(f"{needle.name} ", style="dim")
    if bars:
        text.append(draw_bar(needle.value), style=_choose_colour(needle.name))
        text.append(" ")
    text.append(str(needle.value), style="bold")
    if needle.change:
        text.append(f" ({needle.change:+d})", style=_choose_tone(needle))
    return _glue(text)


def draw_bar(value: int) -> str:
    """Return a bar of six cells for a value of 0 to 100, in steps of an eighth of a cell."""
    steps = round(max(0, min(100, value)) / 100 * WIDTH * 8)
    full, rest = divmod(steps, 8)
    bar = EIGHTHS[8] * full + (EIGHTHS[rest] if rest else "")
    return bar.ljust(WIDTH, "·")


def _glue(text: Text) -> Text:
    """Keep name, bar and figures of one needle on one line."""
    glued = Text(text.plain.replace(" ", "\u00a0"))
    glued.spans = list(text.spans)
    glued.style = text.style
    return glued


def _choose_colour(name: str) -> str:
    return "green" if name in GOOD_WHEN_HIGH else "magenta" if "belief" in name else "yellow"


def _choose_tone(needle: Needle) -> str:
    rising = (needle.change or 0) > 0
    return "green" if rising == (needle.name in GOOD_WHEN_HIGH) else "red"
