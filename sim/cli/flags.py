"""What the verbs share: flags, lists of names, the check for an extra."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer

from personas.errors import InputError

Speech = Literal["en", "zh"]
LanguageFlag = Annotated[
    Speech, typer.Option("--language", help="Language of the built-in personas.")
]
ClientsFlag = Annotated[str, typer.Option("--clients", help="builtin, a file or a folder.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]


def split_names(names: str | None) -> list[str] | None:
    """Return the names in a comma-separated list, None if none was given."""
    return None if names is None else [name.strip() for name in names.split(",")]


def need_extra(verb: str, extra: str, *modules: str) -> None:
    """Raise InputError where a verb's optional packages are not installed."""
    if missing := [module for module in modules if find_spec(module) is None]:
        what = f"{verb} needs {', '.join(missing)}"
        raise InputError(what, todo=f'pip install "counselgym[{extra}]"')
