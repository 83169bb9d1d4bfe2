"""Trains a small counselor on the spot: enough to write its step, its tags, and the end of a message.

Run by the Python of the vLLM environment (`python tests/vllm/tiny_counselor.py ROWS FOLDER
PACKAGES`), which has torch but not what the rooms import; PACKAGES is the folder where that lies.
ROWS are sessions as `export --as staged` writes them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

STEPS = 300
LEARNING_RATE = 4e-3
SEED = 5


def train(rows: Path, folder: Path) -> None:
    """Write a checkpoint that has learned the sessions more or less by heart."""
    import torch

    from sim.training.config import Scratch
    from sim.training.scratch import build_model, learn_tokenizer

    torch.set_num_threads(1)  # two would wait for each other more than they work
    torch.manual_seed(SEED)
    sessions = [json.loads(line)["messages"] for line in rows.read_text("utf-8").splitlines()]
    texts = [message["content"] for session in sessions for message in session]
    shape = Scratch(vocab=1000, hidden=64, inner=128, layers=2, heads=2, context=4096)
    tokenizer = learn_tokenizer(texts, shape.vocab, shape.context)
    model = build_model(shape, tokenizer)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=STEPS)
    examples = [encode(tokenizer, session) for session in sessions]
    for step in range(STEPS):
        ids, labels = examples[step % len(examples)]
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def encode(tokenizer: Any, session: list[dict[str, str]]) -> tuple[Any, Any]:
    """The tokens of a session, and those that bear loss: the counselor's."""
    import torch

    coded = tokenizer.apply_chat_template(
        session, return_dict=True, return_assistant_tokens_mask=True
    )
    ids = torch.tensor([coded["input_ids"]])
    mine = torch.tensor([coded["assistant_masks"]], dtype=torch.bool)
    return ids, ids.masked_fill(~mine, -100)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.path.append(sys.argv[3])
    train(Path(sys.argv[1]), Path(sys.argv[2]))
