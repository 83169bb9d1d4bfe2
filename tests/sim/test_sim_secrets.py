"""A key reaches the endpoint and nothing else: no record, journal, log or error, whatever fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playing import NAMES, count_kept, read_rows, refuse, serve, write_run

KEY = "planted-key-0123456789abcdef"
KEYED = 'api_key_env = "PLANTED_KEY"'


def find_leaks(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 4, "a run folder was expected"
    return [str(path) for path in files if KEY.encode() in path.read_bytes()]


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED_KEY", KEY)


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("more", [KEYED, f"{KEYED}\nstock = true"])
def test_a_run_folder_holds_no_key_though_the_endpoint_repeats_it(call: Any, more: str) -> None:
    with serve() as server:
        write_run(server.url, "limit = 2", more)
        server.mood = refuse(400, f"context length: Bearer {KEY}", about=NAMES[1], after=10)
        ended = call("run", "study.toml", "--out", "a", "--json")
    assert ended.code == 1, ended.err
    assert server.keys == {f"Bearer {KEY}"}
    (failure,) = read_rows(Path("a/failures.jsonl"))
    assert "context length" in failure["message"]
    assert len(read_rows(Path("a/episodes.jsonl"))) == 1
    assert count_kept(Path("a")) > 0
    assert not find_leaks(Path("a"))
    assert KEY not in ended.out + ended.err


@pytest.mark.usefixtures("planted")
def test_a_refused_key_is_not_told(call: Any) -> None:
    with serve() as server:
        write_run(server.url, "limit = 2", KEYED)
        server.mood = refuse(401, f"Incorrect API key provided: {KEY}")
        ended = call("run", "study.toml", "--out", "a")
    assert ended.code == 2
    assert "PLANTED_KEY" in ended.err
    assert "Incorrect API key" in ended.err
    assert not find_leaks(Path("a"))
    assert KEY not in ended.out + ended.err


@pytest.mark.parametrize(
    "line", [f'api_key = "{KEY}"', f'api_key_env = "{KEY}"', f'base_url = "http://u:{KEY}@h/v1"']
)
def test_a_key_written_into_the_configuration_is_refused_and_not_repeated(
    call: Any, line: str
) -> None:
    top = '[models.other]\nmodel = "m"\n' + line
    Path("study.toml").write_text(top)
    ended = call("run", "study.toml", "--model", "other", "--out", "a")
    assert ended.code == 2
    assert "study.toml" in ended.err
    assert KEY not in ended.out + ended.err
    assert not Path("a").exists()
