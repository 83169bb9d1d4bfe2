"""Where text goes: results to stdout, notes to stderr."""

from __future__ import annotations

import sys

from rich.console import Console

PIPE_WIDTH = 120


def open_stdout() -> Console:
    """Return the console for results; a pipe gets a fixed width, so that tables stay whole."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def open_stderr() -> Console:
    """Return the console for progress and notes."""
    return Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """Print one line of results as it is: not wrapped, no markup."""
    open_stdout().print(line, markup=False, soft_wrap=True)
