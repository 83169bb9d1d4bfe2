from __future__ import annotations

import pytest

from evaluators.safety import screen_client
from personas.schema import Risk


@pytest.mark.parametrize(
    "text",
    [
        "I keep thinking about killing myself.",
        "I've thought of suicide. Most nights.",
        "Last week I was hurting myself again.",
        "I can't promise I won't hurt myself.",
        "I just want to die.",
        "I’ve got the tablets. I want to end my life.",
        "I keep thinking about killing myself over the debt.",
        "I don't know if I want to kill myself or not.",
    ],
)
def test_active_risk_is_heard(text: str) -> None:
    assert screen_client(text, "en") is Risk.ACTIVE


@pytest.mark.parametrize(
    "text",
    [
        "They'd be better off without me.",
        "I wouldn't mind if I didn't wake up.",
        "Some nights I think it'd be easier if I just didn't wake up.",
        "I don't want to be here any more.",
        "I wish I was dead, some mornings.",
        "I don't want to kill myself. I just want to go to sleep and not wake up.",
    ],
)
def test_passive_risk_is_heard(text: str) -> None:
    assert screen_client(text, "en") is Risk.PASSIVE


@pytest.mark.parametrize(
    "text",
    [
        "This job is killing me.",
        "I could have died of shame.",
        "I wanted to die of embarrassment.",
        "I'm killing myself over this report.",
        "My feet are killing me and the boss wants me dead.",
        "I cut myself shaving this morning.",
        "I hurt myself at the gym.",
        "I don't want to be here. My wife sent me.",
        "I worry about not waking up in time for the shift.",
        "I think about not waking up in time, every single night.",
        "It'd be easier if I wasn't so tired.",
        "I don't want to live with my parents for ever.",
        "The team would be better off without me.",
        "A patient took an overdose on my ward.",
        "I'd kill for a night's sleep.",
        "That deadline nearly finished me off.",
    ],
)
def test_figurative_talk_raises_no_alarm(text: str) -> None:
    assert screen_client(text, "en") is Risk.NONE


@pytest.mark.parametrize(
    "text",
    [
        "No, I don't want to hurt myself.",
        "I'm not suicidal, if that's what you mean.",
        "I'd never kill myself.",
        "I'm not going to end my life over a job.",
    ],
)
def test_a_plain_denial_is_believed(text: str) -> None:
    assert screen_client(text, "en") is Risk.NONE


def test_the_highest_level_of_a_message_counts() -> None:
    text = "I wish I was dead. I've been thinking of suicide. This job is killing me."
    assert screen_client(text, "en") is Risk.ACTIVE
