from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from handmade import SCRIPTED as VOICES
from handmade import make_persona

from personas.errors import InputError
from runs.folder import CONFIG, MANIFEST, Manifest, prepare_folder, read_config, update_scope
from runs.key import Cast, Shape, episode_key

SHAPED = {"language": "en", "scales": ["ctrs6"], "samples": 1, "max_exchanges": 24, "seeds": 1}


def make_manifest(created: str = "then") -> Manifest:
    return Manifest(created, "0.1.0", "3.11", {}, (0,), "ab", 1, {}, ())


def test_a_new_folder_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "one"
    assert prepare_folder(folder, SHAPED, make_manifest())
    assert read_config(folder) == SHAPED
    assert json.loads((folder / MANIFEST).read_text())["created"] == "then"
    assert [path.name for path in folder.parent.iterdir()] == ["one"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    assert prepare_folder(tmp_path, SHAPED, make_manifest())


def test_another_scope_is_stored_but_the_time_of_creation_stays(tmp_path: Path) -> None:
    prepare_folder(tmp_path, SHAPED, make_manifest())
    wider = {**SHAPED, "seeds": 2}
    assert not prepare_folder(tmp_path, wider, make_manifest("now"))
    update_scope(tmp_path, wider, make_manifest("now"))
    assert read_config(tmp_path) == wider
    assert json.loads((tmp_path / MANIFEST).read_text())["created"] == "then"


def test_changed_personas_are_stored_although_the_settings_are_the_same(tmp_path: Path) -> None:
    prepare_folder(tmp_path, SHAPED, make_manifest())
    update_scope(tmp_path, SHAPED, replace(make_manifest("now"), personas="cd"))
    stored = json.loads((tmp_path / MANIFEST).read_text())
    assert (stored["created"], stored["personas"]) == ("then", "cd")


@pytest.mark.parametrize("text", ["x", "[]", '{"created": "then"}'])
def test_a_broken_manifest_is_named(tmp_path: Path, text: str) -> None:
    prepare_folder(tmp_path, SHAPED, make_manifest())
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(InputError, match=MANIFEST):
        update_scope(tmp_path, SHAPED, make_manifest())


def test_another_shape_is_refused_by_name(tmp_path: Path) -> None:
    prepare_folder(tmp_path, SHAPED, make_manifest())
    with pytest.raises(
        InputError, match=r"scales \['ctrs6'\] → \['ctrs11'\], max_exchanges 24 → 9"
    ):
        prepare_folder(
            tmp_path, {**SHAPED, "scales": ["ctrs11"], "max_exchanges": 9}, make_manifest()
        )


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(InputError, match="not a run folder"):
        prepare_folder(tmp_path, SHAPED, make_manifest())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("place", ["file", "file/below", "file/a/b"])
def test_an_unwritable_place_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError):
        prepare_folder(tmp_path / place, SHAPED, make_manifest())
    assert (tmp_path / "file").is_file()


def test_a_broken_config_is_named(tmp_path: Path) -> None:
    prepare_folder(tmp_path, SHAPED, make_manifest())
    (tmp_path / CONFIG).write_text("= 3")
    with pytest.raises(InputError, match="line 1"):
        prepare_folder(tmp_path, SHAPED, make_manifest())


def test_every_part_of_the_key_counts() -> None:
    ada, shape = make_persona().digest, Shape("en", ("ctrs6",), 1, 24)
    cast = Cast("crdial", VOICES)
    keys = {
        episode_key(ada, cast, 0, shape),
        episode_key(make_persona("ben").digest, cast, 0, shape),
        episode_key(ada, Cast("eliza", VOICES), 0, shape),
        episode_key(ada, Cast("crdial", replace(VOICES, counselor="gpt")), 0, shape),
        episode_key(ada, Cast("crdial", replace(VOICES, client="gpt")), 0, shape),
        episode_key(ada, Cast("crdial", replace(VOICES, judges=("gpt",))), 0, shape),
        episode_key(ada, cast, 1, shape),
        episode_key(ada, cast, 0, replace(shape, scales=("ctrs11",))),
        episode_key(ada, cast, 0, replace(shape, samples=3)),
        episode_key(ada, cast, 0, replace(shape, language="zh")),
        episode_key(ada, cast, 0, replace(shape, max_exchanges=8)),
    }
    assert len(keys) == 11
    assert all(len(key) == 16 for key in keys)
    assert episode_key(ada, cast, 0, shape) in keys
