"""The verb `realism`: how believable the clients of a run or an imported corpus are."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from evaluators.realism.report import Report
from evaluators.recovery import Recovery
from personas.errors import InputError
from runs.sessions import iter_sessions
from sim.console import open_stdout
from sim.realism_tables import draw_findings, draw_report, report_to_json

RECOVERY = "Blind recovery from the client's words (accepted: above chance, not too easy)"


def print_realism(folder: Path, json_out: bool, recovery: bool) -> None:
    """Print the fidelity report on a folder, as tables or as one JSON object."""
    report, blind = Report(), Recovery()
    for session in iter_sessions(folder):
        report.add(session)
        if recovery:
            blind.add(session)
    if not report.all.sessions:
        raise InputError("no finished session yet", where=str(folder))
    recovered = list(blind.findings()) if recovery else []
    if json_out:
        whole = {"folder": str(folder), **report_to_json(report)}
        if recovery:
            whole["recovery"] = {finding.name: finding.to_json() for finding in recovered}
        json.dump(whole, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    console = open_stdout()
    console.print(f"{folder}: {report.all.sessions} sessions")
    for table in draw_report(report):
        console.print(table)
    if recovery:
        console.print(draw_findings(RECOVERY, recovered))
