"""What a checkpoint keeps of what it has read: the longest known beginning, within its room."""

from __future__ import annotations

import numpy as np
import pytest

from agents.models.pasts import Past, Pasts, count_shared

TOKEN = 2 * 2 * 3 * 4  # bytes: keys and values, two heads of three numbers of four bytes, one layer


def make_past(*ids: int) -> Past:
    part = (
        np.ones((1, 2, len(ids), 3), dtype=np.float32)
        * np.array(ids, dtype=np.float32)[None, None, :, None]
    )
    return Past(ids, ((part, -part),))


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ((), (1, 2), 0),
        ((1, 2), (3, 2), 0),
        ((1, 2, 3), (1, 2, 4, 3), 2),
        ((1, 2), (1, 2, 3), 2),
        ((5, 6), (5, 6), 2),
    ],
)
def test_shared_tokens_are_counted_from_the_beginning(
    one: tuple[int, ...], other: tuple[int, ...], shared: int
) -> None:
    assert count_shared(one, other) == count_shared(other, one) == shared


def test_the_longest_beginning_is_found_and_cut_to_what_is_shared() -> None:
    pasts = Pasts(100 * TOKEN)
    pasts.keep(make_past(1, 2, 9, 9, 9, 9))
    pasts.keep(make_past(1, 2, 3, 4, 8))
    found = pasts.find((1, 2, 3, 4, 5, 6))
    assert found is not None
    assert found.ids == (1, 2, 3, 4)
    keys, values = found.layers[0]
    assert keys[0, 1, :, 2].tolist() == [1, 2, 3, 4]
    assert values[0, 0, :, 0].tolist() == [-1, -2, -3, -4]
    assert pasts.find((7, 1, 2, 3)) is None


def test_the_last_token_is_always_left_to_read() -> None:
    pasts = Pasts(100 * TOKEN)
    pasts.keep(make_past(1, 2, 3))
    found = pasts.find((1, 2, 3))
    assert found is not None
    assert found.ids == (1, 2)
    assert pasts.find((1,)) is None


def test_a_past_replaces_what_it_continues_and_the_least_recently_used_go() -> None:
    pasts = Pasts(8 * TOKEN)
    pasts.keep(make_past(1, 2, 3))
    pasts.keep(make_past(1, 2, 3, 4))  # the first need not be kept beside it: 4 tokens
    pasts.keep(make_past(5, 6, 7, 8))
    assert pasts.find((1, 2, 3, 4, 5)) is not None  # used again
    pasts.keep(make_past(9, 9))
    assert pasts.find((5, 6, 7, 8, 1)) is None
    assert pasts.find((1, 2, 3, 4, 5)) is not None
    assert pasts.find((9, 9, 9)) is not None


def test_what_is_larger_than_the_room_is_not_kept() -> None:
    pasts = Pasts(2 * TOKEN)
    pasts.keep(make_past(1, 2, 3))
    assert pasts.find((1, 2, 3, 4)) is None
    pasts.keep(make_past(4, 5))
    assert pasts.find((4, 5, 6)) is not None
    pasts.clear()
    assert pasts.find((4, 5, 6)) is None
