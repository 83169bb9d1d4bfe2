"""The fake server in a process of its own, for tests and benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def run_fake(*options: str) -> Iterator[str]:
    """Start `python -m tests.fake` with options; gives the base URL and ends the process after."""
    command = [sys.executable, "-m", "tests.fake", *options]
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError(f"the fake server did not start: exit code {process.wait()}")
        yield url
    finally:
        ended = process.poll()  # None while it serves; a signal that ended it is negative
        if ended is not None:
            print(f"the fake server ended by itself: exit code {ended}", file=sys.stderr)
        process.kill()
        process.wait()
        process.stdout.close()
