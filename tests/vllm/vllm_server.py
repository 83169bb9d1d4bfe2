"""A vLLM server as a child process: where it is installed, its command, its start, its end."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents.models.endpoint import Endpoint

ROOT = Path(__file__).parents[2]
VENV = ROOT / os.environ.get("VLLM_VENV", ".venv-vllm")
CONTEXT = 8192
START_S = 300
STOP_S = 30
FLAGS = (
    *("--dtype", "float32", "--enforce-eager", "--max-model-len", str(CONTEXT)),
    *("--enable-prefix-caching", "--enable-prompt-tokens-details"),
    # On a CPU vLLM 0.32 dies of a seeded prompt that it has to read in two pieces.
    "--no-enable-chunked-prefill",
    # Random weights would fill whole replies with the blanks that JSON allows anywhere.
    *("--structured-outputs-config", '{"backend": "xgrammar", "disable_any_whitespace": true}'),
)
# Nothing is looked up outside; 1 GiB for keys and values is plenty for a model of 1 MB.
QUIET = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "VLLM_CPU_KVCACHE_SPACE": "1"}


@dataclass(frozen=True)
class Served:
    """A running server: its address (up to `/v1`), the model's name, and where its log is."""

    url: str
    model: str
    log: Path

    def endpoint(self, **fields: Any) -> Endpoint:
        """Return the endpoint; `fields` override, e.g. `temperature=1.0`."""
        return Endpoint.model_validate({"base_url": self.url, "model": self.model, **fields})


@contextmanager
def serve(venv: Path, model: Path) -> Iterator[Served]:
    """Serve a checkpoint by the name of its folder, from the environment `venv`."""
    port = find_port()
    server = Served(f"http://127.0.0.1:{port}/v1", model.name, model.with_suffix(".log"))
    place = ("--host", "127.0.0.1", "--port", str(port), "--served-model-name", server.model)
    command = [venv / "bin" / "vllm", "serve", model, *place, *FLAGS]
    with server.log.open("w") as log:
        child = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **QUIET}
        )
    try:
        wait_until_healthy(server, child)
        yield server
    finally:
        stop(child)


def find_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(server: Served, child: subprocess.Popen[bytes]) -> None:
    """Wait for /health; the end of the log says why it never came."""
    health = server.url.removesuffix("/v1") + "/health"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with opener.open(health, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    tail = "\n".join(server.log.read_text(errors="replace").splitlines()[-40:])
    pytest.fail(f"vLLM did not start (exit code {child.poll()}):\n{tail}", pytrace=False)


def stop(child: subprocess.Popen[bytes]) -> None:
    """End the server and the engine that it started."""
    child.terminate()
    try:
        child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
