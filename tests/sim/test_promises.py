"""What the product promises of its scripted voices, measured on whole runs of the compiled graphs."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections import Counter, defaultdict
from pathlib import Path
from statistics import fmean, median
from typing import Any

import pytest

from agents.counselors import PROTOCOLS, build_counselor
from agents.text import words
from agents.transcript import Speaker, turns_of
from evaluators.panas import panas_sums
from evaluators.statistics import cluster_mean
from graphs.session import play
from graphs.state import Finish, Outcome
from personas.builtin import load_builtin
from personas.schema import Attitude, Persona
from runs.reader import iter_episodes
from runs.record import Episode

BASELINES = ("eliza", "parrot", "sycophant", "lecturer", "keyword_stuffer")
LOOP_BACKS = {
    ("verdict", "prosecution"),
    ("verdict", "defense"),
    ("verdict", "automatic_thoughts"),
    ("verdict", "core_beliefs"),
    ("repair", "automatic_thoughts"),
    ("repair", "core_beliefs"),
    ("repair", "defense"),
    ("repair", "prosecution"),
    ("repair", "verdict"),
}
ADVICE = re.compile(
    r"\byou (should|ought to|need to(?! know)|must(?! know)|could try)\b"
    r"|\bwhy don't you\b|\bhave you (tried|considered)\b"
    r"|\bI('d| would) (suggest|recommend)\b|\bmy advice\b",
    re.IGNORECASE,
)
DATA = Path(os.environ.get("COUNSELGYM_DATA", Path(__file__).parents[3] / "shared" / "data"))

Run = dict[str, list[tuple[Persona, Outcome]]]


@pytest.fixture(scope="module")
def run() -> Run:
    personas = load_builtin("en")

    return {spec: play_all(personas, spec, seed=0) for spec in PROTOCOLS}


def play_all(personas: list[Persona], spec: str, seed: int) -> list[tuple[Persona, Outcome]]:
    async def play_each() -> list[tuple[Persona, Outcome]]:
        counselor = build_counselor(spec, "en")
        return [(persona, await play(persona, counselor, seed=seed)) for persona in personas]

    return asyncio.run(play_each())


def mean_ctrs(run: Run, spec: str) -> Any:
    scores = [(p.form, o.verdicts[0].mean) for p, o in run[spec]]
    return cluster_mean([(form, score) for form, score in scores if score is not None])


def na_change(outcome: Outcome) -> float:
    before, after = panas_sums(outcome.panas_before[0])[1], panas_sums(outcome.panas_after[0])[1]
    assert before is not None
    assert after is not None
    return after - before


def client_texts(outcome: Outcome) -> list[str]:
    return [turn.text for turn in turns_of(outcome.transcript, Speaker.CLIENT)]


def test_the_ladder_is_in_order(run: Run) -> None:
    mean = {spec: mean_ctrs(run, spec) for spec in PROTOCOLS}
    assert min(mean["crdial"].mean, mean["cactus"].mean) > mean["plain"].mean
    assert mean["plain"].mean > max(mean[spec].mean for spec in BASELINES)
    assert mean["keyword_stuffer"].mean < 3.0
    assert mean["sycophant"].mean < 3.0
    best = max((mean[spec] for spec in BASELINES), key=lambda estimate: estimate.mean)
    assert mean["crdial"].low > best.high


def test_negative_affect_falls_with_crdial_and_not_with_parrot(run: Run) -> None:
    assert fmean(na_change(o) for _, o in run["crdial"]) < -3
    assert fmean(na_change(o) for _, o in run["parrot"]) >= 0


def test_attitude_shows_in_outcomes(run: Run) -> None:
    change: dict[Attitude, list[float]] = defaultdict(list)
    left: Counter[Attitude] = Counter()
    for spec in ("crdial", "cactus"):
        for persona, outcome in run[spec]:
            change[persona.attitude].append(na_change(outcome))
    for outcomes in run.values():
        left.update(p.attitude for p, o in outcomes if o.finish is Finish.DROPPED_OUT)
    assert fmean(change[Attitude.POSITIVE]) < fmean(change[Attitude.NEGATIVE])
    assert left[Attitude.NEGATIVE] > left[Attitude.NEUTRAL] > left[Attitude.POSITIVE]


def test_no_client_says_the_same_thing_twice(run: Run) -> None:
    for outcomes in run.values():
        for persona, outcome in outcomes:
            said = [" ".join(words(text)) for text in client_texts(outcome)]
            assert len(set(said)) == len(said), persona.id


def test_clients_talk_like_people(run: Run) -> None:
    for spec in ("crdial", "cactus"):
        turns = [len(words(text)) for _, o in run[spec] for text in client_texts(o)]
        assert 8 <= median(turns) <= 20
        shares = []
        for _, outcome in run[spec]:
            said = sum(len(words(text)) for text in client_texts(outcome))
            whole = sum(len(words(turn.text)) for turn in outcome.transcript)
            shares.append(said / whole)
        assert 0.35 <= fmean(shares) <= 0.55


def test_no_client_advises_the_counselor(run: Run) -> None:
    advice = [t for o in run.values() for _, x in o for t in client_texts(x) if ADVICE.search(t)]
    assert not advice


def test_persona_lines_fill_at_least_every_third_turn(run: Run) -> None:
    for _, outcome in run["crdial"]:
        telling = [gauge for gauge in outcome.trace if gauge.told]
        assert len(telling) * 3 >= len(outcome.trace) - 1


def test_crdial_works_on_one_to_three_channels_by_every_loop_back(run: Run) -> None:
    taken: Counter[tuple[str, str]] = Counter()
    more = [pair for seed in (1, 2, 3) for pair in play_all(load_builtin("en"), "crdial", seed)]
    for _, outcome in (*run["crdial"], *more):
        taken.update((edge.source, edge.target) for edge in outcome.edges)
        worked = {turn.channel for turn in outcome.transcript if turn.stage == "defense"}
        assert len(worked) <= 3
        if outcome.finish is Finish.RESOLVED:
            assert worked
    assert set(taken) >= LOOP_BACKS


def _real_run(call: Any, out: str) -> Any:
    source = DATA / "cactus_intake_en.json"
    if not source.exists():
        pytest.skip(f"no real intake forms at {source}; set COUNSELGYM_DATA")
    ended = call(
        "run", "--clients", source, "--counselors", "crdial,cactus,eliza", "--out", out, "--json"
    )
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def _untimed(folder: str) -> dict[str, str]:
    return {e.key: e.model_dump_json(exclude={"timing"}) for e in iter_episodes(Path(folder))}


def test_real_forms_are_played_resumed_and_restored(call: Any) -> None:
    told = _real_run(call, "real")
    assert (told["counts"]["planned"], told["counts"]["done"]) == (675, 675)
    manifest = json.loads(Path("real/manifest.json").read_text())
    assert len(manifest["repairs"]) > 6
    whole = _untimed("real")

    again = _real_run(call, "real")
    assert again["counts"]["played_now"] == 0

    episodes = Path("real/episodes.jsonl")
    with episodes.open("r+b") as file:
        file.truncate(episodes.stat().st_size - 1000)
    restored = _real_run(call, "real")
    assert restored["counts"]["played_now"] == 1
    assert _untimed("real") == whole

    _check_real(list(iter_episodes(Path("real"))))


def _check_real(episodes: list[Episode]) -> None:
    taken: Counter[tuple[str, str, str]] = Counter()
    scores: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for episode in episodes:
        assert episode.synthetic
        assert episode.voices.client == episode.voices.counselor == "scripted"
        said = [t.text.lower() for t in episode.transcript if t.speaker is Speaker.CLIENT]
        assert len(set(said)) == len(said)
        mean = episode.verdicts[0].mean
        if mean is not None:
            scores[episode.counselor].append((episode.persona.form, mean))
        taken.update((edge.source, edge.target, edge.reason) for edge in episode.edges)
    estimate = {name: cluster_mean(values) for name, values in scores.items()}
    assert estimate["crdial"].low > estimate["eliza"].high
    assert estimate["cactus"].low > estimate["eliza"].high
    for source, target in LOOP_BACKS:
        assert sum(n for (a, b, _), n in taken.items() if (a, b) == (source, target)) > 0
