"""The real thing: built-in clients, scripted voices, the compiled graphs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from runs.reader import iter_episodes
from runs.record import Episode


def read_untimed(folder: str) -> dict[str, str]:
    return {e.key: e.model_dump_json(exclude={"timing"}) for e in iter_episodes(Path(folder))}


def read_words(folder: str) -> set[tuple[str, ...]]:
    return {said(episode) for episode in iter_episodes(Path(folder))}


def said(episode: Episode) -> tuple[str, ...]:
    return tuple(turn.text for turn in episode.transcript)


def test_the_main_job_plays_records_and_replays(call: Any) -> None:
    ended = call("run", "--limit", 3, "--out", "a", "--json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert told["counts"]["done"] == told["counts"]["planned"] == 9
    assert set(told["summary"]["counselors"]) == {"crdial", "cactus", "eliza"}
    replayed = call("replay", "a", "3", "--plain")
    assert "Finished: " in replayed.out
    assert max(map(len, replayed.out.splitlines())) <= 100
    assert call("show", "a").code == 0


def test_same_seed_same_bytes_and_another_seed_other_words(call: Any) -> None:
    call("run", "--limit", 2, "--out", "a")
    call("run", "--limit", 2, "--out", "b", "--concurrency", 1)
    Path("other.toml").write_text("seed_base = 5\nlimit = 2")
    call("run", "other.toml", "--out", "c")
    assert read_untimed("a") == read_untimed("b")
    assert not read_words("a") & read_words("c")


def test_every_protocol_draws_itself(call: Any) -> None:
    assert "verdict" in call("graph", "crdial").out
    assert "client" in call("graph", "eliza").out
    assert "counter-evidence thin" in call("graph", "crdial", "--routes").out
