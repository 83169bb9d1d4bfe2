"""Finds out who is asked and lets the scripted voice of that role answer."""

from __future__ import annotations

from tests.fake.instant import answer_at_once
from tests.fake.request import ChatRequest


def answer(request: ChatRequest) -> tuple[str, str]:
    """The role and the reply."""
    return answer_at_once(request)
