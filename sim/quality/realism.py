"""The verb `realism`: how believable the clients of a run or an imported corpus are."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agents.models.endpoint import Endpoint
from evaluators.realism.embedding import embedding_diversity
from evaluators.realism.findings import Finding, find_all
from evaluators.realism.recovery import Recovery
from evaluators.realism.report import Report, report_on
from personas.errors import InputError
from runs.folder import CONFIG, is_run_folder
from runs.sessions import iter_sessions
from sim.config import load_config
from sim.console import open_stdout
from sim.quality.realism_tables import draw_findings, draw_report, report_to_json

RECOVERY = "Blind recovery from the client's words (accepted: above chance, not too easy)"


@dataclass(frozen=True)
class Wanted:
    """What is asked for beside the report: recovery, and models that read or embed, by spec."""

    recovery: bool = False
    reader: str | None = None
    embeddings: str | None = None


def print_realism(folder: Path, json_out: bool, wanted: Wanted) -> None:
    """Print the fidelity report on a folder, as tables or as one JSON object."""
    report = report_on(iter_sessions(folder))
    if not report.all.sessions:
        raise InputError("no finished session yet", where=str(folder))
    found = [*find_all(report), *_find_embedding(folder, report, wanted.embeddings)]
    recovered = _recover(folder, wanted)
    if json_out:
        whole = {"folder": str(folder), **report_to_json(report, found)}
        if recovered:
            whole["recovery"] = {finding.name: finding.to_json() for finding in recovered}
        json.dump(whole, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    console = open_stdout()
    console.print(f"{folder}: {report.all.sessions} sessions")
    for table in draw_report(report, found):
        console.print(table)
    if recovered:
        console.print(draw_findings(RECOVERY, recovered))


def _recover(folder: Path, wanted: Wanted) -> list[Finding]:
    if not wanted.recovery and wanted.reader is None:
        return []
    recovery = Recovery()
    for session in iter_sessions(folder):
        recovery.add(session)
    if wanted.reader is not None:
        from sim.quality.blind import read_sessions

        read_sessions(iter_sessions(folder), wanted.reader, _endpoints(folder), recovery)
    return list(recovery.findings())


def _find_embedding(folder: Path, report: Report, spec: str | None) -> Iterator[Finding]:
    if spec is not None:
        from sim.quality.embeddings import embed

        texts = report.sample.texts
        value = embedding_diversity(embed(texts, spec, _endpoints(folder)))
        label = f"embedding diversity, by {spec}"
        yield Finding("embedding_diversity", label, value, n=len(texts))


def _endpoints(folder: Path) -> Mapping[str, Endpoint]:
    """Return the endpoints that a run was set up with; an import has none."""
    return load_config(folder / CONFIG, {}).models if is_run_folder(folder) else {}
