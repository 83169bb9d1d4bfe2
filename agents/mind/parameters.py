"""The numbers of the client's mind, each with its range and reason; they stand in `parameters.toml`.

Everything in `agents.mind.state` that is not arithmetic is one of these. A run may set some of them anew,
within their ranges.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from personas.errors import InputError, suggest

_FILE = Path(__file__).with_name("parameters.toml")


class Parameter(BaseModel):
    """One number. `source` is `design` (design.md), `facts` (facts.md, section 7) or `choice`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    low: float
    high: float
    unit: str
    source: Literal["design", "facts", "choice"]
    why: str

    @model_validator(mode="after")
    def check_range(self) -> Parameter:
        """Refuse a value outside the range."""
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value:g} is not within {self.low:g} to {self.high:g}")
        return self


class Parameters:
    """The parameters by dotted name, such as `trust.effect.validation`."""

    def __init__(self, table: Mapping[str, Parameter]) -> None:
        self.table = dict(table)
        self._values = {name: parameter.value for name, parameter in table.items()}

    def __getitem__(self, name: str) -> float:
        """Return a value. Raises KeyError for an unknown name."""
        return self._values[name]

    def get(self, name: str) -> float:
        """Return a value, 0 for a name that is not listed (a move without an effect)."""
        return self._values.get(name, 0.0)

    def replace(self, changes: Mapping[str, float]) -> Parameters:
        """Return the parameters with some values set anew.

        Raises InputError for a name that does not exist or a value outside its range.
        """
        table = dict(self.table)
        for name, value in changes.items():
            if name not in table:
                hint = suggest(name, list(table)) or "docs/mind.md lists them"
                raise InputError("the mind has no such parameter", where=f"mind.{name}", todo=hint)
            table[name] = check_parameter(name, {**table[name].model_dump(), "value": value})
        return Parameters(table)


def check_parameter(name: str, row: object, where: str = "mind") -> Parameter:
    """Return a row as a parameter. Raises InputError, which names it, where it does not fit."""
    try:
        return Parameter.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in (where, name, *first["loc"]))
        raise InputError(first["msg"].removeprefix("Value error, "), where=place) from None


@cache
def load_parameters() -> Parameters:
    """Return the parameters as they are shipped."""
    return read_parameters(tomllib.loads(_FILE.read_text(encoding="utf-8")), where=_FILE.name)


def read_parameters(tables: Mapping[str, object], where: str) -> Parameters:
    """Return the parameters of nested tables. Raises InputError for a row that does not fit."""
    rows = _flatten(tables, "")
    return Parameters({name: check_parameter(name, row, where) for name, row in rows})


def _flatten(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict) and any(isinstance(part, dict) for part in value.values()):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
