"""The verb `reproduce`: our figures where the papers have theirs, and never one for the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from handmade import make_episode, make_persona, make_transcript

from agents.transcript import Sentence, Speaker, Turn, client_turn
from evaluators.published import load_published
from personas.schema import Attitude, Distortion
from runs.line import EPISODES

Call = Callable[..., object]


def say(text: str) -> Turn:
    return Turn(Speaker.COUNSELOR, (Sentence(text),))


ANSWER = (
    "I can understand how hard that is. You seem to believe that one crack means you are no potter. "
    "Is that really so? You could try to list three bowls tomorrow. This is only a first step."
)
ASKED = "They all must think I am a fraud. It will always crack."
TALK = (say("Hello."), client_turn(ASKED), say(ANSWER), client_turn("Hm."), say("Goodbye."))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run with two staged sessions and one of single answers."""
    monkeypatch.chdir(tmp_path)
    folder = Path("run")
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    (folder / "config.toml").write_text("")
    ben = make_persona("ben-1", Attitude.NEGATIVE)
    episodes = (
        make_episode(1),
        make_episode(2, persona=ben, transcript=(*make_transcript(), say("One."))),
        make_episode(3, "cbt_qa@m", transcript=TALK, edges=(), channels=()),
        make_episode(4, "cactus", technique="decatastrophizing", edges=(), channels=()),
    )
    lines = "".join(f"{episode.model_dump_json()}\n" for episode in episodes)
    (folder / EPISODES).write_text(lines)
    return folder


def lay_out(call: Call, paper: str, folder: Path) -> dict[str, dict[str, list[object]]]:
    """The rows of every table by the table's title and the row's name."""
    ended = call("reproduce", paper, folder, "--json")
    assert ended.code == 0, ended.err
    tables = json.loads(ended.out)["tables"]
    return {
        table["title"].partition(" (")[0]: {row["name"]: row["cells"] for row in table["rows"]}
        for table in tables
    }


def test_cactus(call: Call, folder: Path) -> None:
    tables = lay_out(call, "cactus", folder)
    ctrs = tables["CTRS by counselor"]
    assert ctrs["GPT-4o"] == [4.80, 5.39, 4.96, None, None, None, None]
    # one item rated, one missing, four never asked: none of them is 0
    assert ctrs["crdial"] == [None, None, None, 4.0, None, None, 4.0]
    assert tables["PANAS by attitude"] == {
        "neutral": [2, 3, 1, 2, 3, 1, 3],
        "negative": [2, 3, 1, 2, 3, 1, 1],
    }
    assert tables["Corpus"] == {"this run": [4, 4.5], "Cactus": [31577, 31]}
    assert tables["Techniques chosen by `cactus`"] == {"decatastrophizing": [1]}


def test_crisp(call: Call, folder: Path) -> None:
    tables = lay_out(call, "crisp", folder)
    corpus = tables["Corpus of staged sessions"]
    assert corpus["crdial, this run"] == [2, 4.5, None, 1.0, 1.0, 1.5]  # too few words for MTLD
    assert corpus["Crisp"] == [22063, 36.1, 70.5, 2.94, 2.28, 2.23]
    panas = tables["PANAS"]
    assert panas["crdial"] == [20, 30, 50, 20, 30, 50, 2]
    assert panas["Crispers"] == [21.2, 31.5, 48.8, 34.1, 19.1, -44.0, None]
    assert tables["Distortions worked on"]["labeling"] == [2, 100, None]
    assert tables["Distortions worked on"]["blaming"] == [0, 0, 3.7]
    assert tables["Strategies of counselor sentences"]["Question"][0] == 4


def test_cbt_llm(call: Call, folder: Path) -> None:
    tables = lay_out(call, "cbt-llm", folder)
    corpus = tables["Corpus"]
    assert corpus["cbt_qa, this run"] == [1, len(ASKED), len(ANSWER)]
    assert corpus["CBT QA"] == pytest.approx([22327, 190.5, 522.8])
    heard = tables["Distortions"]
    assert heard["mind reading"][:2] == [1, 100]
    assert heard["overgeneralization"][2] == pytest.approx(64.1, abs=0.1)
    assert tables["Five parts heard"]["cbt_qa, this run"] == [100] * 6
    assert tables["Rubric"]["Baichuan-7B"] == [1.734, 1.644, 1.432]


def test_the_tables_say_what_differs(call: Call, folder: Path) -> None:
    for paper, words in (
        ("cactus", ("GPT-4o, published", "4.80", "missing is missing", "all voices scripted")),
        ("crisp", ("Crispers, published", "people in an intervention study")),
        ("cbt-llm", ("CBT QA, published", "--scales cbt_qa")),
    ):
        out = " ".join(call("reproduce", paper, folder).out.split())
        for word in words:
            assert word in out


def test_a_run_without_the_protocol_is_refused(call: Call, folder: Path) -> None:
    (folder / EPISODES).write_text(make_episode(4, "cactus").model_dump_json() + "\n")
    for paper, protocol in (("crisp", "crdial"), ("cbt-llm", "cbt_qa")):
        ended = call("reproduce", paper, folder)
        assert ended.code == 2
        assert f"no session of {protocol}" in ended.err
    (folder / EPISODES).write_text("")
    ended = call("reproduce", "cactus", folder)
    assert (ended.code, "no finished episode" in ended.err) == (2, True)


def test_published_distortions_are_of_the_taxonomy_and_shares_add_up() -> None:
    known = {distortion.value for distortion in Distortion}
    crisp = load_published("crisp")["distortions"]
    assert set(crisp) < known
    assert sum(crisp.values()) == pytest.approx(100, abs=0.5)
    cbt = load_published("cbt_llm")["distortions"]
    assert set(cbt) - known == {"others"}
