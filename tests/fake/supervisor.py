"""The supervisor: the scripted reading of the client's last message, as what it added to the notes."""

from __future__ import annotations

from typing import Any

import orjson

from agents.counselors.base import CounselorView
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.supervisor import Progress, observe
from personas.schema import Language
from tests.fake.reading import find_slots, read_intake, read_material, read_question
from tests.fake.request import ChatRequest

_PICTURE = ("situation", "feeling", "automatic_thought", "rule", "core_belief")


def observe_client(request: ChatRequest, language: Language) -> str:
    """What the client's last message brought, by the rules of the scripted supervisor."""
    asked = find_slots("supervisor_question", language, read_question(request)) or {}
    before = _read_notes(orjson.loads(asked["notes"]), int(asked["attempt"]))
    intake = read_intake(request.system, language)
    view = CounselorView(intake, read_material(request), before, asked["stage"], language, 0)
    return orjson.dumps(_tell_change(before, observe(view))).decode()


def _read_notes(notes: dict[str, Any], attempts: int) -> Formulation:
    return Formulation(
        **{name: notes[name] for name in _PICTURE if name in notes},
        channels=tuple(_read_channel(row) for row in notes["thoughts"]),
        current=(notes["on_the_table"] or 1) - 1,
        attempts=attempts,
    )


def _read_channel(row: dict[str, Any]) -> Channel:
    return Channel(
        thought=row["thought"],
        case_for=tuple(row.get("facts_for", ())),
        case_against=tuple(row.get("facts_against", ())),
        rating_before=row.get("rating_before"),
        rating_after=row.get("rating_after"),
        shifted=row.get("shifted", False),
        balanced=row.get("balanced", ""),
    )


def _tell_change(before: Formulation, progress: Progress) -> dict[str, Any]:
    after = progress.formulation
    new = after.channels[len(before.channels) :]
    was, now = before.channel or Channel(""), after.channel or Channel("")
    if new and now is new[-1]:
        was = Channel("")
    chose = after.current != before.current and not progress.new_thought
    ratings = ((was.rating_before, now.rating_before), (was.rating_after, now.rating_after))
    return {
        "done": progress.done,
        "resisting": progress.resisting,
        "shifted": progress.shifted,
        "new_thought": progress.new_thought or "none",
        "thin": progress.thin or "none",
        **{name: _find_new(getattr(before, name), getattr(after, name)) for name in _PICTURE},
        "thought": new[-1].thought if new else None,
        "distortion": (new[-1].distortion or None) if new else None,
        "rating": next((new for old, new in ratings if new != old), None) if not chose else None,
        "facts_for": [fact for fact in now.case_for if fact not in was.case_for],
        "facts_against": [fact for fact in now.case_against if fact not in was.case_against],
        "balanced": _find_new(was.balanced, now.balanced),
        "chosen_channel": after.current + 1 if chose else None,
    }


def _find_new(before: str, after: str) -> str | None:
    return after if after != before else None
