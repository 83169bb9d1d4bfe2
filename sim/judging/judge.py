"""The verb `judge`: judges a run or an import again, and adds the verdicts to its folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shlex import join, quote

from rich.console import Console

from agents.models.budget import Budget
from agents.models.stop import StopRun
from personas.errors import InputError
from personas.files import read_toml
from runs.folder import CONFIG
from runs.imported import is_import_folder
from runs.judgement import Judgement, VerdictStore, judgement_key
from runs.scene import Scene, iter_scenes, list_scenes
from sim.config import Place, RunConfig, load_config, name_flag, name_place
from sim.console import open_stderr, open_stdout
from sim.judging.judged import Judged, gather_judged
from sim.judging.judged_tables import draw_judged
from sim.playing.casting import SCRIPTED, Casting, Seat
from sim.playing.progress import Meter
from sim.playing.runner import Tally, work_off
from sim.playing.stage import keep_calls, utc_now

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130


@dataclass(frozen=True)
class Sitting:
    """One session before one judge on one scale."""

    key: str
    scene: Scene
    seat: Seat


@dataclass(frozen=True)
class Missed:
    """A sitting that broke; it stays owed."""

    error: str
    message: str


@dataclass
class Bench:
    """The judges of one call of the verb, and where they write."""

    seats: list[Seat]
    samples: int
    store: VerdictStore
    budget: Budget
    tally: Tally
    first_error: str = ""

    def key(self, episode: str, seat: Seat) -> str:
        """Return the key of a judgement."""
        return judgement_key(episode, seat.spec, seat.digest, seat.scale.digest, self.samples)

    def owe(self, folder: Path) -> Iterator[Sitting]:
        """Yield what is still to be judged, session by session, so that a judge stays on one."""
        for scene in iter_scenes(folder):
            for seat in self.seats:
                key = self.key(scene.key, seat)
                if key not in self.store.done:
                    yield Sitting(key, scene, seat)

    async def sit(self, sitting: Sitting) -> Judgement | Missed:
        """Judge. A broken model is data, not a crash; raises StopRun if no further call can be made."""
        seat = sitting.seat
        asks = seat.spec != SCRIPTED
        with keep_calls(self.store.journal, self.budget, sitting.key, with_models=asks) as calls:
            try:
                verdict = await seat.judge.rate(sitting.scene.transcript, sitting.scene.language)
            except StopRun:
                raise
            except Exception as error:  # noqa: BLE001 - whatever broke, the others are judged
                return Missed(type(error).__name__, str(error))
        return Judgement(
            key=sitting.key,
            episode=sitting.scene.key,
            judge=seat.spec,
            samples=self.samples if asks else 1,
            verdict=verdict,
            calls=tuple(calls),
            at=utc_now(),
        )

    def keep(self, meter: Meter, result: Judgement | Missed) -> None:
        """Store a judgement, or count what broke."""
        if isinstance(result, Missed):
            self.tally.count_failure(result.error)
            self.first_error = self.first_error or result.message
            meter.watch(0)
            return
        self.store.add(result)
        self.tally.played += 1
        meter.watch(len(result.verdict.ratings))


def judge(folder: Path, config_path: Path | None, flags: dict[str, object], json_out: bool) -> int:
    """Judge what is owed, print the tables of all verdicts or one JSON object; return the exit code.

    0: all is judged; 1: some failed; 130: stopped early, some is left. Raises InputError for a folder,
    a judge or a scale that cannot be used.
    """
    config, place = _configure(folder, config_path, flags)
    bench = judge_folder(folder, config, place, open_stderr())
    judged = gather_judged(folder)
    if json_out:
        _print_json(folder, bench, judged)
    else:
        _print_tables(folder, judged)
    if bench.tally.stopped and bench.tally.left:
        return EXIT_INTERRUPTED
    return EXIT_FAILED if bench.tally.failed else 0


def _configure(
    folder: Path, path: Path | None, flags: dict[str, object]
) -> tuple[RunConfig, Place]:
    """Return the settings: those of a file, or the models of the run itself, under the flags."""
    stored = folder / CONFIG
    if path is None and stored.is_file():
        flags = {**flags, "models": read_toml(stored).get("models")}
    place: Place = name_flag if path is None else partial(name_place, path, flags)
    return load_config(path, flags), place


def judge_folder(folder: Path, config: RunConfig, place: Place, notes: Console) -> Bench:
    """Judge what a folder owes the judges, scales and samples of `config`, with live progress.

    `place` says, for errors, where a field was set. Raises InputError as `judge` does.
    """
    casting = Casting(config, place)
    specs = config.roles.judges or (None,)
    seats = casting.build_judges(specs, config.scales, config.samples)
    scenes = list_scenes(folder)
    if not scenes:
        raise InputError("nothing to judge: no finished session", where=str(folder))
    with VerdictStore(folder) as store:
        budget = Budget(config.max_cost, config.max_tokens)
        bench = Bench(seats, config.samples, store, budget, Tally(len(scenes) * len(seats)))
        kept = (bench.key(key, seat) in store.done for key in scenes for seat in seats)
        bench.tally.kept = sum(kept)
        _announce(folder, scenes, bench, casting, notes)
        try:
            if bench.tally.left:
                with Meter(notes, bench.tally, unit="ratings") as meter:
                    keep = partial(bench.keep, meter)
                    owed = bench.owe(folder)
                    work_off(owed, bench.sit, keep, bench.tally, config.concurrency)
        except StopRun as stop:
            raise InputError(str(stop)) from None
        finally:
            _conclude(bench, notes)
    return bench


def _announce(
    folder: Path, scenes: dict[str, str], bench: Bench, casting: Casting, notes: Console
) -> None:
    kind = "imported sessions" if is_import_folder(folder) else "episodes"
    pairs = ", ".join(f"{seat.spec} on {seat.scale.id}" for seat in bench.seats)
    notes.print(
        f"{folder}: {len(scenes)} {kind} × {len(bench.seats)} judgements ({pairs}) = "
        f"{bench.tally.planned}, {bench.tally.kept} done already",
        soft_wrap=True,
    )
    if bench.store.torn:
        notes.print("verdicts.jsonl: the last line was torn and is cut off; it is owed")
    client, specs = next(iter_scenes(folder)).client, [seat.spec for seat in bench.seats]
    for warning in casting.find_kin(client, sorted(set(scenes.values())), specs):
        notes.print(f"Mind: {warning}.", soft_wrap=True)


def _conclude(bench: Bench, notes: Console) -> None:
    tally = bench.tally
    if not tally.failed and not tally.left and not tally.played:
        notes.print("Nothing to do: all of it is judged.")
    notes.print(
        f"planned {tally.planned} = done {tally.done} + failed {tally.failed} + left {tally.left}"
    )
    if bench.budget.tokens:
        cost = f", cost {bench.budget.cost:.4f}" if bench.budget.cost else ""
        notes.print(f"spent on judging now: {bench.budget.tokens:,} tokens{cost}")
    if tally.stopped:
        notes.print(f"Stopped: {tally.why}.", soft_wrap=True)
    if tally.failed:
        kinds = ", ".join(f"{kind} ×{count}" for kind, count in tally.errors.items())
        notes.print(f"Failed: {kinds}; the first: {bench.first_error}", soft_wrap=True)
    if tally.failed or tally.left:
        notes.print(f"To go on: {join(['counselgym', *sys.argv[1:]])}", soft_wrap=True)


def _print_tables(folder: Path, judged: Judged) -> None:
    console = open_stdout()
    for table in draw_judged(judged):
        console.print(table)
    console.print(f"All tables of the run: counselgym show {quote(str(folder))}", soft_wrap=True)


def _print_json(folder: Path, bench: Bench, judged: Judged) -> None:
    whole = {
        "folder": str(folder),
        "counts": bench.tally.to_json(),
        "spent_now": {"tokens": bench.budget.tokens, "cost": round(bench.budget.cost, 6)},
        "judged": judged.to_json(),
    }
    sys.stdout.write(json.dumps(whole, ensure_ascii=False) + "\n")
