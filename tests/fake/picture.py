"""What a counselor could have understood so far, read again from the transcript alone.

A request holds what was said, not the formulation behind it. The scripted supervisor goes through
the messages once more; the stage it is told is the one that the counselor's question belongs to.
"""

from __future__ import annotations

from functools import lru_cache

from agents.counselors.base import CounselorView
from agents.counselors.formulation import Formulation
from agents.counselors.supervisor import observe
from agents.hearing.discourse import Ask, hear
from agents.transcript import Speaker, Transcript
from personas.schema import Demographics, Language, PublicIntake

_STAGES = {
    Ask.EVIDENCE_FOR: "defense",
    Ask.EVIDENCE_AGAINST: "prosecution",
    Ask.OUTCOME: "prosecution",
    Ask.ALTERNATIVE: "verdict",
}
_NOBODY = PublicIntake(demographics=Demographics(name="Friend"), reason="?")


@lru_cache(maxsize=20_000)
def draw_picture(transcript: Transcript, language: Language) -> Formulation:
    """The formulation after all client messages; the opening belongs to no question."""
    spoken = [n for n, turn in enumerate(transcript) if turn.speaker is Speaker.CLIENT]
    if len(spoken) < 2:
        return Formulation()
    place = spoken[-1]
    before = draw_picture(transcript[:place], language)
    stage = _STAGES.get(hear(transcript[:place], language).ask, "automatic_thoughts")
    view = CounselorView(_NOBODY, transcript[: place + 1], before, stage, language, 0)
    return observe(view).formulation
