"""DPO and LoRA: what comes out is one whole model that speaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from training_kit import OTHERS, call, make_pairs, write_config, write_set

from agents.models.checkpoint import Job, load_checkpoint

pytestmark = pytest.mark.train


def read_names(folder: Path) -> set[str]:
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", "pt") as weights:
        return set(weights.keys())


def speak(folder: Path) -> str:
    checkpoint = load_checkpoint(folder)
    prompt = checkpoint.render([SystemMessage("Be kind."), HumanMessage("I say 1 and 1.")])
    return checkpoint.generate([Job(prompt, checkpoint.count(prompt), 12)])[0].text


def test_an_adapter_is_merged_and_changes_what_is_said(trained: Path, room: Path) -> None:
    settings = {"model": str(trained / "out"), "method": "lora", "max_steps": 4}
    call("finetune", "sft", write_config(room, **settings, learning_rate=0.05, batching="packed"))
    assert read_names(room / "out") == read_names(trained / "out")
    assert (room / "out/adapter/adapter_config.json").is_file()
    assert speak(room / "out") != speak(trained / "out")


@pytest.mark.parametrize("method", ["full", "lora"])
def test_pairs_teach_what_is_better(trained: Path, tmp_path: Path, method: str) -> None:
    write_set(tmp_path / "set", make_pairs(16), make_pairs(4, OTHERS))
    settings = {"model": str(trained / "out"), "method": method, "max_steps": 12}
    said = call("finetune", "dpo", write_config(tmp_path, **settings))
    losses = [
        float(line.split("loss ")[1].split()[0]) for line in said.splitlines() if "loss " in line
    ]
    assert losses[0] == pytest.approx(0.693, abs=0.01)
    assert losses[-1] < 0.6
    assert read_names(tmp_path / "out") == read_names(trained / "out")


def test_the_card_says_what_it_is_and_what_it_is_not_for(trained: Path) -> None:
    card = (trained / "out/README.md").read_text(encoding="utf-8")
    assert "never a treatment" in card
    assert "24 rows" in card
    assert "from nothing, tokenizer included" in card
    assert "plain@local:" in card
