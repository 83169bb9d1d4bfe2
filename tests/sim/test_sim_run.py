from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from handmade import make_outcome

from personas.errors import InputError
from runs.line import EPISODES, FAILURES
from runs.reader import iter_episodes
from runs.store import Store
from sim.config import RunConfig
from sim.playing.plan import build_plan


@pytest.fixture(autouse=True)
def _staged(stage: object) -> None:
    """Play hand-made sessions in all of these tests."""


def test_a_run_prints_tables_and_the_line_to_type_next(call: Any, clients: Path) -> None:
    ended = call("run", "--clients", clients, "--out", "out/a")
    assert ended.code == 0
    assert "planned 12 = done 12 + failed 0 + left 0" in ended.err
    assert "CTRS" in ended.out
    assert "PANAS self-report by attitude" in ended.out
    assert "scripted" in ended.out
    assert "counselgym replay out/a" in ended.out
    assert len(list(iter_episodes(Path("out/a")))) == 12


def test_json_is_one_object_on_stdout(call: Any, clients: Path) -> None:
    ended = call("run", "--clients", clients, "--json")
    told = json.loads(ended.out)
    counts = told["counts"]
    assert counts["planned"] == counts["done"] + counts["failed"] + counts["left"] == 12
    assert told["summary"]["counselors"]["crdial"]["ctrs"]["n"] == 4
    assert told["folder"].startswith("out/")
    shown = json.loads(call("show", told["folder"], "--json").out)
    assert shown["summary"] == told["summary"]


def test_running_again_plays_nothing_and_says_so(call: Any, clients: Path) -> None:
    call("run", "--clients", clients, "--out", "a")
    before = Path("a", EPISODES).read_bytes()
    ended = call("run", "--clients", clients, "--out", "a")
    assert ended.code == 0
    assert "Nothing to do" in ended.err
    assert Path("a", EPISODES).read_bytes() == before


def test_a_torn_run_gets_back_exactly_what_was_torn(call: Any, clients: Path) -> None:
    call("run", "--clients", clients, "--out", "a")
    keys = {episode.key for episode in iter_episodes(Path("a"))}
    path = Path("a", EPISODES)
    path.write_bytes(path.read_bytes()[:-1000])
    ended = call("run", "--clients", clients, "--out", "a", "--json")
    assert "the last line was torn" in ended.err
    assert json.loads(ended.out)["counts"]["played_now"] == 1
    assert {episode.key for episode in iter_episodes(Path("a"))} == keys


def test_a_wider_scope_keeps_what_is_done(call: Any, clients: Path) -> None:
    call("run", "--clients", clients, "--out", "a", "--limit", 2)
    ended = call("run", "--out", "a", "--limit", 4, "--seeds", 2, "--json")
    counts = json.loads(ended.out)["counts"]
    assert (counts["planned"], counts["kept_from_before"], counts["done"]) == (24, 6, 24)
    assert "limit = 4" in Path("a/config.toml").read_text()


def test_a_run_is_resumed_with_its_own_settings(call: Any, clients: Path) -> None:
    call("run", "--clients", clients, "--counselors", "eliza", "--scales", "ctrs11", "--out", "a")
    stored = Path("a/config.toml").read_text()
    for words in (["--out", "a"], ["a/config.toml", "--out", "a"]):
        ended = call("run", *words)
        assert "planned 4 = done 4 + failed 0 + left 0" in ended.err
        assert "Nothing to do" in ended.err
        assert Path("a/config.toml").read_text() == stored


