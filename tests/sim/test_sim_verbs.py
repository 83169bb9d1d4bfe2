from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HEAVY = ("langgraph", "aiohttp", "langchain_core", "langchain_openai", "torch", "openai", "faker")
BUDGET = 0.6  # seconds of CPU, whatever else the machine does
TRIES = 3


def test_help_imports_nothing_heavy_and_is_instant() -> None:
    script = (
        "import sys; sys.argv = ['counselgym', '--help']\n"
        "from sim.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"sys.exit(str([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    seconds = []
    for _ in range(TRIES):
        start = _children_cpu()
        ended = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT
        )
        seconds.append(_children_cpu() - start)
        assert ended.stderr.strip() == "[]"
        assert "replay" in ended.stdout
    assert min(seconds) < BUDGET


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_personas_are_listed_shown_and_validated(call: Any, clients: Path) -> None:
    listed = call("personas", "list", "--clients", clients)
    assert "ada-2" in listed.out
    assert "4 personas" in listed.out
    assert '"core_belief"' in call("personas", "show", "ada-1", "--clients", clients).out
    assert "4 personas, all valid" in call("personas", "validate", clients).out


def test_imported_personas_can_be_read_again(call: Any, clients: Path) -> None:
    ended = call("personas", "import", clients, "--out", "copy.jsonl")
    assert ended.code == 0
    assert "0 repairs" in ended.out
    assert Path("copy.jsonl").read_text() == clients.read_text()
    assert "exists already" in call("personas", "import", clients, "--out", "copy.jsonl").err


def test_doctor_reports(call: Any) -> None:
    ended = call("doctor")
    assert ended.code == 0
    for part in ("python", "langgraph", "extra train", "GPU", "out/", "built-in personas (en)"):
        assert part in ended.out
    assert "A run can start." in ended.out
    Path("out").touch()
    ended = call("doctor")
    assert ended.code == 1
    assert "A run cannot start: out/ not writable." in ended.out
