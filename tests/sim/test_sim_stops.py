"""Runs of models that stop early: nothing is lost, counts add up, no completed call is paid again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playing import (
    NAMES,
    MoodyServer,
    count_kept,
    read_content,
    read_rows,
    refuse,
    serve,
    write_run,
)

from tests.fake.log import count_paid_twice
from tests.fake.process import ROOT

CLIENTS = 4
RUN = [sys.executable, "-c", "from sim.cli import main; main()", "run"]
TOP = f"limit = {CLIENTS}\nconcurrency = 2"


@pytest.fixture
def server() -> Iterator[MoodyServer]:
    with serve() as started:
        yield started


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The episodes of a run that nobody disturbs."""
    from sim.playing.run import run

    folder, before = tmp_path_factory.mktemp("calm"), Path.cwd()
    os.chdir(folder)
    try:
        with serve() as server:
            assert run(write_run(server.url, TOP), {}, Path("a"), json_out=True) == 0
            assert count_paid_twice(server.log.entries) == 0
        return read_content(Path("a"))
    finally:
        os.chdir(before)


def counts_of(ended: Any) -> dict[str, Any]:
    counts: dict[str, Any] = json.loads(ended.out)["counts"]
    assert counts["planned"] == counts["done"] + counts["failed"] + counts["left"] == CLIENTS
    return counts


def expect_calm_end(ended: Any, server: MoodyServer, calm: dict[str, Any]) -> None:
    """The run is complete, its records are those of a calm run, and every call was paid once."""
    assert ended.code == 0, ended.err
    counts = counts_of(ended)
    assert (counts["done"], counts["stopped"]) == (CLIENTS, False)
    assert read_content(Path("a")) == calm
    assert server.paid == sum(len(episode["calls"]) for episode in calm.values())
    assert count_paid_twice(server.log.entries) == 0
    assert list(Path("a/calls").iterdir()) == []


def test_a_spent_budget_stops_and_more_of_it_goes_on(
    call: Any, server: MoodyServer, calm: dict[str, Any]
) -> None:
    took = [entry for episode in calm.values() for entry in episode["calls"]]
    whole = sum(entry["prompt_tokens"] + entry["completion_tokens"] for entry in took)
    write_run(server.url, TOP)
    bound = int(whole * 0.7)
    ended = call("run", "study.toml", "--out", "a", "--json", "--max-tokens", bound)
    assert ended.code == 130
    assert "Stopped: the budget is spent: " in ended.err
    assert f"of {bound:,} tokens" in ended.err
    assert "To go on: counselgym run --out a" in ended.err
    counts = counts_of(ended)
    assert counts["stopped"]
    assert 0 < counts["left"] < CLIENTS
    stored = sum(len(episode["calls"]) for episode in read_rows(Path("a/episodes.jsonl")))
    assert server.paid == stored + count_kept(Path("a"))
    assert count_kept(Path("a")) > 0
    assert "max_tokens" not in Path("a/config.toml").read_text()
    ended = call("run", "study.toml", "--out", "a", "--json", "--max-tokens", whole)
    expect_calm_end(ended, server, calm)


def test_a_budget_in_money_stops_too(call: Any, server: MoodyServer) -> None:
    write_run(server.url, f"{TOP}\nmax_cost = 0.02", "price_prompt = 1\nprice_completion = 4")
    ended = call("run", "study.toml", "--out", "a", "--json")
    assert ended.code == 130
    assert "Stopped: the budget is spent: 0.02" in ended.err
    assert counts_of(ended)["left"] > 0
    assert call("run", "--out", "a", "--json").code == 0  # a bound is of one process, not stored


REFUSALS = {
    "key": (401, "Incorrect API key provided", ["HTTP 401", "check the key in OPENAI_API_KEY"]),
    "name": (404, "The model `fake-1` does not exist", ["HTTP 404", "serves a model 'fake-1'"]),
    "money": (429, "insufficient_quota: you exceeded", ["HTTP 429", "no budget left"]),
}


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.parametrize("after", [0, 40])
def test_an_endpoint_that_serves_no_call_stops_the_run_at_once(
    call: Any, server: MoodyServer, calm: dict[str, Any], name: str, after: int
) -> None:
    status, words, parts = REFUSALS[name]
    write_run(server.url, TOP)
    server.mood = refuse(status, words, after=after)
    ended = call("run", "study.toml", "--out", "a", "--json")
    assert ended.code == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err
    for part in (f"error: fake-1 at {server.url} (", words, *parts):
        assert part in ended.err
    done = len(read_rows(Path("a/episodes.jsonl")))
    assert f"planned {CLIENTS} = done {done} + failed 0 + left {CLIENTS - done}" in ended.err
    assert Path("a/failures.jsonl").read_text() == ""
    assert (count_kept(Path("a")) > 0) == (after > 0)
    time.sleep(0.2)  # what was on its way is answered, or given up
    # It may be paid and lost, for the run stopped at once; a judge asks five questions at a time.
    stored = sum(len(episode["calls"]) for episode in read_rows(Path("a/episodes.jsonl")))
    lost = server.paid - count_kept(Path("a")) - stored
    assert 0 <= lost <= 5
    server.mood = lambda *_: None
    ended = call("run", "study.toml", "--out", "a", "--json")
    assert ended.code == 0
    assert counts_of(ended)["done"] == CLIENTS
    assert read_content(Path("a")) == calm
    assert count_paid_twice(server.log.entries) <= lost


