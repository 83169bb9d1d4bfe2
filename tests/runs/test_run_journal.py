from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from handmade import make_episode

from agents.models.calls import CallRecord
from agents.models.reply import Reply
from agents.models.stop import StopRun
from personas.errors import InputError
from runs.journal import CALLS, Journal
from runs.record import Failure
from runs.store import Store

KEY = f"{0:016x}"
CALL = CallRecord("client", "fake", 12, 8, 4, 0.2, "stop", 1)


def make_reply(text: str = "Hm.") -> Reply:
    return Reply(text, "tiny", 12, 8, 4, 0.25, "stop", 1)


def path_of(folder: Path, key: str = KEY) -> Path:
    return folder / CALLS / f"{key}.jsonl"


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """The kernel refuses to let any file of this process grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_replies_come_back_first_in_first_out_by_request(tmp_path: Path) -> None:
    kept = [("a", "one"), ("b", "two"), ("a", "three")]
    tape = Journal(tmp_path).open(KEY)
    for request, text in kept:
        tape.keep(request, make_reply(text))
    tape = Journal(tmp_path).open(KEY)
    taken = [tape.take(request) for request in ("a", "b", "a")]
    assert taken == [make_reply("one"), make_reply("two"), make_reply("three")]
    assert [tape.take(request) for request in ("a", "b", "c")] == [None] * 3


def test_a_life_does_not_take_what_it_kept_itself(tmp_path: Path) -> None:
    tape = Journal(tmp_path).open(KEY)
    tape.keep("a", make_reply())
    assert tape.take("a") is None


def test_a_reply_comes_back_with_all_but_what_was_parsed(tmp_path: Path) -> None:
    told = Reply('{"mood": "тихо\u2028\\n"}', "tiny-served", 9_000, 8_000, 40, 1.23456, "length", 3)
    Journal(tmp_path).open(KEY).keep("a", replace(told, parsed=make_episode().persona))
    assert Journal(tmp_path).open(KEY).take("a") == told


@pytest.mark.parametrize("missing", [1, 2, 60])
def test_a_torn_last_line_was_no_completed_call(tmp_path: Path, missing: int) -> None:
    tape = Journal(tmp_path).open(KEY)
    tape.keep("a", make_reply("one"))
    whole = path_of(tmp_path).read_bytes()
    tape.keep("a", make_reply("two"))
    both = path_of(tmp_path).read_bytes()
    path_of(tmp_path).write_bytes(both[:-missing])
    tape = Journal(tmp_path).open(KEY)
    assert path_of(tmp_path).read_bytes() == whole
    assert (tape.take("a"), tape.take("a")) == (make_reply("one"), None)
    tape.keep("a", make_reply("two"))
    assert path_of(tmp_path).read_bytes() == both


@pytest.mark.parametrize("line", [b"\0\0\0", b"{}", b"[]", b'{"request": "a", "text": "Hm."}'])
def test_a_line_that_no_run_has_written_is_named(tmp_path: Path, line: bytes) -> None:
    Journal(tmp_path).open(KEY).keep("a", make_reply())
    with path_of(tmp_path).open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(InputError, match="corrupt journal") as caught:
        Journal(tmp_path).open(KEY)
    assert caught.value.where == f"{path_of(tmp_path)}, line 2"


def test_what_a_full_disk_took_of_a_reply_is_taken_back(tmp_path: Path) -> None:
    tape = Journal(tmp_path).open(KEY)
    tape.keep("a", make_reply("one"))
    whole = path_of(tmp_path).read_bytes()
    for room in (0, 30):
        with (
            no_file_beyond(len(whole) + room),
            pytest.raises(StopRun, match=f"{KEY}.jsonl: cannot write: "),
        ):
            tape.keep("a", make_reply("two"))
        assert path_of(tmp_path).read_bytes() == whole
    tape.keep("a", make_reply("two"))
    assert path_of(tmp_path).read_bytes().count(b"\n") == 2


def test_the_file_goes_when_the_episode_is_stored(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for number in range(2):
            store.journal.open(f"{number:016x}").keep("a", make_reply())
        store.add(make_episode(0, calls=(CALL,)))
        assert [path.stem for path in (tmp_path / CALLS).iterdir()] == [f"{1:016x}"]


def test_a_failed_episode_keeps_its_file(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.journal.open(KEY).keep("a", make_reply())
        told = {"persona": "ada", "counselor": "crdial", "error": "CallFault", "message": "cut"}
        store.fail(Failure(key=KEY, seed=0, at="2025-01-01T00:00:00.000+00:00", **told))
    with Store(tmp_path) as store:
        assert store.journal.open(KEY).take("a") == make_reply()


def test_a_crash_between_storing_and_forgetting_is_swept_up(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for number in range(2):
            store.journal.open(f"{number:016x}").keep("a", make_reply())
        left = path_of(tmp_path).read_bytes()
        store.add(make_episode(0, calls=(CALL,)))
    path_of(tmp_path).write_bytes(left)
    Store(tmp_path).close()
    assert [path.stem for path in (tmp_path / CALLS).iterdir()] == [f"{1:016x}"]


def test_a_run_without_model_calls_leaves_no_folder(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.add(make_episode(0))
    assert not (tmp_path / CALLS).exists()
