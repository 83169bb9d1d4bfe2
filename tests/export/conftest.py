"""One small run with scripted voices, played once."""

from __future__ import annotations

from pathlib import Path

import pytest
from played import NAMES, pick, play_all, write_run

from runs.record import Episode


@pytest.fixture(scope="session")
def episodes() -> list[Episode]:
    return play_all(pick(*NAMES))


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, episodes: list[Episode]) -> Path:
    return write_run(tmp_path_factory.mktemp("runs") / "demo", episodes)
