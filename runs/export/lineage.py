"""Where a row comes from: the run and how it was set up, the episode, the client, the verdict."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from runs.folder import CONFIG


@dataclass(frozen=True)
class Lineage:
    """`run` is the name of its folder, `config` 16 hex digits over its configuration.

    `protocol` is the layout of the row, `ctrs` the mean verdict (0 to 6) or `None`. `form` groups the
    personas of one intake form.
    """

    run: str
    config: str
    episode: str
    form: str
    persona: str
    counselor: str
    voice: str
    protocol: str
    seed: int
    finish: str
    ctrs: float | None

    def as_row(self, turn: int | None = None) -> dict[str, object]:
        """Return the fields, with the place in the transcript where a row is one message."""
        fields = asdict(self)
        return fields if turn is None else {**fields, "turn": turn}


def digest_config(run: Path) -> str:
    """Return 16 hex digits over a run's configuration file."""
    return hashlib.sha256((run / CONFIG).read_bytes()).hexdigest()[:16]
