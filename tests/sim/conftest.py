"""A stage on which every session is the same hand-made one, and the real command line."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "runs"))

from handmade import make_outcome, make_persona

from personas.schema import Attitude, Persona

Play = Callable[..., SimpleNamespace]


@dataclass
class Ended:
    """What a command left: exit code and both streams."""

    code: int
    out: str
    err: str


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Callable[[Play], None]:
    """Let a function of (persona, counselor, seed) play all sessions."""
    import sim.playing.stage

    def set_play(act: Play) -> None:
        async def play(persona: Persona, counselor: object, *, seed: int, **_: object) -> object:
            await asyncio.sleep(0)
            outcome = act(persona, counselor, seed)
            await asyncio.sleep(0)
            return outcome

        monkeypatch.setattr(sim.playing.stage, "play", play)

    set_play(lambda *_: make_outcome())
    return set_play


@pytest.fixture
def clients(tmp_path: Path) -> Path:
    """Return a file with four personas."""
    path = tmp_path / "clients.jsonl"
    attitudes = (Attitude.POSITIVE, Attitude.NEUTRAL, Attitude.NEGATIVE, Attitude.NEUTRAL)
    personas = [make_persona(f"ada-{place}", attitude) for place, attitude in enumerate(attitudes)]
    path.write_text("".join(f"{persona.model_dump_json()}\n" for persona in personas))
    return path


@pytest.fixture
def call(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Ended]:
    """Run the command line in this process, in a folder of its own."""
    from sim.cli import main

    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["counselgym", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        streams = capfd.readouterr()
        return Ended(int(caught.value.code or 0), streams.out, streams.err)

    return run
