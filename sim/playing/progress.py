"""Live progress on stderr: a bar in a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from sim.playing.runner import Tally
from sim.playing.standings import Standings

PLAIN_EVERY = 3.0
FIRST_PLAIN = 1.0


class Meter:
    """Shows a tally as it grows. Use as a context manager around the batch."""

    def __init__(
        self,
        console: Console,
        tally: Tally,
        standings: Standings | None = None,
        unit: str = "turns",
    ) -> None:
        self._console = console
        self._tally = tally
        self._standings = standings
        self._unit = unit
        self._start = time.monotonic()
        self._next_line = self._start + FIRST_PLAIN
        self._turns = 0
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def watch(self, turns: int) -> None:
        """Take note of one more record, of so many messages (or what the meter counts)."""
        self._turns += turns
        if self._bar is not None:
            self._bar.update(
                self._task, completed=self._tally.planned - self._tally.left, line=self.line()
            )
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + PLAIN_EVERY
            self._console.print(self.line(), highlight=False)

    def line(self) -> str:
        """Return the state in one line."""
        tally, seconds = self._tally, max(time.monotonic() - self._start, 1e-3)
        fresh = tally.played + tally.failed
        wait = _say_seconds(tally.left * seconds / fresh) if fresh else "?"
        return (
            f"{tally.done} done · {tally.failed} failed · {tally.left} left of {tally.planned} · "
            f"{self._turns / seconds:,.0f} {self._unit}/s · ETA {wait}" + self._say_standings()
        )

    def _say_standings(self) -> str:
        return f" · {self._standings.line()}" if self._standings else ""

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar = Progress(
                BarColumn(bar_width=24),
                TextColumn("{task.fields[line]}", markup=False),
                console=self._console,
                transient=True,
            )
            self._task = self._bar.add_task("run", total=self._tally.planned, line=self.line())
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        seconds = time.monotonic() - self._start
        self._console.print(f"{self.line()} · took {_say_seconds(seconds)}", highlight=False)


def _say_seconds(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02.0f} s" if minutes else f"{rest:.1f} s"
