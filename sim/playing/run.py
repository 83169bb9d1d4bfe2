"""The verb `run`: plays a plan into a run folder and shows what came out."""

from __future__ import annotations

import json
import platform
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from shlex import quote

from rich.console import Console

from agents.models.budget import Budget
from agents.models.stop import StopRun
from personas.errors import InputError
from personas.importers.cactus import Repair
from runs.folder import (
    CONFIG,
    MANIFEST,
    Manifest,
    is_run_folder,
    prepare_folder,
    update_scope,
)
from runs.reader import iter_episodes
from runs.store import Store
from sim.config import RunConfig, load_config, name_place
from sim.console import open_stderr, open_stdout
from sim.counting.summary import Summary, summarize
from sim.counting.tables import draw_tables
from sim.playing.plan import Plan, build_plan
from sim.playing.progress import Meter
from sim.playing.runner import Tally, count_plan, run_batch
from sim.playing.stage import Stage
from sim.playing.standings import Standings

PACKAGES = ("counselgym", "langgraph", "pydantic", "faker")
REPAIRS_SHOWN = 8
EXIT_FAILED = 1
EXIT_INTERRUPTED = 130


def run(
    config_path: Path | None, flags: Mapping[str, object], out: Path | None, json_out: bool
) -> int:
    """Play what is owed, print tables or one JSON object; return the exit code.

    A run that exists is resumed with its own settings, unless a file of settings is given; flags
    override either. 0: all planned episodes are done; 1: some failed; 130: interrupted, some left.
    """
    config, plan, folder = prepare(config_path, flags, out)
    notes = open_stderr()
    tally = play_plan(config, plan, folder, notes)
    summary = summarize(iter_episodes(folder))
    if json_out:
        _print_json(config, plan, folder, tally, summary)
    else:
        _print_tables(folder, tally, summary)
    if tally.stopped and tally.left:
        return EXIT_INTERRUPTED
    return EXIT_FAILED if tally.failed else 0


def prepare(
    config_path: Path | None, flags: Mapping[str, object], out: Path | None
) -> tuple[RunConfig, Plan, Path]:
    """Return the settings, what they ask to be played, and the folder it goes to."""
    if config_path is None and out is not None and is_run_folder(out):
        config_path = out / CONFIG
    config = load_config(config_path, flags)
    plan = build_plan(config, partial(name_place, config_path, flags))
    return config, plan, out or Path("out") / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{config.name}"


def play_plan(
    config: RunConfig,
    plan: Plan,
    folder: Path,
    notes: Console,
    standings: Standings | None = None,
    budget: Budget | None = None,
) -> Tally:
    """Play what a folder still owes of a plan, with live progress; return where it stands then.

    `standings` sees every episode as it ends, and its line is shown beside the progress. `budget` is
    for a caller that makes more calls afterwards.
    """
    budget = budget or Budget(config.max_cost, config.max_tokens)
    manifest = describe_run(plan)
    new = prepare_folder(folder, config.to_toml(), manifest)
    with Store(folder) as store:
        if not new:
            update_scope(folder, config.to_toml(), manifest)
        tally = count_plan(plan, store)
        _announce(plan, store, tally, folder, notes)
        try:
            if tally.left:
                with Meter(notes, tally, standings) as meter:
                    stage = Stage(plan, store.journal, budget)
                    play_one = standings.listen(stage.play_one) if standings else stage.play_one
                    run_batch(plan, store, tally, play_one, config.concurrency, meter.watch)
        except StopRun as stop:
            raise InputError(str(stop)) from None
        finally:  # a full disk or a second interrupt: the counts are told all the same
            _conclude(tally, folder, notes)
    return tally


def describe_run(plan: Plan) -> Manifest:
    """Return what this run is made with and of."""
    return Manifest(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        counselgym=_find_version("counselgym"),
        python=platform.python_version(),
        packages={name: _find_version(name) for name in PACKAGES[1:]},
        seeds=tuple(plan.seeds),
        personas=plan.fingerprint,
        persona_count=len(plan.personas),
        voices={
            "client": plan.company.client.voice,
            "counselors": {spec: counselor.voice for spec, counselor in plan.counselors.items()},
        },
        repairs=tuple(asdict(repair) for repair in plan.repairs),
    )


