"""The Cactus importer: every item a persona, repairs told, labels never read, errors located."""

import json
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from personas.errors import InputError
from personas.importers.cactus import import_cactus
from personas.importers.intake_form import parse_form
from personas.schema import Attitude, Domain, Resistance

DATA = Path(os.environ.get("COUNSELGYM_DATA", Path(__file__).parents[3] / "shared" / "data"))
REAL = DATA / "cactus_intake_en.json"
needs_data = pytest.mark.skipif(
    not REAL.exists(), reason=f"no Cactus data in {DATA}; set COUNSELGYM_DATA"
)

FORM = """Name:
Ada Brook
Age:
16
Gender:
female
Occupation: Not specified
Education: N/A
Marital Status: Single
Family Details: Two brothers

2. Presenting Problem
I believe that I will never grow roses because I killed the last one, leading to distress.
It started when I forgot the greenhouse window in a storm, about two months ago.
I experience this every time I walk past the flower beds.
I have tried watching tutorials.

3. Reason for Seeking Counseling
I keep giving up on the garden.

4. Past History (including medical history)
I have not experienced similar problems before.

5. Occupational Functioning Level: My job performance has not been affected.
Interpersonal relationships: My relationships with friends have been strained.
Daily life: My sleep has been disrupted.

Social Support System: I have a close friend, but I have not told her.
"""


def make_item(form=FORM, attitude="neutral", greeting="Hello Ada.", opening="It is the roses."):
    cbt = {"init_history_counselor": greeting, "init_history_client": opening}
    return {
        "AI_client": {"intake_form": form, "attitude": attitude},
        "AI_counselor": {"CBT": cbt},
        "ground_truth_CBT": ["Secret Technique"],
    }


def import_items(tmp_path, *items):
    file = tmp_path / "forms.json"
    file.write_text(json.dumps(list(items), ensure_ascii=False), encoding="utf-8")
    return import_cactus(file)


@cache
def import_real():
    return import_cactus(REAL)


def spoken_lines(persona):
    """Return every line a client can say, by what it is."""
    profile = persona.profile
    yield "rule", profile.rule
    yield "core", profile.core_belief
    yield "thought", profile.automatic_thought
    for thought in profile.thoughts:
        yield "thought", thought.text
        yield "balanced", thought.balanced
        for fact in (*thought.evidence_for, *thought.evidence_against):
            yield "fact", fact.text
    for disclosure in profile.disclosures:
        yield "fact", disclosure.text


def test_a_form_becomes_a_persona(tmp_path):
    (persona,) = import_items(tmp_path, make_item()).personas
    assert persona.id == "cactus-000-neutral"
    assert persona.form.startswith("cactus-form-")
    assert persona.source == "cactus:forms.json"
    assert persona.demographics.name == "Ada Brook"
    assert persona.demographics.occupation is None
    assert persona.demographics.family == "Two brothers"
    assert persona.intake.reason == "I keep giving up on the garden."
    assert persona.profile.situation == "I killed the last one."
    assert persona.profile.thoughts[0].text == (
        "I'll never grow roses because I killed the last one."
    )
    assert set(persona.inferred) == {"domain", "resistance", "profile", "manner"}


def test_the_form_is_read_section_by_section():
    intake = parse_form(FORM).intake
    assert intake.onset.startswith("It started when")
    assert intake.frequency.startswith("I experience this")
    assert intake.attempts == "I have tried watching tutorials."
    assert intake.occupational == "My job performance has not been affected."
    assert intake.relationships.startswith("My relationships")
    assert intake.daily_life == "My sleep has been disrupted."
    assert intake.support.startswith("I have a close friend")
    assert intake.history == "I have not experienced similar problems before."


def test_run_together_paragraphs_and_bulleted_headings_are_read():
    form = FORM.replace("\nI experience", " I experience").replace(
        "Daily life: My sleep", "- Daily life is hard. My sleep"
    )
    intake = parse_form(form).intake
    assert intake.frequency.startswith("I experience this")
    assert "My sleep" in intake.daily_life