def test_a_broken_session_is_data_and_is_retried(
    call: Any, clients: Path, stage: Callable[[object], None]
) -> None:
    def stumble(persona: Any, counselor: Any, seed: int) -> SimpleNamespace:
        if persona.id == "ada-1":
            raise ValueError("the model fell silent")
        return make_outcome()

    stage(stumble)
    ended = call("run", "--clients", clients, "--out", "a")
    assert ended.code == 1
    assert "planned 12 = done 9 + failed 3 + left 0" in ended.err
    assert "ValueError ×3" in ended.err
    assert "To go on: counselgym run --out a\n" in ended.err
    assert "the model fell silent" in Path("a", FAILURES).read_text()
    stage(lambda *_: make_outcome())
    ended = call("run", "--clients", clients, "--out", "a")
    assert ended.code == 0
    assert "planned 12 = done 12 + failed 0 + left 0" in ended.err
    assert Path("a", FAILURES).read_text().count("\n") == 3


def test_an_outcome_that_fits_no_record_is_a_failure(
    call: Any, clients: Path, stage: Callable[[object], None]
) -> None:
    stage(lambda *_: SimpleNamespace(**{**vars(make_outcome()), "finish": "whatever"}))
    ended = call("run", "--clients", clients, "--out", "a")
    assert "planned 12 = done 0 + failed 12 + left 0" in ended.err
    assert ended.code == 1


def test_an_interrupt_finishes_what_is_in_flight_and_says_how_to_go_on(
    call: Any, clients: Path, stage: Callable[[object], None]
) -> None:
    def interrupt(persona: Any, counselor: Any, seed: int) -> SimpleNamespace:
        if persona.id == "ada-1":
            os.kill(os.getpid(), signal.SIGINT)
        return make_outcome()

    stage(interrupt)
    ended = call("run", "--clients", clients, "--out", "a", "--concurrency", 1)
    assert ended.code == 130
    assert "left 0" not in ended.err
    assert "To go on: counselgym run --out a\n" in ended.err
    done = len(list(iter_episodes(Path("a"))))
    assert f"planned 12 = done {done} + failed 0 + left {12 - done}" in ended.err
    stage(lambda *_: make_outcome())
    assert call("run", "--out", "a").code == 0
    assert len(list(iter_episodes(Path("a")))) == 12


def test_planned_episodes_are_not_tasks(
    call: Any, clients: Path, stage: Callable[[object], None]
) -> None:
    tasks: list[int] = []

    def count(*_: object) -> SimpleNamespace:
        tasks.append(len(asyncio.all_tasks()))
        return make_outcome()

    stage(count)
    call("run", "--clients", clients, "--out", "a", "--seeds", 20, "--concurrency", 7)
    assert len(tasks) == 240
    assert max(tasks) <= 7 + 1


def test_a_broken_store_ends_the_batch(
    call: Any, clients: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise InputError("cannot write: the disk is full")

    monkeypatch.setattr(Store, "add", refuse)
    ended = call("run", "--clients", clients, "--out", "a")
    assert ended.code == 2
    assert "planned 12 = done 0 + failed 0 + left 12" in ended.err
    assert "error: cannot write: the disk is full" in ended.err
    assert "Traceback" not in ended.err


def test_repairs_and_versions_stand_in_the_manifest(call: Any, clients: Path) -> None:
    call("run", "--clients", clients, "--out", "a", "--seeds", 2)
    manifest = json.loads(Path("a/manifest.json").read_text())
    assert manifest["seeds"] == [0, 1]
    assert manifest["persona_count"] == 4
    assert manifest["repairs"] == []
    assert manifest["packages"]["pydantic"]
    assert manifest["voices"]["counselors"]["eliza"] == "scripted"


def test_the_plan_is_persona_major_and_counts_itself(clients: Path) -> None:
    config = RunConfig(clients=str(clients), counselors=("crdial", "eliza"), seeds=2, seed_base=7)
    plan = build_plan(config)
    tickets = list(plan)
    assert len(tickets) == len(plan) == 16
    assert len({ticket.key for ticket in tickets}) == 16
    head = [(t.persona.id, t.seed, t.spec) for t in tickets[:5]]
    assert head == [
        ("ada-0", 7, "crdial"),
        ("ada-0", 7, "eliza"),
        ("ada-0", 8, "crdial"),
        ("ada-0", 8, "eliza"),
        ("ada-1", 7, "crdial"),
    ]
