"""Which words bear loss: read back from the batches of the very trainer that trains."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from training_kit import Row, make_rows, write_config

from sim.training.config import load_train_config
from sim.training.forecast import forecast, measure_size
from sim.training.model import open_model, open_tokenizer
from sim.training.scratch import END
from sim.training.trainer import build_trainer

pytestmark = pytest.mark.train


def build(room: Path, rows: list[Row], **settings: object) -> Any:
    config = load_train_config(write_config(room, **settings))
    tokenizer = open_tokenizer(config, rows, room / "none")
    return build_trainer("sft", config, open_model(config, tokenizer), tokenizer, rows, [])


def iter_loss(trainer: Any) -> Iterator[str]:
    """What bears loss, message by message, of every batch of an epoch."""
    tokenizer = trainer.processing_class
    for batch in trainer.get_train_dataloader():
        for labels in batch["labels"].tolist():
            text = tokenizer.decode([label for label in labels if label != -100])
            yield from text.split(END)[:-1]


def own_words(rows: list[Row]) -> list[str]:
    said = [message for row in rows for message in row["messages"]]
    return [message["content"] for message in said if message["role"] == "assistant"]


@pytest.mark.parametrize("batching", ["padded", "packed", "padding_free"])
def test_exactly_the_counselors_words_bear_loss(room: Path, batching: str) -> None:
    rows = make_rows(24)
    trainer = build(room, rows, batching=batching)
    assert sorted(iter_loss(trainer)) == sorted(own_words(rows))


def test_packs_hold_several_sessions_and_keep_them_apart(room: Path) -> None:
    trainer = build(room, make_rows(24), batching="packed", batch=1)
    batch = next(iter(trainer.get_train_dataloader()))
    assert (batch["position_ids"] == 0).sum() > 1
    assert len(trainer.train_dataset) < 24


def test_of_a_prompt_and_its_completion_only_the_completion_bears_loss(room: Path) -> None:
    rows = [
        {"prompt": row["messages"][:-1], "completion": row["messages"][-1:]}
        for row in make_rows(6)
        if row["messages"][-1]["role"] == "assistant"
    ]
    trainer = build(room, rows)
    wanted = [row["completion"][0]["content"] for row in rows]
    assert sorted(iter_loss(trainer)) == sorted(wanted)


def test_of_two_sessions_only_the_counselors_words_bear_loss(room: Path) -> None:
    rows = [
        {
            "prompt": good["messages"][:2],
            "chosen": good["messages"][2:],
            "rejected": worse["messages"][2:],
        }
        for good, worse in zip(make_rows(8), make_rows(8)[::-1], strict=True)
    ]
    config = load_train_config(write_config(room, dtype="float32"))
    tokenizer = open_tokenizer(config, make_rows(8), room / "none")
    trainer = build_trainer("dpo", config, open_model(config, tokenizer), tokenizer, rows, [])
    said = []
    for batch in trainer.get_train_dataloader():
        borne = batch["input_ids"].where(batch["completion_mask"] == 1, tokenizer.pad_token_id)
        said += [text for ids in borne for text in tokenizer.decode(ids).split(END)[:-1]]
    wanted = [
        message["content"]
        for row in rows
        for message in row["chosen"] + row["rejected"]
        if message["role"] == "assistant"
    ]
    assert sorted(text.replace("<|pad|>", "") for text in said) == sorted(wanted)
    assert any(message["role"] == "user" for message in rows[0]["chosen"])


def test_the_loss_for_the_cpu_is_trls_loss(room: Path) -> None:
    from trl import SFTTrainer

    trainer = build(room, make_rows(24), dtype="float32")
    inputs = next(iter(trainer.get_train_dataloader()))
    ours = trainer.compute_loss(trainer.model, dict(inputs))
    theirs = SFTTrainer.compute_loss(trainer, trainer.model, dict(inputs))
    assert float(ours) == pytest.approx(float(theirs), rel=1e-5)


@pytest.mark.parametrize("batching", ["padded", "packed"])
def test_the_forecast_counts_the_steps_that_are_trained(room: Path, batching: str) -> None:
    config = load_train_config(write_config(room, batching=batching, epochs=3, accumulate=2))
    rows = [json.loads(line) for line in (room / "set/train.jsonl").read_text().splitlines()]
    tokenizer = open_tokenizer(config, rows, room / "none")
    plan = forecast(config, measure_size(config, tokenizer), tokenizer, rows, [])
    trainer = build_trainer("sft", config, open_model(config, tokenizer), tokenizer, rows, [])
    trainer.train()
    assert plan.steps == trainer.state.global_step
    assert plan.packs == len(trainer.train_dataset)
