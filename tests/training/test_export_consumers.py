"""Every format loaded back by what really reads it: `datasets`, TRL's trainers, LLaMA-Factory's rules."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.train
sys.path.insert(0, str(Path(__file__).parents[1] / "export"))

from played import pick, play_all, read_lines, read_set, write_lines, write_run
from training_kit import SHAPE, call

from runs.check.finding import Findings
from runs.check.look import look_over
from runs.export.formats import FORMATS, Format
from runs.export.make import export
from runs.export.wanted import Wanted

NAMES = ("tomas-bus", "ines-thesis", "loretta-house", "wojtek-doors")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    episodes = play_all(pick(*NAMES), ("crdial", "plain", "eliza"), exchanges=8)
    return write_run(tmp_path_factory.mktemp("runs") / "demo", episodes)


def make(run: Path, out: Path, form: Format = "messages", **changes: Any) -> Path:
    export([run], Wanted(form, split=0.5, **changes), out)
    return out


@pytest.fixture(scope="module")
def checkpoint(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer learned from the run, and weights that are never used."""
    from sim.training.config import Scratch
    from sim.training.scratch import build_model, learn_tokenizer

    base = tmp_path_factory.mktemp("checkpoint")
    rows = read_set(make(run, base / "set"))
    texts = (message["content"] for row in rows for message in row["messages"])
    tokenizer = learn_tokenizer(texts, SHAPE["vocab"], 4096)
    tokenizer.save_pretrained(base / "tiny")
    build_model(Scratch(**SHAPE), tokenizer).save_pretrained(base / "tiny")
    return base / "tiny"


@pytest.mark.parametrize("form", FORMATS)
def test_datasets_loads_both_sides_by_the_card(form: Format, run: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    folder = make(run, tmp_path / "set", form)
    loaded = load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert set(loaded) == {"train", "test"}
    told = json.loads((folder / "export.json").read_text())["splits"]
    for side in ("train", "test"):
        assert len(loaded[side]) == told[side]["rows"] > 0
        lineage = loaded[side][0]["lineage"]
        assert lineage.get("chosen", lineage)["run"] == "demo"


def test_parquet_holds_what_json_lines_hold(run: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    written = load_dataset(str(make(run, tmp_path / "p", "parquet")), cache_dir=str(tmp_path / "c"))
    for side in ("train", "test"):
        assert written[side].to_list() == read_lines(make_once(run, tmp_path) / f"{side}.jsonl")
    assert look_over(tmp_path / "p").findings.kept == []


def make_once(run: Path, tmp_path: Path) -> Path:
    out = tmp_path / "json"
    return out if out.exists() else make(run, out)


def train(trainer_class: Any, config: Any, folder: Path, checkpoint: Path) -> Any:
    from datasets import load_dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer

    rows = load_dataset(str(folder), cache_dir=str(folder.parent / "cache"))["train"]
    trainer = trainer_class(
        model=AutoModelForCausalLM.from_pretrained(checkpoint),
        args=config(
            output_dir=str(folder.parent / "out"),
            max_steps=1,
            max_length=512,
            use_cpu=True,
            report_to=[],
            **({"assistant_only_loss": True} if "messages" in rows.column_names else {}),
        ),
        train_dataset=rows,
        processing_class=AutoTokenizer.from_pretrained(checkpoint),
    )
    return trainer.train()


@pytest.mark.parametrize("form", ["messages", "prompt-completion", "crisp", "parquet"])
def test_trl_trains_on_conversations_and_completions(
    form: Format, run: Path, checkpoint: Path, tmp_path: Path
) -> None:
    """TRL as it comes, on the rows as they come, lineage and all."""
    from trl import SFTConfig, SFTTrainer

    done = train(SFTTrainer, SFTConfig, make(run, tmp_path / "set", form), checkpoint)
    assert 0 < done.training_loss < 20


@pytest.mark.parametrize("turns", [False, True])
def test_trl_trains_on_pairs(turns: bool, run: Path, checkpoint: Path, tmp_path: Path) -> None:
    from trl import DPOConfig, DPOTrainer

    folder = make(run, tmp_path / "set", "preference", turns=turns, min_gap=0.5)
    done = train(DPOTrainer, DPOConfig, folder, checkpoint)
    assert done.training_loss > 0


@pytest.mark.parametrize("form", ["messages", "prompt-completion", "sharegpt", "alpaca", "crisp"])
def test_validate_finds_that_only_the_counselors_words_bear_loss(
    form: Format, run: Path, checkpoint: Path, tmp_path: Path
) -> None:
    from sim.training.loss import weigh

    folder, findings = make(run, tmp_path / "set", form), Findings()
    tokens = weigh(folder, str(checkpoint), None, findings)
    assert findings.kept == []
    assert tokens.examples == sum(look_over(folder).files.values())
    assert 0 < tokens.borne < tokens.total
    first = read_lines(folder / "test.jsonl")[0]
    if form == "messages":
        own = [m["content"] for m in first["messages"] if m["role"] == "assistant"]
        assert tokens.spans == own


def test_validate_refuses_a_template_that_trains_on_the_prompt(
    run: Path, checkpoint: Path, tmp_path: Path
) -> None:
    """The marks stand around the client's words, too."""
    import shutil

    wrong = tmp_path / "wrong"
    shutil.copytree(checkpoint, wrong)
    template = (wrong / "chat_template.jinja").read_text()
    everybody = template.replace(
        "<|user|>{{ message.content }}<|end|>",
        "<|user|>{% generation %}{{ message.content }}<|end|>{% endgeneration %}",
    )
    assert everybody != template
    (wrong / "chat_template.jinja").write_text(everybody)
    folder = make(run, tmp_path / "set")
    said = call("validate", folder, "--tokenizer", wrong, code=1)
    assert "loss falls on other words than the counselor's: '(The client has come in" in said
    assert "test.jsonl, line 1: loss" in said


def test_validate_counts_what_is_too_long(run: Path, checkpoint: Path, tmp_path: Path) -> None:
    folder = make(run, tmp_path / "set")
    fits = call("validate", folder, "--tokenizer", checkpoint, "--max-length", 4000)
    assert "0 examples (0.0 %) are longer than 4000" in fits
    said = call("validate", folder, "--tokenizer", checkpoint, "--max-length", 40, code=1)
    assert "12 examples (100.0 %) are longer than 40" in said
    assert "too long" in said


def test_validate_needs_a_tokenizer_that_can_be_trained_with(
    run: Path, checkpoint: Path, tmp_path: Path
) -> None:
    import shutil

    bare = tmp_path / "bare"
    shutil.copytree(checkpoint, bare)
    (bare / "chat_template.jinja").unlink()
    folder = make(run, tmp_path / "set")
    assert "no chat template" in call("validate", folder, "--tokenizer", bare, code=2)
    assert "no such folder" in call("validate", folder, "--tokenizer", "./nowhere", code=2)


def test_validate_leaves_tokens_alone_where_no_template_takes_the_rows(
    run: Path, checkpoint: Path, tmp_path: Path
) -> None:
    folder = make(run, tmp_path / "set")
    rows = read_lines(folder / "train.jsonl")
    del rows[0]["messages"][2]
    write_lines(folder / "train.jsonl", rows)
    said = call("validate", folder, "--tokenizer", checkpoint, code=1)
    assert "tokens were not looked at" in said
    assert "same speaker" in said
