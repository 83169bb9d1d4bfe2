"""Which tokens of a set bear loss: decoded from the labels of the very trainer that would train on it.

The rows go through TRL's preparation and collator behind a model too small to matter; nothing is
trained, nothing is cut.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from personas.errors import InputError
from runs.check.example import Example
from runs.check.finding import Findings
from runs.check.rows import iter_examples, list_files
from sim.training.config import Scratch, TrainConfig
from sim.training.dataset import Kind, Row
from sim.training.extra import quiet, require_extra
from sim.training.model import open_tokenizer
from sim.training.preference import ENDS
from sim.training.scratch import build_model
from sim.training.trainer import build_trainer

IGNORED = -100
_UNCUT = 1_000_000_000
_CHUNK = 256
_SHOWN = 60
_THINKING = re.compile(r"\A\s*<think>\s*</think>")


@dataclass
class Tokens:
    """Counts over a set: of all tokens `borne` bear loss; `over` of `examples` are too long."""

    examples: int = 0
    total: int = 0
    borne: int = 0
    longest: int = 0
    over: int = 0
    spans: list[str] = field(default_factory=list)


def weigh(dataset: Path, name: str, max_length: int | None, findings: Findings) -> Tokens:
    """Count the tokens of a set, and add to the findings where loss falls on the wrong words.

    `name` is a checkpoint's folder or hub name. Raises InputError if it has no usable tokenizer.
    """
    require_extra()
    tokens = Tokens()
    with quiet(), tempfile.TemporaryDirectory() as place:
        config = TrainConfig(
            model=name, data=dataset, out=Path(place), max_length=_UNCUT, dtype="float32"
        )
        tokenizer = open_tokenizer(config, [], Path(place))
        scale = _Scale(tokenizer, config)
        for file in list_files(dataset):
            for chunk in _chunk(iter_examples(file)):
                scale.add(chunk, max_length, tokens, findings)
    return tokens


def _chunk(examples: Iterator[Example]) -> Iterator[list[Example]]:
    """Yield examples of one kind together, at most 256."""
    for _, alike in groupby(examples, key=lambda example: (bool(example.part), example.learnt > 0)):
        while chunk := list(islice(alike, _CHUNK)):
            yield chunk


class _Scale:
    """A tokenizer and the trainer's way with rows."""

    def __init__(self, tokenizer: Any, config: TrainConfig) -> None:
        self._tokenizer = tokenizer
        self._config = config
        self._model = build_model(Scratch(hidden=8, inner=8, layers=1, heads=1), tokenizer)

    def add(
        self, chunk: Sequence[Example], limit: int | None, tokens: Tokens, findings: Findings
    ) -> None:
        """Weigh examples of one kind."""
        for example, count, spans in self._weigh(chunk):
            tokens.examples += 1
            tokens.total += count
            tokens.longest = max(tokens.longest, count)
            if limit is not None and count > limit:
                tokens.over += 1
                findings.add("too long", example, f"{count} tokens, {limit} are allowed")
            tokens.borne += sum(borne for _, borne in spans)
            fault = self._compare(example, [text for text, _ in spans])
            if fault:
                findings.add("loss", example, fault)
            elif not tokens.spans:
                tokens.spans = [text for text, _ in spans]

    def _weigh(
        self, chunk: Sequence[Example]
    ) -> Iterator[tuple[Example, int, list[tuple[str, int]]]]:
        rows = [_make_row(example) for example in chunk]
        for example, (ids, labels) in zip(chunk, self._label(rows), strict=True):
            yield example, len(ids), list(self._decode(labels))

    def _label(self, rows: list[Row]) -> Iterator[tuple[list[int], list[int]]]:
        """Yield token ids and labels of every row, as the collator hands them to a model."""
        try:
            kind: Kind = "dpo" if "chosen" in rows[0] else "sft"
            trainer = build_trainer(kind, self._config, self._model, self._tokenizer, rows, [])
        except (ValueError, RuntimeError) as error:
            raise InputError(
                f"TRL does not take these rows: {str(error).splitlines()[0]}",
                where=str(self._config.model),
            ) from None
        for row in trainer.train_dataset:
            batch = trainer.data_collator([row])
            ids = batch["input_ids"][0]
            yield ids.tolist(), _read_labels(batch, ids).tolist()

    def _decode(self, labels: Iterable[int]) -> Iterator[tuple[str, int]]:
        """Yield every run of tokens that bear loss: its words, and how many tokens it has."""
        for borne, run in groupby(labels, key=lambda label: label != IGNORED):
            if borne:
                ids = list(run)
                text = self._tokenizer.decode(ids, skip_special_tokens=True)
                yield _THINKING.sub("", text), len(ids)

    def _compare(self, example: Example, spans: Sequence[str]) -> str:
        """Return what is wrong with the runs that bear loss; empty if they are the counselor's words."""
        wanted = [
            message["content"]
            for message in example.messages[example.learnt :]
            if message["role"] == "assistant"
        ]
        for span, said in zip(spans, wanted, strict=False):
            if _squeeze(span) != _squeeze(self._pass_through(said)):
                return f"loss falls on other words than the counselor's: {span[:_SHOWN]!r}"
        if len(spans) != len(wanted):
            return f"{len(wanted)} messages of the counselor, but {len(spans)} runs that bear loss"
        return ""

    def _pass_through(self, text: str) -> str:
        """The words as the tokenizer gives them back; some change spaces or capitals."""
        ids = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return str(self._tokenizer.decode(ids, skip_special_tokens=True))


def _read_labels(batch: Mapping[str, Any], ids: Any) -> Any:
    """Return the labels of a batch's first row; of a pair, its ids where the completion mask is 1."""
    if "labels" in batch:
        return batch["labels"][0]
    return ids.where(batch["completion_mask"][0] == 1, IGNORED)


def _make_row(example: Example) -> Row:
    messages = list(example.messages)
    if not example.learnt:
        return {"messages": messages}
    if example.part:
        return {
            "prompt": messages[: example.learnt],
            **dict.fromkeys(ENDS, messages[example.learnt :]),
        }
    return {"prompt": messages[: example.learnt], "completion": messages[example.learnt :]}


def _squeeze(text: str) -> str:
    return "".join(text.split())