def test_a_refused_connection_stops_the_run_at_once(call: Any, calm: dict[str, Any]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    write_run(url, TOP)
    begun = time.monotonic()
    ended = call("run", "study.toml", "--out", "a")
    assert time.monotonic() - begun < 3
    assert ended.code == 2
    assert f"error: fake-1 at {url} (" in ended.err
    assert f"is a server running at {url}?" in ended.err
    assert f"planned {CLIENTS} = done 0 + failed 0 + left {CLIENTS}" in ended.err
    with serve() as server:
        write_run(server.url, TOP)
        expect_calm_end(call("run", "study.toml", "--out", "a", "--json"), server, calm)


def test_one_interrupt_lets_what_is_in_flight_finish(
    call: Any, server: MoodyServer, calm: dict[str, Any]
) -> None:
    def interrupt(_: object, __: str) -> None:
        if server.asked == 20:
            os.kill(os.getpid(), signal.SIGINT)

    write_run(server.url, TOP)
    server.mood = interrupt
    ended = call("run", "study.toml", "--out", "a", "--json")
    assert ended.code == 130
    assert "Stopped: interrupted; what is in flight comes to its end." in ended.err
    counts = counts_of(ended)
    assert (counts["done"], counts["failed"]) == (2, 0)
    assert count_kept(Path("a")) == 0
    expect_calm_end(call("run", "study.toml", "--out", "a", "--json"), server, calm)


def test_a_second_interrupt_parks_what_is_in_flight(
    call: Any, server: MoodyServer, calm: dict[str, Any]
) -> None:
    def interrupt_twice() -> None:
        server.wait_until_held(2)
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)

    write_run(server.url, TOP)
    server.served_at_most = 20
    threading.Thread(target=interrupt_twice, daemon=True).start()
    ended = call("run", "study.toml", "--out", "a", "--json")
    assert ended.code == 130
    assert "Stopped: terminated; what was in flight is parked." in ended.err
    assert counts_of(ended)["done"] == 0
    assert count_kept(Path("a")) == server.paid == 20
    server.served_at_most = None
    expect_calm_end(call("run", "study.toml", "--out", "a", "--json"), server, calm)


def test_sigterm_parks_what_is_in_flight(
    call: Any, server: MoodyServer, calm: dict[str, Any]
) -> None:
    write_run(server.url, TOP)
    server.served_at_most = 40
    with subprocess.Popen(
        [*RUN, "study.toml", "--out", "a", "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        server.wait_until_held(2)
        process.terminate()
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Stopped: terminated; what was in flight is parked." in err
    assert "Traceback" not in err
    assert json.loads(out)["counts"]["why"] == "terminated; what was in flight is parked"
    stored = read_rows(Path("a/episodes.jsonl"))
    told = f"planned {CLIENTS} = done {len(stored)} + failed 0 + left {CLIENTS - len(stored)}"
    assert told in err
    assert server.paid == 40 == count_kept(Path("a")) + sum(len(e["calls"]) for e in stored)
    server.served_at_most = None
    expect_calm_end(call("run", "study.toml", "--out", "a", "--json"), server, calm)


def test_a_failed_episode_is_data_and_is_tried_again(
    call: Any, server: MoodyServer, calm: dict[str, Any]
) -> None:
    write_run(server.url, TOP)
    server.mood = refuse(400, "maximum context length is 7", about=NAMES[1], after=30)
    ended = call("run", "study.toml", "--out", "a", "--json")
    assert ended.code == 1
    assert "Failed: CallFault ×1; see a/failures.jsonl." in ended.err
    counts = counts_of(ended)
    assert (counts["done"], counts["failed"], counts["left"]) == (CLIENTS - 1, 1, 0)
    (failure,) = read_rows(Path("a/failures.jsonl"))
    assert failure["error"] == "CallFault"
    assert "maximum context length is 7 [rejected, 1 attempt]" in failure["message"]
    assert failure["message"].startswith(f"fake-1 at {server.url} (")
    (made,) = failure["calls"]
    assert (made["finish_reason"], made["attempts"]) == ("fault: rejected", 1)
    assert count_kept(Path("a")) > 0
    server.mood = lambda *_: None
    expect_calm_end(call("run", "study.toml", "--out", "a", "--json"), server, calm)
    assert len(read_rows(Path("a/failures.jsonl"))) == 1
