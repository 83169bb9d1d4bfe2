"""The loop in miniature: teacher, corpus, tokenizer, model, and the model in a run of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli_w
from training_kit import call

from agents.llm.counselors.staged import STAGES
from agents.transcript import Speaker
from runs.reader import iter_episodes

pytestmark = pytest.mark.train
KEPT = "resolved,counselor_ended,client_ended"


def test_from_a_scripted_teacher_to_a_counselor_that_plays(tmp_path: Path) -> None:
    people, teacher, data = (tmp_path / name for name in ("people.jsonl", "teacher", "data"))
    call("personas", "generate", 64, "--out", people)
    config = tmp_path / "teacher.toml"
    settings = {"clients": str(people), "counselors": ["crdial"], "max_exchanges": 20}
    config.write_text(tomli_w.dumps(settings))
    call("run", config, "--out", teacher)
    form = ("--format", "messages", "--as", "staged", "--finish", KEPT)
    call("export", teacher, *form, "--out", data)
    training = tmp_path / "training.toml"
    shape = {"vocab": 1024, "hidden": 96, "inner": 256, "layers": 2, "heads": 2, "context": 2048}
    training.write_text(
        tomli_w.dumps(
            {
                "preset": "tiny",
                "data": str(data),
                "out": str(tmp_path / "counselor"),
                "scratch": shape,
                "learning_rate": 4e-3,
                "epochs": 4.0,
                "max_length": 1800,
            }
        )
    )
    call("finetune", "sft", training)
    spec = f"plain@local:{tmp_path / 'counselor'}"
    call("run", "--counselors", spec, "--limit", 2, "--out", tmp_path / "run")
    episodes = list(iter_episodes(tmp_path / "run"))
    assert len(episodes) == 2
    for episode in episodes:
        own = [turn for turn in episode.transcript if turn.speaker is Speaker.COUNSELOR][1:]
        assert {turn.stage for turn in own} <= set(STAGES)
        assert all(sentence.strategy for turn in own for sentence in turn.sentences)
        assert not any("<" in turn.text for turn in own)
