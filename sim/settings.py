"""Settings read from a TOML file: the base of their tables, and what is said of a mistake in one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from personas.errors import InputError, suggest

Count = Annotated[int, Field(ge=1, strict=True)]


class Table(BaseModel):
    """Base of all tables: frozen, unknown keys refused, described by their docstrings."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def explain(error: ValidationError, path: Path, table: type[BaseModel]) -> InputError:
    """Return the first mistake in a file that should hold `table`, with its field and what is meant."""
    first = error.errors(include_url=False)[0]
    names = [str(part) for part in first["loc"]]
    where = f"{path}, field {'.'.join(names)}" if names else str(path)
    inner = _find_table(table, names[:-1])
    if first["type"] == "extra_forbidden":
        known = list(inner.model_fields)
        todo = suggest(names[-1], known) or f"the keys are {', '.join(known)}"
        return InputError("unknown key", where=where, todo=todo)
    field = inner.model_fields.get(names[-1]) if names else None
    what = first["msg"].removeprefix("Value error, ")
    return InputError(
        what[:1].lower() + what[1:], where=where, todo=field.description if field else None
    )


def _find_table(table: type[BaseModel], names: Sequence[str]) -> type[BaseModel]:
    """Return the table that a path of keys leads to; the last one known where it leads out of them."""
    for name in names:
        field = table.model_fields.get(name)
        table = next(_iter_tables(field.annotation), table) if field else table
    return table


def _iter_tables(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _iter_tables(inner)
