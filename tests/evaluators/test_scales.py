from __future__ import annotations

import pytest

from evaluators.scale import ctrs_items, load_scale
from personas.errors import InputError


def test_ctrs_has_eleven_items_with_even_anchors_and_six_for_cactus() -> None:
    scale = load_scale("ctrs")
    assert (scale.minimum, scale.maximum, len(scale.items)) == (0, 6, 11)
    assert all(set(item.anchors) == {0, 2, 4, 6} for item in scale.items)
    assert [item.part for item in scale.items] == ["general"] * 6 + ["cbt"] * 5
    assert [item.id for item in ctrs_items(6)] == [
        "understanding", "interpersonal", "collaboration", "guided_discovery", "focus", "strategy",
    ]  # fmt: skip
    assert ctrs_items(11) == scale.items


def test_panas_has_twenty_words_in_the_order_of_the_instrument() -> None:
    scale = load_scale("panas")
    positive = [i + 1 for i, item in enumerate(scale.items) if item.part == "positive"]
    assert positive == [1, 3, 5, 9, 10, 12, 14, 16, 17, 19]
    assert len({item.id for item in scale.items}) == len({i.name_zh for i in scale.items}) == 20
    assert scale.items[7].name == "hostile"
    assert scale.items[19].name_zh == "害怕的"
    assert scale.labels[5] == ("extremely", "极其多")


def test_an_unknown_scale_is_named_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="bdi") as caught:
        load_scale("bdi")
    assert "crisp, ctrs, ctrs11, ctrs6, panas, safety, wai12, or give a TOML" in str(caught.value)
