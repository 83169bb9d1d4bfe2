"""The verb `finetune`: reads the settings, says what it will take, trains, writes the model."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from rich.table import Table

from personas.errors import InputError
from runs.check.look import look_over
from sim.console import open_stderr, open_stdout, say
from sim.training.card import CARD, write_card
from sim.training.config import TrainConfig, load_train_config
from sim.training.dataset import Kind, Row, read_rows
from sim.training.drill import PAIRS, make_drill
from sim.training.extra import explaining_memory, quiet, require_device, require_extra
from sim.training.forecast import Forecast, forecast, measure_size
from sim.training.model import TOKENIZER, open_model, open_tokenizer, write_model
from sim.training.progress import History, Reporter, build_callback
from sim.training.speed import CONVENTION, count_operations, find_peak
from sim.training.trainer import CHECKPOINTS, build_trainer, find_checkpoint

SETTINGS = "training.json"
SCOPE = {"out", "epochs", "max_steps", "patience", "evaluate_every", "save_every", "log_every"}
"""What may change between a training and its resumption, besides memory's `batch` and friends."""
MEMORY = {"batch", "accumulate", "checkpointing"}


def finetune(kind: Kind, path: Path, *, dry_run: bool, resume: bool) -> None:
    """Train by a configuration. Raises InputError for whatever stands in the way, memory included."""
    require_extra()
    config = load_train_config(path)
    rows, test = read_rows(config.data, kind)
    _refuse_faulty(config.data)
    _check_evaluation(config, test, path)
    require_device(config)
    checkpoint = _find_start(kind, config, resume)
    with quiet():
        tokenizer = open_tokenizer(config, rows, config.out / CHECKPOINTS / TOKENIZER)
        plan = forecast(config, measure_size(config, tokenizer), tokenizer, rows, test)
        _print_plan(plan)
        if dry_run:
            return
        with explaining_memory(config):
            history = _train(kind, config, plan, tokenizer, (rows, test), checkpoint)
    (config.out / CARD).write_text(write_card(kind, config, plan, history), encoding="utf-8")
    say(f"model, tokenizer, chat template and card in {config.out}")
    say(f"Next: counselgym run --counselors plain@local:{config.out},crdial,eliza")


def _train(
    kind: Kind,
    config: TrainConfig,
    plan: Forecast,
    tokenizer: Any,
    data: tuple[list[Row], list[Row]],
    checkpoint: Path | None,
) -> History:
    _prepare_folder(kind, config, tokenizer)
    peak = find_peak()
    open_stderr().print(CONVENTION if peak else "MFU is not computed: no GPU whose peak is known")
    operations = count_operations(config, plan.size)
    model, optimizer = open_model(config, tokenizer), None
    steps = config.scratch.drill if config.scratch else 0
    if exercises := make_drill(data[0], steps * PAIRS, config.seed) if steps else []:
        if checkpoint is None:  # a training that is resumed is past them
            model, optimizer = _practise(config, model, tokenizer, exercises, operations)
        config = config.model_copy(update={"warmup": 0.0})  # it is warm
    trainer = build_trainer(kind, config, model, tokenizer, *data, optimizer)
    history = _run(trainer, operations, checkpoint)
    write_model(config, trainer.accelerator.unwrap_model(trainer.model), tokenizer, config.out)
    return history


def _practise(
    config: TrainConfig, model: Any, tokenizer: Any, exercises: list[Row], operations: float
) -> tuple[Any, Any]:
    """Return the model after its exercises, and the optimizer, which goes on with the sessions."""
    steps = len(exercises) // PAIRS
    open_stderr().print(f"exercises in giving words back, {steps:,} steps; then the sessions")
    with tempfile.TemporaryDirectory() as place:
        short = {"batch": PAIRS, "accumulate": 1, "epochs": 1.0, "schedule": "constant"}
        settings = {**short, "out": Path(place), "max_steps": None, "save_every": steps}
        practice = config.model_copy(update=settings)
        trainer = build_trainer("sft", practice, model, tokenizer, exercises, [])
        _run(trainer, operations, None)
    practised = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)
    return practised, trainer.optimizer.optimizer


def _run(trainer: Any, operations: float, checkpoint: Path | None) -> History:
    """Train to the end, showing how it goes."""
    history = History()
    reporter = Reporter(history, open_stderr(), operations, find_peak())
    trainer.add_callback(build_callback(reporter))
    trainer.remove_callback(_find_printer())
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    return history


def _find_printer() -> Any:
    from transformers import PrinterCallback

    return PrinterCallback


def _print_plan(plan: Forecast) -> None:
    table = Table("what", "how much")
    for what, how_much in plan.lines():
        table.add_row(what, how_much)
    open_stdout().print(table)


def _refuse_faulty(data: Path) -> None:
    """Raise InputError if `counselgym validate` would find something, naming the first row."""
    findings = look_over(data).findings
    if findings.counts:
        raise InputError(
            f"{sum(findings.counts.values())} findings; the first: {findings.kept[0]}",
            where=str(data),
            todo=f"counselgym validate {data} lists them; nothing is trained on such a set",
        )


def _check_evaluation(config: TrainConfig, test: list[Row], path: Path) -> None:
    if config.patience is not None and not test:
        raise InputError(
            "an early stop needs rows to evaluate on, and there is no test.jsonl",
            where=f"{path}, field patience",
            todo=f"export with a test split into {config.data}, or leave patience out",
        )


def _find_start(kind: Kind, config: TrainConfig, resume: bool) -> Path | None:
    """Return the checkpoint to go on from, None to begin. Raises InputError where neither fits."""
    checkpoint, stored = find_checkpoint(config.out), config.out / SETTINGS
    if not resume:
        if checkpoint is not None or (config.out / "config.json").is_file():
            raise InputError(
                "there is a training here already",
                where=str(config.out),
                todo="go on with it by --resume, or name another out",
            )
        return None
    if not stored.is_file():
        raise InputError(
            "no training to resume here",
            where=str(config.out),
            todo="leave --resume out, or name the out of the training that was interrupted",
        )
    _check_settings(kind, config, json.loads(stored.read_text(encoding="utf-8")))
    if checkpoint is None:
        open_stderr().print("it was interrupted before its first checkpoint: beginning again")
    return checkpoint


def _check_settings(kind: Kind, config: TrainConfig, stored: dict[str, Any]) -> None:
    now = {"kind": kind, **config.model_dump(mode="json")}
    free = SCOPE | MEMORY
    changed = sorted(name for name in now if name not in free and now[name] != stored.get(name))
    if changed:
        raise InputError(
            f"this training began with another {', '.join(changed)}",
            where=str(config.out),
            todo="resume it with its own settings, or name another out",
        )


def _prepare_folder(kind: Kind, config: TrainConfig, tokenizer: Any) -> None:
    """Write down the settings and the tokenizer before the first step: a resumption needs both."""
    config.out.mkdir(parents=True, exist_ok=True)
    settings = {"kind": kind, **config.model_dump(mode="json")}
    (config.out / SETTINGS).write_text(json.dumps(settings, indent=2), encoding="utf-8")
    tokenizer.save_pretrained(config.out / CHECKPOINTS / TOKENIZER)
