"""The built-in catalogue: enough of every kind of client, every id once."""

from collections import Counter

import pytest

from personas.builtin import CATALOGUE, load_builtin
from personas.errors import InputError
from personas.schema import Attitude, Distortion, Domain, Resistance


def test_catalogue_is_sorted_and_ids_are_unique():
    ids = [persona.id for persona in load_builtin()]
    assert ids == sorted(set(ids))
    assert len(ids) == len(list((CATALOGUE / "en").glob("*.toml")))


def test_catalogue_covers_every_kind_of_client():
    personas = load_builtin()
    assert len(personas) >= 24
    assert {persona.attitude for persona in personas} == set(Attitude)
    assert {persona.domain for persona in personas} == set(Domain)
    assert {persona.resistance for persona in personas} == set(Resistance)
    assert {persona.language for persona in personas} == {"en"}


def test_catalogue_has_every_distortion_at_least_twice():
    kinds = Counter(t.distortion for persona in load_builtin() for t in persona.profile.thoughts)
    assert {kind: kinds[kind] for kind in Distortion if kinds[kind] < 2} == {}


def test_catalogue_digests_differ():
    personas = load_builtin()
    assert len({persona.digest for persona in personas}) == len(personas)


def test_a_language_without_catalogue_is_refused(monkeypatch, tmp_path):
    (tmp_path / "en").mkdir()
    monkeypatch.setattr("personas.builtin.CATALOGUE", tmp_path)
    with pytest.raises(InputError, match="no built-in catalogue for language 'zh'"):
        load_builtin("zh")
