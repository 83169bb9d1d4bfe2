"""What the tests of `make test-train` share: a small set, and a small model trained on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_kit import OTHERS, call, make_rows, write_config, write_set


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder with a small set in it."""
    write_set(tmp_path / "set", make_rows(24), make_rows(4, OTHERS))
    return tmp_path


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model after eight steps, in the folder `out`, its set beside it."""
    folder = tmp_path_factory.mktemp("trained")
    write_set(folder / "set", make_rows(24), make_rows(4, OTHERS))
    call("finetune", "sft", write_config(folder, max_steps=8))
    return folder
