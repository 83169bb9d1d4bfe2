"""The extra `train`: what must be installed and at hand before a training can start."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from personas.errors import InputError
from sim.extras import need_extra
from sim.training.config import TrainConfig

NEEDED = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")
_NO_ROOM = ("out of memory", "can't allocate memory", "not enough memory")


def require_extra() -> None:
    """Raise InputError if a package of the extra is missing."""
    need_extra("finetune", "train", *NEEDED)


def require_device(config: TrainConfig) -> None:
    """Raise InputError for QLoRA without CUDA, or without bitsandbytes."""
    import torch

    if config.method != "qlora":
        return
    if not torch.cuda.is_available():
        raise InputError(
            "qlora needs a CUDA device, and there is none here",
            where="method",
            todo='use method = "lora", or train on a machine with a GPU',
        )
    if find_spec("bitsandbytes") is None:
        raise InputError(
            "qlora needs bitsandbytes", where="method", todo="pip install bitsandbytes"
        )


@contextmanager
def explaining_memory(config: TrainConfig) -> Iterator[None]:
    """Turn a machine's running out of memory into an InputError that says what to change."""
    import torch

    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        plain = isinstance(error, RuntimeError) and not isinstance(error, torch.OutOfMemoryError)
        if plain and not any(words in str(error) for words in _NO_ROOM):
            raise
        raise InputError(
            "out of memory while training; the last checkpoint is kept",
            todo="; ".join(_advise(config)) + ". Then run again with --resume or another out",
        ) from None


def _advise(config: TrainConfig) -> list[str]:
    advice = []
    if config.batch > 1:
        halved = f"batch = {config.batch // 2}, accumulate = {config.accumulate * 2}"
        advice.append(f"set {halved} (the same training)")
    if not config.checkpointing:
        advice.append("set checkpointing = true")
    if config.method == "full" and config.model is not None:
        advice.append('set method = "lora"')
    advice.append(f"set max_length below {config.max_length} (the dry run says what that cuts)")
    return advice


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' own bars, banners and warnings of the future to themselves."""
    import datasets
    import transformers

    level = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    datasets.disable_progress_bars()
    transformers.logging.disable_progress_bar()
    trl_log = logging.getLogger("trl")
    before = trl_log.level
    trl_log.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", UserWarning)
        try:
            yield
        finally:
            transformers.logging.set_verbosity(level)
            transformers.logging.enable_progress_bar()
            datasets.enable_progress_bars()
            trl_log.setLevel(before)
