"""Reading the text files a user gives (what cannot be read is an InputError), and writing files whole."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from personas.errors import InputError


def read_text(path: Path) -> str:
    """Return the text of a file."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError("no such file", where=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("not a text file in UTF-8", where=str(path)) from None


def replace_file(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    half = path.with_name(f".{path.name}.tmp")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise


def read_toml(path: Path) -> dict[str, object]:
    """Return the table in a TOML file; an InputError names the line of a mistake."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"invalid TOML: {error}", where=str(path)) from None


def parse_json(text: str, path: Path, line: int = 1) -> object:
    """Return what a text that starts in this line of a file says; an InputError names the place."""
    try:
        data: object = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{path}, line {line + error.lineno - 1}, column {error.colno}"
        raise InputError(f"invalid JSON: {error.msg}", where=place) from None
    except RecursionError:
        raise InputError("JSON nested too deeply", where=f"{path}, line {line}") from None
    return data
