"""Chinese sessions: there is no scripted voice in Chinese, so both sides have a few lines in turn."""

from __future__ import annotations

import re

import orjson

from agents.transcript import Speaker, last_text
from personas.schema import Language
from tests.fake.reading import find_name, find_slots, read_material
from tests.fake.request import ChatRequest

END = "[结束]"
_NUMBER = re.compile(r"\d+")
_QUOTED = re.compile(r"“(.*?)”")
_QUESTIONS = (
    "那天最难熬的是哪一刻？",
    "您先是在身上感觉到，还是先在脑子里？",
    "当时还有谁在场？",
    "一个人扛着这些，挺沉的。",
    "这样有多久了？",
    "什么时候会稍微松一点？",
    "眼下这两样，哪一样更压人？",
    "换作您妹妹在旁边，她会看到什么？",
    "后来您跟自己说了什么？",
    "我先看看有没有听明白。",
    "这里头有没有让您意外的地方？",
)
_PARTS = {
    "validation": "您写的这些，压在心里不是一天两天了。",
    "key_thought": "里头有一句话，您几乎当成了事实。",
    "challenge": "有没有哪一天，它没那么准？那天有什么不一样？",
    "strategy": "这三个晚上，各记一件跟它对不上的小事，一行就行。",
    "encouragement": "您已经把它说出来了，它就有了松动的地方。",
}
_ANSWERS = (
    "不知道……可能是早上吧。",
    "胃里，主要是。",
    "没人，就我一个在厨房。",
    "嗯，从春天就这样了。",
    "周日偶尔，我妹打电话来的时候。",
    "屋里一下子就静了，我就走了。",
    "我老觉得他们都看见了。",
    "也许吧，没这么想过。",
    "她大概会笑，不是笑话我那种。",
    "又是老样子，大概。",
    "差不多吧。",
    "说不上来。",
    "就那样。",
)


def speak(request: ChatRequest, language: Language) -> str:
    """A counselor's line, tagged and with the closing marker where due; or an answer in five parts."""
    if request.schema is not None:
        return orjson.dumps(_PARTS).decode()
    last = request.talk[-1]["content"]
    note = find_slots("crdial_note", language, last)
    ends = find_slots("last_message", language, last) is not None
    line = _in_turn(_QUESTIONS, request)
    if note:
        ends = find_name("crdial_stages", language, note["stage"]) in ("closing", "time_up")
        line = f"[{'提问' if line.endswith('？') else '情感反映'}] {line}"
    return f"{line}{END}" if ends else line


def answer_client(request: ChatRequest, _: Language) -> str:
    """What the note quotes, the number it gives, or a line."""
    note = request.talk[-1]["content"].rpartition("<note>")[2]
    if given := _QUOTED.findall(note):
        return "".join(given)
    if number := _NUMBER.search(note):
        return f"大概{number[0]}吧。"
    return _in_turn(_ANSWERS, request)


def appraise(_: ChatRequest, __: Language) -> str:
    """Always the same: an open question for the story."""
    return orjson.dumps({"moves": ["open_question"], "ask": "story", "questions": 1}).decode()


def rate_item(request: ChatRequest, _: Language) -> str:
    """The middle of the scale, resting on the counselor's last message."""
    transcript = read_material(request)
    said = last_text(transcript, Speaker.COUNSELOR)
    spoken = [n for n, turn in enumerate(transcript) if turn.text == said]
    quotes = [{"n": spoken[0], "quote": said}] if spoken else []
    return orjson.dumps({"quotes": quotes, "reason": "Nothing stands out.", "rating": 3}).decode()


def answer_flow(_: ChatRequest, __: Language) -> str:
    """No to every question: no danger, and nothing that was done wrong."""
    return orjson.dumps({"quotes": [], "reason": "没有。", "answer": "no"}).decode()


def _in_turn(lines: tuple[str, ...], request: ChatRequest) -> str:
    return lines[len(request.messages) // 2 % len(lines)]
