from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runs.line import EPISODES


@pytest.fixture(autouse=True)
def _staged(stage: object) -> None:
    """Play hand-made sessions in all of these tests."""


def expect_error(ended: Any, *parts: str) -> None:
    assert ended.code == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err
    for part in parts:
        assert part in ended.err
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--seeds", "0"], ["error: --seeds", "greater than or equal to 1", "got 0"]),
        (["--limit", "-3"], ["error: --limit", "got -3"]),
        (["--concurrency", "0"], ["error: --concurrency"]),
        (
            ["--scales", "ctrs7"],
            ["error: --scales", "there is no scale 'ctrs7'", "did you mean ctrs"],
        ),
        (["--counselors", "crdail"], ["error: ", "crdail", "crdial"]),
        (["--counselors", "eliza,eliza"], ["error: --counselors", "named twice: eliza"]),
        (["--counselors", ""], ["error: --counselors"]),
        (["--clients", "nowhere.json"], ["error: ", "nowhere.json"]),
        (["nowhere.toml"], ["error: nowhere.toml: no such file"]),
    ],
)
def test_a_bad_flag_is_named(call: Any, words: list[str], parts: list[str]) -> None:
    expect_error(call("run", *words), *parts)


def test_a_flag_of_the_wrong_type_exits_with_2(call: Any) -> None:
    ended = call("run", "--seeds", "many")
    assert ended.code == 2
    assert "--seeds" in ended.err


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("counselor = ['eliza']", ["field counselor: unknown key", "did you mean counselors?"]),
        ("seeds = 'two'", ["field seeds", "integer", "got 'two'"]),
        ("seeds = true", ["field seeds", "got True"]),
        ("language = 'fr'", ["field language", "'en' or 'zh'", "got 'fr'"]),
        ("name = '../up'", ["field name"]),
        ("seeds = \nlimit = 3", ["invalid TOML", "line 1"]),
    ],
)
def test_a_bad_config_names_file_and_field(call: Any, text: str, parts: list[str]) -> None:
    Path("study.toml").write_text(text)
    expect_error(call("run", "study.toml"), "error: study.toml", *parts)


def test_invalid_json_names_line_and_column(call: Any) -> None:
    Path("forms.json").write_text('[\n  {"AI_client": }\n]')
    expect_error(call("run", "--clients", "forms.json"), "forms.json", "line 2", "column 17")


def test_a_wrong_shape_names_item_and_field(call: Any) -> None:
    Path("forms.json").write_text('[{"AI_client": {"intake_form": 3}}]')
    expect_error(call("run", "--clients", "forms.json"), "forms.json", "item 0", "intake_form")


def test_a_wrong_persona_names_line_and_field(call: Any, clients: Path) -> None:
    lines = clients.read_text().splitlines()
    persona = json.loads(lines[1])
    del persona["opening"]
    clients.write_text("\n".join([lines[0], json.dumps(persona)]))
    expect_error(call("run", "--clients", clients), "line 2", "opening")


def test_clients_of_another_language_are_refused(call: Any, clients: Path) -> None:
    expect_error(call("run", "--clients", clients, "--language", "zh"), "--language en")


@pytest.mark.parametrize("place", ["file", "file/run"])
def test_an_unwritable_output_is_named(call: Any, clients: Path, place: str) -> None:
    Path("file").touch()
    expect_error(call("run", "--clients", clients, "--out", place), f"error: {place}")
    assert Path("file").is_file()


def test_a_run_with_other_settings_is_refused(call: Any, clients: Path) -> None:
    call("run", "--clients", clients, "--out", "a")
    ended = call("run", "--clients", clients, "--out", "a", "--scales", "ctrs11")
    expect_error(ended, "error: a/config.toml", "scales ['ctrs6', 'safety'] → ['ctrs11']")


@pytest.mark.parametrize("words", [["show", "a"], ["replay", "a", "2"], ["run", "--out", "a"]])
def test_a_corrupt_record_is_named(call: Any, clients: Path, words: list[str]) -> None:
    call("run", "--clients", clients, "--out", "a")
    path = Path("a", EPISODES)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"{not json}\n", *lines[2:]]))
    expect_error(call(*words), f"error: a/{EPISODES}, line 2", "corrupt record", "at column 2")
    assert call("replay", "a", "1").code == 0


@pytest.mark.parametrize("verb", ["show", "replay"])
def test_a_missing_run_is_named(call: Any, verb: str) -> None:
    expect_error(call(verb, "nowhere"), "error: nowhere: no such folder")


def test_a_record_file_that_cannot_be_opened_is_named(call: Any, clients: Path) -> None:
    call("run", "--clients", clients, "--out", "a")
    Path("a", EPISODES).unlink()
    Path("a", EPISODES).mkdir()
    for words in (("show", "a"), ("replay", "a"), ("run", "--out", "a")):
        expect_error(call(*words), f"error: a/{EPISODES}: Is a directory")


def test_a_missing_episode_is_named(call: Any, clients: Path) -> None:
    call("run", "--clients", clients, "--out", "a")
    expect_error(call("replay", "a", "ada-9"), "no episode 'ada-9'", "nearest: ada-")
    expect_error(call("replay", "a", "1", "--speed", "0"), "--speed: must be above 0")


def test_bad_personas_and_protocols_are_named(call: Any) -> None:
    expect_error(call("personas", "show", "nobody"), "no persona 'nobody'")
    expect_error(call("personas", "validate", "nowhere.json"), "nowhere.json")
    expect_error(call("personas", "import", "nowhere.json", "--out", "x.jsonl"), "nowhere.json")
    expect_error(call("graph", "crdail"), "unknown protocol 'crdail'", "crdial")
    assert not Path("x.jsonl").exists()
