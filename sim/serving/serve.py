"""The verb `serve`: the vLLM command that suits sessions; runs it and says how to use it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import tomli_w

from personas.errors import InputError
from sim.console import open_stderr, say

LORA_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)  # what vLLM accepts as --max-lora-rank
GPU_CALLS, CPU_CALLS = 64, 4
# On a CPU vLLM counts main memory as the GPU's and wants nearly all of it free unless told; and
# (0.32) it dies of a prompt with a seed, as all of ours have, that it reads in two pieces.
CPU_FLAGS = ["--dtype", "float32", "--enforce-eager", "--gpu-memory-utilization", "0.5"]
CPU_FLAGS += ["--no-enable-chunked-prefill"]
POLL_S = 0.5
EVERYWHERE = ("0.0.0.0", "::", "")  # listens on all addresses; asked on the loopback one


@dataclass(frozen=True)
class Adapter:
    """A LoRA adapter: the name it is served under, its folder, its rank."""

    name: str
    path: Path
    rank: int


@dataclass(frozen=True)
class Serving:
    """What is to be served, and where."""

    model: str
    host: str = "127.0.0.1"
    port: int = 8000
    max_len: int | None = None
    adapters: tuple[Adapter, ...] = ()
    gpu: bool = True

    @property
    def name(self) -> str:
        """Return the name the model is served under: a folder's own, or the hub's."""
        return Path(self.model).resolve().name if Path(self.model).is_dir() else self.model

    @property
    def address(self) -> str:
        """Return the address of the server as this machine sees it, without `/v1`."""
        host = "127.0.0.1" if self.host in EVERYWHERE else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def build_command(self) -> list[str]:
        """Return the command line."""
        command = ["vllm", "serve", self.model, "--host", self.host, "--port", str(self.port)]
        if self.name != self.model:
            command += ["--served-model-name", self.name]
        command += ["--enable-prefix-caching", "--enable-prompt-tokens-details"]
        command += ["--disable-uvicorn-access-log"]
        if self.max_len is not None:
            command += ["--max-model-len", str(self.max_len)]
        if not self.gpu:
            command += CPU_FLAGS
        return command + self._adapter_flags()

    def _adapter_flags(self) -> list[str]:
        if not self.adapters:
            return []
        needed = max(adapter.rank for adapter in self.adapters)
        rank = next(rank for rank in LORA_RANKS if rank >= needed)
        modules = [f"{adapter.name}={adapter.path}" for adapter in self.adapters]
        flags = ["--enable-lora", "--max-loras", str(len(modules)), "--max-lora-rank", str(rank)]
        return [*flags, "--lora-modules", *modules]

    def to_toml(self) -> str:
        """Return a table `[models.NAME]` for the model and each adapter."""
        names = [self.name, *(adapter.name for adapter in self.adapters)]
        calls = GPU_CALLS if self.gpu else CPU_CALLS
        tables = {
            shorten(name): {"base_url": f"{self.address}/v1", "model": name, "concurrency": calls}
            for name in names
        }
        return tomli_w.dumps({"models": tables})


def serve(serving: Serving, *, dry_run: bool) -> int:
    """Print the command and run it; returns its exit code, 128 + n if signal n ended it.

    Raises InputError if vLLM is not installed or the port is taken.
    """
    command = serving.build_command()
    say(shlex.join(command))
    if dry_run:
        say(f"\n{serving.to_toml()}".rstrip())
        return 0
    program = find_vllm()
    refuse_taken_port(serving)
    code = run_command([program, *command[1:]], serving)
    return code if code >= 0 else 128 - code


def run_command(command: Sequence[str], serving: Serving) -> int:
    """Run the server until it ends; its output goes to stderr, the table to stdout once it is up."""
    begun = time.monotonic()
    # A session of its own: Ctrl-C reaches it once, through us.
    child = subprocess.Popen(command, stdout=sys.stderr.fileno(), start_new_session=True)
    with _passing_signals(child):
        if _wait_until_healthy(child, serving):
            open_stderr().print(f"ready after {time.monotonic() - begun:.0f} s; Ctrl-C ends it")
            say(f"\n{serving.to_toml()}".rstrip())
        return child.wait()


def find_vllm() -> str:
    """Return the program `vllm` of this environment, or the first on the path."""
    own = Path(sys.executable).parent
    found = shutil.which("vllm", path=f"{own}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise InputError(
            "vLLM is not installed here, so the command above was not run",
            todo='pip install "counselgym[serve]", or run the command where vLLM is',
        )
    return found


def refuse_taken_port(serving: Serving) -> None:
    """Raise InputError if somebody listens there: their /health would pass for the child's."""
    host = serving.address.removeprefix("http://").rpartition(":")[0].strip("[]")
    with contextlib.suppress(OSError), socket.create_connection((host, serving.port), timeout=2):
        raise InputError(f"port {serving.port} of {host} is taken", todo="choose another --port")


