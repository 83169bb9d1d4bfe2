from __future__ import annotations

from pathlib import Path

import pytest
from handmade import make_episode, make_persona

from personas.errors import InputError
from runs.folder import CONFIG, MANIFEST
from runs.line import EPISODES
from runs.reader import find_episode, is_torn, iter_episodes
from runs.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / CONFIG).touch()
    (tmp_path / MANIFEST).touch()
    with Store(tmp_path) as store:
        for number, name in enumerate(("ada", "ben", "cleo")):
            store.add(make_episode(0xABC0 + number, persona=make_persona(name)))
    return tmp_path


def test_episodes_come_back_as_they_were(folder: Path) -> None:
    first = next(iter_episodes(folder))
    assert first == make_episode(0xABC0, persona=make_persona("ada"))
    assert first.transcript[0].text.startswith("The kiln cracked.")
    assert [episode.persona.id for episode in iter_episodes(folder)] == ["ada", "ben", "cleo"]


@pytest.mark.parametrize("which", ["2", "ben", "000000000000abc1"])
def test_an_episode_is_found_by_number_persona_or_key(folder: Path, which: str) -> None:
    assert find_episode(folder, which).persona.id == "ben"


def test_the_first_episode_is_found_unnamed(folder: Path) -> None:
    assert find_episode(folder).persona.id == "ada"


def test_a_missing_episode_names_the_nearest(folder: Path) -> None:
    with pytest.raises(InputError, match="no episode 'cloe'") as caught:
        find_episode(folder, "cloe")
    assert "from 1 to 3" in str(caught.value)
    assert "cleo" in str(caught.value)


def test_an_ambiguous_key_asks_for_more(folder: Path) -> None:
    with pytest.raises(InputError, match="3 episodes have a key") as caught:
        find_episode(folder, "0000")
    assert "000000000000abc0" in str(caught.value)


def test_a_corrupt_record_names_file_line_and_field(folder: Path) -> None:
    path = folder / EPISODES
    path.write_text(path.read_text().replace('"finish":"resolved"', '"finish":"nonsense"', 1))
    with pytest.raises(InputError, match="corrupt record") as caught:
        list(iter_episodes(folder))
    assert f"{path}, line 1, field finish" in str(caught.value)


def test_an_unfinished_last_line_is_no_episode_yet(folder: Path) -> None:
    path = folder / EPISODES
    assert not is_torn(folder)
    path.write_bytes(path.read_bytes()[:-100])
    assert is_torn(folder)
    assert len(list(iter_episodes(folder))) == 2


def test_a_key_twice_is_read_once(folder: Path) -> None:
    path = folder / EPISODES
    path.write_bytes(path.read_bytes() * 2)
    assert len(list(iter_episodes(folder))) == 3


def test_wrong_folders_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        list(iter_episodes(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="not a run folder"):
        list(iter_episodes(tmp_path))
