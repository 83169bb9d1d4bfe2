"""What a foreign row tells of its client: intake form, attitude, hidden thought, distortions."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from personas.importers.intake_form import MissingSectionError, parse_form
from personas.schema import Attitude, Distortion, PublicIntake
from runs.foreign.rows import Row

# The names under which PatternReframe, and Cactus after it, keep distortions.
_PATTERNS: tuple[tuple[str, Distortion], ...] = (
    (r"mind.?reading", Distortion.MIND_READING),
    (r"fortune.?telling", Distortion.FORTUNE_TELLING),
    (r"jumping", Distortion.JUMPING_TO_CONCLUSIONS),
    (r"catastroph", Distortion.CATASTROPHIZING),
    (r"(discount|disqualif)\w* the positive", Distortion.DISQUALIFYING_POSITIVE),
    (r"overgenerali[sz]", Distortion.OVERGENERALIZATION),
    (r"personali[sz]", Distortion.PERSONALIZATION),
    (r"black.and.white|polari[sz]ed|all.or.nothing", Distortion.ALL_OR_NOTHING),
    (r"mental filter", Distortion.MENTAL_FILTERING),
    (r"should", Distortion.SHOULD_STATEMENTS),
    (r"label", Distortion.LABELING),
    (r"emotional reasoning", Distortion.EMOTIONAL_REASONING),
    (r"blaming", Distortion.BLAMING),
)


@dataclass(frozen=True)
class Form:
    """An intake form: what groups it with others of the same text, the text, and its public part."""

    name: str = ""
    text: str = ""
    intake: PublicIntake | None = None
    note: str = ""


NO_FORM = Form()


def read_form(row: Row, *steps: str) -> Form:
    """Return the intake form at a path; empty where there is none."""
    text = row.text(*steps)
    if not text:
        return NO_FORM
    name = f"form-{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:8]}"
    try:
        form = parse_form(text)
    except MissingSectionError as error:
        place = ".".join(steps)
        return Form(name, text, None, f"{place}: nothing under '{error}'; no public intake made")
    intake = PublicIntake(demographics=form.demographics, reason=form.intake.reason)
    return Form(name, text, intake)


def read_attitude(row: Row, *steps: str) -> Attitude | None:
    """Return the attitude at a path, `None` where there is none."""
    value = row.text(*steps).lower()
    if not value:
        return None
    try:
        return Attitude(value)
    except ValueError:
        known = ", ".join(attitude.value for attitude in Attitude)
        raise row.error(".".join(steps), f"{value[:40]!r} is not one of: {known}") from None


def read_patterns(row: Row, *steps: str) -> tuple[tuple[Distortion, ...], list[str]]:
    """Return the distortions that a list of names stands for, and a note on each unknown name."""
    found: dict[Distortion, None] = {}
    notes = []
    for place, name in enumerate(row.list(*steps)):
        field = f"{'.'.join(steps)}.{place}"
        if not isinstance(name, str):
            raise row.error(field, "must be a text")
        known = next((d for p, d in _PATTERNS if re.search(p, name, re.IGNORECASE)), None)
        if known is None:
            notes.append(f"{field}: no distortion of the taxonomy; left out")
        else:
            found[known] = None
    return tuple(found), notes
