"""The verb `tournament`: plays what is missing, then says who is better and how sure that is."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from rich.console import Console

from agents.models.budget import Budget
from personas.errors import InputError
from personas.files import replace_file
from runs.folder import MANIFEST
from runs.reader import iter_episodes
from runs.record import NOTICE
from sim.config import RunConfig, name_flag
from sim.console import open_stderr, open_stdout
from sim.extras import need_extra
from sim.playing.casting import Casting, PairSeat
from sim.playing.plan import Plan
from sim.playing.run import EXIT_FAILED, EXIT_INTERRUPTED, play_plan, prepare
from sim.playing.runner import Tally
from sim.playing.standings import Standings
from sim.report.verb import PAGE

if TYPE_CHECKING:
    from sim.tournament.pairs import Judged

RESULTS = "results.json"
REPORT = "report.md"


@dataclass(frozen=True)
class Pairs:
    """The answer to `--pairs` and `--adaptive`: who compares, and how many pairs (`None`: all)."""

    judges: Sequence[str]
    adaptive: int | None


@dataclass(frozen=True)
class Power:
    """The question of `--plan`: which CTRS difference should be seen, judged by which earlier run."""

    difference: float
    pilot: Path | None


def tournament(
    config_path: Path | None,
    flags: Mapping[str, object],
    out: Path | None,
    json_out: bool,
    pairs: Pairs | None = None,
) -> int:
    """Play what is owed, write results and report beside the records, print them.

    Without `pairs` the CTRS means decide who beats whom. Returns the exit code as `run` does. Raises
    InputError for fewer than two counselors, for comparisons that do not connect them, or where the
    extra `stats` is not installed.
    """
    need_extra("tournament", "stats", "evalica")
    config, plan, folder = _prepare(config_path, flags, out)
    notes = open_stderr()
    seats = _seat_pairs(config, plan, pairs, notes) if pairs else ()
    budget = Budget(config.max_cost, config.max_tokens)
    tallies = [play_plan(config, plan, folder, notes, Standings(), budget)]
    if pairs and tallies[0].stopped and tallies[0].left:
        notes.print("No results yet: pairs are judged when the episodes are there.")
        return EXIT_INTERRUPTED
    judged = None
    if pairs:
        from sim.tournament.pairs import judge_pairs

        judged, tally = judge_pairs(config, plan, folder, seats, pairs.adaptive, budget, notes)
        tallies.append(tally)
    _write_results(config, plan, folder, tallies, judged, json_out)
    if any(tally.stopped and tally.left for tally in tallies):
        return EXIT_INTERRUPTED
    return EXIT_FAILED if any(tally.failed for tally in tallies) else 0


def _seat_pairs(
    config: RunConfig, plan: Plan, pairs: Pairs, notes: Console
) -> tuple[PairSeat, ...]:
    casting = Casting(config, name_flag)
    seats = casting.build_pair_judges(pairs.judges)
    client = config.roles.client or config.model
    for warning in casting.find_kin(client, plan.counselors, pairs.judges):
        notes.print(f"Mind: {warning}.", soft_wrap=True)
    return seats


def print_power(
    config_path: Path | None, flags: Mapping[str, object], power: Power, json_out: bool
) -> int:
    """Print how many clients and seeds show a difference, and what they cost; play nothing."""
    need_extra("tournament", "stats", "evalica")
    from sim.tournament.planning import find_needs, read_pilot
    from sim.tournament.tables import draw_plan

    config, plan, _ = _prepare(config_path, flags, None)
    pilot = read_pilot(power.pilot)
    needs = find_needs(pilot, power.difference, len({p.form for p in plan.personas}))
    if json_out:
        rows = [vars(need) for need in needs]
        price = vars(pilot.price) if pilot.price else None
        whole = {"difference": power.difference, "source": pilot.source, "needs": rows}
        sys.stdout.write(json.dumps({**whole, "episodes": len(plan), "price": price}) + "\n")
        return 0
    console = open_stdout()
    console.print(draw_plan(needs, pilot, power.difference, _say_design(plan)).draw())
    console.print(_say_price(config, plan, pilot.price), soft_wrap=True)
    return 0


def _prepare(
    config_path: Path | None, flags: Mapping[str, object], out: Path | None
) -> tuple[RunConfig, Plan, Path]:
    config, plan, folder = prepare(config_path, flags, out)
    if len(plan.counselors) < 2:
        raise InputError(
            "a tournament needs at least two counselors",
            where="counselors",
            todo="add one, for example --counselors crdial,plain",
        )
    return config, plan, folder


def _write_results(
    config: RunConfig,
    plan: Plan,
    folder: Path,
    tallies: list[Tally],
    judged: Judged | None,
    json_out: bool,
) -> None:
    from sim.report.gather import Gathered
    from sim.report.sources import open_sources
    from sim.report.verb import write_page
    from sim.tournament.board import Board
    from sim.tournament.results import find_results
    from sim.tournament.tables import draw_results

    keys = {ticket.key for ticket in plan}
    gathered = Gathered(open_sources([folder]))
    gathered.add_all(0, (episode for episode in iter_episodes(folder) if episode.key in keys))
    board = Board(tuple(plan.counselors), gathered.rows())
    if len({row.counselor for row in board.rows}) < len(plan.counselors):
        open_stderr().print("No results yet: some counselor has no finished episode.")
        return
    try:
        results = find_results(board, judged)
    except InputError as error:
        if not tallies[-1].left:
            raise
        open_stderr().print(f"No results yet: {error.what}.", soft_wrap=True)
        return
    grids = list(draw_results(results))
    whole = {
        "notice": NOTICE,
        "config": config.to_toml(),
        "manifest": json.loads((folder / MANIFEST).read_text(encoding="utf-8")),
        "counts": _count(tallies[0]),
        **({"pair_counts": _count(tallies[1])} if judged else {}),
        "warnings": list(plan.kin),
        "results": results.to_json(),
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    replace_file(folder / RESULTS, text + "\n")
    heading = f"# Tournament {config.name}\n\n{NOTICE}\n\n{_say_design(plan)}.\n\n"
    replace_file(folder / REPORT, heading + "\n\n".join(grid.write() for grid in grids) + "\n")
    write_page(folder / PAGE, f"Tournament {config.name}", gathered, results)
    if json_out:
        sys.stdout.write(json.dumps(whole, ensure_ascii=False) + "\n")
    else:
        _print_tables(open_stdout(), folder, [grid.draw() for grid in grids])


def _count(tally: Tally) -> dict[str, object]:
    return {name: tally.to_json()[name] for name in ("planned", "done", "failed", "left")}


def _print_tables(console: Console, folder: Path, tables: list[object]) -> None:
    for table in tables:
        console.print(table)
    console.print(
        f"Written: {folder / RESULTS}, {folder / REPORT}, {folder / PAGE}", soft_wrap=True
    )
    console.print(f"Next: counselgym replay {quote(str(folder))}", soft_wrap=True)


def _say_design(plan: Plan) -> str:
    forms = len({persona.form for persona in plan.personas})
    of = f" of {forms} intake forms" if forms != len(plan.personas) else ""
    return (
        f"{len(plan.personas)} clients{of} × {len(plan.counselors)} counselors × {len(plan.seeds)} "
        f"seeds = {len(plan)} episodes, paired: every counselor meets the same clients and seeds"
    )


def _say_price(config: RunConfig, plan: Plan, price: object) -> str:
    from sim.tournament.planning import Price

    if not plan.with_models:
        return "All voices are scripted: no calls, no cost; about 40 episodes a second on 2 cores."
    if not isinstance(price, Price):
        return "What it costs is not known: play a few clients and name that run with --pilot."
    count = len(plan)
    cost = "unknown (no prices)" if price.cost is None else f"{price.cost * count:,.2f}"
    hours = price.seconds * count / min(config.concurrency, count) / 3600
    return (
        f"{count:,} episodes: about {price.calls * count:,.0f} calls, "
        f"{price.tokens * count:,.0f} tokens, cost {cost}, {hours:.1f} h at "
        f"{config.concurrency} in flight (from the pilot)"
    )
