"""A counselor trained here goes through the real vLLM, by `counselgym serve`, into a tournament."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from vllm_server import QUIET, ROOT, START_S, STOP_S, find_port

from agents.llm.counselors.staged import STAGES
from agents.transcript import Speaker, Turn
from runs.reader import iter_episodes
from runs.record import Episode

pytestmark = pytest.mark.vllm
CODE = "import sys; from sim.cli import main; sys.argv[0] = 'counselgym'; main()"
SETTINGS = """
counselors = ["crdial", "plain@counselor", "parrot"]
limit = 2
max_exchanges = 6
"""


@dataclass(frozen=True)
class Tournament:
    """What the tournament's screen said, and the trained counselor's sessions."""

    screen: str
    sessions: tuple[Episode, ...]

    @property
    def messages(self) -> list[Turn]:
        """Return what it said; the greeting that opens every session is not its own."""
        return [
            turn
            for episode in self.sessions
            for turn in episode.transcript
            if turn.speaker is Speaker.COUNSELOR and turn.stage != "opening"
        ]


def start(place: Path, path: str, *words: object, **streams: object) -> subprocess.Popen[str]:
    """Start the command line in a folder; `path` is searched for programs first."""
    env = {**os.environ, **QUIET, "PYTHONPATH": str(ROOT), "PATH": f"{path}:{os.environ['PATH']}"}
    command = [sys.executable, "-c", CODE, *map(str, words)]
    return subprocess.Popen(command, cwd=place, env=env, text=True, **streams)


def call(place: Path, *words: object) -> str:
    """Run the command line to its end and return what it printed."""
    process = start(place, "", *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    told, notes = process.communicate(timeout=START_S)
    assert process.returncode == 0, notes
    return told


def train(vllm_venv: Path, place: Path) -> None:
    """Let the scripted crdial counselor teach one that has everything to learn."""
    call(place, "run", "--counselors", "crdial", "--limit", 8, "--out", "teacher")
    call(place, "export", "teacher", "--format", "messages", "--as", "staged", "--out", "data")
    script = Path(__file__).with_name("tiny_counselor.py")
    python, packages = vllm_venv / "bin" / "python", sysconfig.get_paths()["purelib"]
    made = subprocess.run(
        [python, script, "data/train.jsonl", "counselor", packages],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr


@contextmanager
def serve(vllm_venv: Path, place: Path) -> Iterator[str]:
    """Serve the counselor by the verb; yield the table that it prints when it is ready."""
    path, log = str(vllm_venv / "bin"), place / "vllm.log"
    with log.open("w") as notes:
        words = ("serve", "./counselor", "--port", find_port())
        child = start(place, path, *words, stdout=subprocess.PIPE, stderr=notes)
        assert child.stdout is not None
        patience = threading.Timer(START_S, child.kill)
        patience.start()
        try:
            lines = [child.stdout.readline() for _ in range(6)]
            assert "[models.counselor]\n" in lines, log.read_text()[-3000:]
            patience.cancel()
            yield "".join(lines[lines.index("[models.counselor]\n") :])
        finally:
            patience.cancel()
            child.send_signal(signal.SIGINT)
            child.wait(STOP_S)


@pytest.fixture(scope="module")
def tournament(vllm_venv: Path, tmp_path_factory: pytest.TempPathFactory) -> Tournament:
    """Return what came of a tournament in which the trained counselor is served."""
    place = tmp_path_factory.mktemp("counselor")
    train(vllm_venv, place)
    with serve(vllm_venv, place) as table:
        settings = f"{SETTINGS}\n{table.rstrip()}\ntemperature = 0.0\nmax_tokens = 200\n"
        (place / "cup.toml").write_text(settings)
        screen = call(place, "tournament", "cup.toml", "--out", "cup")
    episodes = iter_episodes(place / "cup")
    mine = tuple(e for e in episodes if e.counselor == "plain@counselor")
    return Tournament(screen, mine)


def test_it_plays_a_tournament(tournament: Tournament) -> None:
    assert tournament.screen.count("plain@counselor") > 2, "it is ranked, rated and compared"
    assert len(tournament.sessions) == 2
    for episode in tournament.sessions:
        assert episode.voices.counselor == "counselor"
        assert {call.role for call in episode.calls} == {"counselor"}
        assert any(call.cached_tokens > 0 for call in episode.calls)


def test_steps_and_tags_survive_the_server(tournament: Tournament) -> None:
    """What vLLM leaves out of the words (it skips special tokens) would be missing here."""
    assert len(tournament.messages) >= 4
    for turn in tournament.messages:
        assert turn.stage in STAGES
        assert any(sentence.strategy for sentence in turn.sentences)
        assert not any(mark in turn.text for mark in "<>|[]"), turn.text


def test_messages_end_where_it_ends_them(tournament: Tournament) -> None:
    calls = [call for episode in tournament.sessions for call in episode.calls]
    assert {call.finish_reason for call in calls} == {"stop"}, json.dumps(
        [turn.text for turn in tournament.messages]
    )
