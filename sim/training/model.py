"""The model that is trained and its tokenizer: loaded, or made from nothing; written whole at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from personas.errors import InputError
from sim.training.config import TrainConfig
from sim.training.dataset import Row, texts_of
from sim.training.scratch import build_model, learn_tokenizer

TOKENIZER = "tokenizer"
_MARKER = "{% generation"
_MARKER_DASH = "{%- generation"


def open_tokenizer(config: TrainConfig, rows: list[Row], stored: Path) -> Any:
    """Return the tokenizer, its chat template marked for training.

    One that is learned comes from `stored` if it is there already. Raises InputError for a folder
    that is no checkpoint, and for a tokenizer without a chat template that can be trained with.
    """
    if config.scratch is not None and not stored.is_dir():
        texts = (text for row in rows for text in texts_of(row))
        return learn_tokenizer(texts, config.scratch.vocab, config.scratch.context)
    if config.scratch is not None:
        return _load_tokenizer(str(stored))
    check_folder(str(config.model))
    tokenizer = _load_tokenizer(str(config.model))
    _mark_template(tokenizer, str(config.model), config.assistant_only)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _load_tokenizer(name: str) -> Any:
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, LookupError) as error:
        raise _explain(error, name) from None


def check_folder(name: str) -> None:
    """Raise InputError for what looks like a folder and is no checkpoint."""
    folder = Path(name)
    if not folder.is_dir():
        if name.startswith((".", "/", "~")) or folder.exists():
            raise InputError("no such folder", where=name, todo="name a checkpoint's folder")
        return
    if not (folder / "config.json").is_file():
        raise InputError(
            "not a checkpoint: it has no config.json",
            where=name,
            todo="name the folder that holds config.json and the weights",
        )


def _mark_template(tokenizer: Any, name: str, assistant_only: bool) -> None:
    """Give the tokenizer a template that says which words are the counselor's."""
    template = tokenizer.chat_template
    if not template:
        raise InputError(
            "the tokenizer has no chat template",
            where=name,
            todo="use the instruct variant of the model, or put a chat_template.jinja beside it",
        )
    if not assistant_only or _MARKER in template or _MARKER_DASH in template:
        return
    from trl.chat_template_utils import get_training_chat_template

    try:
        tokenizer.chat_template = get_training_chat_template(tokenizer)
    except ValueError:
        raise InputError(
            "the chat template does not say which words are the assistant's",
            where=name,
            todo="put {% generation %}…{% endgeneration %} around them in its chat_template.jinja",
        ) from None


def open_model(config: TrainConfig, tokenizer: Any) -> Any:
    """Return the model that is trained: float32 weights, or for an adapter those it stands on."""
    if config.scratch is not None:
        import torch

        torch.manual_seed(config.seed)
        return build_model(config.scratch, tokenizer)
    from transformers import AutoModelForCausalLM

    check_folder(str(config.model))
    how: dict[str, Any] = {"dtype": config.dtype if config.method == "lora" else "float32"}
    if config.method == "qlora":
        from transformers import BitsAndBytesConfig

        how = {
            "quantization_config": BitsAndBytesConfig(
                load_in_4bit=True,
                bnb_4bit_quant_type="nf4",
                bnb_4bit_use_double_quant=True,
                bnb_4bit_compute_dtype=config.dtype,
            ),
            "dtype": config.dtype,
        }
    try:
        return AutoModelForCausalLM.from_pretrained(config.model, **how)
    except (OSError, ValueError, LookupError) as error:
        raise _explain(error, str(config.model)) from None


def _explain(error: Exception, name: str) -> InputError:
    reason = str(error).strip().splitlines()[0]
    return InputError(
        f"it does not load: {reason}",
        where=name,
        todo="name a checkpoint's folder, or a model that the hub has and this machine can reach",
    )


def build_adapter(config: TrainConfig) -> Any:
    """Return PEFT's configuration of the adapter, None where all weights are trained."""
    if config.method == "full":
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=config.lora.rank,
        lora_alpha=config.lora.alpha,
        lora_dropout=config.lora.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def write_model(config: TrainConfig, model: Any, tokenizer: Any, folder: Path) -> None:
    """Write the weights as safetensors, an adapter merged into its base, and the tokenizer."""
    whole = _merge(config, model, folder)
    if config.scratch is None:
        import torch

        whole = whole.to(getattr(torch, config.dtype))
    whole.config.use_cache = True
    whole.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _merge(config: TrainConfig, model: Any, folder: Path) -> Any:
    if config.method == "full":
        return model
    model.save_pretrained(folder / "adapter")
    if config.method == "lora":
        return model.merge_and_unload()
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(config.model, dtype=config.dtype)  # not in 4 bit
    return PeftModel.from_pretrained(base, folder / "adapter").merge_and_unload()
