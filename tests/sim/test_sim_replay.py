from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from handmade import make_episode
from rich.console import Console

from runs.folder import CONFIG, MANIFEST
from runs.store import Store
from sim.showing.gauges import draw_bar, draw_gauge
from sim.showing.keys import Pace
from sim.showing.replay import perform, print_plain

ROOT = Path(__file__).parents[2]
REPLAY = "import sys; from sim.cli import main; sys.argv[0] = 'counselgym'; main()"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / CONFIG).touch()
    (folder / MANIFEST).touch()
    with Store(folder) as store:
        store.add(make_episode(1))
    return folder


def test_plain_replay_tells_the_whole_episode(call: Any, folder: Path) -> None:
    ended = call("replay", folder, "--plain")
    assert ended.code == 0
    lines = ended.out.splitlines()
    for line in (
        "reason    The kiln [cracked] and I stopped working.",
        "attitude  neutral (hidden from the counselor)",
        "counselor crdial · seed 0 · en",
        "voices    client scripted, counselor scripted, judges scripted",
        "  1 counselor · automatic_thoughts",
        "    The kiln cracked. [Restatement] What went through your mind? [Question]",
        "    trust 35  tension 60  distress 70  hope 20  belief1 80  belief2 60",
        "↺ verdict → prosecution: no shift yet, counter-evidence thin",
        "  3 counselor · prosecution · channel 1",
        "    trust 41 (+6)  tension 55 (-5)  distress 66 (-4)  hope 22 (+2)  belief1 74 (-6)  "
        "belief2 60",
        "Finished: resolved",
        "channel 1 · labeling · rated 80 → 40 · shifted",
    ):
        assert line in lines
    assert "Synthetic dialogue" in ended.out
    assert "defense → prosecution" not in ended.out
    assert "3: “What speaks against it?”" in ended.out
    assert "missing" in ended.out
    assert "\x1b" not in ended.out
    assert max(map(len, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)


def test_words_that_are_not_the_models_own_are_marked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = make_episode(1).trace
    trace = (replace(first, stand_in="message"), replace(second, stand_in="number"))
    print_plain(make_episode(1, trace=trace))
    lines = capsys.readouterr().out.splitlines()
    scripted, added = "    (scripted: the model", "    (the number at the end was added"
    assert [line for line in lines if line.startswith((scripted, added))] == [
        "    (scripted: the model found no words that would do)",
        "    (the number at the end was added: the model did not say it)",
    ]
    gauges = [number for number, line in enumerate(lines) if line.startswith("    trust")]
    assert [lines[number - 1][:6] for number in gauges] == ["    (s", "    (t"]


def test_the_screen_draws_bars(folder: Path) -> None:
    page = io.StringIO()
    console = Console(file=page, force_terminal=True, width=120, highlight=False)
    perform(make_episode(1), console, speed=1e6)
    assert "█" in page.getvalue()
    assert "Finished" in page.getvalue()


def test_a_narrow_page_tears_no_needle_apart() -> None:
    gauge = make_episode(1).trace[1]
    lines = draw_gauge(gauge, None, bars=True, width=44).plain.split("\n")
    assert max(map(len, lines)) <= 44
    assert [line.split()[0] for line in lines] == ["trust", "distress", "belief1"]


@pytest.mark.parametrize(
    ("value", "bar"), [(0, "······"), (50, "███···"), (100, "██████"), (60, "███▋··")]
)
def test_a_bar_has_six_cells(value: int, bar: str) -> None:
    assert draw_bar(value) == bar


def test_keys_pause_hurry_and_quit() -> None:
    pace = Pace(1.0)
    pace.press(" ")
    assert pace.paused
    pace.press("+")
    assert pace.speed == 1.5
    pace.press("-")
    assert pace.speed == 1.0
    pace.press("q")
    pace.wait(60)
    assert pace.ended


def test_q_ends_a_performance_and_restores_the_terminal(folder: Path) -> None:
    import termios

    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    with subprocess.Popen(
        [sys.executable, "-c", REPLAY, "replay", str(folder), "--speed", "0.01"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm"},
    ) as player:
        seen = b""
        while b"Restatement" not in seen:
            seen += os.read(master, 4096)
        os.write(master, b" q")
        assert player.wait(timeout=20) == 0
    assert termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)


def test_a_closed_pipe_is_silent(folder: Path) -> None:
    path = folder / "episodes.jsonl"
    turns = make_episode(1).transcript * 2000
    path.write_text(make_episode(1, transcript=turns).model_dump_json() + "\n")
    with subprocess.Popen(
        [sys.executable, "-c", REPLAY, "replay", str(folder), "--plain"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as player:
        assert player.stdout is not None
        assert player.stderr is not None
        player.stdout.read(100)
        player.stdout.close()
        assert player.stderr.read() == b""
        player.wait(timeout=60)
