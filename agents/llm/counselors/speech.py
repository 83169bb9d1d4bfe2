"""What all LLM counselors share: asking a model for words, the end of a session, stable seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from agents.counselors.base import CounselorView
from agents.llm.counselors.staged import split_stage
from agents.llm.seeds import derive_seed
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.tagging import clean_reply, parse_tags, plain_sentences, strip_end
from agents.transcript import Sentence
from personas.schema import Language

TIME_TO_CLOSE = 18
LAST_EXCHANGE = 20
_TRIES = 2
_SHOWN = 80

Read = Callable[[str], tuple[Sentence, ...]]


class UnusableReply(Exception):  # noqa: N818 - the model's doing, not an error of ours
    """A model was asked twice for a message and said nothing that could be spoken."""


@dataclass(frozen=True)
class Words:
    """A message as a model put it; `ended` tells whether it carried the marker of the end.

    `stage` is the step the model wrote before it; then its sentences carry tags, too.
    """

    sentences: tuple[Sentence, ...]
    ended: bool
    stage: str = ""


def read_plain(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a reply without tags."""
    return tuple(Sentence(part) for part in plain_sentences(strip_end(clean_reply(text))[0]))


async def ask_words(
    model: Model, messages: Sequence[BaseMessage], view: CounselorView, read: Read = read_plain
) -> Words:
    """Return the counselor's next message; a reply without words is asked for once more.

    Raises UnusableReply if the second one has none either, and what the model raises.
    """
    text = ""
    for attempt in range(_TRIES):
        seed = seed_of(view, "counselor", attempt)
        text = (await model.call(messages, role="counselor", seed=seed)).text
        bare, ended = strip_end(clean_reply(text))
        stage, said = split_stage(bare)
        if sentences := (parse_tags if stage else read)(said):
            return Words(sentences, ended, stage)
    shown = " ".join(text.split())[:_SHOWN]
    raise UnusableReply(
        f"{model.voice} as counselor: no words to speak in {_TRIES} replies, the last was {shown!r}"
    )


def seed_of(view: CounselorView, role: str, attempt: int = 0) -> int:
    """Return the seed (0 to 2**31 - 1) of a call: equal for equal views, new at every turn."""
    return derive_seed(view.seed, role, len(view.transcript), attempt)


def closing_note(view: CounselorView) -> str:
    """Return the hint that time runs out, for protocols without sub-stages; empty before that.

    The message about to be spoken is number `view.exchange`, since the greeting counts as one.
    """
    return note_at(view.exchange, view.language)


def note_at(exchange: int, language: Language) -> str:
    """Return the hint before message number `exchange` of the counselor, counted from 0."""
    if exchange >= LAST_EXCHANGE:
        return fill_prompt("last_message", language)
    return fill_prompt("time_to_close", language) if exchange >= TIME_TO_CLOSE else ""


def is_last(view: CounselorView, words: Words) -> bool:
    """Tell whether a message ends a session without sub-stages: it says so, or it is the 20th."""
    return words.ended or view.exchange >= LAST_EXCHANGE


def join_parts(*parts: str) -> str:
    """Return the parts of a system text that are not empty, a blank line between them."""
    return "\n\n".join(part for part in parts if part)