def name_resume(folder: Path) -> str:
    """Return the command that plays what is left of a run."""
    return f"counselgym run --out {quote(str(folder))}"


def name_replay(folder: Path) -> str:
    """Return the command that plays an episode of a run in the terminal."""
    return f"counselgym replay {quote(str(folder))}"


def _find_version(package: str) -> str:
    try:
        return version(package)
    except ImportError:
        return "not installed"


def _announce(plan: Plan, store: Store, tally: Tally, folder: Path, notes: Console) -> None:
    """Say what is going to be played, what was repaired, and what was torn."""
    voices = sorted({counselor.voice for counselor in plan.counselors.values()})
    notes.print(
        f"{folder}: {len(plan.personas)} personas × {len(plan.counselors)} counselors × "
        f"{len(plan.seeds)} seeds = {tally.planned} episodes, {tally.kept} done already "
        f"(synthetic; client {plan.company.client.voice}, counselors {', '.join(voices)})",
        soft_wrap=True,
    )
    for warning in plan.kin:
        notes.print(f"Mind: {warning}.", soft_wrap=True)
    _announce_repairs(plan.repairs, notes)
    for name in store.torn:
        notes.print(
            f"{name}: the last line was torn and is cut off; what it held is owed", soft_wrap=True
        )


def _announce_repairs(repairs: tuple[Repair, ...], notes: Console) -> None:
    """Say what was repaired how often; the items stand in the manifest."""
    if repairs:
        notes.print(
            f"{len(repairs)} repairs and blanks while reading the clients, each in {MANIFEST}:"
        )
    kinds = Counter(f"{repair.field}: {repair.what}" for repair in repairs)
    for kind, count in kinds.most_common(REPAIRS_SHOWN):
        notes.print(f"  {count} × {kind}", soft_wrap=True)
    if len(kinds) > REPAIRS_SHOWN:
        notes.print(f"  and {len(kinds) - REPAIRS_SHOWN} other kinds")


def _conclude(tally: Tally, folder: Path, notes: Console) -> None:
    if not tally.failed and not tally.left and not tally.played:
        notes.print("Nothing to do: every planned episode is finished.")
    notes.print(
        f"planned {tally.planned} = done {tally.done} + failed {tally.failed} + left {tally.left}"
    )
    if tally.stopped:
        notes.print(f"Stopped: {tally.why}.", soft_wrap=True)
    if tally.failed:
        kinds = ", ".join(f"{kind} ×{count}" for kind, count in tally.errors.items())
        notes.print(f"Failed: {kinds}; see {folder}/failures.jsonl.", soft_wrap=True)
    if tally.failed or tally.left:
        notes.print(f"To go on: {name_resume(folder)}", soft_wrap=True)


def _print_tables(folder: Path, tally: Tally, summary: Summary) -> None:
    console = open_stdout()
    if summary.episodes != tally.done:
        console.print(
            f"The tables are over all {summary.episodes} episodes in the folder, "
            "those of earlier plans included.",
            soft_wrap=True,
        )
    if summary.episodes:
        for table in draw_tables(summary):
            console.print(table)
        console.print(f"Next: {name_replay(folder)}", soft_wrap=True)


def _print_json(
    config: RunConfig, plan: Plan, folder: Path, tally: Tally, summary: Summary
) -> None:
    whole = {
        "folder": str(folder),
        "config": config.to_toml(),
        "counts": tally.to_json(),
        "repairs": [asdict(repair) for repair in plan.repairs],
        "summary": summary.to_json(),
        "next": name_resume(folder) if tally.failed or tally.left else name_replay(folder),
    }
    sys.stdout.write(json.dumps(whole, ensure_ascii=False) + "\n")
