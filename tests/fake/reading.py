"""Reading a request as its author wrote it: prompts backwards, transcripts, and who says what.

A prompt file is turned into a pattern whose slots are what is looked for. So the server reads what
the voices wrote, and finds nothing where a prompt was not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import orjson

from agents.prompts import load_prompt
from agents.tagging import plain_sentences
from agents.transcript import Sentence, Speaker, Transcript, Turn
from personas.errors import InputError
from personas.schema import Demographics, Language, PublicIntake
from tests.fake.request import ChatRequest

_SLOT = re.compile(r"\$\{?([a-z_]+)\}?")
_LINES = re.compile(r"<transcript>\n(.*?)</transcript>", re.DOTALL)
_PARAGRAPH_END = r"(?=\n\n|\Z)"
_NOTES = (
    "crdial_note",
    "cactus_note",
    "time_to_close",
    "last_message",
    "cbt_qa_answer",
    "cbt_qa_goodbye",
)


@cache
def compile_prompt(text: str) -> re.Pattern[str]:
    """A pattern for a filled prompt; a slot at its very end goes up to the end of the paragraph."""
    parts = _SLOT.split(text)
    pattern = "".join(
        f"(?P<{part}>.*?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    return re.compile(pattern + ("" if parts[-1] else _PARAGRAPH_END), re.DOTALL)


def find_slots(part: str, language: Language, text: str) -> dict[str, str] | None:
    """What filled a prompt's slots where it stands in a text; None where it does not."""
    found = _search(part, language, text)
    return found.groupdict() if found else None


def _search(part: str, language: Language, text: str) -> re.Match[str] | None:
    return compile_prompt(load_prompt(part, language).template).search(text)


@cache
def load_lines(part: str, language: Language) -> dict[str, str]:
    """A prompt file of lines `name: text`; `{}` where there is no such file."""
    try:
        rows = load_prompt(part, language).template.splitlines()
    except InputError:
        return {}
    split = (row.partition(":") for row in rows)
    return {name.strip(): text.strip() for name, colon, text in split if colon}


def find_name(part: str, language: Language, text: str) -> str:
    """The name of the line that a text is, in a prompt file of lines; empty if it is none of them."""
    return next((name for name, line in load_lines(part, language).items() if line == text), "")


def read_material(request: ChatRequest) -> Transcript:
    """The transcript that somebody outside looks at; empty if the request holds none."""
    return next(iter(read_materials(request)), ())


def read_materials(request: ChatRequest) -> list[Transcript]:
    """All transcripts that a request holds, in their order."""
    return [_read_lines(lines) for lines in _LINES.findall(request.talk[-1]["content"])]


def _read_lines(lines: str) -> Transcript:
    rows = [orjson.loads(line) for line in lines.splitlines()]
    return tuple(
        make_turn(speaker, row[speaker]) for row in rows for speaker in Speaker if speaker in row
    )


def read_question(request: ChatRequest) -> str:
    """What stands after the transcript."""
    return request.talk[-1]["content"].rpartition("</transcript>")[2].strip()


def make_turn(speaker: Speaker, text: str) -> Turn:
    """A message in sentences without labels."""
    return Turn(speaker, tuple(Sentence(part) for part in plain_sentences(text)))


def read_talk(
    request: ChatRequest,
    language: Language,
    parse: Callable[[str], tuple[Sentence, ...]] | None = None,
) -> Transcript:
    """The transcript from a counselor's chat, without the notes; `parse` reads its own messages."""
    begin = load_prompt("begin", language).template
    talk = request.talk[request.talk[0]["content"] == begin :]
    turns = []
    for message in talk:
        text = message["content"]
        if message["role"] == "assistant" and parse:
            turns.append(Turn(Speaker.COUNSELOR, parse(text)))
        elif message["role"] == "assistant":
            turns.append(make_turn(Speaker.COUNSELOR, text))
        else:
            turns.append(make_turn(Speaker.CLIENT, _strip_notes(text, language)))
    return tuple(turns)


def _strip_notes(text: str, language: Language) -> str:
    found = (_search(part, language, text) for part in _NOTES)
    return text[: min((match.start() for match in found if match), default=len(text))].strip()


def read_intake(system: str, language: Language) -> PublicIntake:
    """The public part of the form, as far as the system text tells it."""
    found = find_slots("intake", language, system) or {"form": "", "reason": ""}
    rows = (re.split(r"[:：]\s*", line, maxsplit=1) for line in found["form"].splitlines())
    given = {row[0]: row[1] for row in rows if len(row) == 2}
    labels = load_lines("intake_fields", language)
    known = {name: given[label] for name, label in labels.items() if label in given}
    demographics = Demographics.model_validate({"name": "Friend", **known})
    return PublicIntake(demographics=demographics, reason=found["reason"])
