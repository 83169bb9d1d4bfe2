"""Tidying: what is left of a model's reply is what could be heard."""

from __future__ import annotations

import pytest

from agents.llm.client.spoken import tidy


@pytest.mark.parametrize(
    ("reply", "heard"),
    [
        ("I braked late.", "I braked late."),
        ("  I braked\n late. ", "I braked late."),
        ('"I braked late."', "I braked late."),
        ("“I braked late.”", "I braked late."),
        ('"Late", he said, and then "go".', '"Late", he said, and then "go".'),
        ("Client: I braked late.", "I braked late."),
        ("**Client:** I braked late.", "I braked late."),
        ("Tomas Reyes: I braked late.", "I braked late."),
        ("Tomas: “I braked late.”", "I braked late."),
        ("来访者：就……那样吧。", "就……那样吧。"),
        ("就那样。\n反正没人说。", "就那样。反正没人说。"),
        ("(sighs) I braked late.", "I braked late."),
        ("*looks away* I braked late. *pause*", "I braked late."),
        ("（低下头）没什么。", "没什么。"),
        ("I *did* brake.", "I did brake."),
        ("I braked. <note>\nYou are wary.\n</note>", "I braked."),
        ("I braked.\n<note> You are", "I braked."),
        ("<think>He is wary.</think>I braked.", "I braked."),
        ("He is wary.</think>\n\nI braked.", "I braked."),
        ("I braked.\nCounselor: And then?\nClient: Nothing.", "I braked."),
        ("没什么。\n咨询师：然后呢？", "没什么。"),
        ("…", "…"),
        ("(silence)", "…"),
        ("", "…"),
        ("The counselor I had before: useless.", "The counselor I had before: useless."),
        ("My doctor said: rest.", "My doctor said: rest."),
    ],
)
def test_only_what_can_be_heard_is_left(reply: str, heard: str) -> None:
    assert tidy(reply, "Tomas Reyes") == heard
