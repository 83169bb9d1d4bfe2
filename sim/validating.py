"""The verb `validate`: what is wrong with a training set, before anything is trained on it."""

from __future__ import annotations

import json
from pathlib import Path

from rich.table import Table

from runs.check.look import Look, look_over
from sim.console import open_stdout, say


def validate(dataset: Path, *, as_json: bool) -> bool:
    """Print what is wrong with a set; return whether nothing is. Raises InputError if unreadable."""
    look = look_over(dataset)
    if as_json:
        say(json.dumps(_describe(dataset, look), ensure_ascii=False))
    else:
        _print(dataset, look)
    return not look.findings.counts


def _describe(dataset: Path, look: Look) -> dict[str, object]:
    return {
        "dataset": str(dataset),
        "examples": look.files,
        "findings": dict(look.findings.counts),
        "shown": [
            {"check": f.check, "file": str(f.file), "line": f.line, "what": f.what}
            for f in look.findings.kept
        ],
        "not_held_against_an_episode": look.unknown,
    }


def _print(dataset: Path, look: Look) -> None:
    table = Table("check", "findings")
    table.columns[1].justify = "right"
    for check, count in look.findings.counts.most_common():
        table.add_row(check, str(count))
    for finding in look.findings.kept:
        say(str(finding))
    if look.findings.counts:
        open_stdout().print(table)
    for reason, count in look.unknown.items():
        say(f"{count} examples could not be held against an episode: {reason}")
    total = sum(look.files.values())
    found = sum(look.findings.counts.values())
    say(f"{dataset}: {total} examples in {len(look.files)} files, {found or 'no'} findings")
