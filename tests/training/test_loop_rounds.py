"""The loop in miniature: a teacher's round and one of the counselor's own, killed once on the way."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from training_kit import call, start

from personas.builtin import load_builtin
from runs.reader import iter_episodes

pytestmark = pytest.mark.train
STAGES = ("sessions", "data", "model", "evaluation")
ITEMS = ["agenda", "feedback", "pacing", "technique", "homework"]


def write_people(path: Path, first: int, last: int) -> str:
    people = load_builtin("en")[first:last]
    path.write_text("".join(f"{person.model_dump_json()}\n" for person in people))
    return str(path)


def write_loop(folder: Path, **changes: Any) -> Path:
    settings = {
        "out": str(folder / "loop"),
        "clients": write_people(folder / "learn.jsonl", 0, 8),
        "held_out": write_people(folder / "unseen.jsonl", 8, 11),
        "teacher": "crdial",
        "rounds": 1,
        "sessions": 2,
        "temperature": 0.3,
        "layout": "plain",
        "baselines": ["eliza"],
        "judges": {"held_out": {"scale": "ctrs11", "items": ITEMS, "same_voice": "a test"}},
        "keep": {"fewest": 1},
        "play": {"max_exchanges": 3},
        "training": {
            "scratch": {
                "vocab": 600,
                "hidden": 64,
                "inner": 128,
                "layers": 2,
                "heads": 2,
                "context": 1024,
            },
            "learning_rate": 8e-3,
            "epochs": 30.0,
            "accumulate": 1,
            "max_length": 500,
            "warmup": 0.05,
            "save_every": 60,
        },
        "later": {"learning_rate": 1e-3, "epochs": 1.0},
        **changes,
    }
    path = folder / "loop.toml"
    path.write_text(tomli_w.dumps(settings))
    return path


def kill_in_training(path: Path, out: Path) -> None:
    process = start("loop", path)
    while not list(out.glob("round-0/model/checkpoints/checkpoint-*/trainer_state.json")):
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert json.loads((out / "loop.json").read_text())["finished"] == [
        "round-0/sessions",
        "round-0/data",
    ]


def test_a_loop_killed_in_training_goes_on_and_learns_from_its_own_sessions(tmp_path: Path) -> None:
    path, out = write_loop(tmp_path), tmp_path / "loop"
    kill_in_training(path, out)
    said = call("loop", path)
    assert "step 20 of" not in said  # the training went on from step 60
    assert "round-0, sessions" not in said
    finished = json.loads((out / "loop.json").read_text())["finished"]
    assert finished == [f"round-{n}/{stage}" for n in (0, 1) for stage in STAGES]
    own = list(iter_episodes(out / "round-1/sessions"))
    assert {episode.voices.counselor for episode in own} == {f"local:{out}/round-0/model"}
    assert len({(e.persona.id, e.seed) for e in own}) == 8
    assert {e.counselor for e in own} == {"plain@round-0.0", "plain@round-0.1"}
    rows = [json.loads(line) for line in (out / "round-1/data/train.jsonl").open()]
    assert len({row["lineage"]["persona"] for row in rows}) == len(rows)
    found = json.loads((out / "goodhart.json").read_text())
    assert [line["counselor"] for line in found["rounds"]] == ["plain@round-0", "plain@round-1"]
    assert [line["counselor"] for line in found["others"]] == ["crdial", "eliza"]
    assert found["rounds"][1]["rows"] == len(rows)
    assert found["rounds"][1]["changes"]["na_change"]["clusters"] == 3
    again = call("loop", path, "--json")
    assert '"rounds": [{"counselor": "plain@round-0"' in again
    assert "round-1, evaluation" not in again
    changed = call("loop", write_loop(tmp_path, sessions=3), code=2)
    assert "field sessions: this loop began with 2, not 3" in changed


def test_too_few_rows_are_said_and_nothing_is_lost(tmp_path: Path) -> None:
    path = write_loop(tmp_path, keep={"fewest": 100})
    said = call("loop", path, code=2)
    assert "7 rows to learn from, and keep.fewest is 100" in said
    assert len(list(iter_episodes(tmp_path / "loop/round-0/sessions"))) == 8
