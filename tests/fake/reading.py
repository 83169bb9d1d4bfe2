"""Reading a request as its author wrote it: prompts backwards, transcripts, and who says what.

A prompt file is turned into a pattern whose slots are what is looked for. So the server reads what
the voices wrote, and finds nothing where a prompt was not used.
"""

from __future__ import annotations

import re
from functools import cache

import orjson

from agents.prompts import load_prompt
from agents.text import split_sentences
from agents.transcript import Sentence, Speaker, Transcript, Turn
from personas.errors import InputError
from personas.schema import Demographics, Language, PublicIntake
from tests.fake.request import ChatRequest

_SLOT = re.compile(r"\$\{?([a-z_]+)\}?")
_LINES = re.compile(r"<transcript>\n(.*?)</transcript>", re.DOTALL)


@cache
def compile_prompt(text: str) -> re.Pattern[str]:
    """A pattern for a filled prompt; a slot that comes twice must hold the same."""
    parts = _SLOT.split(text)
    pattern, seen = "", set()
    for place, part in enumerate(parts):
        if place % 2 == 0:
            pattern += re.escape(part.replace("$$", "$"))
        else:
            pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.*?)"
            seen.add(part)
    return re.compile(pattern + (r"(?=\n\n|\Z)" if len(parts) % 2 and not parts[-1] else ""), re.DOTALL)


def find_slots(part: str, language: Language, text: str) -> dict[str, str] | None:
    """What filled a prompt's slots where it stands in a text; None if it does not, or is no prompt."""
    try:
        template = load_prompt(part, language).template
    except InputError:
        return None
    found = compile_prompt(template).search(text)
    return found.groupdict() if found else None


@cache
def load_lines(part: str, language: Language) -> dict[str, str]:
    """A prompt file of lines `name: text`."""
    rows = (row.partition(":") for row in load_prompt(part, language).template.splitlines())
    return {name.strip(): text.strip() for name, colon, text in rows if colon}


def find_line(part: str, language: Language, text: str) -> str:
    """The name of the line in a prompt file that a text is; empty if it is none of them."""
    return next((name for name, line in load_lines(part, language).items() if line == text), "")


def read_material(request: ChatRequest) -> Transcript:
    """The transcript that somebody outside looks at; empty if the request holds none."""
    found = _LINES.search(request.messages[-1]["content"])
    rows = (orjson.loads(line) for line in found[1].splitlines()) if found else ()
    return tuple(
        _turn(Speaker.COUNSELOR, row["counselor"])
        if "counselor" in row
        else _turn(Speaker.CLIENT, row["client"])
        for row in rows
    )


def read_question(request: ChatRequest) -> str:
    """What stands after the transcript."""
    return request.messages[-1]["content"].rpartition("</transcript>")[2].strip()


def read_talk(request: ChatRequest, own: Speaker, note: str, begin: str) -> Transcript:
    """The transcript from one side's chat: the assistant's turns are its own.

    `note` at the end of the last message was not said, nor was `begin` as the first.
    """
    other = Speaker.CLIENT if own is Speaker.COUNSELOR else Speaker.COUNSELOR
    talk = [(own if m["role"] == "assistant" else other, m["content"]) for m in request.talk]
    if talk[0] == (other, begin):
        talk = talk[1:]
    if talk and note:
        speaker, text = talk[-1]
        talk[-1] = (speaker, text.partition(note)[0].strip())
    return tuple(_turn(speaker, text) for speaker, text in talk if text)


def _turn(speaker: Speaker, text: str) -> Turn:
    return Turn(speaker, tuple(Sentence(part) for part in split_sentences(text)))


def read_intake(system: str, language: Language) -> PublicIntake:
    """The public part of the form, as far as the system text tells it."""
    found = find_slots("intake", language, system) or {"form": "", "reason": "?"}
    rows = dict(re.split(r"[:：] ?", line, maxsplit=1) for line in found["form"].splitlines())
    labels = load_lines("intake_fields", language) if rows else {}
    known = {name: rows[label] for name, label in labels.items() if label in rows}
    demographics = Demographics.model_validate({"name": "Friend", **known})
    return PublicIntake(demographics=demographics, reason=found["reason"])
