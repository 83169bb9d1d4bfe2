"""Whole sessions through a real vLLM: every role is the tiny model, whose words mean nothing.

What must hold with such words: the run is counted, recorded, priced in tokens and replayed, and
whatever the model failed to say is marked or missing, never invented.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from vllm_server import ROOT, Served

from agents.transcript import Speaker
from graphs.state import Finish
from runs.reader import iter_episodes, iter_failures
from runs.record import Episode, Failure

pytestmark = pytest.mark.vllm
COMMAND = "import sys; from sim.cli import main; sys.argv[0] = 'counselgym'; main()"
EXCHANGES = 4
COUNSELORS = {"crdial@tiny", "plain@tiny", "cbt_qa@tiny"}
TEMPLATE = """
model = "tiny"
counselors = ["crdial", "plain", "cbt_qa"]
limit = 2
max_exchanges = {exchanges}
scales = ["ctrs6"]

[models.tiny]
base_url = "{url}"
model = "{model}"
temperature = 1.0
max_tokens = 400
"""
SCRIPTED_SCREEN = '\n[roles]\nsafety = "scripted"\n'
# What a model's nonsense may do to an episode: no message that can be spoken, or no reply that can.
NONSENSE = {"UnusableReply", "CallFault"}
UNREAD, UNRATED, SHORT = (
    "no rating could be read",
    "the judge gave none",
    "only 2 counselor messages",
)


@dataclass(frozen=True)
class Played:
    """A run that was played by the command line, and what it printed."""

    folder: Path
    screen: str
    code: int
    told: dict[str, Any]
    notes: str
    episodes: tuple[Episode, ...]
    failures: tuple[Failure, ...]


def counselgym(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own, without any key."""
    env = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *map(str, words)],
        cwd=cwd,
        env={**env, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def play_run(served: Served, place: Path, roles: str = "") -> Played:
    settings = TEMPLATE.format(url=served.url, model=served.model, exchanges=EXCHANGES)
    (place / "tiny.toml").write_text(settings + roles)
    ended = counselgym("run", "tiny.toml", "--out", "run", "--json", cwd=place)
    assert ended.stdout, ended.stderr
    folder = place / "run"
    return Played(
        folder=folder,
        screen="scripted" if roles else "tiny",
        code=ended.returncode,
        told=json.loads(ended.stdout),
        notes=ended.stderr,
        episodes=tuple(iter_episodes(folder)),
        failures=tuple(iter_failures(folder)),
    )


@pytest.fixture(scope="module")
def unscreened(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Return a run in which cue words watch for danger, so that sessions last."""
    return play_run(served, tmp_path_factory.mktemp("unscreened"), SCRIPTED_SCREEN)


@pytest.fixture(scope="module")
def screened(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Return a run in which the model watches, and sees danger anywhere."""
    return play_run(served, tmp_path_factory.mktemp("screened"))


@pytest.fixture(params=["unscreened", "screened"])
def played(request: pytest.FixtureRequest) -> Played:
    """Return each of the two runs."""
    run: Played = request.getfixturevalue(request.param)
    return run


def test_every_planned_episode_is_counted(played: Played) -> None:
    counts = played.told["counts"]
    assert counts["planned"] == 6 == counts["done"] + counts["failed"]
    assert counts["left"] == 0
    assert (len(played.episodes), len(played.failures)) == (counts["done"], counts["failed"])
    assert played.code == (1 if counts["failed"] else 0)
    assert counts["done"] >= 4, played.failures
    assert {failure.error for failure in played.failures} <= NONSENSE
    assert "Traceback" not in played.notes


def test_voices_name_the_model(played: Played) -> None:
    for episode in played.episodes:
        voices = episode.voices
        spoken = {voices.client, voices.appraisal, voices.counselor, voices.self_report}
        watched = {voices.supervisor, voices.observer, *voices.judges}
        assert spoken | watched == {"tiny"}
        assert voices.safety == played.screen
    assert {episode.counselor for episode in played.episodes} <= COUNSELORS


def test_every_call_is_entered_with_what_it_took(played: Played) -> None:
    for episode in played.episodes:
        assert {"client", "counselor", "panas"} <= _roles(episode) or _met_crisis_at_once(episode)
        for call in episode.calls:
            assert (call.model, call.cost) == ("tiny", None)
            assert call.prompt_tokens > 0
            assert 0 < call.completion_tokens <= 400 * call.attempts
            assert call.latency_s > 0
            assert call.finish_reason in ("stop", "length")
    calls = [call for episode in played.episodes for call in episode.calls]
    told = sum(row["requests"] for row in played.told["summary"]["calls"])
    assert told == sum(call.attempts for call in calls)
    cached = sum(call.cached_tokens for call in calls)
    assert cached > 0.5 * sum(call.prompt_tokens for call in calls)
    assert not list((played.folder / "calls").iterdir()), "nothing is owed, so no tape is kept"


def test_all_roles_are_played_by_the_model(unscreened: Played, screened: Played) -> None:
    roles = set().union(*map(_roles, unscreened.episodes))
    assert roles == {"client", "appraisal", "counselor", "supervisor", "ctrs", "panas"}
    assert all("safety" in _roles(episode) for episode in screened.episodes)


def test_a_missing_rating_is_missing_with_its_reason(played: Played) -> None:
    ratings = [r for e in played.episodes for verdict in e.verdicts for r in verdict.ratings]
    assert len(ratings) == 6 * len(played.episodes)
    for rating in ratings:
        missing = rating.note.startswith((UNREAD, UNRATED, SHORT))
        assert (rating.score is None) == missing, rating
        assert rating.score in (None, 0, 1, 2, 3, 4, 5, 6)
    for episode in played.episodes:
        for verdict in episode.verdicts:
            scores = [r.score for r in verdict.ratings if r.score is not None]
            assert verdict.mean == (sum(scores) / len(scores) if scores else None)
    for part in played.told["summary"]["counselors"].values():
        for item in part["items"].values():
            assert item["n"] + item["missing"] == part["episodes"]
            assert (item["mean"] is None) == (item["n"] == 0)


def test_judges_are_held_to_their_schemas(unscreened: Played) -> None:
    """Random words fit a schema only where the server holds them to it."""
    notes = [r.note for e in unscreened.episodes for v in e.verdicts for r in v.ratings]
    asked = [note for note in notes if not note.startswith(SHORT)]
    assert len(asked) >= 12
    assert sum(not note.startswith(UNREAD) for note in asked) > len(asked) / 3
    for episode in unscreened.episodes:
        mine = [reading for reading in _readings(episode) if reading.reader == "self"]
        assert len(mine) == 2
        for reading in mine:
            assert len(reading.scores) == 20
            assert set(reading.scores) & {1, 2, 3, 4, 5}, "the model answered something"
            assert set(reading.scores) <= {None, 1, 2, 3, 4, 5}
        assert {c.attempts for c in episode.calls if c.role == "panas"} == {1}


def test_the_mind_speaks_where_the_model_does_not(unscreened: Played) -> None:
    """What a client must tell is told: by chance rarely by the model, else by the stand-in."""
    gauges = [gauge for episode in unscreened.episodes for gauge in episode.trace]
    marks = Counter(gauge.stand_in for gauge in gauges)
    assert set(marks) <= {"", "number", "message"}
    assert marks["message"] > 0
    assert marks[""] > len(unscreened.episodes), "more than the openings are the model's"
    stand_ins = {
        name: part["client_stand_ins"]
        for name, part in unscreened.told["summary"]["counselors"].items()
    }
    assert sum(stand_ins.values()) == marks["number"] + marks["message"]


def test_sessions_have_the_form_of_sessions(unscreened: Played) -> None:
    for episode in unscreened.episodes:
        speakers = [turn.speaker for turn in episode.transcript]
        assert all(one is not other for one, other in pairwise(speakers)), "they take turns"
        assert 2 <= speakers.count(Speaker.CLIENT) <= EXCHANGES + 1
        assert all(turn.text.strip() for turn in episode.transcript)
        assert len(episode.trace) == speakers.count(Speaker.CLIENT)
        assert all(0 <= gauge.trust <= 100 for gauge in episode.trace)
    longest = max(len(episode.transcript) for episode in unscreened.episodes)
    assert longest >= 2 * EXCHANGES


def test_danger_that_the_model_sees_ends_a_session(screened: Played) -> None:
    handed = [e for e in screened.episodes if e.finish is Finish.CRISIS_HANDOFF]
    assert handed, "of four answers that a random model may give three are danger"
    for episode in screened.episodes:
        risks = [edge for edge in episode.edges if edge.reason == "risk detected"]
        assert bool(risks) == (episode in handed)
        if risks:
            assert [turn.stage for turn in episode.transcript][-3:] == ["crisis"] * 3


def test_a_replay_prints_any_words(played: Played) -> None:
    for number, episode in enumerate(played.episodes, start=1):
        ended = counselgym("replay", "run", number, "--plain", cwd=played.folder.parent)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert max(map(len, ended.stdout.splitlines())) <= 100
        shown = "".join(ended.stdout.split())
        for turn in episode.transcript:
            assert "".join(turn.sentences[-1].text.split()) in shown
        marks = sum(gauge.stand_in == "message" for gauge in episode.trace)
        assert ended.stdout.count("(scripted: the model found no words") == marks


def _roles(episode: Episode) -> set[str]:
    return {call.role for call in episode.calls}


def _readings(episode: Episode) -> Iterator[Any]:
    yield from (*episode.panas.before, *episode.panas.after)


def _met_crisis_at_once(episode: Episode) -> bool:
    return any((edge.source, edge.target) == ("opening", "crisis") for edge in episode.edges)
