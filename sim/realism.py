"""The verb `realism`: how believable the clients of a run or an imported corpus are."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from evaluators.realism.report import report_on
from personas.errors import InputError
from runs.sessions import iter_sessions
from sim.console import open_stdout
from sim.realism_tables import draw_report, report_to_json


def print_realism(folder: Path, json_out: bool) -> None:
    """Print the fidelity report on a folder, as tables or as one JSON object."""
    report = report_on(iter_sessions(folder))
    if not report.all.sessions:
        raise InputError("no finished session yet", where=str(folder))
    if json_out:
        whole = {"folder": str(folder), **report_to_json(report)}
        json.dump(whole, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    console = open_stdout()
    console.print(f"{folder}: {report.all.sessions} sessions")
    for table in draw_report(report):
        console.print(table)
