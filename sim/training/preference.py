"""TRL's DPO trainer, with loss on the counselor's words alone.

TRL takes all that follows the prompt for the completion. Of two whole sessions that would be the
client's words, too: the counselor would learn to say what clients of good sessions say.
"""

from __future__ import annotations

from functools import cache
from typing import Any

ENDS = ("chosen", "rejected")


@cache
def load_preference_trainer() -> type[Any]:
    """Return the class; TRL is imported now."""
    from trl import DPOTrainer

    class PreferenceTrainer(DPOTrainer):  # type: ignore[misc, unused-ignore]
        """Marks the counselor's tokens by the chat template, as assistant-only SFT does."""

        def _prepare_dataset(self, dataset: Any, processing_class: Any, *more: Any) -> Any:
            ready = super()._prepare_dataset(dataset, processing_class, *more)
            return ready.map(_mark, fn_kwargs={"tokenizer": processing_class})

        def _set_signature_columns_if_needed(self) -> None:
            super()._set_signature_columns_if_needed()
            marks = [f"{end}_mask" for end in ENDS]
            self._signature_columns += [
                name for name in marks if name not in self._signature_columns
            ]

    return PreferenceTrainer


def _mark(row: dict[str, Any], tokenizer: Any) -> dict[str, list[int]]:
    """Return for both completions which tokens are the counselor's."""
    begin = len(row["prompt_ids"])
    return {
        f"{end}_mask": tokenizer.apply_chat_template(
            row["prompt"] + row[end], return_dict=True, return_assistant_tokens_mask=True
        )["assistant_masks"][begin:]
        for end in ENDS
    }


def build_collator(padding: int, max_length: int) -> Any:
    """Return TRL's collator of pairs, whose completions are the counselor's tokens alone."""
    from torch import tensor
    from trl.trainer.dpo_trainer import DataCollatorForPreference

    class Collator(DataCollatorForPreference):  # type: ignore[misc, unused-ignore]
        """Narrows down TRL's `completion_mask`, (2 · pairs, tokens): first the chosen, then the others."""

        def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
            batch: dict[str, Any] = super().torch_call(examples)
            rows = [(example, end) for end in ENDS for example in examples]
            for narrowed, (example, end) in zip(batch["completion_mask"], rows, strict=True):
                marks = [0] * len(example["prompt_ids"]) + list(example[f"{end}_mask"])
                kept = marks[: len(narrowed)]
                narrowed[: len(kept)] *= tensor(kept)
            return batch

    return Collator(pad_token_id=padding, max_length=max_length)
