"""Importing questions with a description: tables and lines, bad items named, good ones kept."""

import json

import pytest

from personas.errors import InputError
from personas.schema import Topic
from personas.source import load_personas

TOLD = (
    "I've worked at a bakery for two years. I believe I will never be good enough. "
    "It started in March after I burned a tray."
)
HEAD = "question,description,keywords,answer\n"


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_table_of_questions(tmp_path):
    file = write(
        tmp_path / "q.csv", f'{HEAD}"What should I do, and when?","{TOLD}",work,SECRETANSWER\n'
    )
    (persona,) = load_personas(file).personas
    assert persona.opening == "What should I do, and when?"
    assert persona.intake.reason == "What should I do, and when? (work)"
    assert "profile" in persona.inferred
    assert "attitude" in persona.inferred
    story = [d.text for d in persona.profile.disclosures if d.topic is Topic.STORY]
    assert "I've worked at a bakery for two years." in story
    assert "SECRETANSWER" not in persona.model_dump_json()


def test_lines_of_questions_are_told_from_lines_of_personas(tmp_path):
    rows = [{"question": "Why me?", "description": TOLD, "keywords": ["work", "boss"]}]
    file = write(tmp_path / "q.jsonl", "\n".join(json.dumps(row) for row in rows))
    (persona,) = load_personas(file).personas
    assert persona.id == "question-00001"
    assert persona.intake.reason == "Why me? (work, boss)"


def test_the_same_question_gives_the_same_client(tmp_path):
    line = json.dumps({"question": "Why me?", "description": TOLD})
    first = load_personas(write(tmp_path / "a.jsonl", line)).personas[0]
    again = load_personas(write(tmp_path / "a.jsonl", line)).personas[0]
    assert first == again


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ('"",told', r"line 3, field question: missing"),
        ("Why?,  ", r"line 3, field description: missing"),
        ("Why?", r"line 3, field description: missing"),
        ("Why?,told,,,extra", r"line 3 \(5 cells, 4 columns\), field question: missing"),
    ],
)
def test_bad_rows_are_named_and_can_be_skipped(tmp_path, row, place):
    file = write(tmp_path / "q.csv", f"{HEAD}Why?,{TOLD}\n{row}\nHow?,{TOLD} Really.\n")
    with pytest.raises(InputError) as caught:
        load_personas(file)
    assert re_search(place, str(caught.value))
    loaded = load_personas(file, skip_bad=True)
    assert [p.id for p in loaded.personas] == ["question-00002", "question-00004"]
    assert len(loaded.skipped) == 1
    assert re_search(place, str(loaded.skipped[0]))


def re_search(pattern, text):
    import re

    return re.search(pattern, text)


def test_lines_after_a_quoted_line_break_keep_their_number(tmp_path):
    file = write(tmp_path / "q.csv", f'{HEAD}Why?,"Two lines.\nI was there. {TOLD}"\n,x\n')
    assert "line 4, field question" in str(load_personas(file, skip_bad=True).skipped[0])


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('{"question": 3, "description": "x"}', "line 2, field question: must be a text"),
        ('{"question": "a", ', "line 2, column"),
        ("[1]", "line 2: not a JSON object"),
        ('{"question": "a", "description": "b", "keywords": {}}', "line 2, field keywords"),
    ],
)
def test_bad_lines_are_named(tmp_path, line, place):
    good = json.dumps({"question": "Why me?", "description": TOLD})
    file = write(tmp_path / "q.jsonl", f"{good}\n{line}\n")
    if "keywords" in place:
        line = line.replace("{}", "5")
        file = write(tmp_path / "q.jsonl", f"{good}\n{line}\n")
    with pytest.raises(InputError) as caught:
        load_personas(file)
    assert place in str(caught.value)
    assert len(load_personas(file, skip_bad=True).personas) == 1


def test_a_table_without_the_columns_is_refused(tmp_path):
    with pytest.raises(InputError, match="no column 'description'"):
        load_personas(write(tmp_path / "q.csv", "question,text\na,b\n"), skip_bad=True)


def test_skipping_works_for_personas_and_forms_too(tmp_path):
    good = load_personas("builtin").personas[0].model_dump_json()
    loaded = load_personas(write(tmp_path / "p.jsonl", f'{good}\n{{"id": 1}}\n'), skip_bad=True)
    assert (len(loaded.personas), len(loaded.skipped)) == (1, 1)
    form = {
        "AI_client": {
            "intake_form": "Name: A\n3. Reason for Seeking Counseling\nI fail.",
            "attitude": "neutral",
        }
    }
    file = write(tmp_path / "f.json", json.dumps([form, {"AI_client": {}}]))
    loaded = load_personas(file, skip_bad=True)
    assert (len(loaded.personas), len(loaded.skipped)) == (1, 1)
    assert "item 1, field AI_client.intake_form: missing" in str(loaded.skipped[0])
