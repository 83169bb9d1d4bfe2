"""`counselgym tournament --pairs`: every pair in both orders, kept, resumed, and never paid twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from playing import MoodyServer, count_kept, read_rows, refuse, serve

from tests.fake.brain import answer
from tests.fake.log import count_paid_twice
from tests.fake.process import ROOT
from tests.fake.reading import read_materials
from tests.fake.request import ChatRequest

COUNSELORS = ("crdial", "lecturer", "parrot")
CLIENTS = 4
PAIRS = 3 * CLIENTS
STUDY = f"""
counselors = {list(COUNSELORS)}
limit = {CLIENTS}
max_exchanges = 8
[models.qwen]
base_url = "{{url}}"
model = "Qwen/Qwen3-8B"
price_prompt = 1.0
price_completion = 4.0
[models.gemma]
base_url = "{{url}}"
model = "gemma-3-4b"
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The episodes of a tournament, played once."""
    from sim.playing.run import run

    folder, before = tmp_path_factory.mktemp("played"), Path.cwd()
    os.chdir(folder)
    try:
        Path("study.toml").write_text(STUDY.format(url="http://127.0.0.1:9/v1"))
        assert run(Path("study.toml"), {}, Path("t"), json_out=True) == 0
    finally:
        os.chdir(before)
    return folder / "t"


@pytest.fixture
def server() -> Iterator[MoodyServer]:
    with serve(prefer) as started:
        yield started


@pytest.fixture
def field(call: Any, server: MoodyServer, played: Path) -> Path:
    """The played tournament as the folder `t`, and its study beside it."""
    assert call("doctor").code == 0  # goes into the test's own folder
    shutil.copytree(played, "t")
    Path("study.toml").write_text(STUDY.format(url=server.url))
    return Path("t")


def prefer(request: ChatRequest) -> tuple[str, str]:
    """The fake as it is, but one model always prefers what it sees first."""
    if request.body["model"] == "gemma-3-4b":
        return "judge", orjson.dumps({"reason": "It came first.", "better": "first"}).decode()
    return answer(request)


def compare(call: Any, *words: object) -> Any:
    return call("tournament", "study.toml", "--out", "t", *words)


def results_of(folder: Path) -> Any:
    return json.loads((folder / "results.json").read_text())["results"]


def pairs_of(folder: Path) -> list[dict[str, Any]]:
    rows = read_rows(folder / "pairs.jsonl")
    assert len({row["key"] for row in rows}) == len(rows)
    return rows


def outcomes_of(folder: Path) -> dict[str, Any]:
    """The comparisons by key, without what the clock says."""
    return {
        row["key"]: (row["counselors"], row["client"], row["forward"], row["backward"])
        for row in pairs_of(folder)
    }


def test_every_pair_is_judged_in_both_orders_and_ranked(call: Any, field: Path) -> None:
    ended = compare(call, "--pairs", "scripted")
    assert ended.code == 0, ended.err
    assert f"pairs planned {PAIRS} = done {PAIRS} + failed 0 + left 0" in ended.err
    rows = pairs_of(field)
    assert len(rows) == PAIRS
    turned = {"first": "second", "second": "first", "tie": "tie"}
    for row in rows:
        assert list(row["counselors"]) == sorted(row["counselors"])
        assert row["backward"]["choice"] == turned[row["forward"]["choice"]]
    found = results_of(field)
    compared = found["comparisons"]
    assert (compared["by"], compared["judges"]) == ("scripted", ["scripted"])
    assert compared["adaptive"] is None
    assert (compared["possible"], compared["drawn"], compared["missing"]) == (PAIRS, PAIRS, 0)
    assert sum(map(sum, compared["wins"])) + sum(map(sum, compared["ties"])) / 2 == PAIRS
    (position,) = compared["positions"]
    assert (position["consistency"]["value"], position["first"]["value"]) == (1.0, 0.5)
    assert found["ranking"]["ranked"][0]["counselor"] == "crdial"
    for shown in (ended.out, (field / "report.md").read_text()):
        assert "Position" in shown
        assert "decided by scripted" in " ".join(shown.split())


def test_without_pairs_the_ctrs_decides_and_the_rules_agree(call: Any, field: Path) -> None:
    assert compare(call).code == 0
    found = results_of(field)
    assert found["comparisons"].keys() == {"by", "wins", "ties"}
    assert not (field / "pairs.jsonl").exists()
    assert compare(call, "--pairs", "scripted").code == 0
    again = results_of(field)
    assert again["ranking"] == found["ranking"]
    for outcome in ("wins", "ties"):
        assert again["comparisons"][outcome] == found["comparisons"][outcome]


def test_a_judge_that_goes_by_the_place_gives_ties_and_is_found_out(call: Any, field: Path) -> None:
    ended = compare(call, "--pairs", "gemma,scripted")
    assert ended.code == 0, ended.err
    compared = results_of(field)["comparisons"]
    blind, fair = compared["positions"]
    assert (blind["judge"], fair["judge"]) == ("gemma", "scripted")
    assert (blind["consistency"]["value"], blind["first"]["value"]) == (0.0, 1.0)
    assert blind["consistency"]["high"] < 0.6
    assert fair["consistency"]["value"] == 1.0
    assert sum(map(sum, compared["ties"])) / 2 >= PAIRS
    only = compare(call, "--pairs", "gemma", "--json")
    found = json.loads(only.out)["results"]
    assert sum(map(sum, found["comparisons"]["wins"])) == 0
    assert {row["strength"]["value"] for row in found["ranking"]["ranked"]} == {0.0}


def test_only_what_is_missing_is_judged(call: Any, field: Path, server: MoodyServer) -> None:
    assert compare(call, "--pairs", "qwen").code == 0
    lines = (field / "pairs.jsonl").read_bytes()
    assert server.paid == 2 * PAIRS
    again = compare(call, "--pairs", "qwen", "--json")
    assert json.loads(again.out)["pair_counts"]["done"] == PAIRS
    assert (field / "pairs.jsonl").read_bytes() == lines
    more = (*COUNSELORS[::-1], "eliza")
    ended = compare(call, "--pairs", "qwen", "--counselors", ",".join(more))
    assert ended.code == 0, ended.err
    assert (field / "pairs.jsonl").read_bytes().startswith(lines)
    assert len(pairs_of(field)) == 2 * PAIRS == server.paid / 2
    assert all("eliza" in row["counselors"] for row in pairs_of(field)[PAIRS:])
    assert count_paid_twice(server.log.entries) == 0


@pytest.mark.parametrize("missing", [1, 300])
@pytest.mark.parametrize("how", [(), ("--adaptive", 7)])
def test_a_torn_tournament_comes_to_the_same_comparisons(
    call: Any, field: Path, missing: int, how: tuple[object, ...]
) -> None:
    assert compare(call, "--pairs", "scripted", *how).code == 0
    whole, found = outcomes_of(field), results_of(field)
    path = field / "pairs.jsonl"
    path.write_bytes(path.read_bytes()[:-missing])
    ended = compare(call, "--pairs", "scripted", *how)
    assert ended.code == 0
    assert "pairs.jsonl: the last line was torn" in ended.err
    assert outcomes_of(field) == whole
    assert results_of(field) == found


def test_a_broken_line_is_named(call: Any, field: Path) -> None:
    assert compare(call, "--pairs", "scripted").code == 0
    path = field / "pairs.jsonl"
    path.write_bytes(b'{"key": 3}\n' + path.read_bytes())
    ended = compare(call, "--pairs", "scripted")
    assert ended.code == 2
    assert "pairs.jsonl, line 1, field key" in ended.err


def test_adaptive_sampling_judges_so_many_pairs_and_says_so(call: Any, field: Path) -> None:
    ended = compare(call, "--pairs", "scripted", "--adaptive", 7)
    assert ended.code == 0, ended.err
    assert "the most telling 7 of them" in ended.err
    assert len(pairs_of(field)) == 7
    first = outcomes_of(field)
    found = results_of(field)
    compared = found["comparisons"]
    assert (compared["adaptive"], compared["drawn"], compared["possible"]) == (7, 7, PAIRS)
    assert found["ranking"]["comparisons"] == 7
    assert "The sampling was adaptive: 7 of 12 pairs" in " ".join(ended.out.split())
    assert compare(call, "--pairs", "scripted", "--adaptive", 9).code == 0
    assert first.items() <= outcomes_of(field).items()
    assert len(pairs_of(field)) == 9
    assert compare(call, "--pairs", "scripted", "--adaptive", 500).code == 0
    assert results_of(field)["comparisons"]["drawn"] == PAIRS


def test_islands_are_refused_with_the_missing_link(call: Any, field: Path) -> None:
    ended = compare(call, "--pairs", "scripted", "--adaptive", 1)
    assert ended.code == 2
    assert "the comparisons fall apart" in ended.err
    assert "were never compared" in ended.err
    assert "Traceback" not in ended.err
    assert not (field / "results.json").exists()


def test_a_spent_budget_stops_and_more_of_it_goes_on(
    call: Any, field: Path, server: MoodyServer
) -> None:
    ended = compare(call, "--pairs", "qwen", "--max-cost", 0.02)
    assert ended.code == 130, ended.err
    assert "Stopped: the budget is spent" in ended.err
    done = len(pairs_of(field))
    assert 0 <= done < PAIRS
    assert server.paid == 2 * done + count_kept(field)
    ended = compare(call, "--pairs", "qwen")
    assert ended.code == 0
    assert len(pairs_of(field)) == PAIRS
    assert server.paid == 2 * PAIRS
    assert count_paid_twice(server.log.entries) == 0
    assert all(len(row["calls"]) == 2 for row in pairs_of(field))
    assert count_kept(field) == 0


def test_what_breaks_is_counted_and_tried_again(
    call: Any, field: Path, server: MoodyServer
) -> None:
    server.mood = refuse(400, "maximum context length is 4096 tokens", after=10)
    ended = compare(call, "--pairs", "qwen", "--concurrency", 1)
    assert ended.code == 1, ended.err
    assert "pairs planned 12 = done 5 + failed 7 + left 0" in ended.err
    assert "maximum context length" in ended.err
    assert results_of(field)["comparisons"]["missing"] == 7
    server.mood = lambda *_: None
    assert compare(call, "--pairs", "qwen").code == 0
    assert len(pairs_of(field)) == PAIRS


def test_what_is_terminated_is_parked_and_resumed(
    call: Any, field: Path, server: MoodyServer
) -> None:
    words = ["tournament", "study.toml", "--out", "t", "--pairs", "qwen", "--concurrency", "2"]
    server.served_at_most = 9
    process = subprocess.Popen(
        [sys.executable, "-c", "from sim.cli import main; main()", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    server.wait_until_held(1)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130, told
    assert "Stopped: terminated" in told
    assert "Traceback" not in told
    done = len(pairs_of(field))
    assert done < PAIRS
    assert server.paid == 2 * done + count_kept(field)
    server.served_at_most = None
    assert call(*words).code == 0
    assert (len(pairs_of(field)), server.paid) == (PAIRS, 2 * PAIRS)


def test_a_judge_never_learns_whose_session_it_sees(call: Any, field: Path) -> None:
    asked: list[ChatRequest] = []

    def listen(request: ChatRequest) -> tuple[str, str]:
        asked.append(request)
        return answer(request)

    with serve(listen) as server:
        Path("study.toml").write_text(STUDY.format(url=server.url))
        assert compare(call, "--pairs", "qwen").code == 0
    assert len(asked) == 2 * PAIRS
    for request in asked:
        assert len(read_materials(request)) == 2
        text = json.dumps(request.messages)
        assert not any(name in text for name in COUNSELORS)
        assert not any(row["client"] in text for row in pairs_of(field))


def test_chinese_sessions_are_compared_in_chinese(call: Any) -> None:
    with serve() as server:
        study = STUDY.format(url=server.url).replace("limit = 4", 'limit = 2\nlanguage = "zh"')
        Path("study.toml").write_text(study)
        ended = compare(call, "--pairs", "qwen,scripted")
        assert ended.code == 0, ended.err
        assert {entry.role for entry in server.log.entries} == {"judge"}
    compared = results_of(Path("t"))["comparisons"]
    assert compared["missing"] == 0
    model, scripted = (
        {
            row["key"]: row["forward"]["choice"]
            for row in pairs_of(Path("t"))
            if row["judge"] == judge
        }
        for judge in ("qwen", "scripted")
    )
    assert sorted(map(str, model.values())) == sorted(map(str, scripted.values()))


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("--adaptive", "5"), ["--adaptive", "no pairs to choose from", "--pairs"]),
        (("--pairs", "nobody"), ["--pairs", "unknown model 'nobody'"]),
        (("--pairs", "scripted,scripted"), ["--pairs", "twice"]),
        (("--pairs", ""), ["--pairs", "empty"]),
        (("--pairs", "gemma", "--max-cost", "1"), ["no price for gemma"]),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_played(
    call: Any, words: tuple[str, ...], parts: list[str]
) -> None:
    call("doctor")
    Path("study.toml").write_text(STUDY.format(url="http://127.0.0.1:9/v1"))
    ended = compare(call, *words)
    assert ended.code == 2
    assert all(part in ended.err for part in parts), ended.err
    assert not Path("t").exists()


def test_only_one_judges_the_pairs_at_a_time(call: Any, field: Path) -> None:
    from runs.added import AddedStore
    from runs.comparison import PAIR_SHELF

    with AddedStore(field, PAIR_SHELF):
        ended = compare(call, "--pairs", "scripted")
    assert ended.code == 2
    assert "the run is being judged by process" in ended.err
    assert compare(call, "--pairs", "scripted").code == 0


def test_an_interrupt_between_two_batches_ends_in_order(
    call: Any, field: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sim.tournament.pairs as pairs

    def draw(known: Any, room: Any, count: int) -> list[tuple[int, int]]:
        if known.played.sum():
            raise KeyboardInterrupt
        return pick(known, room, count)

    pick = pairs.pick_pairs
    monkeypatch.setattr(pairs, "BATCH", 4)
    monkeypatch.setattr(pairs, "pick_pairs", draw)
    ended = compare(call, "--pairs", "scripted", "--adaptive", 10)
    assert ended.code == 130
    assert "pairs planned 10 = done 4 + failed 0 + left 6" in ended.err
    assert "Stopped: interrupted" in ended.err
    monkeypatch.setattr(pairs, "pick_pairs", pick)
    assert compare(call, "--pairs", "scripted", "--adaptive", 10).code == 0
    assert len(pairs_of(field)) == 10
