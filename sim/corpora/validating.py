"""The verb `validate`: what is wrong with a training set, before anything is trained on it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from personas.errors import InputError
from runs.check.look import Look, look_over
from sim.console import open_stdout, say

if TYPE_CHECKING:
    from sim.training.loss import Tokens

_FIRST = ("system", "roles", "same speaker", "empty")
_SHOWN = 5


def validate(
    dataset: Path, tokenizer: str | None, max_length: int | None, *, as_json: bool
) -> bool:
    """Print what is wrong with a set; return whether nothing is. Raises InputError if unreadable."""
    if max_length is not None and tokenizer is None:
        raise InputError(
            "tokens are counted by a tokenizer", where="--max-length", todo="give --tokenizer PATH"
        )
    look = look_over(dataset)
    tokens = _weigh(dataset, tokenizer, max_length, look) if tokenizer else None
    if as_json:
        say(json.dumps(_describe(dataset, look, tokens), ensure_ascii=False))
    else:
        _print(dataset, look)
        _print_tokens(tokens, max_length, tokenizer)
    return not look.findings.counts


def _weigh(dataset: Path, tokenizer: str, max_length: int | None, look: Look) -> Tokens | None:
    """Count tokens, unless no chat template would take these rows."""
    if any(check in look.findings.counts for check in _FIRST):
        return None
    from sim.training.loss import weigh

    return weigh(dataset, tokenizer, max_length, look.findings)


def _describe(dataset: Path, look: Look, tokens: Tokens | None) -> dict[str, object]:
    return {
        "dataset": str(dataset),
        "examples": look.files,
        "findings": dict(look.findings.counts),
        "shown": [
            {"check": f.check, "file": str(f.file), "line": f.line, "what": f.what}
            for f in look.findings.kept
        ],
        "not_held_against_an_episode": look.unknown,
        "tokens": None if tokens is None else asdict(tokens),
    }


def _print(dataset: Path, look: Look) -> None:
    table = Table("check", "findings")
    table.columns[1].justify = "right"
    for check, count in look.findings.counts.most_common():
        table.add_row(check, str(count))
        for finding in [f for f in look.findings.kept if f.check == check][:_SHOWN]:
            say(str(finding))
        if count > _SHOWN:
            say(f"… {check}: {count - _SHOWN} more")
    if look.findings.counts:
        open_stdout().print(table)
    for reason, count in look.unknown.items():
        say(f"{count} examples could not be held against an episode: {reason}")
    total = sum(look.files.values())
    found = sum(look.findings.counts.values())
    say(f"{dataset}: {total} examples in {len(look.files)} files, {found or 'no'} findings")


def _print_tokens(tokens: Tokens | None, max_length: int | None, tokenizer: str | None) -> None:
    if tokens is None:
        if tokenizer:
            say("tokens were not looked at: no chat template takes these rows")
        return
    say(f"{tokens.total} tokens, the longest example has {tokens.longest}")
    if max_length is not None:
        share = 100 * tokens.over / max(tokens.examples, 1)
        say(f"{tokens.over} examples ({share:.1f} %) are longer than {max_length}")
    if tokens.borne:
        say(f"{100 * tokens.borne / tokens.total:.1f} % of the tokens bear loss")
        say("these words do, in the first example:")
        for span in tokens.spans[:_SHOWN]:
            say(f"  {span}")
