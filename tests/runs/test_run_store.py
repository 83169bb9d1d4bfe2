from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from handmade import make_episode

from personas.errors import InputError
from runs.line import EPISODES, FAILURES
from runs.record import Failure
from runs.store import Store


def write_three(folder: Path) -> Path:
    with Store(folder) as store:
        for number in range(3):
            store.add(make_episode(number))
    return folder / EPISODES


def test_what_was_added_is_found_on_opening(tmp_path: Path) -> None:
    write_three(tmp_path)
    with Store(tmp_path) as store:
        assert store.done == {f"{number:016x}" for number in range(3)}
        assert store.torn == []


@pytest.mark.parametrize("missing", [1, 2, 1000])
def test_a_torn_last_line_is_cut_off_and_owed(tmp_path: Path, missing: int) -> None:
    path = write_three(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-missing])
    with Store(tmp_path) as store:
        assert store.torn == [EPISODES]
        assert store.done == {f"{number:016x}" for number in range(2)}
        store.add(make_episode(2))
    assert path.read_bytes() == whole


def test_a_whole_last_line_that_is_no_record_is_not_cut_off(tmp_path: Path) -> None:
    path = write_three(tmp_path)
    with path.open("ab") as file:
        file.write(b"\0\0\0\n")
    whole = path.read_bytes()
    with pytest.raises(InputError, match="line 4"):
        Store(tmp_path)
    assert path.read_bytes() == whole


def test_one_line_without_newline_leaves_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / EPISODES).write_bytes(b'{"key":')
    with Store(tmp_path) as store:
        assert store.done == set()
    assert (tmp_path / EPISODES).read_bytes() == b""


def test_a_corrupt_line_in_the_middle_is_named(tmp_path: Path) -> None:
    path = write_three(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"{broken\n" + lines[2])
    with pytest.raises(InputError) as caught:
        Store(tmp_path)
    assert f"{path}, line 2" in str(caught.value)
    assert "sed -i 2d" in str(caught.value)


def test_another_schema_is_named(tmp_path: Path) -> None:
    path = write_three(tmp_path)
    path.write_text(path.read_text().replace('"schema_version":1', '"schema_version":7', 1))
    with pytest.raises(InputError, match="schema version 7") as caught:
        Store(tmp_path)
    assert "line 1, field schema_version" in str(caught.value)


def test_a_wrong_field_is_named(tmp_path: Path) -> None:
    path = write_three(tmp_path)
    path.write_text(path.read_text().replace('"finish":"resolved"', '"finish":1', 1))
    with pytest.raises(InputError, match="corrupt record") as caught:
        Store(tmp_path)
    assert "line 1, field finish" in str(caught.value)


def test_a_failed_opening_lets_the_next_one_in(tmp_path: Path) -> None:
    path = write_three(tmp_path)
    lines = path.read_bytes()
    path.write_bytes(b"{broken\n" + lines)
    with pytest.raises(InputError):
        Store(tmp_path)
    path.write_bytes(lines)
    with Store(tmp_path) as store:
        assert len(store.done) == 3


def test_a_key_written_twice_counts_once(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.add(make_episode(1))
        store.add(make_episode(1))
    with Store(tmp_path) as store:
        assert len(store.done) == 1


def test_a_failure_stays_owed(tmp_path: Path) -> None:
    failure = Failure(
        key="f", persona="ada", counselor="eliza", seed=0, error="E", message="m", at="now"
    )
    with Store(tmp_path) as store:
        store.fail(failure)
    with Store(tmp_path) as store:
        assert store.done == set()
    assert (tmp_path / FAILURES).read_text().count("\n") == 1


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    hold = (
        "import sys; from pathlib import Path; from runs.store import Store\n"
        "store = Store(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(InputError, match=f"written by process {holder.pid} on"):
            Store(tmp_path)
        assert holder.stdin is not None
        holder.stdin.close()
        holder.wait(timeout=10)
    Store(tmp_path).close()


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    path = write_three(tmp_path)
    before = path.read_bytes()
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "sys.path.insert(0, 'tests/runs')\n"
        "from handmade import make_episode; from runs.store import Store\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "store = Store(Path(sys.argv[1])); size = int(sys.argv[2]) + 100\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        "store.add(make_episode(9))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(len(before))],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert "cannot write: " in ended.stderr
    assert path.read_bytes() == before
