"""An answer: what one request brought back, before anyone judges whether it will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import openai
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatResult

from agents.models.faults import Diagnosis, Kind
from agents.models.usage import Usage


@dataclass(frozen=True, slots=True)
class Answer:
    """The text of one reply with its usage; `latency_s` from sending to having read it."""

    text: str
    model: str
    finish_reason: str
    usage: Usage
    latency_s: float
    tokens: tuple[Mapping[str, Any], ...] = ()
    """The reply's tokens with their log-probabilities, where they were asked for and told."""

    def find_flaw(self) -> Diagnosis | None:
        """Why this answer is worth another sample; None if it will do."""
        if self.finish_reason == "content_filter":
            return Diagnosis(Kind.CONTENT_FILTER, "the content filter withheld the reply", 200)
        if self.finish_reason == "length":
            return Diagnosis(Kind.LENGTH, "the reply hit its token limit", 200)
        if not self.text.strip():
            return Diagnosis(Kind.GARBAGE, "the reply is empty", 200)
        return None


def read_result(result: ChatResult, latency_s: float) -> Answer:
    """Read an answer from a chat model's result; a refusal counts as its text.

    Raises LookupError if the result holds no reply, TypeError if it is not an assistant's.
    """
    generation = result.generations[0]
    message = generation.message
    if not isinstance(message, AIMessage):
        raise TypeError(f"a reply by {message.type}")
    usage = Usage(attempts=1)
    if (counted := message.usage_metadata) is not None:
        cached = counted.get("input_token_details", {}).get("cache_read") or 0
        usage = Usage(counted["input_tokens"], cached, counted["output_tokens"], attempts=1)
    told = (generation.generation_info or {}).get("logprobs") or {}
    return Answer(
        text=str(message.text) or message.additional_kwargs.get("refusal") or "",
        model=(result.llm_output or {}).get("model_name") or "",
        finish_reason=(generation.generation_info or {}).get("finish_reason") or "",
        usage=usage,
        latency_s=latency_s,
        tokens=tuple(told.get("content") or ()),
    )


def read_stopped(error: Exception, latency_s: float) -> Answer | None:
    """Read the answer that OpenAI's parser throws away when a structured reply was stopped."""
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return Answer("", "", "content_filter", Usage(attempts=1), latency_s)
    if not isinstance(error, openai.LengthFinishReasonError):
        return None
    completion = error.completion
    usage = Usage(attempts=1)
    if completion.usage is not None:
        details = completion.usage.prompt_tokens_details
        usage = Usage(
            completion.usage.prompt_tokens,
            (details.cached_tokens if details else 0) or 0,
            completion.usage.completion_tokens,
            attempts=1,
        )
    text = completion.choices[0].message.content or ""
    return Answer(text, completion.model, "length", usage, latency_s)
