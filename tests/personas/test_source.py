"""Loading personas by spec: the catalogue, files of three kinds, folders; and clear refusals."""

import json

import pytest

from personas.builtin import CATALOGUE, load_builtin
from personas.errors import InputError
from personas.source import load_personas

FORM = """Name:
Ada Brook
Age:
41
Occupation: Gardener

2. Presenting Problem
I believe that I will never grow roses. It started a few weeks ago.

3. Reason for Seeking Counseling
I keep giving up.
"""


def write_cactus(path, count=1):
    items = [{"AI_client": {"intake_form": FORM, "attitude": "neutral"}} for _ in range(count)]
    path.write_text(json.dumps(items), encoding="utf-8")


def write_lines(path, personas):
    path.write_text("\n".join(persona.model_dump_json() for persona in personas), encoding="utf-8")


def test_builtin_is_the_catalogue():
    source = load_personas("builtin")
    assert list(source.personas) == load_builtin("en")
    assert source.repairs == ()


def test_lines_round_trip(tmp_path):
    personas = load_builtin()[:3]
    write_lines(tmp_path / "some.jsonl", personas)
    assert list(load_personas(str(tmp_path / "some.jsonl")).personas) == personas


def test_a_single_toml_file():
    file = sorted((CATALOGUE / "en").glob("*.toml"))[0]
    (persona,) = load_personas(str(file)).personas
    assert persona in load_builtin()


def test_a_folder_of_mixed_files_brings_its_repairs(tmp_path):
    write_cactus(tmp_path / "forms.json")
    write_lines(tmp_path / "some.jsonl", load_builtin()[:2])
    (tmp_path / "notes.txt").write_text("not a persona")
    source = load_personas(str(tmp_path))
    assert len(source.personas) == 3
    assert any(repair.field == "demographics.gender" for repair in source.repairs)


def test_duplicate_ids_are_refused(tmp_path):
    write_lines(tmp_path / "a.jsonl", load_builtin()[:1])
    write_lines(tmp_path / "b.jsonl", load_builtin()[:1])
    with pytest.raises(InputError, match="occurs twice") as caught:
        load_personas(str(tmp_path))
    assert "b.jsonl" in str(caught.value)


def test_a_wrong_field_is_named_with_file_and_line(tmp_path):
    table = load_builtin()[0].model_dump(mode="json")
    table["profile"]["thoughts"][1]["strength"] = 140
    good = load_builtin()[1].model_dump_json()
    (tmp_path / "x.jsonl").write_text(f"{good}\n\n{json.dumps(table)}\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"profile\.thoughts\.1\.strength: Input should be"
    ) as caught:
        load_personas(str(tmp_path / "x.jsonl"))
    assert caught.value.where.endswith("x.jsonl, line 3")


def test_broken_json_line_names_line_and_column(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"id": }\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 1, column 8"):
        load_personas(str(tmp_path / "x.jsonl"))


def test_line_separators_inside_a_text_end_no_line(tmp_path):
    persona = load_builtin()[0].model_copy(update={"greeting": "Hello\u2028there\x85."})
    write_lines(tmp_path / "x.jsonl", [persona])
    assert load_personas(str(tmp_path / "x.jsonl")).personas == (persona,)


def test_files_of_forms_in_one_folder_do_not_collide(tmp_path):
    write_cactus(tmp_path / "Ward A.json", count=2)
    write_cactus(tmp_path / "b.json")
    source = load_personas(str(tmp_path))
    assert [persona.id for persona in source.personas] == [
        "cactus-ward-a-000-neutral",
        "cactus-ward-a-001-neutral",
        "cactus-b-000-neutral",
    ]
    assert len({persona.form for persona in source.personas}) == 1
    assert {repair.file for repair in source.repairs} == {"Ward A.json", "b.json"}


@pytest.mark.parametrize("name", ["x.json", "x.jsonl", "x.toml"])
def test_what_is_no_text_file_is_refused(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(InputError, match=f"{name}: cannot be read"):
        load_personas(str(tmp_path))
    (tmp_path / name).rmdir()
    (tmp_path / name).write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=f"{name}: not a text file in UTF-8"):
        load_personas(str(tmp_path / name))


@pytest.mark.parametrize("name", ["x.json", "x.jsonl"])
def test_json_without_bottom_is_refused(tmp_path, name):
    (tmp_path / name).write_text("[" * 100_000)
    with pytest.raises(InputError, match="nested too deeply"):
        load_personas(str(tmp_path / name))


def test_no_personas_are_refused(tmp_path):
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(InputError, match="no personas here"):
        load_personas(str(tmp_path / "x.json"))


def test_a_text_of_blanks_is_refused(tmp_path):
    table = load_builtin()[0].model_dump(mode="json")
    (tmp_path / "x.jsonl").write_text(json.dumps({**table, "opening": "  "}))
    with pytest.raises(InputError, match="opening: String should have at least 1"):
        load_personas(str(tmp_path / "x.jsonl"))


def test_broken_toml_is_named(tmp_path):
    (tmp_path / "x.toml").write_text("id = \n", encoding="utf-8")
    with pytest.raises(InputError, match="invalid TOML") as caught:
        load_personas(str(tmp_path / "x.toml"))
    assert "x.toml" in str(caught.value)


def test_missing_toml_field_is_named(tmp_path):
    (tmp_path / "x.toml").write_text('id = "x"\n', encoding="utf-8")
    with pytest.raises(InputError, match="form: Field required"):
        load_personas(str(tmp_path / "x.toml"))


@pytest.mark.parametrize("name", ["missing.json", "missing"])
def test_missing_places_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="no such file or folder"):
        load_personas(str(tmp_path / name))


def test_empty_folders_and_foreign_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds no persona files"):
        load_personas(str(tmp_path))
    (tmp_path / "x.tsv").write_text("id\n")
    with pytest.raises(InputError, match=r"not read from '\.tsv' files"):
        load_personas(str(tmp_path / "x.tsv"))
