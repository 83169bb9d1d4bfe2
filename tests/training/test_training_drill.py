"""Exercises in giving words back, and the optimizer that goes with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from training_kit import OTHERS, SHAPE, Row, call, make_rows, write_config, write_set

from sim.training.drill import PAIRS, make_drill

pytestmark = pytest.mark.train
SAID = [
    ("My brother sold the red piano in August.", "Your brother sold the red piano in August."),
    ("The landlord shouted about rent again.", "The landlord shouted about rent again, I hear."),
    ("Grandmother kept rusty bicycles outdoors.", "Grandmother kept rusty bicycles outdoors."),
]


def make_talk(repeats: int) -> list[Row]:
    """Sessions among whose words those of SAID are no common ones."""
    words = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(120)]
    rows = []
    for n, (heard, said) in enumerate(SAID * repeats):
        filler = " ".join(words[n:] + words[:n])
        texts = (
            f"{filler}",
            "I see.",
            f"{heard}\n\n(A hint.)",
            f"<defense> [Restatement] {said} [Question] And then?",
        )
        talk = [
            {"role": ("user", "assistant")[k % 2], "content": text} for k, text in enumerate(texts)
        ]
        rows.append({"messages": [{"role": "system", "content": f"Be kind.\n\nName: {n}"}, *talk]})
    return rows


def split(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def test_what_is_given_back_stands_in_the_message_before_it_and_is_not_what_was_said() -> None:
    rows = make_drill(make_talk(1), 300, seed=0)
    assert len(rows) == 300
    told = {heard for heard, _ in SAID}
    for row in rows:
        heard, said = row["messages"]
        assert (heard["role"], said["role"]) == ("user", "assistant")
        assert said["content"].startswith("[Restatement] ")
        assert "Question" not in said["content"]
        assert "\n" not in heard["content"]
        back = split(said["content"]) - {"restatement", "your", "i", "hear"}
        assert back <= split(heard["content"])
    exchanged = [row for row in rows if row["messages"][0]["content"] not in told]
    assert len(exchanged) > 0.9 * len(rows)
    assert rows == make_drill(make_talk(1), 300, seed=0)


@pytest.mark.parametrize("end", ["completion", "chosen"])
def test_rows_of_any_shape_make_the_same_exercises(end: str) -> None:
    whole = make_talk(1)
    parts = [{"prompt": row["messages"][:-1], end: row["messages"][-1:]} for row in whole]
    assert make_drill(parts, 20, seed=0) == make_drill(whole, 20, seed=0) != []


def test_sessions_in_which_nothing_is_given_back_make_no_exercise() -> None:
    deaf = [{"messages": row["messages"][:3]} for row in make_talk(1)]
    assert make_drill(deaf, 5, seed=0) == []


def test_a_drilled_training_with_muon_is_resumed_where_it_stopped(tmp_path: Path) -> None:
    write_set(tmp_path / "set", make_talk(8), make_rows(4, OTHERS))
    settings = {"scratch": {**SHAPE, "drill": 4}, "optimizer": "muon", "save_every": 5}
    plan = call("finetune", "sft", write_config(tmp_path, epochs=1.0, **settings), "--dry-run")
    assert f"4 steps of {PAIRS}" in plan
    begun = call("finetune", "sft", write_config(tmp_path, max_steps=5, **settings))
    assert "step 4 of 4" in begun
    said = call("finetune", "sft", write_config(tmp_path, max_steps=9, **settings), "--resume")
    assert "of 4" not in said  # the exercises are behind it
    assert re.findall(r"step (\d+) of 9", said)[0] == "6"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model": "x", "method": "lora", "optimizer": "muon"}, "muon trains all weights"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    tmp_path: Path, settings: dict[str, object], words: str
) -> None:
    assert words in call("finetune", "sft", write_config(tmp_path, **settings), code=2)
