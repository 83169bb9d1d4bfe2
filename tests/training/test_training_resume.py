"""Killed with -9 in the middle and resumed: as if nothing had happened."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from training_kit import OTHERS, call, make_rows, start, write_config, write_set

pytestmark = pytest.mark.train
STEPS = 40


def read_losses(folder: Path) -> dict[int, float]:
    state = folder / "checkpoints" / f"checkpoint-{STEPS}" / "trainer_state.json"
    history = json.loads(state.read_text())["log_history"]
    return {entry["step"]: entry["loss"] for entry in history if "loss" in entry}


def kill_after_a_checkpoint(config: Path, out: Path) -> int:
    process = start("finetune", "sft", config)
    while not list(out.glob("checkpoints/checkpoint-*/trainer_state.json")):
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    process.kill()
    process.wait()
    done = [int(path.name.rpartition("-")[2]) for path in out.glob("checkpoints/checkpoint-*")]
    assert max(done) < STEPS
    return max(done)


def test_a_killed_training_comes_to_the_same_end(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        folder.mkdir()
        write_set(folder / "set", make_rows(24), make_rows(4, OTHERS))
    call("finetune", "sft", write_config(whole, max_steps=STEPS))
    config = write_config(broken, max_steps=STEPS)
    kill_after_a_checkpoint(config, broken / "out")
    said = call("finetune", "sft", config, "--resume")
    first = int(re.findall(r"step (\d+) of 40", said)[0])
    assert 4 < first < STEPS  # it went on, and did not begin again
    expected, found = read_losses(whole / "out"), read_losses(broken / "out")
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, rel=1e-3)
    assert (broken / "out/model.safetensors").is_file()


def test_what_cannot_be_resumed_says_so(trained: Path, room: Path) -> None:
    again = call("finetune", "sft", write_config(trained, max_steps=8), code=2)
    assert "a training here already" in again
    assert "--resume" in again
    nothing = call("finetune", "sft", write_config(room), "--resume", code=2)
    assert "no training to resume" in nothing
    other = write_config(trained, max_steps=8, learning_rate=1e-3)
    changed = call("finetune", "sft", other, "--resume", code=2)
    assert "another learning_rate" in changed
