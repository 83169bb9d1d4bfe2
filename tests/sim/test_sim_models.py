"""Runs in which models speak and judge: what is recorded, what is counted, what is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playing import NAMES, MoodyServer, count_kept, read_rows, refuse, serve, write_run

from tests.fake.brain import answer
from tests.fake.request import ChatRequest
from tests.fake.roles import find_role

ROLES = {"appraisal", "client", "counselor", "planner", "supervisor", "ctrs", "panas", "safety"}
PRICES = "price_prompt = 1.0\nprice_cached = 0.1\nprice_completion = 4.0"


@pytest.fixture
def server() -> Iterator[MoodyServer]:
    with serve() as started:
        yield started


def test_a_run_of_models_records_voices_and_calls(call: Any, server: MoodyServer) -> None:
    write_run(server.url, "limit = 1", PRICES)
    counselors = "crdial,cactus,cbt_qa,plain"
    ended = call("run", "study.toml", "--counselors", counselors, "--out", "a", "--json")
    assert ended.code == 0, ended.err
    episodes = read_rows(Path("a/episodes.jsonl"))
    assert {episode["counselor"] for episode in episodes} == {
        f"{protocol}@fake" for protocol in counselors.split(",")
    }
    for episode in episodes:
        voices = episode["voices"]
        assert {*voices.pop("judges"), *voices.values()} == {"fake-1"}
    calls = [made for episode in episodes for made in episode["calls"]]
    assert {made["role"] for made in calls} == ROLES
    assert {made["model"] for made in calls} == {"fake"}
    entries = server.log.entries
    assert len(calls) == len(entries) == server.paid
    for count in ("prompt_tokens", "cached_tokens", "completion_tokens"):
        paid = sum(getattr(entry, count) for entry in entries)
        assert sum(made[count] for made in calls) == paid > 0
    assert sum(made["attempts"] for made in calls) == len(entries)
    assert not count_kept(Path("a"))

    rows = json.loads(ended.out)["summary"]["calls"]
    assert {row["role"] for row in rows if row["judging"]} == {"ctrs", "panas", "safety"}
    assert {row["role"] for row in rows} == ROLES
    assert [row["judging"] for row in rows] == sorted(row["judging"] for row in rows)
    for row in rows:
        mine = [made for made in calls if made["role"] == row["role"]]
        assert row["calls"] == row["requests"] == len(mine)
        assert row["prompt_tokens"] == sum(made["prompt_tokens"] for made in mine)
        uncached = row["prompt_tokens"] - row["cached_tokens"]
        cost = uncached + 0.1 * row["cached_tokens"] + 4 * row["completion_tokens"]
        assert row["cost"] == pytest.approx(cost / 1e6, abs=1e-6)


def test_roles_may_be_scripted_or_another_model(call: Any, server: MoodyServer) -> None:
    more = f"""
[models.judge]
base_url = "{server.url}"
model = "judge-2"
[roles]
judges = ["judge", "fake"]
appraisal = "scripted"
"""
    write_run(server.url, "limit = 1", more)
    ended = call("run", "study.toml", "--out", "a")
    assert ended.code == 0, ended.err
    (episode,) = read_rows(Path("a/episodes.jsonl"))
    assert episode["voices"]["judges"] == ["judge-2", "fake-1"]
    assert episode["voices"]["appraisal"] == "scripted"
    made = {(told["role"], told["model"]) for told in episode["calls"]}
    assert {("ctrs", "judge"), ("ctrs", "fake"), ("client", "fake")} <= made
    assert "appraisal" not in {role for role, _ in made}
    assert "judge-2" in ended.out
    assert "Model calls" in ended.out


def test_json_is_one_object_on_stdout_however_the_run_ends(call: Any, server: MoodyServer) -> None:
    write_run(server.url, "limit = 2\nconcurrency = 1")
    server.mood = refuse(400, "maximum context length is 7", about=NAMES[1])
    whole = json.loads(call("run", "study.toml", "--out", "a", "--json").out)
    counts = whole["counts"]
    assert (counts["planned"], counts["done"], counts["failed"], counts["left"]) == (2, 1, 1, 0)
    assert counts["errors"] == {"CallFault": 1}
    assert whole["next"] == "counselgym run --out a"
    shown = json.loads(call("show", "a", "--json").out)
    assert shown["summary"] == whole["summary"]
    stopped = json.loads(call("run", "study.toml", "--json", "--max-tokens", 500).out)
    assert stopped["counts"]["why"].startswith("the budget is spent")
    assert stopped["config"]["models"]["fake"]["model"] == "fake-1"


def test_a_client_that_never_says_what_it_must_is_shown_as_stood_in_for(call: Any) -> None:
    def mumble(request: ChatRequest) -> tuple[str, str]:
        return ("client", "Mhm.") if find_role(request) == "client" else answer(request)

    with serve(mumble) as server:
        write_run(server.url, "limit = 1")
        ended = call("run", "study.toml", "--out", "a")
    (episode,) = read_rows(Path("a/episodes.jsonl"))
    marks = [gauge["stand_in"] for gauge in episode["trace"] if gauge["stand_in"]]
    assert "message" in marks
    spoken = [turn for turn in episode["transcript"] if turn["speaker"] == "client"]
    assert (
        len(marks) >= len(spoken) - 2
    )  # the opening is the persona's own, one "Mhm." is no repeat
    summary = json.loads(call("show", "a", "--json").out)["summary"]
    assert summary["counselors"]["plain@fake"]["client_stand_ins"] == len(marks)
    (row,) = [line for line in ended.out.splitlines() if "plain@fake" in line and "%" in line]
    assert row.split("│")[-3].strip() == str(len(marks))
    assert "stand-ins" in ended.out
