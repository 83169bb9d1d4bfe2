"""Train or test: decided by the clients' intake forms alone, so that no client is in both.

The forms of all the runs, filtered or not, are put in an order drawn from the seed and their names,
and the first part of it is for training: the same clients fall on the same sides whatever counselor
met them and whatever the filters let through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

Side = Literal["train", "test"]
SIDES: tuple[Side, ...] = ("train", "test")


def split_forms(forms: Iterable[str], share: float, seed: int) -> frozenset[str]:
    """Return the forms for training: a `share` (0 to 1) of them all, rounded.

    Strictly between 0 and 1 no side is left empty where there are two forms or more.
    """
    ordered = sorted(
        set(forms), key=lambda form: hashlib.sha256(f"{seed}/{form}".encode()).digest()
    )
    count = round(share * len(ordered))
    if 0 < share < 1 and len(ordered) > 1:
        count = min(max(count, 1), len(ordered) - 1)
    return frozenset(ordered[:count])
