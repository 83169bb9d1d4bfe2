"""Compressed pages: what a reader opens one at a time lies in the file packed, and is unpacked then.

Two thousand sessions would be tens of megabytes as text, and slow to load. Packed in pages of some
twenty they take a tenth, and the browser unpacks only the page that is looked at.
"""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass, field

import orjson


@dataclass
class Pages:
    """A growing list, cut into pages of `size` items, each a base64 text of gzipped JSON."""

    size: int
    packed: list[str] = field(default_factory=list)
    _open: list[object] = field(default_factory=list)

    def add(self, item: object) -> None:
        """Take in one item (plain data)."""
        self._open.append(item)
        if len(self._open) == self.size:
            self._pack()

    def close(self) -> list[str]:
        """Return all pages; item n lies on page n // size."""
        if self._open:
            self._pack()
        return self.packed

    def _pack(self) -> None:
        squeezed = gzip.compress(orjson.dumps(self._open), mtime=0)
        self.packed.append(base64.b64encode(squeezed).decode("ascii"))
        self._open = []
