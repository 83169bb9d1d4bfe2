"""Foreign sessions: what each format yields, and what is said of what cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agents.transcript import Speaker
from personas.errors import InputError
from personas.schema import Attitude, Distortion
from runs.foreign.corpus import iter_corpus
from runs.imported import Format, Imported, find_imported, iter_imported, write_import
from runs.sessions import iter_sessions

FORM = (
    "Name:\nMina Okafor\nAge:\n41\nGender:\nfemale\nOccupation: Baker\nEducation: \n"
    "2. Presenting Problem\nI feel I fail at work.\n"
    "3. Reason for Seeking Counseling\nI decided to come because I cannot sleep.\n"
)
MAGNET: dict[str, Any] = {
    "AI_client": {"intake_form": FORM, "attitude": "negative"},
    "cbt_technique": "Reality Testing",
    "dialogue": [
        {"role": "counselor", "message": "Hello. What brings you here?"},
        {"role": "client", "message": "I can't sleep."},
    ],
}
CACTUS: dict[str, Any] = {
    "thought": "I will never be a good baker.",
    "patterns": ["jumping to conclusions: Fortune-telling", "labeling and mislabeling", "gloom"],
    "intake_form": FORM,
    "attitude": "positive",
    "dialogue": "Counselor: Hello.\nClient: I can't sleep.\nAt all.\n\nCounselor: Since when?",
}
SHAREGPT: dict[str, Any] = {
    "conversations": [
        {"from": "system", "value": "You are a counselor."},
        {"from": "human", "value": "我睡不着。"},
        {"from": "gpt", "value": "从什么时候开始的？"},
    ]
}
OPENAI: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "You are a counselor."},
        {"role": "user", "content": [{"type": "text", "text": "I can't sleep."}]},
        {"role": "assistant", "content": "Since when?"},
    ]
}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def read(path: Path, form: Format) -> list[Imported]:
    records = []
    for record in iter_corpus(path, form):
        assert isinstance(record, Imported), record
        records.append(record)
    return records


def fail(path: Path, form: Format) -> InputError:
    """The error of the only row that cannot be used."""
    errors = [row for row in iter_corpus(path, form) if isinstance(row, InputError)]
    assert len(errors) == 1
    return errors[0]


def words(record: Imported) -> list[tuple[str, str]]:
    return [(turn.speaker.value, turn.text) for turn in record.transcript]


def test_magnet(tmp_path: Path) -> None:
    record = read(write(tmp_path / "a.jsonl", MAGNET), "magnet")[0]
    assert words(record) == [
        ("counselor", "Hello. What brings you here?"),
        ("client", "I can't sleep."),
    ]
    assert record.attitude is Attitude.NEGATIVE
    assert record.intake is not None
    assert record.intake.reason == "I decided to come because I cannot sleep."
    assert record.intake.demographics.name == "Mina Okafor"
    assert record.technique == "Reality Testing"
    assert record.counselor == record.client == "unknown"
    assert (record.file, record.line, record.id) == ("a.jsonl", 1, "magnet-00001")


def test_cactus_corpus_and_harness(tmp_path: Path) -> None:
    harness = {"example": {"AI_client": MAGNET["AI_client"]}, "history": MAGNET["dialogue"]}
    corpus, played = read(write(tmp_path / "a.jsonl", CACTUS, harness), "cactus")
    assert words(corpus) == [
        ("counselor", "Hello."),
        ("client", "I can't sleep. At all."),
        ("counselor", "Since when?"),
    ]
    assert corpus.distortions == (Distortion.FORTUNE_TELLING, Distortion.LABELING)
    assert corpus.repairs == ("patterns.2: no distortion of the taxonomy; left out",)
    assert corpus.thought == "I will never be a good baker."
    assert played.attitude is Attitude.NEGATIVE
    assert corpus.form == played.form


def test_sharegpt_and_openai(tmp_path: Path) -> None:
    chinese = read(write(tmp_path / "a.jsonl", SHAREGPT), "sharegpt")[0]
    assert words(chinese) == [("client", "我睡不着。"), ("counselor", "从什么时候开始的？")]
    assert chinese.language == "zh"
    assert chinese.repairs == ("conversations.0: a system message is not spoken; left out",)
    english = read(write(tmp_path / "b.jsonl", OPENAI), "openai")[0]
    assert words(english) == [("client", "I can't sleep."), ("counselor", "Since when?")]
    assert english.language == "en"
    assert english.intake is english.attitude is None


def test_a_list_over_many_lines_tells_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([OPENAI, OPENAI], indent=1))
    first, second = read(path, "openai")
    assert first.line == 2
    assert path.read_text().splitlines()[second.line - 1].strip() == "{"
    assert first.key != second.key
    path.write_text(json.dumps(OPENAI, indent=1))
    assert len(read(path, "openai")) == 1


def test_what_is_mended_is_told(tmp_path: Path) -> None:
    said = [
        ("counselor", "**Counselor:** Hello.\x1b[31m"),
        ("client", "Client:"),
        ("counselor", "Are you there?"),
        ("client", "Client: Yes. [/END]"),
    ]
    row = {**MAGNET, "dialogue": [{"role": who, "message": text} for who, text in said]}
    record = read(write(tmp_path / "a.jsonl", row), "magnet")[0]
    assert words(record) == [
        ("counselor", "Hello. [31m Are you there?"),
        ("client", "Yes."),
    ]
    assert record.repairs == (
        "dialogue.0.message: control characters removed",
        "dialogue.0.message: a role label stood before the text; removed",
        "dialogue.1.message: a role label stood before the text; removed",
        "dialogue.1.message: nothing is said in it; left out",
        "dialogue.2.message: the same speaker twice in a row; joined",
        "dialogue.3.message: an end mark removed",
        "dialogue.3.message: a role label stood before the text; removed",
    )


def change(row: dict[str, Any], *path: str | int, to: object) -> dict[str, Any]:
    """A copy of a row with one place changed."""
    copy: Any = json.loads(json.dumps(row))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return copy


@pytest.mark.parametrize(
    ("form", "row", "field", "what"),
    [
        ("magnet", {"talk": []}, "dialogue", "missing; the row holds talk"),
        ("magnet", {**MAGNET, "dialogue": "Hi"}, "dialogue", "must be a list"),
        ("magnet", {**MAGNET, "dialogue": []}, "dialogue", "nobody speaks as the counselor"),
        ("magnet", {**MAGNET, "dialogue": ["Hi"]}, "dialogue.0", "must be a JSON object"),
        ("magnet", change(MAGNET, "dialogue", 1, "role", to="nurse"), "dialogue.1.role", "'nurse'"),
        ("magnet", change(MAGNET, "dialogue", 1, "role", to=7), "dialogue.1.role", "be a text"),
        (
            "magnet",
            change(MAGNET, "dialogue", 1, "message", to=None),
            "dialogue.1.message",
            "missing",
        ),
        (
            "magnet",
            change(MAGNET, "dialogue", 1, "message", to="\ud83d"),
            "dialogue.1.message",
            "half a character",
        ),
        ("magnet", change(MAGNET, "dialogue", 1, "message", to=" "), "dialogue", "as the client"),
        ("magnet", {**MAGNET, "AI_client": "x"}, "AI_client", "must be a JSON object"),
        (
            "magnet",
            change(MAGNET, "AI_client", "intake_form", to=3),
            "AI_client.intake_form",
            "must be a text",
        ),
        (
            "magnet",
            change(MAGNET, "AI_client", "attitude", to="sulky"),
            "AI_client.attitude",
            "'sulky' is not one of: positive, neutral, negative",
        ),
        ("cactus", {**CACTUS, "dialogue": "Hello."}, "dialogue", "words of nobody"),
        ("cactus", {**CACTUS, "dialogue": ""}, "dialogue", "missing"),
        ("cactus", {**CACTUS, "patterns": "should"}, "patterns", "must be a list"),
        ("cactus", {**CACTUS, "patterns": [1]}, "patterns.0", "must be a text"),
        ("cactus", {**CACTUS, "thought": "\ud83d"}, "thought", "half a character"),
        (
            "sharegpt",
            change(SHAREGPT, "conversations", 1, "from", to="bot"),
            "conversations.1.from",
            "'bot' is not one of: human, user",
        ),
        ("sharegpt", {"conversations": None}, "conversations", "missing"),
        (
            "openai",
            change(OPENAI, "messages", 2, "content", to=None),
            "messages.2.content",
            "missing",
        ),
        (
            "openai",
            change(OPENAI, "messages", 1, "content", to=[{"type": "image_url"}]),
            "messages.1.content",
            "a part that is no text",
        ),
        ("openai", change(OPENAI, "messages", 2, "role", to="tool"), "messages.2.role", "'tool'"),
    ],
)
def test_a_bad_row_is_named_with_its_field(
    tmp_path: Path, form: Format, row: object, field: str, what: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row) + "\n")
    error = fail(path, form)
    assert error.where == f"{path}, line 1, field {field}"
    assert what in error.what


def test_a_bad_line_does_not_hide_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps(OPENAI)
    path.write_text(f'{good}\n{{"messages": [\n\n7\n{good}\n')
    rows = list(iter_corpus(path, "openai"))
    assert [isinstance(row, Imported) for row in rows] == [True, False, False, True]
    broken, number = [row for row in rows if isinstance(row, InputError)]
    assert "line 2" in str(broken)
    assert "invalid JSON" in broken.what
    assert number.where == f"{path}, line 4"
    assert isinstance(rows[3], Imported)
    assert rows[3].line == 5


def test_a_list_that_breaks_off_says_where(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for text, what in (
        (json.dumps([OPENAI, OPENAI], indent=1)[:-40], "invalid JSON"),
        (f"[\n{json.dumps(OPENAI)}\n{json.dumps(OPENAI)}]", "breaks off"),
        ("[", "invalid JSON"),
        ("[1]", "must be a JSON object"),
    ):
        path.write_text(text)
        assert what in fail(path, "openai").what


@pytest.mark.parametrize("content", [b"", b" \n\t ", b"\xff\xfe\x00", b"\xef\xbb\xbf"])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"empty|UTF-8"):
        list(iter_corpus(path, "openai"))


def test_a_folder_is_written_whole_and_read_again(tmp_path: Path) -> None:
    records = read(write(tmp_path / "a.jsonl", MAGNET, MAGNET), "magnet")
    folder = tmp_path / "deep" / "out"
    write_import(folder, records, lambda: {"sessions": 2})
    assert list(iter_imported(folder)) == records
    assert find_imported(folder, "2") == find_imported(folder, "magnet-00002") == records[1]
    assert find_imported(folder, records[1].key[:8]) == records[1]
    with pytest.raises(InputError, match="no session"):
        find_imported(folder, "9")
    sessions = list(iter_sessions(folder))
    assert sessions[0].attitude is Attitude.NEGATIVE
    assert sessions[0].form == sessions[1].form
    assert sessions[0].dropped_out is None
    assert sessions[0].transcript[0].speaker is Speaker.COUNSELOR
    with pytest.raises(InputError, match="exists already"):
        write_import(folder, records, dict)


def test_nothing_is_left_when_writing_breaks_off(tmp_path: Path) -> None:
    def break_off() -> Any:
        yield from read(write(tmp_path / "a.jsonl", MAGNET), "magnet")
        raise InputError("bad row")

    with pytest.raises(InputError, match="bad row"):
        write_import(tmp_path / "out", break_off(), dict)
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_corrupt_record_is_named_and_to_be_imported_again(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_import(folder, read(write(tmp_path / "a.jsonl", MAGNET), "magnet"), dict)
    with (folder / "imported.jsonl").open("a") as file:
        file.write('{"key": 3}\n')
    with pytest.raises(InputError) as caught:
        list(iter_imported(folder))
    assert "imported.jsonl, line 2" in str(caught.value)
    assert "import the file it came from again" in str(caught.value)
