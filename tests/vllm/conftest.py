"""A real vLLM on a tiny random model, started once per session from its own environment.

`make test-vllm` makes that environment; VLLM_VENV names another one.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from vllm_server import VENV, Served, serve


@pytest.fixture(scope="session")
def vllm_venv() -> Path:
    """Return the environment that holds vLLM."""
    if not (VENV / "bin" / "vllm").exists():
        pytest.skip(f"no vLLM in {VENV}: make test-vllm installs it")
    return VENV


@pytest.fixture(scope="session")
def tiny_model(vllm_venv: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a tiny random chat model."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    script = Path(__file__).with_name("tiny_model.py")
    made = subprocess.run(
        [vllm_venv / "bin" / "python", script, folder], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="session")
def served(vllm_venv: Path, tiny_model: Path) -> Iterator[Served]:
    """Return the server of the tiny model, started once for the whole session."""
    with serve(vllm_venv, tiny_model) as server:
        yield server
