"""TRL's trainers, set up from a configuration: the one place that knows the names of their options."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from sim.training.compact import load_compact_trainer
from sim.training.config import TrainConfig
from sim.training.dataset import Kind, Row
from sim.training.model import build_adapter
from sim.training.muon import build_muon
from sim.training.preference import build_collator, load_preference_trainer

CHECKPOINTS = "checkpoints"
_SCHEDULES = {"cosine": "cosine", "linear": "linear", "constant": "constant_with_warmup"}


def build_trainer(
    kind: Kind,
    config: TrainConfig,
    model: Any,
    tokenizer: Any,
    rows: list[Row],
    test: list[Row],
    optimizer: Any = None,
) -> Any:
    """Return the trainer with its data prepared; nothing is trained yet.

    An `optimizer` that is given goes on with what it has gathered.
    """
    from datasets import Dataset

    make = _build_sft if kind == "sft" else _build_dpo
    trainer = make(
        config,
        model=model,
        processing_class=tokenizer,
        train_dataset=Dataset.from_list(rows),
        eval_dataset=Dataset.from_list(test) if test else None,
        peft_config=build_adapter(config),
        optimizers=(optimizer or _build_optimizer(config, model), None),
    )
    if config.patience is not None:
        from transformers import EarlyStoppingCallback

        trainer.add_callback(EarlyStoppingCallback(config.patience))
    return trainer


def _build_optimizer(config: TrainConfig, model: Any) -> Any:
    """Return the optimizer, None for AdamW, which the trainer makes itself."""
    if config.optimizer == "adamw":
        return None
    return build_muon(model, config.learning_rate, config.weight_decay)


def _build_sft(config: TrainConfig, **parts: Any) -> Any:
    from trl import SFTConfig, SFTTrainer

    row = parts["train_dataset"][0]
    arguments = SFTConfig(
        **_common(config, bool(parts["eval_dataset"])),
        packing=config.batching == "packed",
        padding_free=config.batching == "padding_free",
        eval_packing=False,
        assistant_only_loss=config.assistant_only and "messages" in row,
    )
    if config.batching == "padding_free":
        parts["train_dataset"] = _cut(parts, arguments)
        arguments.max_length = None  # TRL cuts nothing when rows stand end to end
    compact = not _has_gpu() and config.method == "full"
    return (load_compact_trainer() if compact else SFTTrainer)(args=arguments, **parts)


def _cut(parts: dict[str, Any], arguments: Any) -> Any:
    """Leave out the rows that are longer than `max_length`."""
    tokenizer, longest = parts["processing_class"], arguments.max_length

    def fits(row: Row) -> bool:
        messages = row.get("messages") or row["prompt"] + row["completion"]
        return bool(count_tokens(tokenizer, messages) <= longest)

    return parts["train_dataset"].filter(fits)


def _build_dpo(config: TrainConfig, **parts: Any) -> Any:
    from trl import DPOConfig, DPOTrainer

    arguments = DPOConfig(**_common(config, bool(parts["eval_dataset"])), beta=config.beta)
    if config.method == "full":  # an adapter is laid aside instead
        parts["ref_model"] = deepcopy(parts["model"])
    if not config.assistant_only:
        return DPOTrainer(args=arguments, **parts)
    collator = build_collator(parts["processing_class"].pad_token_id, config.max_length)
    return load_preference_trainer()(args=arguments, data_collator=collator, **parts)


def _common(config: TrainConfig, evaluates: bool) -> dict[str, Any]:
    """Return the options that SFT and DPO share."""
    keeps_best = config.patience is not None
    return {
        "output_dir": str(config.out / CHECKPOINTS),
        "num_train_epochs": config.epochs,
        "max_steps": config.max_steps or -1,
        "learning_rate": config.learning_rate,
        "lr_scheduler_type": _SCHEDULES[config.schedule],
        "warmup_steps": config.warmup,  # below 1 it is a share
        "weight_decay": config.weight_decay,
        "per_device_train_batch_size": config.batch,
        "per_device_eval_batch_size": config.batch,
        "gradient_accumulation_steps": config.accumulate,
        "max_length": config.max_length,
        "gradient_checkpointing": config.checkpointing,
        "bf16": config.dtype == "bfloat16",
        "fp16": config.dtype == "float16",
        "use_cpu": not _has_gpu(),
        "dataloader_pin_memory": _has_gpu(),
        "seed": config.seed,
        "logging_steps": config.log_every,
        "eval_strategy": "steps" if evaluates else "no",
        "eval_steps": config.evaluate_every if evaluates else None,
        "save_strategy": "steps",
        "save_steps": config.evaluate_every if keeps_best else config.save_every,
        "save_total_limit": 2,
        "load_best_model_at_end": keeps_best,
        "metric_for_best_model": "eval_loss" if keeps_best else None,
        "greater_is_better": False if keeps_best else None,
        "average_tokens_across_devices": False,
        "report_to": [],
        "disable_tqdm": True,
    }


def _has_gpu() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def count_tokens(tokenizer: Any, messages: list[dict[str, str]]) -> int:
    """Return the tokens of a conversation, written out by the chat template."""
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    return len(tokenizer(text, add_special_tokens=False)["input_ids"])


def find_checkpoint(out: Path) -> Path | None:
    """Return the latest checkpoint that was written to its end; its state is written last."""
    found = [
        folder
        for folder in (out / CHECKPOINTS).glob("checkpoint-*")
        if (folder / "trainer_state.json").is_file()
    ]
    return max(found, key=lambda folder: int(folder.name.rpartition("-")[2]), default=None)
