"""Tournaments: what is missing is played, the same result comes again, and bad input is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from playing import count_kept, read_rows, serve, write_run

SMALL = ("--limit", "4", "--seeds", "2")


def results_of(folder: Path) -> Any:
    return json.loads((folder / "results.json").read_text())["results"]


def test_a_tournament_ranks_writes_and_adds_up(call: Any) -> None:
    ended = call("tournament", "--counselors", "crdial,plain,parrot", *SMALL, "--out", "t")
    assert ended.code == 0, ended.err
    assert "4 personas × 3 counselors × 2 seeds = 24 episodes" in ended.err
    found = results_of(Path("t"))
    assert found["episodes"] == 24
    assert [row["counselor"] for row in found["ranking"]["ranked"]] == ["crdial", "plain", "parrot"]
    assert found["ranking"]["comparisons"] == 3 * 4 * 2
    ctrs = found["measures"][0]
    for row in ctrs["standings"]:
        low, value, high = (row["mean"][name] for name in ("low", "value", "high"))
        assert 0 <= low <= value <= high <= 6
        assert row["worst"] <= value
        assert (row["episodes"], row["missing"]) == (8, 0)
    assert len(ctrs["differences"]) == 3
    assert found["noise"]["components"]["judge_severity"] is None
    assert set(found["groups"]) >= {"attitude", "distortion"}
    report = Path("t/report.md").read_text()
    assert "Synthetic dialogue" in report
    assert "| crdial | 1 |" in report
    for name in ("crdial", "plain", "parrot"):
        assert name in ended.out


def test_the_means_are_those_of_the_records(call: Any) -> None:
    assert call("tournament", "--counselors", "plain,parrot", *SMALL, "--out", "t").code == 0
    episodes = [row for row in read_rows(Path("t/episodes.jsonl")) if row["counselor"] == "plain"]
    means = []
    for episode in episodes:
        (verdict,) = (row for row in episode["verdicts"] if row["scale"] == "ctrs6")
        scores = [rating["score"] for rating in verdict["ratings"] if rating["score"] is not None]
        means.append(sum(scores) / len(scores))
    (row,) = (
        row
        for row in results_of(Path("t"))["measures"][0]["standings"]
        if row["counselor"] == "plain"
    )
    assert row["mean"]["value"] == pytest.approx(sum(means) / len(means), abs=1e-4)


def test_a_torn_tournament_comes_to_the_same_result(call: Any) -> None:
    args = ("tournament", "--counselors", "crdial,eliza", *SMALL)
    assert call(*args, "--out", "whole").code == 0
    assert call(*args, "--out", "torn").code == 0
    path = Path("torn/episodes.jsonl")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    ended = call(*args, "--out", "torn")
    assert ended.code == 0
    assert "torn" in ended.err
    assert results_of(Path("torn")) == results_of(Path("whole"))


def test_a_counselor_added_plays_only_its_own_episodes(call: Any) -> None:
    assert call("tournament", "--counselors", "plain,parrot", *SMALL, "--out", "t").code == 0
    ended = call("tournament", "--counselors", "plain,parrot,eliza", *SMALL, "--out", "t", "--json")
    counts = json.loads(ended.out)["counts"]
    assert counts == {"planned": 24, "done": 24, "failed": 0, "left": 0}
    assert "16 done already" in ended.err
    assert results_of(Path("t"))["episodes"] == 24
    assert call("tournament", "--out", "t", "--json").code == 0


def test_fewer_clients_are_counted_alone(call: Any) -> None:
    """What was played for an earlier, larger plan stays in the folder and out of the results."""
    assert call("tournament", "--counselors", "plain,parrot", *SMALL, "--out", "t").code == 0
    args = ("--counselors", "plain,parrot", "--limit", "2", "--seeds", "1", "--out", "t")
    assert call("tournament", *args).code == 0
    assert results_of(Path("t"))["episodes"] == 4


def test_power_planning_plays_nothing(call: Any) -> None:
    args = ("tournament", "--counselors", "plain,crdial", "--plan", "--difference", "0.2")
    ended = call(*args, "--json")
    assert ended.code == 0, ended.err
    needs = json.loads(ended.out)["needs"]
    assert [need["seeds"] for need in needs] == [1, 2, 3, 5]
    assert needs[0]["at_80"] > needs[-1]["at_80"] > 2
    assert all(need["at_90"] > need["at_80"] for need in needs)
    assert not Path("out").exists()
    shown = call(*args)
    assert "To see a CTRS difference of 0.2" in shown.out
    assert "no calls, no cost" in shown.out


def test_power_may_be_planned_from_a_pilot(call: Any) -> None:
    assert call("run", "--counselors", "plain,crdial", *SMALL, "--out", "pilot").code == 0
    args = ("tournament", "--counselors", "plain,crdial", "--plan", "--pilot")
    told = json.loads(call(*args, "pilot", "--json").out)
    assert told["source"] == "pilot"
    assert told["price"]["calls"] == 0
    assert call("run", "--counselors", "plain", "--limit", "1", "--out", "tiny").code == 0
    ended = call(*args, "tiny")
    assert ended.code == 2
    assert "too little for a pilot" in ended.err
    assert call(*args, "nowhere").code == 2


def test_a_judge_of_a_players_family_is_warned_about(call: Any) -> None:
    with serve() as server:
        write_run(server.url, "limit = 1")
        ended = call("tournament", "study.toml", "--counselors", "plain,parrot", "--out", "t")
    assert ended.code == 0, ended.err
    assert "Mind: " in ended.err
    assert count_kept(Path("t")) == 0


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--counselors", "plain"), "at least two counselors"),
        (("--counselors", "plain,plain"), "named twice: plain"),
        (("--counselors", "plain,parot"), "parrot"),
        (("--clients", "nobody.json"), "nobody.json"),
        (("--plan", "--difference", "0"), "--difference"),
    ],
)
def test_bad_input_is_told(call: Any, args: tuple[str, ...], told: str) -> None:
    ended = call("tournament", *args, "--out", "t")
    assert ended.code == 2
    assert told in ended.err
    assert "Traceback" not in ended.err
    assert not Path("t").exists()


def test_a_missing_extra_is_named(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "evalica", None)
    ended = call("tournament", "--counselors", "plain,parrot", "--out", "t")
    assert ended.code == 2
    assert 'pip install "counselgym[stats]"' in ended.err
    assert not Path("t").exists()
