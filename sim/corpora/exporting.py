"""The verb `export`: runs become a training set, with an account that adds up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote

from rich.table import Table

from graphs.state import Finish
from personas.errors import InputError, suggest
from personas.files import read_text
from runs.export.account import Account
from runs.export.make import export
from runs.export.sieve import Filters
from runs.export.split import SIDES
from runs.export.wanted import Wanted
from sim.console import open_stdout, say


def export_runs(folders: Sequence[Path], wanted: Wanted, out: Path, *, as_json: bool) -> None:
    """Write the set and print what went in and what did not."""
    account = export(folders, wanted, out)
    if as_json:
        say(json.dumps({"out": str(out), **account.as_dict()}, ensure_ascii=False))
        return
    _print_account(account)
    say(f"Next: counselgym validate {quote(str(out))}")


def read_filters(
    counselors: str | None, finish: str | None, fields: Mapping[str, object]
) -> Filters:
    """Return the filters; the two lists are comma-separated. InputError for an unknown finish."""
    return Filters(
        counselors=_split(counselors),
        finishes=tuple(map(_read_finish, _split(finish))),
        **fields,  # type: ignore[arg-type]
    )


def read_system_prompt(path: Path | None) -> str | None:
    """Return the text of a file, if one is named."""
    return None if path is None else read_text(path).strip()


def _split(names: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (names or "").split(",") if name.strip())


def _read_finish(name: str) -> Finish:
    known = [finish.value for finish in Finish]
    if name not in known:
        todo = suggest(name, known) or f"they are: {', '.join(known)}"
        raise InputError(f"there is no finish reason {name!r}", where="--finish", todo=todo)
    return Finish(name)


def _print_account(account: Account) -> None:
    table = Table("episodes", "count", title="What went in", title_justify="left")
    table.columns[1].justify = "right"
    table.add_row("read", str(account.read))
    for reason, count in account.dropped.most_common():
        table.add_row(f"left out: {reason}", str(count))
    table.add_row("kept", str(account.kept))
    splits = Table("split", "forms", "episodes", "rows")
    for column in splits.columns[1:]:
        column.justify = "right"
    for side in SIDES:
        counts = (len(account.forms[side]), account.episodes[side], account.rows[side])
        splits.add_row(side, *map(str, counts))
    console = open_stdout()
    console.print(table)
    console.print(splits)
    for note in _note(account):
        console.print(note, soft_wrap=True)


def _note(account: Account) -> list[str]:
    notes = []
    if account.messages:
        exact = f"{account.exact} behind the very request of play"
        notes.append(f"{account.messages} counselor messages, {exact}")
    if account.repeated:
        notes.append(f"{account.repeated} rows left out: the very same as another")
    if account.cut:
        notes.append(
            f"{account.cut} sessions are cut where play would be over by the clock; "
            "a teacher that plays with max_exchanges = 20 closes in time"
        )
    notes += [f"no form fell into {side}" for side in SIDES if not account.rows[side]]
    return notes
