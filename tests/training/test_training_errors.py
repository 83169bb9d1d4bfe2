"""What stands in the way of a training: exit code 2, a reason, and what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from training_kit import SHAPE, call, write_config

pytestmark = pytest.mark.train


def refuse(config: Path, *words: str, kind: str = "sft") -> str:
    said = call("finetune", kind, config, *words, code=2)
    assert "Traceback" not in said
    return " ".join(said.split())


def test_qlora_without_cuda(room: Path, trained: Path) -> None:
    said = refuse(write_config(room, model=str(trained / "out"), method="qlora"))
    assert "no" in said
    assert 'method = "lora"' in said


def test_no_memory(room: Path) -> None:
    shape = {**SHAPE, "hidden": 2**21, "inner": 2**21}
    said = refuse(write_config(room, scratch=shape, max_steps=1))
    assert "out of memory" in said
    assert "batch = 1, accumulate = 2" in said


@pytest.mark.parametrize(
    ("name", "reason"),
    [("./nowhere", "no such folder"), ("{room}/set", "not a checkpoint: it has no config.json")],
)
def test_a_wrong_folder_for_a_model(room: Path, name: str, reason: str) -> None:
    assert reason in refuse(write_config(room, model=name.format(room=room)))


def test_a_tokenizer_without_a_template(room: Path, trained: Path) -> None:
    bare = room / "bare"
    bare.mkdir()
    for path in (trained / "out").glob("*.json"):
        (bare / path.name).write_bytes(path.read_bytes())
    (bare / "model.safetensors").write_bytes((trained / "out/model.safetensors").read_bytes())
    assert "no chat template" in refuse(write_config(room, model=str(bare)))
    (bare / "chat_template.jinja").write_text("{% for m in messages %}{{ m.content }}{% endfor %}")
    said = refuse(write_config(room, model=str(bare)))
    assert "{% generation %}" in said


def test_data_that_is_none(room: Path) -> None:
    config = write_config(room, data=str(room))
    assert "no train.jsonl here" in refuse(config)
    path = room / "set/train.jsonl"
    path.write_text(f"{path.read_text()}{json.dumps({'text': 'Hello'})}\n", encoding="utf-8")
    said = refuse(write_config(room))
    assert "train.jsonl, line 25: this is no row for sft" in said
    assert "--format preference" in refuse(write_config(room), kind="dpo")


def test_a_set_with_a_fault_is_not_trained_on(room: Path) -> None:
    row = json.loads((room / "set/train.jsonl").read_text().splitlines()[2])
    row["messages"].insert(3, row["messages"][3])  # the client twice in a row
    with (room / "set/train.jsonl").open("a") as file:
        file.write(f"{json.dumps(row)}\n")
    said = refuse(write_config(room))
    assert "train.jsonl, line 25: same speaker" in said
    assert "counselgym validate" in said


def test_settings_that_do_not_fit(room: Path) -> None:
    assert "did you mean epochs" in refuse(write_config(room, epoch=2))
    assert "did you mean tiny" in refuse(write_config(room, preset="tinny"))
    assert "either a model or a table [scratch]" in refuse(
        write_config(room, model="x", scratch=SHAPE)
    )
    (room / "set/test.jsonl").write_text("")
    assert "an early stop needs rows" in refuse(write_config(room, patience=1))


def test_a_dry_run_trains_nothing(room: Path) -> None:
    said = call("finetune", "sft", write_config(room, max_length=60), "--dry-run")
    assert "100.0% of the rows" in said
    assert not (room / "out").exists()


def test_an_early_stop(room: Path) -> None:
    config = write_config(room, max_steps=400, patience=1, learning_rate=1.0, evaluate_every=2)
    call("finetune", "sft", config)
    steps = [int(path.name.rpartition("-")[2]) for path in room.glob("out/checkpoints/checkpoint*")]
    assert max(steps) < 100
