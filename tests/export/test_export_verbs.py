"""The verbs export and validate, as a user meets them: what they print, how they end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from played import read_lines, write_lines

from runs.export.formats import FORMATS

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Call:
    """Run the command line in this process; returns exit code and both streams."""
    from sim.cli import main

    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["counselgym", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        streams = capfd.readouterr()
        return int(caught.value.code or 0), streams.out, streams.err

    return run


def test_export_prints_an_account_that_adds_up_and_validate_agrees(run: Path, call: Call) -> None:
    code, out, _ = call(
        "export", run, "--out", "set", "--format", "messages", "--min-ctrs", "2.5", "--as", "plain"
    )
    assert code == 0
    cells = [[part.strip() for part in line.split("│")] for line in out.splitlines() if "│" in line]
    counts = {row[1]: row[2] for row in cells}
    assert int(counts["read"]) == 24
    assert int(counts["kept"]) + int(counts["left out: CTRS below 2.5"]) == 24
    assert "behind the very request of play" in out
    assert out.splitlines()[-1] == "Next: counselgym validate set"
    code, out, _ = call("validate", "set")
    assert code == 0
    assert out.splitlines()[-1] == f"set: {counts['kept']} examples in 2 files, no findings"


def test_json_is_one_object(run: Path, call: Call) -> None:
    _, out, _ = call("export", run, "--out", "set", "--format", "sharegpt", "--json")
    told = json.loads(out)
    assert told["episodes"]["read"] == told["episodes"]["kept"] == 24
    code, out, _ = call("validate", "set", "--json")
    assert code == 0
    assert json.loads(out)["findings"] == {}


def test_a_broken_set_ends_with_1_and_names_file_and_line(run: Path, call: Call) -> None:
    call("export", run, "--out", "set", "--format", "messages")
    rows = read_lines(Path("set/train.jsonl"))
    del rows[1]["messages"][2]
    write_lines(Path("set/train.jsonl"), rows)
    code, out, _ = call("validate", "set")
    assert code == 1
    assert "set/train.jsonl, line 2: same speaker: the client speaks twice in a row" in out
    code, out, _ = call("validate", "set", "--json")
    assert code == 1
    assert json.loads(out)["shown"][0]["line"] == 2


def test_a_system_prompt_of_ones_own(run: Path, call: Call) -> None:
    Path("mine.txt").write_text("Be a good listener.\n")
    words = ("--system", "mine.txt", "--as", "plain", "--counselors", "crdial,eliza")
    code, _, _ = call("export", run, "--out", "set", "--format", "messages", *words)
    assert code == 0
    for row in read_lines(Path("set/train.jsonl")):
        assert row["messages"][0]["content"].startswith("Be a good listener.\n\n")
        assert row["lineage"]["counselor"] in ("crdial", "eliza")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--finish", "resolve"), "--finish: there is no finish reason 'resolve'"),
        (("--finish", "resolve"), "did you mean resolved"),
        (("--counselors", "nobody"), "nothing is left to export: other counselor 24"),
        (("--system", "nowhere.txt"), "nowhere.txt: no such file"),
    ],
)
def test_bad_input_ends_with_2_and_leaves_nothing(
    words: tuple[str, ...], says: str, run: Path, call: Call
) -> None:
    code, _, err = call("export", run, "--out", "set", "--format", "messages", *words)
    assert code == 2
    assert says in err
    assert not Path("set").exists()


def test_what_is_no_run_and_what_cannot_be_read(call: Call) -> None:
    code, _, err = call("export", "nowhere", "--out", "set", "--format", "messages")
    assert (code, "no such folder" in err) == (2, True)
    code, _, err = call("validate", "nowhere")
    assert (code, "no such file or folder" in err) == (2, True)
    Path("rows.jsonl").write_text("{")
    code, _, err = call("validate", "rows.jsonl")
    assert (code, "rows.jsonl, line 1: invalid JSON" in err) == (2, True)
    code, _, err = call("validate", "rows.jsonl", "--max-length", 9)
    assert (code, "give --tokenizer" in err) == (2, True)


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "parquet"])
def test_every_format_is_offered(form: str, run: Path, call: Call) -> None:
    assert call("export", run, "--out", "set", "--format", form)[0] == 0
    assert call("validate", "set")[0] == 0


def test_parquet_without_the_extra_says_what_to_install(
    run: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, err = call("export", run, "--out", "set", "--format", "parquet")
    assert code == 2
    assert "pip install 'counselgym[train]'" in err
    assert not Path("set").exists()
