"""Train or test: decided by the client's intake form alone, so that no client is in both.

A form falls by its own name and the seed, whatever else is exported: a run played later leaves
every form on its side.
"""

from __future__ import annotations

import hashlib
from typing import Literal

Side = Literal["train", "test"]
SIDES: tuple[Side, ...] = ("train", "test")


def side_of(form: str, share: float, seed: int) -> Side:
    """Return the side of a form; `share` (0 to 1) of all forms, in the long run, are for training."""
    drawn = int.from_bytes(hashlib.sha256(f"{seed}/{form}".encode()).digest()[:8])
    return "train" if drawn < share * 2**64 else "test"
