"""Importing the intake forms of Cactus (arXiv 2407.03103): every item a persona, repairs told.

The answer labels of the file (`ground_truth_CBT`) are never read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from personas.errors import InputError
from personas.files import parse_json, read_text
from personas.importers.inference import Inferred, draw, infer
from personas.importers.intake_form import IntakeForm, MissingSectionError, parse_form
from personas.importers.spoken import (
    contract,
    count_words,
    cut_to,
    is_cut_off,
    split_sentences,
    straighten,
)
from personas.schema import Attitude, Persona, Resistance

_RESISTANCES = {
    Attitude.POSITIVE: (
        Resistance.COMPLIANCE,
        Resistance.SUPERFICIAL_TALK,
        Resistance.INTELLECTUALISING,
    ),
    Attitude.NEUTRAL: (
        Resistance.MINIMAL_TALK,
        Resistance.SUPERFICIAL_TALK,
        Resistance.IRRELEVANT_TALK,
        Resistance.INTELLECTUALISING,
    ),
    Attitude.NEGATIVE: (
        Resistance.HOSTILITY,
        Resistance.DEFENSIVENESS,
        Resistance.MINIMAL_TALK,
        Resistance.IRRELEVANT_TALK,
    ),
}
_INFERRED = ("domain", "resistance", "profile", "manner")
_ROLE = re.compile(r"^\s*(?:client|counselor|counsellor|therapist|patient)\s*:\s*", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\[[^\]]*\]")
_CLINICAL = re.compile(
    r"negative belief|seek\w* counsel|self-esteem|distress|leading to|last time|next session",
    re.IGNORECASE,
)
_JOINTS = re.compile(
    r",? (?:and|but|because|which|so|when|especially|if|as)\b(?<!help but)(?<!as if)|,|—"
)
_OPEN_END = re.compile(
    r"(?:^|, |\band |\bthat |\blike )(?:every time|no matter|when|whenever|even if|if)\b[^,]*$",
    re.IGNORECASE,
)
_ABOUT = (
    "It's about {topic}, if I have to name it.",
    "It's to do with {topic}, mostly.",
    "I suppose I'm here about {topic}.",
    "It keeps coming back to {topic}.",
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Repair:
    """One thing mended or worth knowing: file, item (from 0), field, and what was done."""

    file: str
    item: int
    field: str
    what: str


@dataclass(frozen=True)
class ImportReport:
    """The imported personas, one for every item of the file, and all repairs."""

    personas: tuple[Persona, ...]
    repairs: tuple[Repair, ...]
    skipped: tuple[InputError, ...] = ()


@dataclass
class _Item:
    """One item on its way to a persona."""

    index: int
    file: Path
    data: object
    repairs: list[Repair] = field(default_factory=list)

    def note(self, name: str, what: str) -> None:
        self.repairs.append(Repair(self.file.name, self.index, name, what))

    def text(self, path: str, *, needed: bool) -> str:
        """Return the text at a dotted path; empty when absent and not needed."""
        value = self.data
        for step in path.split("."):
            if not isinstance(value, Mapping):
                raise self.error(path, "not inside a JSON object")
            value = value.get(step)
            if value is None:
                break
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            raise self.error(path, "missing" if value in (None, "") else "must be a text")
        return value

    def error(self, path: str, what: str) -> InputError:
        return InputError(what, where=f"{self.file}, item {self.index}, field {path}")


def import_cactus(path: Path, prefix: str = "cactus", *, skip_bad: bool = False) -> ImportReport:
    """Import a Cactus intake file (a JSON list); raises InputError for what cannot be used.

    With `skip_bad` such items are left out and listed instead. Ids are `prefix`, item and
    attitude; personas with the same form text share their `form`.
    """
    items = [_Item(index, path, data) for index, data in enumerate(read_list(path))]
    personas: list[Persona] = []
    skipped: list[InputError] = []
    for item in items:
        try:
            personas.append(_import_item(item, prefix))
        except InputError as error:
            if not skip_bad:
                raise
            item.repairs.clear()
            skipped.append(error)
    repairs = tuple(repair for item in items for repair in item.repairs)
    return ImportReport(tuple(personas), repairs, tuple(skipped))


def read_list(path: Path) -> list[object]:
    """Read a JSON list; an InputError names the line and column of what is wrong."""
    data = parse_json(read_text(path), path)
    if not isinstance(data, list):
        raise InputError("must hold a JSON list of items", where=str(path))
    return data


def _import_item(item: _Item, prefix: str) -> Persona:
    form = _read_form(item)
    attitude = _read_attitude(item)
    inferred = infer(form)
    greeting, opening = _read_openings(item, form, inferred)
    choices = _RESISTANCES[attitude]
    return Persona(
        id=f"{prefix}-{item.index:03d}-{attitude.value}",
        form=f"cactus-form-{hashlib.sha256(form.text.encode()).hexdigest()[:8]}",
        source=f"cactus:{item.file.name}",
        domain=inferred.domain,
        attitude=attitude,
        resistance=choices[draw(form.text, f"resistance-{attitude.value}", len(choices))],
        demographics=form.demographics,
        intake=form.intake,
        greeting=greeting,
        opening=opening,
        profile=inferred.profile,
        manner=inferred.manner,
        inferred=_INFERRED,
    )


def _read_form(item: _Item) -> IntakeForm:
    path = "AI_client.intake_form"
    try:
        form = parse_form(item.text(path, needed=True))
    except MissingSectionError as error:
        raise item.error(path, f"nothing under '{error}'") from None
    for blank in form.blanks:
        item.note(
            f"demographics.{blank.lower().replace(' ', '_')}", "blank on the form, left empty"
        )
    if form.demographics.age is not None and form.demographics.age < 18:
        item.note("demographics.age", f"minor: the client is {form.demographics.age}")
    return form


def _read_attitude(item: _Item) -> Attitude:
    path = "AI_client.attitude"
    value = item.text(path, needed=True)
    try:
        return Attitude(value.strip().lower())
    except ValueError:
        known = ", ".join(attitude.value for attitude in Attitude)
        raise item.error(path, f"{value!r} is not one of: {known}") from None


def _read_openings(item: _Item, form: IntakeForm, inferred: Inferred) -> tuple[str, str]:
    """Return the counselor's greeting and the client's opening, repaired where they are corrupt."""
    greeting = item.text("AI_counselor.CBT.init_history_counselor", needed=False)
    opening = item.text("AI_counselor.CBT.init_history_client", needed=False)
    if greeting.lstrip().startswith("**"):
        item.note("greeting", "a closing remark stood in its place; replaced by a plain greeting")
        item.note("opening", "answered a closing remark; replaced by an opening from the form")
        greeting = opening = ""
    return _mend_greeting(item, greeting, form), _mend_opening(item, opening, inferred)


def _mend_greeting(item: _Item, greeting: str, form: IntakeForm) -> str:
    said = _strip_role(item, "greeting", straighten(greeting))
    if _PLACEHOLDER.search(said):
        item.note("greeting", "a placeholder stood where a name should be; removed")
        kept = re.sub(r"My name is \[[^\]]*\],? and (\w)", lambda found: found[1].upper(), said)
        said = " ".join(part for part in split_sentences(kept) if not _PLACEHOLDER.search(part))
    if _CHINESE.search(said):
        item.note("greeting", "in Chinese on an English form; replaced by a plain greeting")
        said = ""
    name = form.demographics.first_name
    return said or f"Hello{' ' + name if name else ''}. What brings you here today?"


def _mend_opening(item: _Item, opening: str, inferred: Inferred) -> str:
    said = _strip_role(item, "opening", straighten(opening))
    if _PLACEHOLDER.search(said) or _CHINESE.search(said):
        item.note("opening", "not usable as it stands; replaced by an opening from the form")
        said = ""
    spoken = _shorten_opening(contract(said))
    if said and spoken != contract(said):
        item.note("opening", "shortened to what a client would say in one breath")
    if count_words(spoken) >= 8:
        return spoken
    return f"{spoken} {_derive_opening(item.index, inferred, alone=not spoken)}".strip()


def _strip_role(item: _Item, name: str, text: str) -> str:
    bare = _ROLE.sub("", text)
    if bare != text:
        item.note(name, "a role label stood before the text; removed")
    return bare


def _shorten_opening(text: str) -> str:
    """Return at most 26 words of `text`: its first whole sentences, or a clause of a long one."""
    sentences = [part for part in split_sentences(text) if not _CLINICAL.search(part)]
    if not sentences:
        return ""
    short = cut_to(" ".join(sentences), 26)
    if count_words(short) < 8:
        short = (
            f"{short} {_cut_clause(sentences[count_words(short) > 0 :], 26 - count_words(short))}"
        )
    return re.sub(r"^(?:And|But|So),? (\w)", lambda found: found[1].upper(), short.strip())


def _cut_clause(sentences: list[str], room: int) -> str:
    """Return the longest clause at the start of the first sentence that has `room`, or nothing."""
    first = sentences[0] if sentences else ""
    heads = [first[: found.start()].strip(" ,") for found in _JOINTS.finditer(first)]
    whole = [
        head
        for head in heads
        if 5 <= count_words(head) <= room and not (is_cut_off(head) or _OPEN_END.search(head))
    ]
    return f"{whole[-1]}." if whole else ""


def _derive_opening(index: int, inferred: Inferred, *, alone: bool) -> str:
    """Return what the client is here about, for openings that are corrupt or say too little."""
    topic = "something I can't get past" if inferred.topic == "this" else inferred.topic
    lead = "I don't really know where to start. " if alone else ""
    return lead + _ABOUT[index % len(_ABOUT)].format(topic=topic)
