"""The verb `audit`: tries judges on sessions whose quality is known, and says what they are fit for."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from langsmith import tracing_context
from rich.console import Console

from agents.models.budget import Budget
from agents.models.stop import StopRun
from evaluators.audit.perturbations import CHANGES
from evaluators.audit.scorecard import Scorecard, score_judge
from evaluators.audit.specimen import GROUPS, Specimen
from evaluators.audit.trial import Material, Trial, try_judge
from evaluators.judge import Judge
from personas.errors import InputError
from runs.journal import Journal
from sim.config import RunConfig, load_config, name_place
from sim.console import open_stderr, open_stdout
from sim.counting.spending import Spending
from sim.judging.audit_material import choose_changed, is_ladder, play_ladder, read_run
from sim.judging.audit_report import draw_card, to_json, to_markdown
from sim.playing.casting import SCRIPTED, Casting, Seat

CLIENTS = 12
EXIT_UNFIT = 1


def audit(
    judges: Sequence[str],
    scale: str,
    run: Path | None,
    config_path: Path | None,
    flags: dict[str, object],
    out: Path | None,
    json_out: bool,
) -> int:
    """Try the judges, print and write their scorecards; return 1 if a required check failed.

    Writes `audit.json` and `audit.md` into `out`, and the replies of models while they are owed.
    Raises InputError for a spec, a run or a configuration that cannot be used.
    """
    started, notes = time.perf_counter(), open_stderr()
    _check_names(judges)
    config = load_config(config_path, flags)
    seats = _seat_judges(config, judges, scale, config_path, flags)
    folder = out or Path("out") / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-audit"
    material, origin = gather(config, run)
    notes.print(_describe(material, origin), soft_wrap=True)
    folder.mkdir(parents=True, exist_ok=True)
    cards = [
        _audit_one(seat, material, config, Journal(folder), f"audit-{number}", notes)
        for number, seat in enumerate(seats)
    ]
    report = to_json(cards, material, origin)
    (folder / "audit.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    (folder / "audit.md").write_text(to_markdown(cards, material, origin), encoding="utf-8")
    if json_out:
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        _print(cards, folder)
    notes.print(f"took {time.perf_counter() - started:.1f} s")
    return 0 if all(card.passes for card in cards) else EXIT_UNFIT


def _check_names(judges: Sequence[str]) -> None:
    if not judges or not all(judges):
        raise InputError("no judge is named", where="--judges", todo="scripted, or a model")
    doubled = sorted({spec for spec in judges if judges.count(spec) > 1})
    if doubled:
        raise InputError(f"named twice: {', '.join(doubled)}", where="--judges")


def _seat_judges(
    config: RunConfig,
    judges: Sequence[str],
    scale: str,
    path: Path | None,
    flags: dict[str, object],
) -> list[Seat]:
    def place(field: str) -> str:
        return "--judges" if field.startswith("roles") else name_place(path, flags, field)

    return Casting(config, place).build_judges(judges, (scale,), config.samples)


def gather(config: RunConfig, run: Path | None) -> tuple[Material, str]:
    """Return what judges are tried on, and where it comes from, in words."""
    clients = config.limit or CLIENTS
    if run is None:
        played = play_ladder(config.language, clients)
        return Material(played, choose_changed(played)), "played offline by scripted voices"
    taken = read_run(run, clients)
    if is_ladder(taken):
        return Material(_known(taken), choose_changed(taken)), f"from {run}"
    played = play_ladder(taken[0].language, clients)
    origin = f"changed sessions from {run}; the known groups played offline"
    return Material(played, choose_changed(taken)), origin


def _known(sessions: tuple[Specimen, ...]) -> tuple[Specimen, ...]:
    return tuple(session for session in sessions if session.group in GROUPS)


def _describe(material: Material, origin: str) -> str:
    clients = len({session.client for session in material.ladder})
    return (
        f"{len(material.ladder)} sessions of known groups ({clients} clients), "
        f"{len(material.changed)} good ones with {len(CHANGES)} changes each: "
        f"{material.size} transcripts per judge; {origin}"
    )


def _audit_one(
    seat: Seat,
    material: Material,
    config: RunConfig,
    journal: Journal,
    key: str,
    notes: Console,
) -> Scorecard:
    judge = seat.judge
    if judge.voice == SCRIPTED:
        return score_judge(material, asyncio.run(try_judge(judge, judge, material)))
    asked = len(seat.scale.items) * config.samples
    calls = f"{material.size} transcripts × {asked} ratings = {material.size * asked:,} calls"
    notes.print(f"{seat.spec}: {calls}")
    trial = _try_model(judge, material, config, journal, key, notes)
    return score_judge(material, trial)


def _try_model(
    judge: Judge,
    material: Material,
    config: RunConfig,
    journal: Journal,
    key: str,
    notes: Console,
) -> Trial:
    """Let a model judge; its replies are kept until it is through, and not paid for twice."""
    from agents.models.ledger import Ledger, keeping

    spending = Spending()
    with (
        tracing_context(enabled=False),
        keeping(Ledger(journal.open(key), Budget(config.max_cost, config.max_tokens))) as ledger,
    ):
        try:
            work = partial(try_judge, judge, resample(judge), material, config.concurrency)
            trial = asyncio.run(work())
        except ExceptionGroup as faults:
            stops = faults.subgroup(StopRun)
            if stops is None:
                raise
            raise InputError(str(_find_first(stops)), todo="the same --out goes on") from None
        finally:
            spending.add(ledger.calls)
            _tell_spending(spending, notes)
    journal.close(key)
    return trial


def _find_first(faults: BaseException) -> BaseException:
    """Return the first single exception of nested groups."""
    while isinstance(faults, BaseExceptionGroup):
        faults = faults.exceptions[0]
    return faults


def _tell_spending(spending: Spending, notes: Console) -> None:
    for row in spending.to_json():
        cost = "unknown" if row["cost"] is None else row["cost"]
        notes.print(
            f"{row['model']}: {row['calls']} calls, {row['prompt_tokens']} + "
            f"{row['completion_tokens']} tokens, cost {cost}"
        )


def resample(judge: Judge) -> Judge:
    """Return the same judge drawing other samples; a judge without a model is its own."""
    from agents.models.resampled import ResampledModel
    from sim.playing.model_voices import ModelJudge

    if isinstance(judge, ModelJudge):
        return replace(judge, model=ResampledModel(judge.model))
    return judge


def _print(cards: list[Scorecard], folder: Path) -> None:
    console = open_stdout()
    for card in cards:
        for part in draw_card(card):
            console.print(part, soft_wrap=isinstance(part, str))
    console.print(f"With all intervals: {folder}/audit.md, {folder}/audit.json", soft_wrap=True)
