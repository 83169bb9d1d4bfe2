from __future__ import annotations

import io
from collections import Counter

import pytest
from handmade import make_episode, make_parts, make_persona
from rich.console import Console

from graphs.state import Edge, Finish
from personas.schema import Attitude
from sim.counting.measures import is_loop
from sim.counting.summary import Summary, median_of, summarize
from sim.counting.tables import draw_tables


def make_run() -> Summary:
    missing = make_parts((None, 3))["panas"]
    return summarize(
        [
            make_episode(1, persona=make_persona("ada-1", Attitude.POSITIVE)),
            make_episode(2, persona=make_persona("ben-1", Attitude.NEGATIVE), verdicts=()),
            make_episode(3, "eliza", edges=(), channels=(), finish=Finish.DROPPED_OUT),
            make_episode(4, "eliza", edges=(), channels=(), panas=missing),
        ]
    )


def test_missing_ratings_are_counted_and_never_zero() -> None:
    told = make_run().to_json()
    crdial = told["counselors"]["crdial"]  # type: ignore[index]
    assert crdial["ctrs"]["mean"] == 4.0
    assert (crdial["ctrs"]["n"], crdial["ctrs"]["missing"]) == (1, 1)
    assert crdial["items"]["focus"] == {"mean": None, "n": 0, "missing": 1}
    eliza = told["panas_by_counselor"]["eliza"]  # type: ignore[index]
    assert (eliza["n"], eliza["missing"], eliza["na_change"]) == (1, 1, 10.0)


def test_a_run_in_numbers() -> None:
    told = make_run().to_json()
    crdial = told["counselors"]["crdial"]  # type: ignore[index]
    assert (crdial["channels_mean"], crdial["loops_mean"]) == (1.0, 1.0)
    assert crdial["client_words_median"] == 5.0
    assert crdial["client_repeats"] == 0
    assert told["dropout_by_attitude"] == {"positive": 0.0, "negative": 0.0, "neutral": 0.5}
    assert told["crdial_edges"][0]["count"] == 2  # type: ignore[index]
    assert told["voices"] == {"client": ["scripted"], "judges": ["scripted"]}


def test_every_table_says_who_spoke_and_over_how_many() -> None:
    page = io.StringIO()
    console = Console(file=page, width=140)
    tables = list(draw_tables(make_run()))
    for table in tables:
        console.print(table)
    text = page.getvalue()
    assert len(tables) == 9
    assert all("all voices scripted" in str(table.caption) for table in tables)
    assert "n 0, 1 missing" in text
    assert "1 (1 missing)" in text


def test_only_a_way_back_is_a_loop() -> None:
    assert is_loop(Edge(4, "verdict", "prosecution", ""))
    assert is_loop(Edge(4, "verdict", "automatic_thoughts", ""))
    assert not is_loop(Edge(4, "defense", "defense", ""))
    assert not is_loop(Edge(4, "repair", "defense", ""))
    assert not is_loop(Edge(4, "core_beliefs", "defense", ""))


@pytest.mark.parametrize(
    ("counts", "median"), [({}, None), ({3: 1}, 3.0), ({1: 2, 9: 2}, 5.0), ({1: 1, 2: 5, 9: 1}, 2)]
)
def test_the_median_of_counts(counts: dict[int, int], median: float | None) -> None:
    assert median_of(Counter(counts)) == median
