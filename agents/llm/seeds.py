"""Seeds of model calls: equal runs send equal requests, and no two calls of an episode share one."""

from __future__ import annotations

import zlib


def derive_seed(seed: int, role: str, turn: int, attempt: int = 0) -> int:
    """Return the seed (0 to 2**31 - 1) of a role's call at this length of the transcript."""
    return zlib.crc32(f"{seed}/{role}/{turn}/{attempt}".encode()) & 0x7FFF_FFFF
