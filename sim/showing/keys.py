"""Keys while an episode plays: space pauses, + and - change the speed, q quits."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
import tty
from types import TracebackType
from typing import Any, Self

SLICE = 0.1
FASTER = 1.5
HELP = "space pause · +/- speed · q quit"


class Pace:
    """Waits between beats and listens to the keys; the terminal is put back on exit.

    `speed` is a factor on reading speed. Without a terminal on stdin it only waits.
    """

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.paused = False
        self.ended = False
        self._input = sys.stdin.fileno() if sys.stdin.isatty() else None
        self._before: list[Any] | None = None

    def wait(self, seconds: float) -> None:
        """Wait so many seconds at speed 1, longer while paused, no longer once ended."""
        left = seconds
        while not self.ended and (left > 0 or self.paused):
            start = time.monotonic()
            self._listen(min(SLICE, left / self.speed) if left > 0 else SLICE)
            if not self.paused:
                left -= (time.monotonic() - start) * self.speed

    def press(self, key: str) -> None:
        """Do what a key asks for."""
        match key:
            case " ":
                self.paused = not self.paused
            case "+" | "=":
                self.speed *= FASTER
            case "-":
                self.speed /= FASTER
            case "q":
                self.ended = True

    def _listen(self, seconds: float) -> None:
        if self._input is None:
            time.sleep(seconds)
            return
        ready, _, _ = select.select([self._input], [], [], seconds)
        if ready:
            for key in os.read(self._input, 16).decode(errors="ignore"):
                self.press(key)

    def __enter__(self) -> Self:
        if self._input is not None:
            self._before = termios.tcgetattr(self._input)
            tty.setcbreak(self._input)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._input is not None and self._before is not None:
            termios.tcsetattr(self._input, termios.TCSADRAIN, self._before)