def test_the_attitudes_of_one_form_share_form_and_profile_and_nothing_is_random(tmp_path):
    items = [make_item(attitude=attitude.value) for attitude in Attitude]
    first = import_items(tmp_path, *items)
    assert len({persona.form for persona in first.personas}) == 1
    assert len({persona.profile for persona in first.personas}) == 1
    assert len({persona.id for persona in first.personas}) == 3
    assert import_items(tmp_path, *items) == first


def test_blanks_and_minors_are_noted(tmp_path):
    notes = {(r.field, r.what) for r in import_items(tmp_path, make_item()).repairs}
    assert ("demographics.occupation", "blank on the form, left empty") in notes
    assert ("demographics.education", "blank on the form, left empty") in notes
    assert ("demographics.age", "minor: the client is 16") in notes


def test_role_labels_placeholders_and_closing_remarks_are_repaired(tmp_path):
    report = import_items(
        tmp_path,
        make_item(opening="Client: I just can't look at the flower beds any more."),
        make_item(greeting="Hello Ada. My name is [Your Name], and I'm glad. Shall we start?"),
        make_item(greeting="** See you next week.", opening="Thank you, I will practise that."),
    )
    labelled, placed, closing = report.personas
    assert labelled.opening == "I just can't look at the flower beds any more."
    assert placed.greeting == "Hello Ada. I'm glad. Shall we start?"
    assert closing.greeting == "Hello Ada. What brings you here today?"
    assert "practise" not in closing.opening
    fields = {(repair.item, repair.field) for repair in report.repairs}
    assert {(0, "opening"), (1, "greeting"), (2, "greeting"), (2, "opening")} <= fields


def test_openings_fit_into_one_breath(tmp_path):
    long = "I water them every day. " * 3 + "And then, when the evening comes, I look at them. " * 3
    report = import_items(tmp_path, make_item(opening=long), make_item(opening="Hm."))
    for persona in report.personas:
        assert 8 <= len(persona.opening.split()) <= 26
    assert any(repair.what.startswith("shortened") for repair in report.repairs)


def test_openings_in_another_language_are_replaced(tmp_path):
    report = import_items(tmp_path, make_item(greeting="你好，艾达。", opening="我最近很难受。"))
    assert "你好" not in report.personas[0].greeting
    assert report.personas[0].opening.isascii()


def test_missing_openings_are_derived(tmp_path):
    item = {"AI_client": {"intake_form": FORM, "attitude": "negative"}}
    (persona,) = import_items(tmp_path, item).personas
    assert persona.greeting == "Hello Ada. What brings you here today?"
    assert len(persona.opening.split()) >= 8


def drop(path):
    item = make_item()
    target = item
    *steps, last = path.split(".")
    for step in steps:
        target = target[step]
    del target[last]
    return item


@pytest.mark.parametrize("path", ["AI_client.intake_form", "AI_client.attitude", "AI_client"])
def test_a_missing_field_is_named_with_item_and_path(tmp_path, path):
    with pytest.raises(InputError, match=rf"{re.escape(path)}.*: missing") as caught:
        import_items(tmp_path, make_item(), drop(path))
    assert "forms.json, item 1, field " in caught.value.where


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (make_item(attitude="grumpy"), "'grumpy' is not one of: positive, neutral, negative"),
        (make_item(form=7), "AI_client.intake_form: must be a text"),
        (make_item(opening=["a"]), "init_history_client: must be a text"),
        (make_item(form="Name:\nAda\n"), "nothing under 'Reason for Seeking Counseling'"),
        (["not", "an", "object"], "not inside a JSON object"),
    ],
)
def test_wrong_content_is_refused(tmp_path, item, message):
    with pytest.raises(InputError, match=message):
        import_items(tmp_path, item)


def test_files_that_are_no_list_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        import_cactus(tmp_path / "none.json")
    file = tmp_path / "x.json"
    file.write_text('{"a": 1}')
    with pytest.raises(InputError, match="must hold a JSON list"):
        import_cactus(file)
    file.write_text('[\n  {"a" 1}\n]')
    with pytest.raises(InputError, match="line 2, column 8"):
        import_cactus(file)
    file.write_bytes(b"\xff\xfe[]")
    with pytest.raises(InputError, match="not a text file in UTF-8"):
        import_cactus(file)