def plan_serving(
    model: str, *, host: str, port: int, max_len: int | None, lora: Sequence[str]
) -> Serving:
    """Check what was asked for. Raises InputError on a folder that is not there or no checkpoint."""
    folder = Path(model)
    if model.startswith((".", "/", "~")) and not folder.is_dir():
        raise InputError("no such folder", where=model, todo="name a checkpoint's folder")
    if folder.is_dir() and not (folder / "config.json").is_file():
        raise InputError("not a checkpoint: it has no config.json", where=model)
    adapters = tuple(read_adapter(spec) for spec in lora)
    names = [adapter.name for adapter in adapters]
    if len(set(names)) < len(names):
        raise InputError(f"two adapters of one name in {', '.join(names)}", where="--lora")
    return Serving(model, host, port, max_len, adapters, has_gpu())


def read_adapter(spec: str) -> Adapter:
    """Read NAME=PATH and the rank of the adapter there. Raises InputError if there is none."""
    name, _, path = spec.partition("=")
    if not name or not path:
        raise InputError(f"{spec!r} is not NAME=PATH", where="--lora")
    config = Path(path) / "adapter_config.json"
    if not config.is_file():
        raise InputError("not a LoRA adapter: it has no adapter_config.json", where=path)
    try:
        rank = json.loads(config.read_text(encoding="utf-8"))["r"]
    except (ValueError, LookupError, TypeError):
        rank = None
    if not isinstance(rank, int) or not 1 <= rank <= LORA_RANKS[-1]:
        raise InputError(f"field r is no rank from 1 to {LORA_RANKS[-1]}", where=str(config))
    return Adapter(name, Path(path), rank)


def has_gpu() -> bool:
    """Return whether a GPU that vLLM could use answers here (NVIDIA's or AMD's own tool)."""
    for tool, listing in (("nvidia-smi", "-L"), ("rocm-smi", "-i")):
        if shutil.which(tool) is None:
            continue
        try:
            answer = subprocess.run([tool, listing], capture_output=True, check=False, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if answer.returncode == 0 and b"GPU" in answer.stdout:
            return True
    return False


def shorten(name: str) -> str:
    """Return a model's name as a TOML key: the last part, in lower case."""
    return re.sub(r"[^a-z0-9]+", "-", name.rsplit("/", 1)[-1].lower()).strip("-") or "model"


@contextlib.contextmanager
def _passing_signals(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pass SIGINT and SIGTERM on to the child and live on until it ends."""

    def pass_on(number: int, _: FrameType | None) -> None:
        child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until_healthy(child: subprocess.Popen[bytes], serving: Serving) -> bool:
    """Wait for /health; False if the server ended first."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while child.poll() is None:
        try:
            with opener.open(f"{serving.address}/health", timeout=5):
                return True
        except OSError:
            time.sleep(POLL_S)
    return False
