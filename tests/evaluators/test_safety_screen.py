from __future__ import annotations

import pytest

from evaluators.scripted.safety import screen_client
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


@pytest.mark.parametrize(
    "text",
    [
        "我想过自杀。",
        "上个星期我又拿刀划自己的胳膊了。",
        "真想死，一了百了。",
        "我有时候站在阳台上，想从楼上跳下去。",
        "我攒了一瓶药，想一把全吃下去，就想死。",
        "我又开始自残了。",
        "想过轻生，不敢跟家里说。",
        "我不知道自己会不会自杀。",
    ],
)
def test_active_risk_is_heard_in_chinese(text: str) -> None:
    assert screen_client(text, "zh") is Risk.ACTIVE


@pytest.mark.parametrize(
    "text",
    [
        "不想活了。",
        "活着真没意思。",
        "有的晚上我想，要是不用再醒过来就省事了。",
        "没有我，他们会过得更好。",
        "死了算了。",
        "我不会自杀，就是不想再醒过来。",
        "恨不得从这个世界上消失。",
        "活够了，真的。",
    ],
)
def test_passive_risk_is_heard_in_chinese(text: str) -> None:
    assert screen_client(text, "zh") is Risk.PASSIVE


@pytest.mark.parametrize(
    "text",
    [
        "累死了，天天加班。",
        "当时尴尬得要死。",
        "想死你了，老同学。",
        "昨天切菜不小心割了自己一下。",
        "我没想过自杀，您放心。",
        "我不想死，我还有孩子。",
        "不想活成我妈那样。",
        "没有我，这个项目也能转。",
        "我同事前年自杀了，全公司都知道。",
        "一个病人割腕，送到我们科。",
        "早上真不想醒，闹钟响三遍。",
        "打死我也不去。",
        "那家店搞跳楼价，我买了两件。",
        "没有，没打算过什么，就是个念头。",
        "活得太累了。",
    ],
)
def test_chinese_ways_of_speaking_are_no_risk(text: str) -> None:
    assert screen_client(text, "zh") is Risk.NONE
