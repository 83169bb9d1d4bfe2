"""The verbs realism and import, on our own sessions and on foreign ones."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

DATA = Path(os.environ.get("COUNSELGYM_DATA", Path(__file__).parents[3] / "shared" / "data"))
MAGNET = DATA / "magnet_sessions.jsonl"
TALK = {
    "messages": [
        {"role": "assistant", "content": "Hello. What brings you here?"},
        {"role": "user", "content": "I can't sleep."},
        {"role": "assistant", "content": "Since when?"},
        {"role": "user", "content": "I can't sleep."},
    ]
}


def write_corpus(*rows: object) -> Path:
    path = Path("corpus.jsonl")
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def measure(call: Any, folder: object, *more: str) -> Any:
    ended = call("realism", folder, "--json", *more)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_an_imported_corpus_can_be_measured_shown_and_replayed(call: Any) -> None:
    ended = call("import", write_corpus(TALK, TALK), "--format", "openai", "--out", "in")
    assert ended.code == 0
    assert "2 sessions imported to in, 0 repairs, 0 skipped" in ended.out
    told = measure(call, "in")
    assert told["sessions"] == 2
    assert told["measures"]["repeat_sessions"]["value"] == 1
    assert told["measures"]["repeat_sessions"]["verdict"] == "outside: high"
    assert told["measures"]["words_median"]["value"] == 3
    assert told["staying"] == {}  # how foreign sessions ended is not known
    assert "2 imported sessions" in call("show", "in").out
    assert json.loads(call("show", "in", "--json").out)["summary"]["sessions"] == 2
    played = call("replay", "in", "2", "--plain").out
    assert "Imported session openai-00002" in played
    assert "4 client\n    I can't sleep." in played
    assert "How it ended is not known." in played


def test_who_spoke_can_be_named(call: Any) -> None:
    words = ("--format", "openai", "--counselor", "gpt-4o", "--client", "people", "--out", "in")
    call("import", write_corpus(TALK), *words)
    assert "gpt-4o" in measure(call, "in")["counselors"]
    assert "people" in call("replay", "in", "--plain").out


def test_bad_input_leaves_nothing_behind(call: Any) -> None:
    source = write_corpus(TALK, {"messages": [{"role": "tool", "content": "x"}]})
    ended = call("import", source, "--format", "openai", "--out", "in")
    assert ended.code == 2
    assert "corpus.jsonl, line 2, field messages.0.role: 'tool' is not one of" in ended.err
    assert "--skip-bad" in ended.err
    assert [path.name for path in Path().iterdir()] == ["corpus.jsonl"]


def test_what_is_skipped_is_listed(call: Any) -> None:
    source = write_corpus(TALK, {"messages": []}, TALK, 7)
    ended = call("import", source, "--format", "openai", "--out", "in", "--skip-bad")
    assert ended.code == 0
    assert "skipped: corpus.jsonl, line 2, field messages: nobody speaks" in ended.out
    assert "skipped: corpus.jsonl, line 4: must be a JSON object" in ended.out
    assert "2 sessions imported to in, 0 repairs, 2 skipped" in ended.out
    manifest = json.loads(Path("in/manifest.json").read_text())
    assert (manifest["sessions"], len(manifest["skipped"])) == (2, 2)


@pytest.mark.parametrize("more", [[], ["--skip-bad"]])
def test_a_file_of_nothing_good_is_refused(call: Any, more: list[str]) -> None:
    ended = call("import", write_corpus({}), "--format", "openai", "--out", "in", *more)
    assert ended.code == 2
    assert "field messages" in ended.err
    assert not Path("in").exists()


def test_neither_file_nor_target_is_taken_for_granted(call: Any) -> None:
    ended = call("import", "nowhere.jsonl", "--format", "openai", "--out", "in")
    assert (ended.code, "nowhere.jsonl: no such file" in ended.err) == (2, True)
    source = write_corpus(TALK)
    Path("taken").mkdir()
    Path("taken/note.txt").touch()
    ended = call("import", source, "--format", "openai", "--out", "taken")
    assert (ended.code, "exists already" in ended.err) == (2, True)
    ended = call("realism", "taken")
    assert (ended.code, "not a run folder" in ended.err) == (2, True)
    assert call("import", source, "--format", "nonsense", "--out", "x").code == 2


def test_a_run_cannot_go_into_an_import(call: Any) -> None:
    call("import", write_corpus(TALK), "--format", "openai", "--out", "in")
    ended = call("run", "--counselors", "eliza", "--limit", "1", "--out", "in")
    assert ended.code == 2
    assert sorted(path.name for path in Path("in").iterdir()) == ["imported.jsonl", "manifest.json"]


@pytest.fixture
def played(call: Any) -> Path:
    """A real run of scripted clients with a good and a bad counselor."""
    folder = Path("played")
    names = ("--counselors", "crdial,parrot", "--out", str(folder))
    assert call("run", *names).code == 0
    return folder


def test_our_own_clients_are_measured(call: Any, played: Path) -> None:
    told = measure(call, played, "--recovery")
    measures, crdial, parrot = told["measures"], *map(told["counselors"].get, ("crdial", "parrot"))
    assert measures["repeat_sessions"]["value"] == 0
    assert measures["flips"]["value"] < 0.01
    assert measures["words_median"]["verdict"] == "like human"
    assert parrot["motivated"]["value"] < crdial["motivated"]["value"]
    assert told["disclosures"]["told_below_threshold"] == 0
    assert told["trajectories"]["crdial"]["means"]["end"]["trust"] > 40
    assert set(told["staying"]) == {"crdial", "parrot"}
    assert set(told["panas_gain"]["crdial"]) >= {"positive", "neutral_minus_negative"}
    assert told["recovery"]["form_recited"]["verdict"] == "target met"
    assert told["recovery"]["secrets_at_once"]["verdict"] == "target met"


def test_the_report_is_printed_with_verdicts_and_show_has_a_part(call: Any, played: Path) -> None:
    whole = call("realism", played).out
    for part in ("Kaplan–Meier", "Cooperation by attitude", "PANAS gain", "Course of the mind"):
        assert part in whole
    assert "Blind recovery" not in whole
    assert "like human" in whole
    shown = call("show", played)
    assert "motivated by turn 20 (MR@20)" in shown.out
    fidelity = json.loads(call("show", played, "--json").out)["fidelity"]
    measures = measure(call, played)["measures"]
    assert fidelity.items() <= measures.items()


@pytest.mark.skipif(not MAGNET.exists(), reason=f"no {MAGNET}")
def test_published_sessions_repeat_themselves_and_talk_too_long(call: Any) -> None:
    ended = call("import", MAGNET, "--format", "magnet", "--out", "magnet")
    assert "60 sessions imported" in ended.out
    assert "20 × nothing is said in it; left out" in ended.out
    measures = measure(call, "magnet")["measures"]
    assert measures["repeat_sessions"]["value"] > 0.9
    assert measures["words_mean"]["value"] > 70
    assert measures["flips"]["value"] > 0.05
    assert measures["motivated"]["verdict"] == "outside: high"
