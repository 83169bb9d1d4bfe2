"""`counselgym serve`: the command, and a child that stands in for vLLM."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.models.endpoint import Endpoint

ROOT = Path(__file__).parents[2]
WAIT_S = 20
# Stands in for vLLM: keeps its arguments, answers /health after a while, ends with 7 on SIGINT.
FAKE = f"""#!{sys.executable}
import http.server, json, os, signal, sys
from pathlib import Path

Path(os.environ["FAKE_ARGS"]).write_text(json.dumps(sys.argv[1:]))
if "--max-model-len" in sys.argv:
    sys.exit(3)
port = int(sys.argv[sys.argv.index("--port") + 1])
asked = []

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        self.send_response(200 if self.path == "/health" and len(asked) > 1 else 503)
        self.end_headers()

signal.signal(signal.SIGINT, lambda *_: os._exit(7))
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def bare_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A PATH of one folder: no vLLM, no GPU's tool."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def make_tool(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def make_adapter(folder: Path, config: str) -> Path:
    folder.mkdir()
    (folder / "adapter_config.json").write_text(config)
    return folder


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_dry_run_prints_command_and_table(call: Any, checkpoint: Path, bare_path: Path) -> None:
    adapter = make_adapter(checkpoint.parent / "a", '{"r": 24}')
    ended = call("serve", checkpoint, "--dry-run", "--port", 9100, "--lora", f"Warm.1={adapter}")
    command, _, table = ended.out.partition("\n")
    assert ended.code == 0
    assert command == (
        f"vllm serve {checkpoint} --host 127.0.0.1 --port 9100 --served-model-name tiny "
        "--enable-prefix-caching --enable-prompt-tokens-details --disable-uvicorn-access-log "
        "--dtype float32 --enforce-eager --gpu-memory-utilization 0.5 --no-enable-chunked-prefill "
        f"--enable-lora --max-loras 1 --max-lora-rank 32 --lora-modules Warm.1={adapter}"
    )
    models = tomllib.loads(table)["models"]
    assert {name: Endpoint(**fields).model for name, fields in models.items()} == {
        "tiny": "tiny",
        "warm-1": "Warm.1",
    }
    assert models["tiny"]["base_url"] == "http://127.0.0.1:9100/v1"


def test_a_gpu_changes_the_command(call: Any, bare_path: Path) -> None:
    make_tool(bare_path / "nvidia-smi", "#!/bin/sh\necho 'GPU 0: some card'\n")
    ended = call("serve", "org/Some-Model", "--dry-run", "--max-len", 8192, "--host", "0.0.0.0")
    command, _, table = ended.out.partition("\n")
    assert "--max-model-len 8192" in command
    assert "float32" not in command
    assert "--served-model-name" not in command
    assert tomllib.loads(table)["models"]["some-model"] == {
        "base_url": "http://127.0.0.1:8000/v1",
        "model": "org/Some-Model",
        "concurrency": 64,
    }


def test_a_tool_without_a_gpu_is_no_gpu(call: Any, bare_path: Path) -> None:
    make_tool(bare_path / "nvidia-smi", "#!/bin/sh\necho 'No devices were found'\nexit 6\n")
    assert "--dtype float32" in call("serve", "org/m", "--dry-run").out


def test_without_vllm_the_command_is_still_shown(call: Any, bare_path: Path) -> None:
    ended = call("serve", "org/model")
    assert ended.code == 2
    assert ended.out.startswith("vllm serve org/model ")
    assert 'pip install "counselgym[serve]"' in ended.err


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ((), "no MODEL"),
        (("./absent",), "./absent: no such folder"),
        (("{tmp}",), "no config.json"),
        (("m", "--lora", "warm"), "'warm' is not NAME=PATH"),
        (("m", "--lora", "warm={tmp}/x"), "no adapter_config.json"),
        (("m", "--lora", "warm={tmp}/odd"), "field r is no rank from 1 to 512"),
        (("m", "--lora", "warm={tmp}/torn"), "field r is no rank from 1 to 512"),
        (("m", "--lora", "a={tmp}/good", "--lora", "a={tmp}/good"), "two adapters of one name"),
    ],
)
def test_what_cannot_be_served(
    call: Any, bare_path: Path, tmp_path: Path, words: tuple[str, ...], advice: str
) -> None:
    make_adapter(tmp_path / "good", '{"r": 8}')
    make_adapter(tmp_path / "odd", '{"r": 1024}')
    make_adapter(tmp_path / "torn", '{"r": ')
    ended = call("serve", *(word.format(tmp=tmp_path) for word in words), "--dry-run")
    assert ended.code == 2
    assert advice in ended.err


@pytest.fixture
def start(bare_path: Path, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the real command line with the stand-in on its path."""
    make_tool(bare_path / "vllm", FAKE)
    children: list[subprocess.Popen[str]] = []

    def run(*words: object) -> subprocess.Popen[str]:
        program = "from sim.cli import main; main()"
        child = subprocess.Popen(
            [sys.executable, "-c", program, "serve", *map(str, words)],
            cwd=ROOT,
            env={**os.environ, "FAKE_ARGS": str(tmp_path / "args.json")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        children.append(child)
        return child

    yield run
    for child in children:
        child.kill()
        child.communicate()


def test_a_server_runs_until_it_is_interrupted(
    start: Callable[..., subprocess.Popen[str]], checkpoint: Path, tmp_path: Path
) -> None:
    port = find_port()
    child = start(checkpoint, "--port", port)
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(5)]
    assert lines[0].startswith(f"vllm serve {checkpoint} ")
    assert lines[2:4] == ["[models.tiny]\n", f'base_url = "http://127.0.0.1:{port}/v1"\n']
    assert json.loads((tmp_path / "args.json").read_text()) == lines[0].split()[1:]
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=WAIT_S)
    assert child.returncode == 7
    assert "ready after" in err


def test_sigterm_reaches_the_server(
    start: Callable[..., subprocess.Popen[str]], checkpoint: Path
) -> None:
    port = find_port()
    child = start(checkpoint, "--port", port)
    assert child.stdout is not None
    while not child.stdout.readline().startswith("[models"):
        assert child.poll() is None
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=WAIT_S)
    assert child.returncode == 128 + signal.SIGTERM
    wait_for(lambda: not is_open(port))


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_server_that_ends_at_once_gives_its_exit_code(
    start: Callable[..., subprocess.Popen[str]], checkpoint: Path
) -> None:
    child = start(checkpoint, "--port", find_port(), "--max-len", 99)
    out, err = child.communicate(timeout=WAIT_S)
    assert child.returncode == 3
    assert "[models" not in out
    assert "ready" not in err


def test_a_taken_port_is_refused(
    start: Callable[..., subprocess.Popen[str]], checkpoint: Path, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        _, err = start(checkpoint, "--port", port).communicate(timeout=WAIT_S)
    assert f"port {port} of 127.0.0.1 is taken" in err
    assert not (tmp_path / "args.json").exists()
