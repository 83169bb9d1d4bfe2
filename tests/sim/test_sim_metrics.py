"""The verb `metrics`, as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("sacrebleu", reason="the extra stats is not installed")
pytest.importorskip("nltk", reason="the extra stats is not installed")

Call = Callable[..., object]
FIVE = (
    "我能理解你现在很难受。你似乎把一次出错当成了过度概括。真的每次都这样吗？"
    "可以试着每天写下一件做成的事。慢慢来。"
)


def write(name: str, *rows: dict[str, object]) -> Path:
    path = Path(name)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def test_answers_against_references(call: Call) -> None:
    given = write("given.jsonl", {"question": "为什么？", "output": FIVE}, {"output": "早点睡。"})
    held = write("held.jsonl", {"output": FIVE}, {"output": "多喝热水。"})
    ended = call("metrics", given, held, "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert found["language"] == "zh"
    assert 0.8 < found["overlap"]["bleu"]["value"] < 1
    assert found["structure"]["all_five"] == found["structure"]["in_order"] == 0.5
    assert found["corpus"]["distortions"] == {"overgeneralization": 1}
    out = call("metrics", given, held).out
    for word in ("0.2648", "tok:zh", "22,327", "54.4%", "What differs"):
        assert word in out


def test_without_references_there_is_structure_and_corpus_only(call: Call) -> None:
    given = write("given.jsonl", {"output": FIVE})
    found = json.loads(call("metrics", given, "--json").out)
    assert found["overlap"] == {}
    assert found["structure"]["parts"]["challenge"] == 1.0
    assert "BLEU" not in call("metrics", given).out


def test_bad_input_is_a_message_and_exit_code_2(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sim.extras

    given = write("given.jsonl", {"output": "a"}, {"output": "b"})
    short = write("short.jsonl", {"output": "a"})
    wrong = write("wrong.jsonl", {"answer": "a"})
    for words, what in (
        (("metrics", "none.jsonl"), "none.jsonl: no such file"),
        (("metrics", wrong), "wrong.jsonl, line 1, field output"),
        (("metrics", given, short), "no reference for row '2'"),
    ):
        ended = call(*words)
        assert ended.code == 2
        assert what in ended.err
    monkeypatch.setattr(sim.extras, "find_spec", lambda name: None if name == "torch" else name)
    ended = call("metrics", given, given, "--bertscore", "folder")
    assert ended.code == 2
    assert 'pip install "counselgym[train]"' in ended.err
