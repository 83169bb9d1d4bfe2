"""The verb `show`: the tables of a run, from its records."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from shlex import quote

from rich.table import Table

from evaluators.realism.fidelity import Fidelity, measure_session
from evaluators.realism.findings import find_short
from personas.errors import InputError
from runs.imported import is_import_folder, iter_imported
from runs.judgement import load_added
from runs.reader import is_torn, iter_episodes, iter_failures
from runs.scene import from_episode as from_played
from runs.scene import from_import as from_foreign
from runs.sessions import from_episode, from_import
from sim.console import open_stdout
from sim.counting.summary import Summary
from sim.counting.tables import draw_tables
from sim.judging.judged import Judged
from sim.judging.judged_tables import draw_judged
from sim.quality.realism_tables import draw_findings
from sim.showing.foreign import Corpus, draw_corpus


def show(folder: Path, json_out: bool) -> None:
    """Print the tables of a run, or one JSON object; of an import, what is known of it."""
    if is_import_folder(folder):
        _show_import(folder, json_out)
        return
    summary, fidelity, judged, added = Summary(), Fidelity(), Judged(), load_added(folder)
    for episode in iter_episodes(folder):
        judgements = added.get(episode.key, [])
        summary.add(episode, [judgement.verdict for judgement in judgements])
        judged.add(from_played(episode), judgements)
        fidelity.add(measure_session(from_episode(episode)))
    failures = sum(1 for _ in iter_failures(folder))
    if json_out:
        whole = {"folder": str(folder), "failed_attempts": failures, "torn": is_torn(folder)}
        told = {"summary": summary.to_json(), "judged": judged.to_json()}
        _print_json({**whole, **told, "fidelity": _plain(fidelity)})
        return
    if not summary.episodes:
        what = f"no finished episode yet, {failures} failed attempts"
        raise InputError(what, where=str(folder), todo="run it again first")
    console = open_stdout()
    console.print(f"{folder}: {summary.episodes} episodes, {failures} failed attempts")
    if is_torn(folder):
        console.print("The last line is unfinished: still being written, or torn and owed.")
    panels = draw_judged(judged) if added else ()
    for table in (*draw_tables(summary), *panels, _draw_short(fidelity)):
        console.print(table)
    console.print(f"All of it: counselgym realism {quote(str(folder))}")


def _show_import(folder: Path, json_out: bool) -> None:
    corpus, fidelity, judged, added = Corpus(), Fidelity(), Judged(), load_added(folder)
    for record in iter_imported(folder):
        corpus.add(record)
        judged.add(from_foreign(record), added.get(record.key, ()))
        fidelity.add(measure_session(from_import(record)))
    if json_out:
        told = {"summary": corpus.to_json(), "judged": judged.to_json()}
        whole = {"folder": str(folder), **told}
        _print_json({**whole, "fidelity": _plain(fidelity)})
        return
    console = open_stdout()
    console.print(f"{folder}: {corpus.sessions} imported sessions")
    for table in (draw_corpus(corpus), *draw_judged(judged), _draw_short(fidelity)):
        console.print(table)
    console.print(f"All of it: counselgym realism {quote(str(folder))}")


def _draw_short(fidelity: Fidelity) -> Table:
    return draw_findings("Client fidelity, all sessions", find_short(fidelity))


def _plain(fidelity: Fidelity) -> dict[str, object]:
    return {finding.name: finding.to_json() for finding in find_short(fidelity)}


def _print_json(whole: dict[str, object]) -> None:
    json.dump(whole, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")
