"""Where text goes: results to stdout, notes to stderr. Brackets and colons in it are just text."""

from __future__ import annotations

import sys

from rich.console import Console

PIPE_WIDTH = 120


def open_stdout() -> Console:
    """Return the console for results; a pipe gets a fixed width, so that tables stay whole."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(highlight=False, markup=False, emoji=False, width=width)


def open_stderr() -> Console:
    """Return the console for progress and notes."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(line: str) -> None:
    """Print one line of results as it is, not wrapped."""
    open_stdout().print(line, soft_wrap=True)
