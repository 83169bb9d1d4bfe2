"""The verb `recognize`, as a user meets it; by cues, and by a model behind an endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from handmade import make_episode

pytest.importorskip("numpy", reason="the extra stats is not installed")

from runs.line import EPISODES
from tests.fake.request import ChatRequest

Call = Callable[..., object]
TEXTS = (
    '{"text": "They all think I am slow.", "distortions": ["mind_reading"]}\n'
    '{"text": "The bus came at nine.", "distortions": []}\n'
    '{"text": "It will surely end badly.", "distortions": ["fortune_telling"]}\n'
)


def test_the_built_in_personas_by_cues(call: Call) -> None:
    ended = call("recognize", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert found["voice"] == "scripted"
    assert found["texts"] == found["presence"]["held"] * 2
    assert found["micro"]["figures"]["recall"]["value"] > 0.8
    out = call("recognize").out
    assert "CBT-LLM, published" in out
    assert "0.69" in out
    assert "who wrote the cues as well" in out


def test_a_model_behind_an_endpoint_reads_labelled_texts(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playing import serve

    def read(request: ChatRequest) -> tuple[str, str]:
        words = request.talk[0]["content"]
        if "The bus" in words:
            return "recognition", "no comment"
        kind = "mind_reading" if "They all" in words else "blaming"
        return "recognition", json.dumps({"found": [{"quote": "", "distortion": kind}]})

    Path("texts.jsonl").write_text(TEXTS)
    with serve(read) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        ended = call("recognize", "texts.jsonl", "--model", "openai:reader", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert (found["texts"], found["missing"]) == (2, 1)
    assert found["types"]["mind_reading"]["figures"]["f1"]["value"] == 1.0
    assert found["types"]["fortune_telling"]["figures"]["recall"]["value"] == 0.0


def test_the_clients_of_a_run_are_read(call: Call) -> None:
    folder = Path("run")
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    (folder / "config.toml").write_text("")
    (folder / EPISODES).write_text(make_episode(1).model_dump_json() + "\n")
    found = json.loads(call("recognize", folder, "--json").out)
    assert found["texts"] == 1
    assert "said in a session" in found["texts_are"]


def test_bad_input_is_a_message_and_exit_code_2(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    Path("bad.jsonl").write_text('{"text": "x", "distortions": ["mindreading"]}\n')
    for words, what in (
        (("recognize", "none.jsonl"), "none.jsonl: no such file"),
        (("recognize", "bad.jsonl"), "bad.jsonl, line 1, field distortions"),
        (("recognize", "--model", "openai:x"), "is a server running"),
        (("recognize", "--model", "gpt"), "unknown model"),
    ):
        ended = call(*words)
        assert ended.code == 2
        assert what in ended.err
