"""The formats: one episode in, rows out. What each is for stands in docs/export.md."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import orjson

from personas.distortions import taxonomy
from personas.schema import Distortion, PublicIntake
from runs.export.crisp import write_conversation
from runs.export.exchanges import Exchange, join_exchanges, spoken_part
from runs.export.lineage import Lineage
from runs.record import Episode

Format = Literal[
    "messages",
    "prompt-completion",
    "preference",
    "alpaca",
    "sharegpt",
    "cactus",
    "crisp",
    "parquet",
]
FORMATS: tuple[Format, ...] = get_args(Format)
Row = dict[str, object]
_NAMES = {"user": "human", "assistant": "gpt"}
_LABELS = {
    "name": "Name",
    "age": "Age",
    "gender": "Gender",
    "occupation": "Occupation",
    "education": "Education",
    "marital_status": "Marital Status",
    "family": "Family Details",
}


@dataclass(frozen=True)
class Session:
    """An episode that goes into the set, with its examples and where it comes from."""

    episode: Episode
    exchanges: list[Exchange]
    lineage: Lineage


def write_messages(session: Session) -> Iterator[Row]:
    """Yield one conversation (TRL: conversational language modeling)."""
    yield {"messages": join_exchanges(session.exchanges), "lineage": session.lineage.as_row()}


def write_prompts(session: Session) -> Iterator[Row]:
    """Yield every message of the counselor behind the very request of play (TRL: prompt-completion)."""
    for exchange in session.exchanges:
        yield {
            "prompt": list(exchange.request),
            "completion": [exchange.reply],
            "lineage": session.lineage.as_row(exchange.turn),
        }


def write_alpaca(session: Session) -> Iterator[Row]:
    """Yield triples: CBT-LLM's answer in five parts, or single exchanges without what came before."""
    answers = session.episode.counselor.partition("@")[0] == "cbt_qa"
    for exchange in session.exchanges[: 1 if answers else None]:
        yield {
            "instruction": exchange.request[0]["content"],
            "input": exchange.request[-1]["content"],
            "output": exchange.words,
            "lineage": session.lineage.as_row(exchange.turn),
        }


def write_sharegpt(session: Session) -> Iterator[Row]:
    """Yield one conversation of `from` and `value`, the system text apart (LLaMA-Factory)."""
    system, *spoken = join_exchanges(session.exchanges)
    yield {
        "conversations": [{"from": _NAMES[m["role"]], "value": m["content"]} for m in spoken],
        "system": system["content"],
        "lineage": session.lineage.as_row(),
    }


def write_cactus(session: Session) -> Iterator[Row]:
    """Yield a row of the Cactus corpus: the form's public part, labelled lines, thought and patterns."""
    episode = session.episode
    profile = episode.persona.profile
    names = dict.fromkeys(thought.distortion for thought in profile.thoughts)
    yield {
        "intake_form": write_form(episode.persona.public()),
        "thought": profile.automatic_thought,
        "patterns": [_name_distortion(name) for name in names],
        "attitude": episode.persona.attitude.value,
        "cbt_technique": episode.technique,
        "dialogue": "\n".join(
            f"{turn.speaker.value.title()}: {turn.text}" for turn in spoken_part(episode)
        ),
        "lineage": session.lineage.as_row(),
    }


def write_form(intake: PublicIntake) -> str:
    """Return the public part of a form under the headings of Cactus."""
    answers = intake.demographics.model_dump()
    lines = [f"{label}: {answers[name]}" for name, label in _LABELS.items() if answers[name]]
    return "\n".join((*lines, f"Reason for Seeking Counseling: {intake.reason}"))


def _name_distortion(distortion: Distortion) -> str:
    return taxonomy()[distortion].name.pick("en").lower()


def write_crisp(session: Session) -> Iterator[Row]:
    """Yield one conversation in which the counselor says stage, channel and strategies itself."""
    messages = write_conversation(session.episode, session.exchanges)
    yield {"messages": messages, "lineage": session.lineage.as_row()}


WRITERS: dict[Format, Callable[[Session], Iterator[Row]]] = {
    "messages": write_messages,
    "prompt-completion": write_prompts,
    "alpaca": write_alpaca,
    "sharegpt": write_sharegpt,
    "cactus": write_cactus,
    "crisp": write_crisp,
    "parquet": write_messages,
}


def digest_row(row: Row) -> int:
    """Return 64 bits over what a row says, its lineage aside."""
    told = orjson.dumps({name: part for name, part in row.items() if name != "lineage"})
    return int.from_bytes(hashlib.sha256(told).digest()[:8])
