"""The verb `show`: the tables of a run, from its records."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from personas.errors import InputError
from runs.reader import is_torn, iter_episodes, iter_failures
from sim.console import open_stdout
from sim.summary import summarize
from sim.tables import draw_tables


def show(folder: Path, json_out: bool) -> None:
    """Print the tables of a run, or one JSON object."""
    summary = summarize(iter_episodes(folder))
    failures = sum(1 for _ in iter_failures(folder))
    if json_out:
        whole = {"folder": str(folder), "failed_attempts": failures, "torn": is_torn(folder)}
        json.dump({**whole, "summary": summary.to_json()}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    if not summary.episodes:
        what = f"no finished episode yet, {failures} failed attempts"
        raise InputError(what, where=str(folder), todo="run it again first")
    console = open_stdout()
    console.print(f"{folder}: {summary.episodes} episodes, {failures} failed attempts")
    if is_torn(folder):
        console.print("The last line is unfinished: still being written, or torn and owed.")
    for table in draw_tables(summary):
        console.print(table)