@needs_data
def test_real_every_item_becomes_a_persona():
    personas = import_real().personas
    assert len(personas) == len({persona.id for persona in personas}) == 225
    assert Counter(Counter(p.form for p in personas).values()) == {3: 75}
    assert Counter(p.attitude for p in personas) == dict.fromkeys(Attitude, 75)
    assert {p.resistance for p in personas} == set(Resistance)
    assert {p.domain for p in personas} == set(Domain)


@needs_data
def test_real_known_corruptions_are_repaired_and_told():
    report = import_real()
    told = {(repair.item, repair.field) for repair in report.repairs}
    for item in (11, 74, 79, 99, 186, 192):
        assert (item, "opening") in told
    assert (141, "greeting") in told
    for persona in report.personas:
        assert not re.match(r"\s*(client|counselor)\s*:|\*\*", persona.opening, re.IGNORECASE)
        assert not re.search(r"\[|\*\*", persona.greeting + persona.opening)
    minors = [repair for repair in report.repairs if repair.what.startswith("minor")]
    assert {repair.item for repair in minors} == {
        index
        for index, persona in enumerate(report.personas)
        if persona.demographics.age is not None and persona.demographics.age < 18
    }


@needs_data
def test_real_labels_reach_no_field():
    items = json.loads(REAL.read_text(encoding="utf-8"))
    labels = {label for item in items for label in item["ground_truth_CBT"]}
    changed = [item | {"ground_truth_CBT": ["Something Else"]} for item in items]
    text = " ".join(persona.model_dump_json() for persona in import_real().personas)
    assert labels
    assert not [label for label in labels if label in text]
    assert "ground_truth" not in text
    assert changed != items


@needs_data
def test_real_labels_change_nothing(tmp_path):
    items = json.loads(REAL.read_text(encoding="utf-8"))[:30]
    for item in items:
        item["ground_truth_CBT"] = ["Something Else"]
    file = tmp_path / REAL.name
    file.write_text(json.dumps(items), encoding="utf-8")
    assert import_cactus(file).personas == import_real().personas[:30]


@needs_data
def test_real_lines_sound_said():
    limits = {
        "thought": (5, 14),
        "rule": (8, 18),
        "core": (3, 9),
        "fact": (4, 18),
        "balanced": (9, 22),
    }
    written = re.compile(
        r"negative belief|seek counsel|impacting|self-esteem|distress|leading to|\{|"
        r"\b(I will|do not|did not|is not|cannot)\b",
        re.IGNORECASE,
    )
    for persona in import_real().personas:
        lines = list(spoken_lines(persona))
        assert len({line for _, line in lines}) == len(lines), persona.id
        assert persona.demographics.name.split()[0] not in " ".join(line for _, line in lines)
        for kind, line in lines:
            low, high = limits[kind]
            assert low <= len(line.split()) <= high, line
            assert line.endswith((".", "…", "?")), line
            assert not re.match(r"(And|But|So|Because)\b", line), line
            assert not written.search(line), line
        assert 8 <= len(persona.opening.split()) <= 26
        assert 9 <= len(persona.profile.disclosures) <= 12


@needs_data
def test_real_thoughts_differ_and_half_hold_one_back():
    personas = import_real().personas[::3]
    for persona in personas:
        assert len({thought.distortion for thought in persona.profile.thoughts}) == 3
    late = sum(persona.profile.thoughts[-1].later for persona in personas)
    assert 0.3 <= late / len(personas) <= 0.7
    assert len({persona.profile.thoughts[0].text for persona in personas}) >= 60


@needs_data
def test_real_chinese_file_keeps_its_clients():
    report = import_cactus(REAL.with_name("cactus_intake_zh.json"))
    assert len(report.personas) == 225
    assert not re.search(
        "[\u4e00-\u9fff]", report.personas[0].greeting + report.personas[0].opening
    )
