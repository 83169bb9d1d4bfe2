"""The four formats: where each keeps its messages, its roles, and what it knows of the client."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from agents.transcript import Speaker, Transcript
from personas.schema import Attitude, Distortion
from runs.foreign.client import NO_FORM, Form, read_attitude, read_form, read_patterns
from runs.foreign.rows import Row
from runs.foreign.talk import Talk
from runs.imported import Format

_ROLES = {
    "counselor": Speaker.COUNSELOR,
    "counsellor": Speaker.COUNSELOR,
    "therapist": Speaker.COUNSELOR,
    "client": Speaker.CLIENT,
    "patient": Speaker.CLIENT,
}
_SHAREGPT = {
    "human": Speaker.CLIENT,
    "user": Speaker.CLIENT,
    "gpt": Speaker.COUNSELOR,
    "assistant": Speaker.COUNSELOR,
    "chatgpt": Speaker.COUNSELOR,
}
_OPENAI = {"user": Speaker.CLIENT, "assistant": Speaker.COUNSELOR}
_STAGE_DIRECTIONS = ("system", "developer")
_SPOKEN_LINE = re.compile(
    r"^\s*\**(?P<role>counsell?or|therapist|client|patient)\**\s*:\**\s*", re.IGNORECASE
)


@dataclass(frozen=True)
class Draft:
    """What a row yields: the talk, and what is known beside it."""

    transcript: Transcript
    repairs: tuple[str, ...]
    form: Form = NO_FORM
    attitude: Attitude | None = None
    thought: str = ""
    distortions: tuple[Distortion, ...] = ()
    technique: str = ""


def read_magnet(row: Row) -> Draft:
    """Read a session of MAGneT: `dialogue` of role and message, the form under `AI_client`."""
    talk = _read_messages(row, "dialogue", "role", "message", _ROLES)
    form = read_form(row, "AI_client", "intake_form")
    return Draft(
        transcript=talk.finish("dialogue"),
        repairs=_collect(talk, form),
        form=form,
        attitude=read_attitude(row, "AI_client", "attitude"),
        technique=row.text("cbt_technique"),
    )


def read_cactus(row: Row) -> Draft:
    """Read a dialogue of the Cactus corpus (`dialogue` as labelled lines), or what its harness wrote.

    The harness keeps the talk under `history` and the client under `example.AI_client`.
    """
    harness = "history" in row.data
    place = "history" if harness else "dialogue"
    client = ("example", "AI_client") if harness else ()
    read = partial(_read_messages, who="role", what="message", roles=_ROLES)
    talk = read(row, place) if harness else _read_lines(row, place)
    form = read_form(row, *client, "intake_form")
    distortions, notes = read_patterns(row, "patterns")
    return Draft(
        transcript=talk.finish(place),
        repairs=_collect(talk, form, *notes),
        form=form,
        attitude=read_attitude(row, *client, "attitude"),
        thought=row.text("thought"),
        distortions=distortions,
        technique=row.text("cbt_technique"),
    )


def read_sharegpt(row: Row) -> Draft:
    """Read `conversations` of from and value; the human is the client."""
    talk = _read_messages(row, "conversations", "from", "value", _SHAREGPT)
    return Draft(talk.finish("conversations"), tuple(talk.repairs))


def read_openai(row: Row) -> Draft:
    """Read `messages` of role and content; the user is the client."""
    talk = _read_messages(row, "messages", "role", "content", _OPENAI)
    return Draft(talk.finish("messages"), tuple(talk.repairs))


READERS: dict[Format, Callable[[Row], Draft]] = {
    "magnet": read_magnet,
    "cactus": read_cactus,
    "sharegpt": read_sharegpt,
    "openai": read_openai,
}


def _read_messages(row: Row, name: str, who: str, what: str, roles: Mapping[str, Speaker]) -> Talk:
    talk = Talk(row)
    if row.get(name) is None:
        raise row.error(name, f"missing; the row holds {_name_fields(row)}")
    for place, message in enumerate(row.list(name)):
        at = f"{name}.{place}"
        if not isinstance(message, Mapping):
            raise row.error(at, "must be a JSON object")
        role = message.get(who)
        if not isinstance(role, str):
            raise row.error(f"{at}.{who}", "missing" if role is None else "must be a text")
        if role.lower() in _STAGE_DIRECTIONS and role.lower() not in roles:
            talk.leave_out(at, f"a {role.lower()} message is not spoken")
        elif role.lower() not in roles:
            raise row.error(f"{at}.{who}", f"{role[:40]!r} is not one of: {', '.join(roles)}")
        else:
            content = _join_parts(row, message.get(what), f"{at}.{what}")
            talk.add(roles[role.lower()], content, f"{at}.{what}")
    return talk


def _join_parts(row: Row, content: object, place: str) -> object:
    """Return the text of a message; the parts of a list of texts are joined."""
    if not isinstance(content, list):
        return content
    texts = [part.get("text") if isinstance(part, Mapping) else None for part in content]
    if not all(isinstance(text, str) for text in texts):
        raise row.error(place, "holds a part that is no text")
    return " ".join(text for text in texts if isinstance(text, str))


def _read_lines(row: Row, name: str) -> Talk:
    talk = Talk(row)
    if not row.text(name):
        raise row.error(name, f"missing; the row holds {_name_fields(row)}")
    for number, (speaker, said) in enumerate(_iter_spoken(row, name)):
        talk.add(speaker, said, f"{name}, message {number + 1}")
    return talk


def _iter_spoken(row: Row, name: str) -> Iterator[tuple[Speaker, str]]:
    """Yield speaker and words; a line without a label goes on with the message before it."""
    speaker: Speaker | None = None
    said: list[str] = []
    for line in row.text(name).splitlines():
        label = _SPOKEN_LINE.match(line)
        if label:
            if speaker is not None:
                yield speaker, " ".join(said)
            speaker, said = _ROLES[label["role"].lower()], [line[label.end() :]]
        elif speaker is not None:
            said.append(line)
        elif line.strip():
            raise row.error(name, "starts with words of nobody: no `Counselor:` or `Client:`")
    if speaker is not None:
        yield speaker, " ".join(said)


def _collect(talk: Talk, form: Form, *notes: str) -> tuple[str, ...]:
    return (*talk.repairs, *filter(None, (form.note,)), *notes)


def _name_fields(row: Row) -> str:
    return ", ".join(sorted(str(name) for name in row.data)[:8]) or "nothing"
