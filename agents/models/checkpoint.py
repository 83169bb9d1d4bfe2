"""A checkpoint on disk, loaded into this process with transformers: prompts in, words out.

The only place that touches torch; it is imported when a checkpoint is loaded, not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from langchain_core.messages import BaseMessage, convert_to_openai_messages

from personas.errors import InputError

# Unset what a checkpoint's settings may hold for sampling.
LIKELIEST = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
CONFIGS = ("config.json", "adapter_config.json")


@dataclass(frozen=True, slots=True)
class Job:
    """One prompt, already in the checkpoint's own form, and how to continue it.

    `temperature` 0 takes the likeliest token each time; above 0 the `seed` decides.
    """

    prompt: str
    prompt_tokens: int
    max_tokens: int
    temperature: float = 0.0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """The continuation; `stopped` says that it ended by itself, not at the limit."""

    text: str
    tokens: int
    stopped: bool


class Engine(Protocol):
    """What `LocalModel` needs of a checkpoint; tests bring a small one of their own."""

    context: int
    """Tokens of prompt and reply together, at most."""

    def render(self, messages: Sequence[BaseMessage]) -> str:
        """Return the prompt. Raises ValueError if the chat template does not accept the messages."""
        ...

    def count(self, prompt: str) -> int:
        """Return the number of tokens of a prompt."""
        ...

    def generate(self, jobs: Sequence[Job]) -> list[Output]:
        """Continue all prompts. Raises MemoryError if they do not fit."""
        ...


class Checkpoint:
    """A causal language model with its tokenizer, on the GPU if there is one."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model.eval()
        self._tokenizer = tokenizer
        self._ends = _collect_ends(model, tokenizer)
        stored = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        self.context = int(stored or tokenizer.model_max_length)

    def render(self, messages: Sequence[BaseMessage]) -> str:
        """Return the prompt. Raises ValueError if the chat template does not accept the messages."""
        from jinja2 import TemplateError

        plain = convert_to_openai_messages(messages)
        try:
            return str(
                self._tokenizer.apply_chat_template(
                    plain, tokenize=False, add_generation_prompt=True
                )
            )
        except TemplateError as error:
            raise ValueError(f"the chat template refuses these messages: {error}") from None

    def count(self, prompt: str) -> int:
        """Return the number of tokens of a prompt."""
        return len(self._tokenizer(prompt, add_special_tokens=False)["input_ids"])

    def generate(self, jobs: Sequence[Job]) -> list[Output]:
        """Continue all prompts, as one batch where no dice are thrown; else one by one."""
        import torch

        try:
            if all(job.temperature == 0 for job in jobs):
                return self._run(jobs, LIKELIEST)
            return [self._sample(job) for job in jobs]
        except torch.OutOfMemoryError:
            raise MemoryError(f"no memory for {len(jobs)} prompts at once") from None

    def _sample(self, job: Job) -> Output:
        """Continue one prompt; alone, so that its seed alone decides."""
        import torch

        if job.temperature == 0:
            return self.generate([job])[0]
        how = {"do_sample": True, "temperature": job.temperature}
        if job.seed is None:
            return self._run([job], how)[0]
        with torch.random.fork_rng():  # the process's own dice stay as they are
            torch.manual_seed(job.seed)
            return self._run([job], how)[0]

    def _run(self, jobs: Sequence[Job], how: dict[str, Any]) -> list[Output]:
        import torch

        batch = self._tokenizer(
            [job.prompt for job in jobs],
            add_special_tokens=False,  # the chat template has written them
            padding=True,
            return_tensors="pt",
        ).to(self._model.device)
        with torch.inference_mode():
            rows = self._model.generate(
                input_ids=batch["input_ids"],
                attention_mask=batch["attention_mask"],
                max_new_tokens=max(job.max_tokens for job in jobs),
                eos_token_id=self._ends,
                pad_token_id=self._tokenizer.pad_token_id,
                **how,
            )
        width = batch["input_ids"].shape[1]
        return [self._read(row[width:].tolist(), job) for row, job in zip(rows, jobs, strict=True)]

    def _read(self, tokens: list[int], job: Job) -> Output:
        """Cut a row where its reply ends; the rest of it is padding or more than was asked for."""
        tokens = tokens[: job.max_tokens]
        end = next((place for place, token in enumerate(tokens) if token in self._ends), None)
        words = tokens if end is None else tokens[:end]
        text = str(self._tokenizer.decode(words, skip_special_tokens=True)).strip()
        return Output(text, len(words) + (end is not None), end is not None)


def load_checkpoint(path: Path) -> Checkpoint:
    """Load a checkpoint, or an adapter with the base model it names; never from the network.

    Raises InputError if the extra is missing, or the folder is no checkpoint of a chat model.
    """
    if not path.is_dir():
        raise InputError("no such folder", where=str(path), todo="name a checkpoint's folder")
    if not any((path / name).is_file() for name in CONFIGS):
        raise InputError(f"not a checkpoint: it has no {CONFIGS[0]}", where=str(path))
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise InputError(
            f"a local model needs {error.name}", todo='pip install "counselgym[train]"'
        ) from None
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True, padding_side="left")
        model = AutoModelForCausalLM.from_pretrained(path, local_files_only=True, dtype="auto")
    except (OSError, ValueError, ImportError, LookupError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InputError(f"it does not load: {reason}", where=str(path)) from None
    if not tokenizer.chat_template:
        raise InputError("the tokenizer has no chat template", where=str(path))
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return Checkpoint(model.to(device), tokenizer)


def _collect_ends(model: Any, tokenizer: Any) -> list[int]:
    """The tokens that end a reply: the tokenizer's, and those of the checkpoint's settings."""
    stored = model.generation_config.eos_token_id
    ends = stored if isinstance(stored, list) else [stored]
    return sorted({end for end in (*ends, tokenizer.eos_token_id) if end is not None})
