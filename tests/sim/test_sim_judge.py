"""`counselgym judge`: verdicts are added to runs and imports, none is changed, nothing is paid twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playing import MoodyServer, count_kept, read_rows, refuse, serve

from tests.fake.brain import answer
from tests.fake.log import count_paid_twice
from tests.fake.process import ROOT
from tests.fake.request import ChatRequest

MODELS = """
[models.qwen]
base_url = "{url}"
model = "Qwen/Qwen3-8B"
price_prompt = 1.0
price_completion = 4.0
[models.odds]
base_url = "{url}"
model = "judge-2"
logprobs = true
"""
WARMTH = """
name = "Warmth"
source = "ours"
minimum = 0
maximum = 4
[[items]]
id = "tone"
name = "Tone"
question = "How warm is the counselor?"
"""


@pytest.fixture
def server() -> Iterator[MoodyServer]:
    with serve() as started:
        yield started


@pytest.fixture
def run(call: Any, server: MoodyServer) -> Path:
    """Two scripted episodes in the folder `a`, and a file of models beside it."""
    Path("models.toml").write_text(MODELS.format(url=server.url))
    ended = call("run", "--limit", 1, "--counselors", "crdial,eliza", "--out", "a")
    assert ended.code == 0, ended.err
    return Path("a")


def verdicts_of(folder: Path) -> list[dict[str, Any]]:
    return read_rows(folder / "verdicts.jsonl")


def told(ended: Any) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(ended.out)
    counts = whole["counts"]
    assert counts["planned"] == counts["done"] + counts["failed"] + counts["left"]
    return whole


def test_verdicts_are_added_and_the_episodes_stay_as_they_were(call: Any, run: Path) -> None:
    before = (run / "episodes.jsonl").read_bytes()
    ended = call("judge", "a", "--scales", "ctrs11,safety")
    assert ended.code == 0, ended.err
    assert "2 episodes × 2 judgements (scripted on ctrs11, scripted on safety) = 4" in ended.err
    assert (run / "episodes.jsonl").read_bytes() == before
    rows = verdicts_of(run)
    assert [(row["judge"], row["verdict"]["scale"]) for row in rows] == [
        ("scripted", "ctrs11"), ("scripted", "safety"),
        ("scripted", "ctrs11"), ("scripted", "safety"),
    ]  # fmt: skip
    assert len({row["episode"] for row in rows}) == 2
    assert "ctrs11: Cognitive Therapy Rating Scale" in ended.out
    assert "ctrs11 by item" in call("show", "a").out
    replayed = call("replay", "a", "1", "--plain").out
    assert "ctrs11 by scripted: mean" in replayed
    assert "safety by scripted: no veto" in replayed


def test_a_second_time_does_only_what_is_owed(call: Any, run: Path) -> None:
    call("judge", "a", "--scales", "ctrs11")
    lines = (run / "verdicts.jsonl").read_bytes()
    again = call("judge", "a", "--scales", "ctrs11")
    assert again.code == 0
    assert "Nothing to do" in again.err
    assert (run / "verdicts.jsonl").read_bytes() == lines
    more = told(call("judge", "a", "--scales", "ctrs11,ctrs6", "--json"))
    assert (more["counts"]["kept_from_before"], more["counts"]["played_now"]) == (2, 2)
    assert (run / "verdicts.jsonl").read_bytes().startswith(lines)


@pytest.mark.parametrize("missing", [1, 40])
def test_a_torn_last_line_is_owed(call: Any, run: Path, missing: int) -> None:
    call("judge", "a", "--scales", "ctrs11")
    path = run / "verdicts.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-missing])
    ended = call("judge", "a", "--scales", "ctrs11")
    assert "the last line was torn" in ended.err
    rows = verdicts_of(run)
    assert len(rows) == len({row["key"] for row in rows}) == 2
    assert path.read_bytes().startswith(whole[: whole.index(b"\n") + 1])


def test_a_broken_line_is_named_and_nothing_is_lost(call: Any, run: Path) -> None:
    call("judge", "a", "--scales", "ctrs11")
    path = run / "verdicts.jsonl"
    path.write_bytes(b'{"key": 3}\n' + path.read_bytes())
    whole = path.read_bytes()
    ended = call("judge", "a", "--scales", "ctrs11")
    assert ended.code == 2
    assert "a/verdicts.jsonl, line 1" in ended.err
    assert path.read_bytes() == whole


def test_models_judge_with_samples_and_their_spend_stands_apart(
    call: Any, run: Path, server: MoodyServer
) -> None:
    words = ("--judges", "scripted,qwen,odds", "--scales", "ctrs11,safety,wai12", "--samples", 3)
    whole = told(call("judge", "a", *words, "--config", "models.toml", "--json"))
    assert whole["counts"]["done"] == 2 * (2 + 3 + 3)
    rows = verdicts_of(run)
    wai = {row["judge"]: row for row in rows if row["verdict"]["scale"] == "wai12"}
    assert set(wai) == {"qwen", "odds"}  # the scripted judge has no rules for it
    sampled, weighed = (wai[name]["verdict"]["ratings"][0] for name in ("qwen", "odds"))
    assert (len(sampled["samples"]), sampled["distribution"]) == (3, [])
    assert (weighed["samples"], len(weighed["distribution"])) == ([], 3)
    assert weighed["score"] == pytest.approx(sampled["score"] - 0.1, abs=1e-5)
    made = [made for row in rows for made in row["calls"]]
    assert len(made) == server.paid == len(server.log.entries)
    per_item = {"qwen": 3, "odds": 1}
    for name, times in per_item.items():
        assert len(wai[name]["calls"]) == 12 * times
    shown = json.loads(call("show", "a", "--json").out)
    assert shown["summary"]["calls"] == []  # the run itself called no model
    spent = shown["judged"]["added_calls"]
    assert {row["role"] for row in spent} == {"ctrs", "safety", "wai12"}
    assert all(row["judging"] for row in spent)
    assert sum(row["calls"] for row in spent) == len(made)
    assert whole["spent_now"]["cost"] == pytest.approx(
        sum(made["cost"] for made in made if made["model"] == "qwen"), abs=1e-5
    )
    assert shown["judged"]["scales"]["ctrs11"]["crdial"]["judges"] == [
        "Qwen/Qwen3-8B", "judge-2", "scripted",
    ]  # fmt: skip
    assert shown["judged"]["scales"]["ctrs11"]["crdial"]["spread"] > 0


def test_what_fails_stays_owed_and_what_was_paid_is_not_paid_again(
    call: Any, run: Path, server: MoodyServer
) -> None:
    server.mood = refuse(400, "maximum context length is 7", after=4)
    words = ("judge", "a", "--judges", "qwen", "--scales", "ctrs6", "--config", "models.toml")
    broken = call(*words, "--concurrency", 1)
    assert broken.code == 1
    assert "planned 2 = done 0 + failed 2 + left 0" in broken.err
    assert "Failed: CallFault ×2; the first: " in broken.err
    assert "To go on: counselgym judge a --judges qwen" in broken.err
    assert count_kept(run) == 4
    server.mood = lambda *_: None
    assert call(*words).code == 0
    assert server.paid == 2 * 6
    assert count_paid_twice(server.log.entries) == 0
    assert list((run / "calls").iterdir()) == []
    assert all(len(row["calls"]) == 6 for row in verdicts_of(run))


def test_a_spent_budget_stops_and_goes_on(call: Any, run: Path, server: MoodyServer) -> None:
    words = ("judge", "a", "--judges", "qwen", "--scales", "ctrs6", "--config", "models.toml")
    ended = call(*words, "--max-tokens", 5000)
    assert ended.code == 130
    assert "Stopped: the budget is spent" in ended.err
    assert call(*words).code == 0
    assert server.paid == 12
    assert count_paid_twice(server.log.entries) == 0


def test_an_endpoint_that_takes_no_call_ends_it(call: Any, run: Path, server: MoodyServer) -> None:
    server.mood = refuse(401, "bad key")
    words = ("judge", "a", "--judges", "qwen", "--scales", "ctrs6", "--config", "models.toml")
    ended = call(*words)
    assert ended.code == 2
    assert "error: " in ended.err


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_killed_or_interrupted_it_goes_on_and_pays_nothing_twice(
    call: Any, run: Path, server: MoodyServer, kill: signal.Signals
) -> None:
    words = ["judge", "a", "--judges", "qwen", "--scales", "ctrs6", "--config", "models.toml"]
    server.served_at_most = 5
    command = [sys.executable, "-c", "from sim.cli import main; main()", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    server.wait_until_held(2)
    process.send_signal(kill)
    if kill == signal.SIGINT:
        process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    if kill == signal.SIGINT:
        assert process.returncode == 130
        assert "Stopped: " in err
        assert "left 2" in err
        assert "Traceback" not in err
    server.served_at_most = None
    assert call(*words).code == 0
    rows = verdicts_of(run)
    assert len(rows) == len({row["key"] for row in rows}) == 2
    assert count_paid_twice(server.log.entries) == 0
    assert server.paid == 12


def test_garbage_for_one_item_is_missing_and_the_mean_says_over_how_many(call: Any) -> None:
    def mumble(request: ChatRequest) -> tuple[str, str]:
        if "Item: Homework" in request.talk[-1]["content"]:
            return "judge", "Hm, homework. Hard to say."
        return answer(request)

    with serve(mumble) as server:
        Path("models.toml").write_text(MODELS.format(url=server.url))
        call("run", "--limit", 1, "--counselors", "eliza", "--out", "a")
        words = ("--judges", "qwen", "--scales", "ctrs11", "--config", "models.toml")
        ended = call("judge", "a", *words, "--json")
    (row,) = verdicts_of(Path("a"))
    scores = {rating["item"]: rating["score"] for rating in row["verdict"]["ratings"]}
    assert scores.pop("homework") is None
    part = told(ended)["judged"]["scales"]["ctrs11"]["eliza"]
    assert part["items"]["homework"] == {"mean": None, "n": 0, "missing": 1}
    assert part["mean"] == pytest.approx(sum(scores.values()) / 10, abs=1e-3)
    (judged,) = [j for j in told(ended)["judged"]["judges"] if j["scale"] == "ctrs11"]
    assert (judged["ratings"], judged["missing_ratings"]) == (11, 1)


def test_a_scale_of_ones_own_is_judged_from_its_file(call: Any, run: Path) -> None:
    Path("warmth.toml").write_text(WARMTH)

    def warm(request: ChatRequest) -> tuple[str, str]:
        assert "How warm is the counselor?" in request.messages[-1]["content"]
        return "judge", '{"quotes": [], "reason": "So.", "rating": 3}'

    with serve(warm) as server:
        Path("models.toml").write_text(MODELS.format(url=server.url))
        words = ("judge", "a", "--judges", "qwen", "--config", "models.toml", "--json")
        first = told(call(*words, "--scales", "warmth.toml"))
        assert first["judged"]["scales"]["warmth"]["eliza"]["mean"] == 3
        assert told(call(*words, "--scales", "warmth.toml"))["counts"]["played_now"] == 0
        Path("warmth.toml").write_text(WARMTH.replace("Tone", "Voice"))
        assert told(call(*words, "--scales", "warmth.toml"))["counts"]["played_now"] == 2


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("--scales", "wai12"), ["--scales", "no rules for wai12", "name a model"]),
        (("--scales", "ctrs7"), ["--scales", "there is no scale 'ctrs7'", "did you mean"]),
        (("--scales", "panas"), ["--scales", "panas is not rated by judges"]),
        (("--scales", "gone.toml"), ["gone.toml", "no such file"]),
        (("--scales", "ctrs6,ctrs6"), ["--scales", "named twice: ctrs6"]),
        (("--judges", "nobody"), ["--judges", "unknown model 'nobody'"]),
        (("--samples", "0"), ["--samples", "greater than or equal to 1"]),
        (("--config", "gone.toml"), ["gone.toml", "no such file"]),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_judged(
    call: Any, run: Path, words: tuple[str, str], parts: list[str]
) -> None:
    ended = call("judge", "a", *words)
    assert ended.code == 2
    assert all(part in ended.err for part in parts), ended.err
    assert not (run / "verdicts.jsonl").exists()


def test_what_is_no_run_is_refused(call: Any, tmp_path: Path) -> None:
    assert call("judge", "nowhere").code == 2
    (tmp_path / "empty").mkdir()
    ended = call("judge", "empty")
    assert ended.code == 2
    assert "not a run folder" in ended.err


def test_two_judge_the_same_folder_only_one_after_the_other(call: Any, run: Path) -> None:
    from runs.judgement import VerdictStore

    with VerdictStore(run):
        ended = call("judge", "a")
    assert ended.code == 2
    assert "the run is being judged by process" in ended.err
    assert call("judge", "a").code == 0


def test_related_judges_are_warned_about(call: Any, server: MoodyServer) -> None:
    more = f'[roles]\nclient = "qwen"\njudges = ["qwen"]\n{MODELS.format(url=server.url)}'
    Path("study.toml").write_text(f'counselors = ["eliza"]\nlimit = 1\nmax_exchanges = 3\n{more}')
    ended = call("run", "study.toml", "--out", "b")
    assert ended.code == 0, ended.err
    assert "Mind: judge qwen and the client (qwen) are of one family, qwen" in ended.err
    again = call("judge", "b", "--judges", "qwen", "--scales", "crisp")
    assert again.code == 0, again.err  # the run's own [models] are known
    assert "judge qwen and the client (Qwen/Qwen3-8B) are of one family" in again.err
    assert "Mind" not in call("judge", "b", "--judges", "odds", "--scales", "crisp").err


def test_an_import_is_judged_and_shown(call: Any, tmp_path: Path) -> None:
    talk = [
        {"role": "user", "content": "I can't sleep since the move."},
        {"role": "assistant", "content": "Since the move. What goes through your head at night?"},
        {"role": "user", "content": "That I will never settle here."},
        {"role": "assistant", "content": "You should stop taking your medication."},
        {"role": "user", "content": "Really?"},
        {"role": "assistant", "content": "What speaks for never?"},
    ]
    (tmp_path / "talks.jsonl").write_text(json.dumps({"messages": talk}) + "\n")
    assert call("import", "talks.jsonl", "--format", "openai", "--out", "in").code == 0
    ended = call("judge", "in", "--json")
    assert ended.code == 0, ended.err
    assert "1 imported sessions × 2 judgements" in ended.err
    safety = told(ended)["judged"]["safety"]["unknown"]
    assert (safety["judged"], safety["vetoed"]["hits"], safety["faults"]) == (
        1,
        1,
        {"medical_advice": 1},
    )
    shown = call("show", "in").out
    assert "medical advice 1" in shown
    assert "safety by scripted: vetoed" in call("replay", "in", "1", "--plain").out


def test_a_run_judges_on_the_scales_it_is_told_and_shows_vetoes(
    call: Any, server: MoodyServer
) -> None:
    Path("study.toml").write_text(
        'counselors = ["eliza"]\nlimit = 1\nmax_exchanges = 3\nsamples = 2\n'
        + MODELS.format(url=server.url)
    )
    words = ("--judges", "scripted,qwen", "--scales", "ctrs6,safety,crisp", "--out", "b")
    ended = call("run", "study.toml", *words)
    assert ended.code == 0, ended.err
    (episode,) = read_rows(Path("b/episodes.jsonl"))
    assert [(v["judge"], v["scale"]) for v in episode["verdicts"]] == [
        ("scripted", "ctrs6"), ("scripted", "safety"),
        ("Qwen/Qwen3-8B", "ctrs6"), ("Qwen/Qwen3-8B", "safety"), ("Qwen/Qwen3-8B", "crisp"),
    ]  # fmt: skip
    assert episode["voices"]["judges"] == ["scripted", "Qwen/Qwen3-8B"]
    assert len(episode["verdicts"][2]["ratings"][0]["samples"]) == 2
    (row,) = [line for line in ended.out.splitlines() if "0 of 1" in line]
    assert "eliza" in row
    assert call("run", "--out", "b").code == 0  # resumed with its own judges
    assert len(read_rows(Path("b/episodes.jsonl"))) == 1
