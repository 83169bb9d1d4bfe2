"""The parameters of the mind: every one in its range, used, and refused outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agents.hearing.discourse import Move
from agents.mind.parameters import load_parameters, read_parameters
from agents.mind.state import begin
from agents.mind.temperament import draw_temperament
from personas.builtin import load_builtin
from personas.errors import InputError
from personas.schema import Attitude

CODE = "".join(path.read_text() for path in Path("agents").rglob("*.py"))


def test_every_parameter_is_in_its_range_and_has_a_reason() -> None:
    for name, parameter in load_parameters().table.items():
        assert parameter.low < parameter.high, name
        assert parameter.why, name


def test_every_parameter_is_read_somewhere() -> None:
    kinds = {*map(str, Move), *map(str, Attitude)}
    for name in load_parameters().table:
        front, _, last = name.rpartition(".")
        spelled = f"{front}.{{" if last in kinds else name
        if front == "temper":
            spelled = f'"{last.removesuffix("_low").removesuffix("_high")}"'
        assert spelled in CODE, name


def test_every_name_that_the_code_reads_exists() -> None:
    read = re.findall(r'(?:\bp|parameters)\["([a-z_.]+)"', CODE)
    assert len(read) > 40
    assert not set(read) - set(load_parameters().table)


def test_a_value_outside_its_range_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"5 is not within 0 to 1") as error:
        load_parameters().replace({"belief.unheard": 5})
    assert "belief.unheard" in str(error.value)
    row = {"value": 9, "low": 0, "high": 1, "unit": "factor", "source": "choice", "why": "x"}
    with pytest.raises(InputError, match=r"mind.toml.*a.b"):
        read_parameters({"a": {"b": row}}, where="mind.toml")


def test_an_unknown_name_is_refused_with_a_hint() -> None:
    with pytest.raises(InputError) as error:
        load_parameters().replace({"belief.unherd": 0.2})
    assert "belief.unheard" in str(error.value)


def test_a_changed_value_reaches_the_mind_and_leaves_the_shipped_ones_alone() -> None:
    persona = next(p for p in load_builtin("en") if p.attitude is Attitude.NEUTRAL)
    changed = load_parameters().replace({"trust.start.neutral": 50})
    assert begin(persona, 0, changed).trust == pytest.approx(
        begin(persona, 0).trust + 50 - load_parameters()["trust.start.neutral"]
    )


def test_the_docs_list_the_parameters_as_they_are() -> None:
    listed = Path("docs/mind.md").read_text(encoding="utf-8")
    for name, parameter in load_parameters().table.items():
        row = f"| {name.rpartition('.')[2]} | {parameter.value:g} | {parameter.low:g} to"
        assert row in listed, f"{name}: run `make docs`"


def test_traits_stay_within_their_ranges() -> None:
    p = load_parameters()
    for number in range(200):
        temper = draw_temperament(f"form {number}", p)
        assert abs(temper.trust) <= p["temper.trust"]
        assert abs(temper.readiness) <= p["temper.readiness"]
        for trait in ("reactivity", "warmth", "talk"):
            low, high = p[f"temper.{trait}_low"], p[f"temper.{trait}_high"]
            assert low <= getattr(temper, trait) <= high
