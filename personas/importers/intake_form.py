"""Reading the free-text intake form of Cactus (arXiv 2407.03103) into demographics and intake.

Headings vary, lines may run together, and answers may be blank; what is blank stays blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from personas.importers.spoken import split_sentences, straighten
from personas.schema import Demographics, Intake, Language

_BLANK = re.compile(
    r"^(not (specified|disclosed|provided|applicable|mentioned)|no information.*|undisclosed|"
    r"unknown|n/?a|-*)\.?$",
    re.IGNORECASE,
)
_LABELS = ("Name", "Age", "Gender", "Occupation", "Education", "Marital Status", "Family Details")
_LABEL = re.compile(rf"^[ \t]*({'|'.join(_LABELS)})[ \t]*:", re.IGNORECASE | re.MULTILINE)
_HEADINGS = {
    "problem": r"presenting problem",
    "reason": r"reason for seeking counsell?ing",
    "history": r"past history(?: ?\([^)\n]*\))?",
    "occupational": r"(?:academic ?/ ?)?occupational functioning level|occupational(?=:)",
    "relationships": r"interpersonal relationships?",
    "daily_life": r"daily life",
    "support": r"social support system",
}
_HEADING = re.compile(
    r"^[ \t]*(?:\d+[.)]|-)?[ \t]*(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _HEADINGS.items())
    + r")(?:[ \t]*:|[ \t]*(?=\n|$)|(?= (?:is|have|has|are)\b))",
    re.IGNORECASE | re.MULTILINE,
)
_SLOTS = (
    (
        "attempts",
        r"^(so far, )?(i|to \w+)\b.{0,40}\b(tried|attempted|not taken|considered|avoided|sought)\b|"
        r"^to cope",
    ),
    (
        "onset",
        r"^(?:[\w']+ ){0,7}(started|began|first|been (present|ongoing|persistent|a part))\b",
    ),
    (
        "trigger",
        r"stress level|\bcauses?\b|\bstems?\b|triggered|the stress|root cause|to blame|originated",
    ),
    ("frequency", r"\bi (\w+ )?(experience|often find)|\boccurs?\b|on a daily|\bregularly\b"),
    ("course", r"progress|worsen|escalat|over time|intensif|stayed|since then|become|time has"),
)


class MissingSectionError(ValueError):
    """A form lacks a section without which there is no client; the message names it."""


@dataclass(frozen=True)
class IntakeForm:
    """A form as read: its text, the demographics, and the sections (empty where blank)."""

    text: str
    demographics: Demographics
    intake: Intake
    blanks: tuple[str, ...]
    language: Language = "en"


def parse_form(text: str) -> IntakeForm:
    """Read a form; raise MissingSectionError when it tells neither reason nor problem."""
    labels = _read_labels(text)
    sections = _read_sections(text)
    slots = sort_problem(sections.pop("problem", ""))
    reason = sections.pop("reason", "") or slots["problem"]
    if not reason:
        raise MissingSectionError("Reason for Seeking Counseling")
    blanks = tuple(label for label in _LABELS if not labels.get(label.lower()))
    intake = Intake.model_validate({"reason": reason, **slots, **sections})
    return IntakeForm(text, _build_demographics(labels), intake, blanks)


def _clean(value: str) -> str:
    flat = straighten(value).strip(" -")
    return "" if _BLANK.match(flat) else flat


def _read_labels(text: str) -> dict[str, str]:
    """Return the answers to the labelled questions at the head of the form, by lower-case label."""
    first = _HEADING.search(text)
    head = text[: first.start()] if first else text
    marks = list(_LABEL.finditer(head))
    ends = [*(mark.start() for mark in marks), len(head)][1:]
    return {
        mark[1].lower(): _clean(head[mark.end() : end])
        for mark, end in zip(marks, ends, strict=True)
    }


def _read_sections(text: str) -> dict[str, str]:
    """Return the text under each heading, by field name; a heading met twice is joined."""
    marks = list(_HEADING.finditer(text))
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    sections: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=True):
        body = re.sub(r"\s*\d+[.)]\s*$", "", text[mark.end() : end])
        name = mark.lastgroup or ""
        sections[name] = f"{sections.get(name, '')} {_clean(body)}".strip()
    return sections


def sort_problem(section: str) -> dict[str, str]:
    """Sort the sentences of the presenting problem into problem, onset, trigger and so on."""
    slots: dict[str, list[str]] = {name: [] for name in ("problem", *(n for n, _ in _SLOTS))}
    for number, sentence in enumerate(split_sentences(section)):
        name = "problem" if number == 0 else _place(sentence)
        slots[name].append(sentence)
    return {name: " ".join(sentences) for name, sentences in slots.items()}


def _place(sentence: str) -> str:
    for name, pattern in _SLOTS:
        if re.search(pattern, sentence, re.IGNORECASE):
            return name
    return "problem"


def _build_demographics(labels: dict[str, str]) -> Demographics:
    age = re.match(r"\d+", labels.get("age", ""))
    return Demographics(
        name=labels.get("name") or None,
        age=int(age[0]) if age and 5 <= int(age[0]) <= 110 else None,
        gender=labels.get("gender") or None,
        occupation=labels.get("occupation") or None,
        education=labels.get("education") or None,
        marital_status=labels.get("marital status") or None,
        family=labels.get("family details") or None,
    )
