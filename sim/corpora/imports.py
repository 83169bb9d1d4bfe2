"""The verb `import`: foreign sessions become a folder that realism, show and replay can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from shlex import quote

from personas.errors import InputError
from runs.foreign.corpus import iter_corpus
from runs.imported import Format, Imported, write_import
from sim.console import say

REPAIRS_SHOWN = 8


@dataclass
class Intake:
    """What came in: counts, every repair by kind, and the errors of what was skipped."""

    sessions: int = 0
    repairs: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    skipped: list[InputError] = field(default_factory=list)


def import_sessions(
    source: Path, form: Format, out: Path, *, counselor: str, client: str, skip_bad: bool
) -> None:
    """Import a file and say what was mended and skipped.

    Raises InputError, and leaves nothing behind, for the first session that cannot be used; with
    `skip_bad` only if no session can be.
    """
    intake = Intake()
    rows = iter_corpus(source, form, counselor=counselor, client=client)
    write_import(out, _sort(rows, intake, skip_bad), lambda: _describe(source, form, intake))
    _tell(out, intake)


def _sort(
    rows: Iterator[Imported | InputError], intake: Intake, skip_bad: bool
) -> Iterator[Imported]:
    for row in rows:
        if isinstance(row, InputError):
            if not skip_bad:
                row.todo = row.todo or "mend it, or leave out what is bad with --skip-bad"
                raise row
            intake.skipped.append(row)
            continue
        intake.sessions += 1
        intake.repairs.extend(f"{row.file}, line {row.line}, {note}" for note in row.repairs)
        intake.kinds.update(note.rpartition(": ")[2] for note in row.repairs)
        yield row
    if not intake.sessions:
        first = f"; the first: {intake.skipped[0]}" if intake.skipped else ""
        raise InputError(f"no session in it can be used{first}")


def _describe(source: Path, form: Format, intake: Intake) -> dict[str, object]:
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "counselgym": version("counselgym"),
        "imported": True,
        "format": form,
        "file": str(source),
        "sessions": intake.sessions,
        "repairs": dict(sorted(intake.kinds.items())),
        "skipped": [str(error) for error in intake.skipped],
    }


def _tell(out: Path, intake: Intake) -> None:
    for note in intake.repairs[:REPAIRS_SHOWN]:
        say(note)
    if len(intake.repairs) > REPAIRS_SHOWN:
        say(f"… and {len(intake.repairs) - REPAIRS_SHOWN} more; every session records its own")
    for kind, count in intake.kinds.most_common():
        say(f"{count:>6} × {kind}")
    for error in intake.skipped:
        say(f"skipped: {error}")
    say(
        f"{intake.sessions} sessions imported to {out}, {len(intake.repairs)} repairs, "
        f"{len(intake.skipped)} skipped"
    )
    say(f"Next: counselgym realism {quote(str(out))}")
