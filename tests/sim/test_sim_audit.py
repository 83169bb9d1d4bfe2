"""The verb `audit`: offline, with a model behind the fake endpoint, on a run, and its refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playing import MoodyServer, refuse, serve, write_run

from evaluators.audit.specimen import BASELINES, GROUPS
from tests.fake.roles import find_role


@pytest.fixture
def server() -> Iterator[MoodyServer]:
    with serve() as started:
        yield started


def read_report(folder: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(Path(folder, "audit.json").read_text())
    return report


def test_the_scripted_rater_passes_offline(call: Any) -> None:
    ended = call("audit", "--limit", 6, "--out", "a")
    assert ended.code == 0, ended.err
    assert "SCREENING ONLY" in ended.out
    assert "took" in ended.err
    report = read_report("a")
    assert report["passes"] is True
    (card,) = report["judges"]
    assert [item["item"] for item in card["items"]][-1] == "mean"
    assert len(card["items"]) == 12
    assert set(card["items"][0]["groups"]) == set(GROUPS)
    for item in card["items"]:
        for check in item["checks"]:
            found = check["found"]
            assert found["low"] <= found["mean"] + 1e-9 <= found["high"] + 2e-9
    page = Path("a/audit.md").read_text()
    assert "# Audit of judges" in page
    assert all(reason in page for reason in card["reasons"])


def test_a_model_judge_orders_the_groups_and_pays_nothing_twice(
    call: Any, server: MoodyServer
) -> None:
    write_run(server.url)
    words = (
        "audit",
        "--judges",
        "fake",
        "--config",
        "study.toml",
        "--limit",
        2,
        "--scale",
        "ctrs6",
    )
    server.mood = refuse(401, "no such key", after=300)
    stopped = call(*words, "--out", "a")
    assert stopped.code == 2
    assert "no such key" in stopped.err
    paid = server.paid

    server.mood = lambda *_: None
    ended = call(*words, "--out", "a", "--json")
    assert ended.code == 0, ended.out
    transcripts = 2 * 8 + 4 * (len(json.loads(ended.out)["judges"][0]["moves"]) + 3)
    assert f"{transcripts} transcripts × 6 ratings = {transcripts * 6:,} calls" in ended.err
    in_flight = 64  # what was on its way when the key was refused
    assert transcripts * 6 <= server.paid <= transcripts * 6 + in_flight
    assert paid > 200
    assert not list(Path("a/calls").glob("*"))
    (card,) = json.loads(ended.out)["judges"]
    assert card["voice"] == "fake-1"
    groups = {name: mean["mean"] for name, mean in card["items"][-1]["groups"].items()}
    assert set(groups) == set(GROUPS)
    best = max(groups[name] for name in BASELINES)
    assert min(groups["crdial"], groups["cactus"]) > groups["plain"] > best


def test_a_model_that_hangs_on_nothing_it_should_is_unfit(call: Any) -> None:
    from tests.fake.request import ChatRequest

    def flatter(request: ChatRequest) -> tuple[str, str]:
        return find_role(request), '{"quotes": [], "reason": "lovely", "rating": 5}'

    with serve(flatter) as server:
        write_run(server.url)
        words = ("--config", "study.toml", "--limit", 2, "--scale", "ctrs6", "--out", "a")
        ended = call("audit", "--judges", "fake", *words)
    assert ended.code == 1
    assert "UNFIT" in ended.out
    assert "gives nearly everybody the same score" in ended.out


def test_a_run_gives_the_sessions_that_are_changed(call: Any) -> None:
    assert call("run", "--counselors", "crdial,eliza", "--limit", 3, "--out", "r").code == 0
    ended = call("audit", "--run", "r", "--limit", 3, "--out", "a", "--json")
    material = json.loads(ended.out)["material"]
    assert material["ladder"] == 3 * 8
    assert material["changed"] == 3
    assert "changed sessions from r" in material["origin"]


def test_a_run_of_all_groups_is_its_own_ladder(call: Any) -> None:
    assert call("run", "--counselors", ",".join(GROUPS), "--limit", 2, "--out", "r").code == 0
    ended = call("audit", "--run", "r", "--limit", 2, "--out", "a", "--json")
    material = json.loads(ended.out)["material"]
    assert material["origin"] == "from r"
    assert (material["ladder"], material["changed"]) == (16, 4)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--judges", "scripted,scripted"), "named twice: scripted"),
        (("--judges", "nobody"), "--judges"),
        (("--run", "nowhere"), "no such folder"),
        (("--scale", "wai12"), "--scale"),
        (("--judges", ""), "no judge"),
    ],
)
def test_what_cannot_be_used_is_refused(call: Any, words: tuple[str, ...], said: str) -> None:
    ended = call("audit", *words)
    assert ended.code == 2
    assert said in ended.err
    assert not Path("out").exists()
