"""The verb `loop`: does every stage that is owed, then prints and writes the Goodhart table."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from shlex import quote

from personas.files import replace_file
from runs.record import NOTICE
from sim.console import open_stderr, open_stdout
from sim.loop.clients import check_inputs
from sim.loop.config import LoopConfig, load_loop_config
from sim.loop.goodhart import Line, Sheet, compare_rounds, make_line, read_sheets
from sim.loop.stages import DATA, Round, StoppedError, place_of, read_rows
from sim.loop.state import LoopState
from sim.loop.tables import draw_tables
from sim.training.extra import require_extra

GOODHART = "goodhart.json"
EXIT_INTERRUPTED = 130


def loop(path: Path, json_out: bool) -> int:
    """Go through the rounds, from where they were broken off; return the exit code.

    0: all rounds are done; 130: stopped early. Raises InputError for settings that cannot be used or
    have changed, and for a stage that cannot come to its end; what was done before is kept.
    """
    config = load_loop_config(path)
    require_extra()
    state = LoopState(config, check_inputs(config, path), path)
    try:
        with redirect_stdout(sys.stderr):
            for number in range(config.rounds + 1):
                _do_round(Round(number, config, path, open_stderr()), state)
    except (StoppedError, KeyboardInterrupt):
        open_stderr().print(f"To go on: counselgym loop {quote(str(path))}", soft_wrap=True)
        return EXIT_INTERRUPTED
    rounds, others = read_lines(config, config.rounds)
    if json_out:
        sys.stdout.write(json.dumps(_describe(config, rounds, others), ensure_ascii=False) + "\n")
        return 0
    console = open_stdout()
    for table in draw_tables(rounds, others, config):
        console.print(table)
    console.print(f"Written: {config.out / GOODHART}", soft_wrap=True)
    console.print(f"Next: counselgym replay {quote(str(place_of(config, config.rounds)))}")
    return 0


def _do_round(this: Round, state: LoopState) -> None:
    """Do the stages that are owed, and write the table as far as it goes."""
    config = this.config
    owed = {
        stage: do
        for stage, do in this.stages().items()
        if not state.is_finished(f"{this.name}/{stage}")
    }
    for stage, do in owed.items():
        this.notes.print(f"{this.name}, {stage}", style="bold")
        do()
        state.finish(f"{this.name}/{stage}")
    if owed:
        found = _describe(config, *read_lines(config, this.number))
        replace_file(config.out / GOODHART, json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def read_lines(config: LoopConfig, last: int) -> tuple[list[Line], list[Line]]:
    """Return the lines of the rounds up to `last`, and of those that were evaluated beside them."""
    rounds: list[tuple[Sheet, int | None]] = []
    others: list[Line] = []
    for number in range(last + 1):
        sheets = read_sheets(place_of(config, number), config.judges)
        own = sheets.pop(f"plain@round-{number}")
        trained = number > 0 or config.start is None
        rows = read_rows(config.round_folder(number) / DATA) if trained else None
        rounds.append((own, rows))
        beside = (spec for spec in (config.teacher, *config.baselines) if spec in sheets)
        others += [make_line(sheets[spec]) for spec in dict.fromkeys(beside)]
    return compare_rounds(rounds), others


def _describe(config: LoopConfig, rounds: list[Line], others: list[Line]) -> dict[str, object]:
    return {
        "notice": NOTICE,
        "config": config.model_dump(mode="json"),
        "rounds": [line.to_json() for line in rounds],
        "others": [line.to_json() for line in others],
    }
