"""Sets broken on purpose: each is refused, by the check that is meant for it, with its row."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from played import read_lines, write_lines

from personas.errors import InputError
from runs.check.finding import Finding
from runs.check.look import Look, look_over
from runs.export.formats import FORMATS, Format
from runs.export.make import export
from runs.export.wanted import Wanted
from runs.record import Episode

JSON_FORMATS = [form for form in FORMATS if form != "parquet"]
Break = Callable[[list[Any]], None]
ROW = 3  # the fourth row is broken


@pytest.fixture(scope="module")
def made(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Format], Path]:
    base = tmp_path_factory.mktemp("sets")

    def make(form: Format) -> Path:
        out = base / form
        if not out.exists():
            export([run], Wanted(form, split=0.6), out)
        return out

    return make


def break_set(source: Path, target: Path, breaking: Callable[[list[Any]], None]) -> Look:
    """Copy a set, break its rows for training, and look it over."""
    target.mkdir()
    for path in source.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    rows = read_lines(target / "train.jsonl")
    breaking(rows)
    write_lines(target / "train.jsonl", rows)
    return look_over(target)


def found(look: Look, check: str) -> list[Finding]:
    return [finding for finding in look.findings.kept if finding.check == check]


@pytest.mark.parametrize("form", JSON_FORMATS)
def test_what_export_writes_is_clean_and_held_against_its_episodes(
    form: Format, made: Callable[[Format], Path]
) -> None:
    look = look_over(made(form))
    assert look.findings.kept == []
    assert look.unknown == {}
    assert sum(look.files.values()) > 4


def say(rows: list[Any], number: int, **changes: str) -> None:
    rows[ROW]["messages"][number].update(changes)


def drop_reply(rows: list[Any]) -> None:
    del rows[ROW]["messages"][4]


def reverse(rows: list[Any]) -> None:
    rows[ROW]["messages"][1:] = rows[ROW]["messages"][:0:-1]


def swap(rows: list[Any]) -> None:
    messages = rows[ROW]["messages"]
    messages[3], messages[5] = messages[5], messages[3]


def swap_roles(rows: list[Any]) -> None:
    other = {"user": "assistant", "assistant": "user", "system": "system"}
    for message in rows[ROW]["messages"]:
        message["role"] = other[message["role"]]


def repeat(rows: list[Any]) -> None:
    rows[ROW] = copy.deepcopy(rows[ROW - 1])


def cut_off(rows: list[Any]) -> None:
    said = rows[ROW]["messages"][4]["content"]
    say(rows, 4, content=said[: len(said) // 2].rstrip(" .?!…"))


def drop_system(rows: list[Any]) -> None:
    del rows[ROW]["messages"][0]


def end_early(rows: list[Any]) -> None:
    say(rows, 4, content=rows[ROW]["messages"][4]["content"] + " [End]")


def drop_last_reply(rows: list[Any]) -> None:
    rows[ROW]["messages"].pop()


@pytest.mark.parametrize(
    ("breaking", "check", "says"),
    [
        (drop_reply, "same speaker", "the client speaks twice in a row, message 4"),
        (reverse, "history", "begins with the counselor"),
        (swap, "history", "message 3 is out of order"),
        (drop_last_reply, "history", "no reply"),
        (end_early, "history", "ends the session, but it goes on"),
        (swap_roles, "roles", "the other's words stand as"),
        (repeat, "duplicate", "the same row as train.jsonl, line 3"),
        (cut_off, "truncated", "message 4 breaks off"),
        (drop_system, "system", "no system text at the top"),
        (lambda rows: say(rows, 0, content=" "), "system", "is empty"),
        (lambda rows: say(rows, 3, role="system"), "system", "message 3 is a second system text"),
        (lambda rows: say(rows, 4, role="tool"), "roles", "message 4 is by 'tool'"),
        (lambda rows: say(rows, 4, content="…"), "empty", "message 4 has no words"),
        (lambda rows: say(rows, 3, content=""), "empty", "message 3 has no words"),
        (lambda rows: say(rows, 4, content="I made this up."), "source", "not in the episode"),
    ],
)
def test_a_broken_row_is_named(
    breaking: Break, check: str, says: str, made: Callable[[Format], Path], tmp_path: Path
) -> None:
    look = break_set(made("messages"), tmp_path / "set", breaking)
    findings = found(look, check)
    assert findings, look.findings.kept
    assert {(finding.file.name, finding.line) for finding in findings} == {("train.jsonl", ROW + 1)}
    assert says in findings[0].what
    assert {finding.line for finding in look.findings.kept} == {ROW + 1}


def test_a_hidden_line_in_the_system_text_is_found(
    made: Callable[[Format], Path], episodes: list[Episode], tmp_path: Path
) -> None:
    known = {episode.key: episode for episode in episodes}
    planted = []

    def leak(rows: list[Any]) -> None:
        persona = known[rows[ROW]["lineage"]["episode"]].persona
        planted.append(persona.profile.thoughts[-1].balanced)
        rows[ROW]["messages"][0]["content"] += f"\nThe client will find: {planted[0]}"

    (finding,) = break_set(made("messages"), tmp_path / "set", leak).findings.kept
    assert (finding.check, finding.line) == ("hidden", ROW + 1)
    assert planted[0][:40] in finding.what
    assert "balanced" in finding.what


def test_what_the_client_says_later_must_not_be_told_before(
    made: Callable[[Format], Path], episodes: list[Episode], tmp_path: Path
) -> None:
    """Told in the transcript, but after the message that the row is about."""
    known = {episode.key: episode for episode in episodes}
    where = []

    def leak(rows: list[Any]) -> None:
        for number, row in enumerate(rows):
            episode = known[row["lineage"]["episode"]]
            later = " ".join(t.text for t in episode.transcript[row["lineage"]["turn"] + 1 :])
            facts = [f.text for t in episode.persona.profile.thoughts for f in t.evidence_for]
            told = [text for text in facts if text in later and len(text.split()) > 4]
            if told:
                row["prompt"][0]["content"] += f"\n{told[0]}"
                where.append(number + 1)
                return

    look = break_set(made("prompt-completion"), tmp_path / "set", leak)
    assert where
    assert [(f.check, f.line) for f in look.findings.kept] == [("hidden", where[0])]


def test_reversed_history_of_a_prompt_is_found_though_the_roles_take_turns(
    made: Callable[[Format], Path], tmp_path: Path
) -> None:
    place = []

    def turn_round(rows: list[Any]) -> None:
        number = next(n for n, row in enumerate(rows) if len(row["prompt"]) > 6)
        place.append(number + 1)
        rows[number]["prompt"][1:] = rows[number]["prompt"][:0:-1]

    look = break_set(made("prompt-completion"), tmp_path / "set", turn_round)
    assert {(f.check, f.line) for f in look.findings.kept} == {("history", place[0])}


@pytest.mark.parametrize("form", ["messages", "prompt-completion", "preference"])
def test_a_client_on_both_sides_is_found(
    form: Format, made: Callable[[Format], Path], tmp_path: Path
) -> None:
    moved = []

    def leak(rows: list[Any]) -> None:
        """Move a row whose client has another one."""
        forms = [str(row["lineage"].get("chosen", row["lineage"])["form"]) for row in rows]
        moved.append(rows.pop(next(n for n, form in enumerate(forms) if forms.count(form) > 1)))

    break_set(made(form), tmp_path / "set", leak)
    with (tmp_path / "set" / "test.jsonl").open("a") as file:
        file.write(json.dumps(moved[0]) + "\n")
    findings = look_over(tmp_path / "set").findings.kept
    assert {finding.check for finding in findings} == {"leakage"}
    lineage = moved[0]["lineage"].get("chosen", moved[0]["lineage"])
    assert f"{lineage['form']!r} is in training and test" in findings[0].what


def test_the_same_row_on_both_sides_is_found_without_a_lineage(tmp_path: Path) -> None:
    row = {
        "messages": [
            {"role": "system", "content": "Listen."},
            {"role": "user", "content": "Hello."},
            {"role": "assistant", "content": "Hello, what brings you?"},
        ]
    }
    write_lines(tmp_path / "train.jsonl", [row])
    write_lines(tmp_path / "test.jsonl", [row])
    look = look_over(tmp_path)
    (finding,) = look.findings.kept
    assert finding.check == "leakage"
    assert "other side" in finding.what
    assert look.unknown == {"rows without a lineage": 2}


def test_a_run_that_is_gone_is_told_and_is_no_fault(
    made: Callable[[Format], Path], tmp_path: Path
) -> None:
    (tmp_path / "set").mkdir()
    source = made("messages") / "train.jsonl"
    (tmp_path / "set" / "train.jsonl").write_bytes(source.read_bytes())
    look = look_over(tmp_path / "set")
    assert look.findings.kept == []
    (reason,) = look.unknown
    assert "'demo'" in reason


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1"),
        ("[1]\n", "line 1: must be a JSON object"),
        ('{"text": "Hello."}\n', "no known format"),
        ('{"messages": "Hello."}\n', "field messages: must be a list"),
        ('{"messages": [{"role": "user"}]}\n', "messages.0.content: must be a text"),
        ('{"instruction": "a", "input": 3, "output": "b"}\n', "field input: must be a text"),
        ('{"prompt": [], "completion": null}\n', "field completion: missing"),
    ],
)
def test_what_cannot_be_read_is_an_input_error(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text(text)
    with pytest.raises(InputError) as caught:
        look_over(tmp_path)
    assert says in str(caught.value)


def test_nothing_to_look_at_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rows here"):
        look_over(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        look_over(tmp_path / "nowhere")
