"""A checkpoint on disk, loaded into this process with transformers: prompts in, words out.

Prompts are read one by one, each from where the longest conversation known (`agents.models.pasts`)
leaves off, and continued together. torch is imported when a checkpoint is loaded, not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from langchain_core.messages import BaseMessage, convert_to_openai_messages

from agents.models.pasts import Pasts
from personas.errors import InputError

if TYPE_CHECKING:
    from agents.models.rows import Row

# Unset what a checkpoint's settings may hold for sampling.
LIKELIEST: dict[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
CONFIGS = ("config.json", "adapter_config.json")
ROOM_CPU = 2 << 30  # bytes for what was read before


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
    """The continuation; `stopped` says that it ended by itself, not at the limit.

    `cached` of the prompt's tokens had been read before.
    """

    text: str
    tokens: int
    stopped: bool
    cached: int = 0


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
    """A causal language model with its tokenizer, on the GPU if there is one.

    Keeps what it has read, in at most `room` bytes; models whose memory cannot be cut anywhere
    (sliding windows, recurrent states) read every prompt anew.
    """

    def __init__(self, model: Any, tokenizer: Any, room: int) -> None:
        from agents.models.rows import can_keep

        self._model = model.eval()
        self._tokenizer = tokenizer
        self._ends = _collect_ends(model, tokenizer)
        self._pasts = Pasts(room) if can_keep(model) else None
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
        return len(self._encode(prompt))

    def _encode(self, prompt: str) -> tuple[int, ...]:
        # the chat template has written the special tokens
        return tuple(self._tokenizer(prompt, add_special_tokens=False)["input_ids"])

    def generate(self, jobs: Sequence[Job]) -> list[Output]:
        """Continue all prompts as one batch, each with dice of its own.

        If memory runs out, what was read before is given up first.
        """
        import torch

        for _ in range(2):
            try:
                return self._run(jobs)
            except torch.OutOfMemoryError:
                if self._pasts is not None:
                    self._pasts.clear()
        raise MemoryError(f"no memory for {len(jobs)} prompts at once")

    def _run(self, jobs: Sequence[Job]) -> list[Output]:
        import torch

        with torch.inference_mode():
            rows = [self._read(job) for job in jobs]
            going = rows
            while going:
                self._write(going)
                going = [row for row in going if not row.ended]
        return [self._tell(row) for row in rows]

    def _read(self, job: Job) -> Row:
        """Read a prompt, all but its last token; what is read serves the next prompt at once."""
        from agents.models.rows import Dice, Row, read_on

        ids = self._encode(job.prompt)
        dice = Dice(job.temperature, job.seed) if job.temperature else None
        row = Row(ids, len(ids), job.max_tokens, dice)
        if self._pasts is None or len(ids) < 2:
            return row
        known = self._pasts.find(ids)
        row.cached = len(known.ids) if known else 0
        row.past = known
        if row.cached < len(ids) - 1:
            row.past = read_on(self._model, known, ids[:-1])
            self._pasts.keep(row.past)
        return row

    def _write(self, rows: Sequence[Row]) -> None:
        """Continue the rows until half of them have ended; all to their ends if nothing is kept."""
        from agents.models.rows import pad_left, stack, stop_at_half, throw_dice, unstack

        how = dict(LIKELIEST)
        if any(row.dice for row in rows):
            how["logits_processor"] = [throw_dice(rows)]
        ids, mask = pad_left(rows, self._tokenizer.pad_token_id, self._model.device)
        width = ids.shape[1]
        pasts = [row.past for row in rows if row.past is not None]
        if whole := len(pasts) == len(rows):
            how = {
                **how,
                "past_key_values": stack(pasts),
                "stopping_criteria": [stop_at_half(rows, width, self._ends)],
            }
        written = self._model.generate(
            input_ids=ids,
            attention_mask=mask,
            max_new_tokens=max(row.left for row in rows),
            eos_token_id=self._ends,
            pad_token_id=self._tokenizer.pad_token_id,
            **how,
        )
        for row, tokens in zip(rows, written[:, width:].tolist(), strict=True):
            row.write(tokens, self._ends)
        if whole:
            unstack(how["past_key_values"], rows, width - 1)
        if self._pasts is not None:
            for row in rows:
                if row.ended and row.past is not None:
                    self._pasts.keep(row.past)

    def _tell(self, row: Row) -> Output:
        tokens = row.ids[row.prompt :]
        stopped = tokens[-1] in self._ends
        words = tokens[:-1] if stopped else tokens
        text = str(self._tokenizer.decode(words, skip_special_tokens=True)).strip()
        return Output(text, len(tokens), stopped, row.cached)


def load_checkpoint(path: Path, room: int | None = None) -> Checkpoint:
    """Load a checkpoint, or an adapter with the base model it names; never from the network.

    What was read before is kept in `room` bytes; None: 2 GiB, on a GPU a quarter of what is free.
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
    model = model.to(device)
    if room is None:
        room = torch.cuda.mem_get_info()[0] // 4 if device == "cuda" else ROOM_CPU
    return Checkpoint(model, tokenizer, room)


def _collect_ends(model: Any, tokenizer: Any) -> list[int]:
    """The tokens that end a reply: the tokenizer's, and those of the checkpoint's settings."""
    stored = model.generation_config.eos_token_id
    ends = stored if isinstance(stored, list) else [stored]
    return sorted({end for end in (*ends, tokenizer.eos_token_id) if end is not None})
