"""Replies without thinking, for benchmarks: a few sentences in turn, or the least that fits a schema.

The sentences differ, lest a session be ended as one that goes round in circles. A client's note is
heeded all the same, because a client that leaves out what it hands over is asked again.
"""

from __future__ import annotations

from functools import lru_cache

import orjson

from tests.fake.client import answer_client
from tests.fake.instance import make_instance
from tests.fake.request import ChatRequest
from tests.fake.roles import find_language, find_role

QUESTIONS = (
    "What was the hardest part of that day?",
    "Where do you notice it first, in your body or in your head?",
    "Who was there when it happened?",
    "That sounds heavy to carry alone.",
    "How long has it been this way?",
    "When was it a little lighter?",
    "Which of these two weighs more right now?",
    "You stayed, although part of you wanted to run.",
    "What would your sister have seen from outside?",
    "And what did you tell yourself afterwards?",
    "Let me see whether I have understood it so far.",
    "Is there anything about it that surprised you?",
    "Could we look at that evening once more?",
)
ANSWERS = (
    "I don't know, the morning I guess.",
    "My stomach, mostly.",
    "Nobody. I was by myself in the kitchen.",
    "Yeah. It's been going on since spring.",
    "Sometimes on Sundays, when my sister calls.",
    "It just went quiet in the room and I left.",
    "I keep thinking they all saw it.",
    "Maybe. I haven't looked at it like that.",
    "She would have laughed, not in a bad way.",
    "That I always do this, I suppose.",
    "Right, more or less.",
)


def answer_at_once(request: ChatRequest) -> tuple[str, str]:
    """The role, and a reply that has nothing to do with what was asked."""
    role = find_role(request)
    if role == "client" and "<note>" in request.talk[-1]["content"]:
        return role, answer_client(request, find_language(request))
    if role == "client":
        return role, ANSWERS[len(request.messages) // 2 % len(ANSWERS)]
    return role, answer_unknown(request)


def answer_unknown(request: ChatRequest) -> str:
    """The least reply that fits the schema, or a counselor's sentence."""
    if request.schema is not None:
        return make_least(orjson.dumps(request.schema))
    return QUESTIONS[len(request.messages) // 2 % len(QUESTIONS)]


@lru_cache(maxsize=1024)
def make_least(schema: bytes) -> str:
    """The least reply that fits a schema."""
    return orjson.dumps(make_instance(orjson.loads(schema))).decode()
